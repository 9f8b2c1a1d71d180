"""The laws of the house that can be read off the source."""

import ast
import gc
import importlib
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from utils.config import Settings, variable
from utils.sql import Prepared

pytestmark = pytest.mark.pure

ROOT = Path(__file__).resolve().parents[1]
FLOORS = ("pasar", "middleware", "routes", "controllers", "services", "models", "utils")
KIT = sorted((ROOT / "pasar" / "testing").rglob("*.py"))  # runs in tests only, those of plug-ins
CODE = sorted({ROOT / "app.py", *(file for floor in FLOORS for file in (ROOT / floor).rglob("*.py"))} - {*KIT})
TESTS = sorted([*KIT, *(file for file in (ROOT / "tests").rglob("*.py") if "node_modules" not in file.parts)])
LONGEST_FILE, LONGEST_FUNCTION = 400, 50
MAKERS = ("table.py", "events.py", "openapi.py", "asyncapi.py", "components.py", "examples.py")  # of rows, of documents
# Not a registry's address, nor a place on somebody's machine.
PRIVATE = re.compile(r"https?://|file://|--(?:extra-)?index-url|--find-links|(?<![\w.@])/(?:home|root|work|tmp|Users)/")


def name_of(file: Path) -> str:
    return str(file.relative_to(ROOT))


def floor_of(file: Path) -> str:
    return file.relative_to(ROOT).parts[0]


def calls(tree: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    """Every call with the dotted name of what is called, as far as it has one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            parts: list[str] = []
            target: ast.expr = node.func
            while isinstance(target, ast.Attribute):
                parts.append(target.attr)
                target = target.value
            parts.append(target.id if isinstance(target, ast.Name) else "?")
            yield node, ".".join(reversed(parts))


@pytest.mark.parametrize("file", CODE, ids=name_of)
def test_a_file_keeps_the_laws_of_its_floor(file: Path) -> None:
    source = file.read_text()
    tree = ast.parse(source)
    broken = []
    if source.count("\n") >= LONGEST_FILE:
        broken.append(f"has {LONGEST_FILE} lines or more: split it by subject")
    if ast.get_docstring(tree) is None and source.strip():
        broken.append("has no docstring that says what it holds")
    for node, called in calls(tree):
        at = f"line {node.lineno}:"
        last = called.rpartition(".")[2]
        if (
            last == "commit"
            and file.name != "database.py"
            and floor_of(file) in ("controllers", "services", "middleware")
        ):
            broken.append(f"{at} commits; the unit of work does that")
        joined = any(isinstance(part, ast.JoinedStr) for argument in node.args for part in ast.walk(argument))
        if joined and last in ("text", "execute", "exec_driver_sql", "fetch", "fetchval", "fetchrow"):
            broken.append(f"{at} SQL from an f-string; bind parameters")
        if called in ("web.static", "router.add_static") or last == "add_static":
            broken.append(f"{at} web.static")
        if called.startswith(("pickle.", "marshal.", "shelve.")) or called in ("eval", "exec"):
            broken.append(f"{at} {called}")
        if called.startswith("web.HTTP") and floor_of(file) != "middleware":
            broken.append(f"{at} {called}; raise an error class of the rule")
    for part in ast.walk(tree):
        if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (part.end_lineno or 0) - part.lineno + 1
            if length > LONGEST_FUNCTION:
                broken.append(f"line {part.lineno}: {part.name} has {length} lines; {LONGEST_FUNCTION} is the limit")
        names = [a.name for a in part.names] if isinstance(part, ast.Import) else []
        if isinstance(part, ast.ImportFrom):
            names = [part.module or ""]
        if isinstance(part, ast.Import | ast.ImportFrom):
            unsafe = [name for name in names if name.split(".")[0] in ("pickle", "marshal", "shelve")]
            broken += [f"line {part.lineno}: imports {name}" for name in unsafe]
    assert not broken, f"{name_of(file)}:\n" + "\n".join(broken)


@pytest.mark.parametrize(
    "file",
    sorted(file for file in (ROOT / "routes").rglob("*.py") if file.name not in MAKERS and "schemas" not in file.parts),
    ids=name_of,
)
def test_a_table_of_routes_holds_no_function(file: Path) -> None:
    found = [
        n.name for n in ast.walk(ast.parse(file.read_text())) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    assert not found, f"{name_of(file)} defines {', '.join(found)}; a routes module is a table"


def test_the_machines_clock_is_read_in_one_place() -> None:
    """Everything else asks `utils.clock`; lines of the log, and ids, are made in the order of the machine's time."""
    clocks = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns", "time"}
    found = {
        name_of(file)
        for file in CODE
        for _, called in calls(ast.parse(file.read_text()))
        if called.removeprefix("datetime.") in clocks or called in clocks
    }
    assert found == {"utils/clock.py", "utils/ids.py", "middleware/context.py"}


# What only its own methods, which stand in models, may change; and so the status of anything.
RULED = {"cart", "line", "method", "document"}


def test_carts_and_the_status_of_anything_are_changed_by_their_own_methods() -> None:
    assigned = [
        f"{name_of(file)}:{target.lineno}: {target.value.id}.{target.attr} is assigned"
        for file in CODE
        if floor_of(file) in ("services", "controllers")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign))
        for outer in (node.targets if isinstance(node, ast.Assign) else [node.target])
        for target in (outer.elts if isinstance(outer, ast.Tuple) else [outer])
        if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name)
        if target.value.id in RULED or (target.attr == "status" and target.value.id not in ("self", "response"))
    ]
    assert assigned == []


def test_nothing_waits_in_a_way_that_loses_a_cancellation() -> None:
    """`asyncio.wait_for` of Python 3.11 forgets one that comes as the wait ends: a task then never stops."""
    found = {
        name_of(file)
        for file in CODE
        for _, called in calls(ast.parse(file.read_text()))
        if called == "asyncio.wait_for"
    }
    assert found == set(), "use `async with asyncio.timeout(seconds)`"


def test_no_test_patches_the_time() -> None:
    """A shop under a clock of one's own: `wiring.build(settings, clock=MovableClock())`."""
    patched = re.compile(r"""setattr\([^)]*["'](?:[\w.]*\.)?(?:now|time|timestamp)["']|freeze_time|time_machine""")
    others = [file for file in TESTS if file.name != Path(__file__).name]
    assert [name_of(file) for file in others if patched.search(file.read_text())] == []


def test_no_statement_asks_the_database_for_the_time() -> None:
    """`func.now()` is a parameter; now() in the text of a statement would be another clock than the code's."""
    for file in CODE:
        if floor_of(file) in ("models", "services") and file.name != "__init__.py":
            importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
    gc.unfreeze()  # the tests' own set-up hides from the collector what is there already
    # By its very type: isinstance() follows weak references, whose objects may be gone.
    prepared = [each for each in gc.get_objects() if type(each) is Prepared]
    assert len(prepared) > 100
    wrong = re.compile(r"\bnow\(\)|current_timestamp|clock_timestamp", re.IGNORECASE)
    assert [sql for sql in (each.compiled()[0] for each in prepared) if wrong.search(sql)] == []


@pytest.mark.parametrize("file", TESTS, ids=name_of)
def test_a_test_file_is_not_too_long(file: Path) -> None:
    lines = file.read_text().count("\n")
    assert lines < LONGEST_FILE, "split it by subject"


def imported(files: list[Path]) -> set[str]:
    """Top-level names of the packages that files import, other than ours and Python's own."""
    names: set[str] = set()
    for node in (node for file in files for node in ast.walk(ast.parse(file.read_text()))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").split(".")[0])
    return names - sys.stdlib_module_names - {*FLOORS, "app", "migrations", "tests", "benchmarks", "pasar"}


def declared(*lists: list[str]) -> set[str]:
    return {re.split(r"[\[<>=]", line)[0].lower().replace("_", "-") for lines in lists for line in lines}


def test_every_package_that_is_imported_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    run, dev = project["project"]["dependencies"], project["dependency-groups"]["dev"]
    makers = packages_distributions()
    for files, known in ((CODE, declared(run)), (TESTS, declared(run, dev))):
        missing = {
            name for name in imported(files) if not known & {m.lower().replace("_", "-") for m in makers.get(name, ())}
        }
        assert not missing, f"add to pyproject.toml and run `make lock`: {missing}"


def test_every_setting_is_documented() -> None:
    text = (ROOT / "docs" / "operations.md").read_text()
    rows = re.findall(r"^\| `(PASAR_[A-Z_]+)` \|", text, re.MULTILINE)
    assert sorted(rows) == sorted(variable(field.name) for field in fields(Settings))


@pytest.mark.parametrize(
    "name", ["requirements.txt", "requirements-dev.txt", "tests/clients/package-lock.json", "Makefile"]
)
def test_no_file_of_the_set_up_names_an_address_or_somebodys_folder(name: str) -> None:
    lines = (ROOT / name).read_text().splitlines()
    allowed = re.compile(r'"url":|"funding"|127\.0\.0\.1')
    found = [
        f"{number}: {line.strip()[:100]}"
        for number, line in enumerate(lines, 1)
        if PRIVATE.search(line) and not allowed.search(line)
    ]
    assert not found, f"{name}: {found[:5]}"


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_locked_package_has_hashes(name: str) -> None:
    blocks = re.split(r"\n(?=\S)", (ROOT / name).read_text().strip())
    assert [block.split("==")[0] for block in blocks if "--hash=sha256:" not in block] == []
