"""The structure in figures: `python -m tests.structure` prints each floor's rooms, arrows and back-arrows.

A room is a package of a floor, or a module beside them; an arrow leads from a room to one that it imports; a back-arrow
is one of a circle. Imports for type checking count. Below stand other figures that may not grow: statements outside
models, and bodies of the wire that services take as mappings.
"""

import argparse
import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FLOORS = ("middleware", "routes", "controllers", "services", "models", "utils")
MAKERS = ("select", "insert", "update", "delete", "text", "upsert")  # of statements
EXECUTING = ("services", "controllers", "middleware", "pasar")  # what runs statements that stand in models
Arrows = dict[tuple[str, str], set[str]]


def files_of(*parts: str) -> list[Path]:
    return sorted(file for part in parts for file in (ROOT / part).rglob("*.py"))


def dotted(file: Path) -> tuple[str, ...]:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return parts[:-1] if parts[-1] == "__init__" else parts


def room_of(name: tuple[str, ...]) -> str:
    """The second part of a module's name; a floor's own `__init__` is the floor."""
    return name[1] if len(name) > 1 else name[0]


def imports(tree: ast.AST) -> Iterator[tuple[str, ...]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from ((*node.module.split("."), alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (tuple(alias.name.split(".")) for alias in node.names)


def structure(floor: str) -> tuple[set[str], Arrows]:
    """The rooms of a floor, and its arrows with the modules that make them."""
    rooms: set[str] = set()
    arrows: Arrows = defaultdict(set)
    for file in files_of(floor):
        name = dotted(file)
        if len(name) == 1:
            continue
        rooms.add(room_of(name))
        for target in imports(ast.parse(file.read_text())):
            if target[0] == floor and len(target) > 1 and room_of(target) != room_of(name):
                arrows[room_of(name), room_of(target)].add(".".join(name))
    return rooms, {pair: by for pair, by in arrows.items() if pair[1] in rooms}


def back_arrows(arrows: Arrows) -> list[tuple[str, str]]:
    """Arrows that lie on a circle: one whose end leads back to its beginning."""
    leads: dict[str, set[str]] = defaultdict(set)
    for one, other in arrows:
        leads[one].add(other)
    return sorted((one, other) for one, other in arrows if one in reached(other, leads))


def reached(start: str, leads: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    ahead = [start]
    while ahead:
        for following in leads[ahead.pop()] - found:
            found.add(following)
            ahead.append(following)
    return found


def statements(file: Path) -> int:
    """Calls in a module that make an SQL statement, by SQLAlchemy's names."""
    tree = ast.parse(file.read_text())
    named = {name[-1] for name in imports(tree) if name[0] == "sqlalchemy"} & {*MAKERS}
    if "upsert" in file.read_text():
        named |= {"upsert"}
    return sum(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in named
        for node in ast.walk(tree)
    )


def statements_outside() -> dict[str, int]:
    """The modules outside models that make statements, and how many each."""
    counted = {file.relative_to(ROOT).as_posix(): statements(file) for file in files_of(*EXECUTING)}
    return {name: count for name, count in counted.items() if count}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.structure", description=__doc__)
    parser.add_argument("--arrows", metavar="FLOOR", choices=FLOORS, help="list the arrows of this floor")
    asked = parser.parse_args().arrows
    print(f"{'floor':12} {'files':>5} {'rooms':>5} {'arrows':>6} {'back':>4}")
    for floor in FLOORS:
        rooms, arrows = structure(floor)
        print(f"{floor:12} {len(files_of(floor)):5} {len(rooms):5} {len(arrows):6} {len(back_arrows(arrows)):4}")
        if floor == asked:
            print("\n".join(f"  {one} -> {other} ({len(by)})" for (one, other), by in sorted(arrows.items())))
    outside = statements_outside()
    below = [file for file in files_of("services", "models") if "infrastructure" not in file.parts]  # those we send
    bodies = sum(len(re.findall(r"\bbody: Mapping", file.read_text())) for file in below)
    print(f"SQL statements outside models: {sum(outside.values())}")
    print("".join(f"  {name} {count}\n" for name, count in outside.items()), end="")
    print(f"bodies taken as mappings below controllers: {bodies}")


if __name__ == "__main__":
    main()
