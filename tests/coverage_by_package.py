"""Print the lines that the tests have reached, by package: what `make coverage` shows at its end."""

import os
from collections import defaultdict
from pathlib import Path

from coverage import Coverage

ROOT = Path(__file__).resolve().parents[1]


def reached(coverage: Coverage) -> dict[str, tuple[int, int]]:
    """Lines and reached lines of each package."""
    found: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for file in coverage.get_data().measured_files():
        _, lines, _, missing, _ = coverage.analysis2(file)
        package = str(Path(os.path.relpath(file, ROOT)).parent)
        known = found[package]
        found[package] = known[0] + len(lines), known[1] + len(lines) - len(missing)
    return found


def table(found: dict[str, tuple[int, int]]) -> str:
    whole = sum(lines for lines, _ in found.values()), sum(reached for _, reached in found.values())
    rows = [*sorted(found.items()), ("all", whole)]
    wide = max(len(name) for name, _ in rows)
    head = f"{'package':{wide}}   lines  missed  reached"
    return "\n".join(
        [head, *(f"{name:{wide}}  {n:6}  {n - hit:6}  {100 * hit / max(n, 1):6.1f}%" for name, (n, hit) in rows)]
    )


if __name__ == "__main__":
    measured = Coverage()
    measured.combine()
    measured.load()
    print(table(reached(measured)))
