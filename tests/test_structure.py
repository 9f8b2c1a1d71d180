"""The rooms: no import leads back, docs/architecture.md shows each, none has a name that tools misread; statements."""

import re

import pytest

from tests.structure import FLOORS, ROOT, back_arrows, statements_outside, structure

# Asked before there are tables of ours to ask: of the server its version, of Alembic which tables it keeps.
STATEMENTS_OUTSIDE = {"services/infrastructure/database/migrations.py": 2}
PAGE = (ROOT / "docs" / "architecture.md").read_text()


@pytest.mark.parametrize("floor", FLOORS)
def test_no_import_leads_back(floor: str) -> None:
    _, arrows = structure(floor)
    assert back_arrows(arrows) == [], f"python -m tests.structure --arrows {floor}"


@pytest.mark.parametrize("floor", ["routes", "controllers", "services", "models"])
def test_the_page_shows_every_room(floor: str) -> None:
    rooms = {folder.name for folder in (ROOT / floor).iterdir() if (folder / "__init__.py").exists()}
    shown = set(re.findall(r"([a-z_]+)/", PAGE))
    assert rooms <= shown, f"docs/architecture.md does not show {rooms - shown}"


def test_statements_stand_in_models() -> None:
    assert statements_outside() == STATEMENTS_OUTSIDE, "python -m tests.structure"


def test_no_folder_is_named_vendor() -> None:
    found = [str(path) for floor in (*FLOORS, "tests") for path in (ROOT / floor).rglob("vendor") if path.is_dir()]
    assert [name for name in found if "node_modules" not in name] == []
