"""docs/life-of-a-request.md names files that are there, and leads through none twice but the controller."""

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# A walk through a plug-in names its files as they are imported.
ROOTS = (ROOT, *sorted(ROOT.glob("examples/*/src")))
SECTIONS = re.split(r"^## ", (ROOT / "docs" / "life-of-a-request.md").read_text(), flags=re.MULTILINE)[1:]


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.partition("\n")[0])
def test_a_walk_meets_each_file_once(section: str) -> None:
    named = Counter(re.findall(r"`((?:\w+/)+\w+\.py)`", section))
    assert named, "a walk names its files"
    assert [name for name in named if not any((root / name).is_file() for root in ROOTS)] == []
    assert [name for name, times in named.items() if times > 1 and "controllers/" not in name] == []
