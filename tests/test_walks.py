"""docs/life-of-a-request.md names files that are there, and leads through none twice but the controller."""

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SECTIONS = re.split(r"^## ", (ROOT / "docs" / "life-of-a-request.md").read_text(), flags=re.MULTILINE)[1:]


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.partition("\n")[0])
def test_a_walk_meets_each_file_once(section: str) -> None:
    named = Counter(re.findall(r"`((?:\w+/)+\w+\.py)`", section))
    assert named, "a walk names its files"
    assert [name for name in named if not (ROOT / name).is_file()] == []
    assert [name for name, times in named.items() if times > 1 and not name.startswith("controllers/")] == []
