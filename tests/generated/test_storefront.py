"""Generated requests of visitors: no 5xx, and nothing that the document does not tell."""

from pathlib import Path

import pytest

from benchmarks.process import ServerProcess
from tests.generated.requests import Run, generate

RUNS = [Run(1, "coverage", 1, 4_000), Run(2, "fuzzing,stateful", 15, 500), Run(3, "fuzzing,stateful", 15, 500)]
PATHS = "^/(?!vendor/|admin/)"  # what those answer to others stands in tests/matrix

pytestmark = [pytest.mark.slow, pytest.mark.embedded, pytest.mark.timeout(600)]


@pytest.mark.parametrize("run", RUNS, ids=str)
def test_visitors_find_no_5xx_and_no_undocumented_answer(server: ServerProcess, tmp_path: Path, run: Run) -> None:
    assert generate(server, tmp_path, run, paths=PATHS) >= run.at_least


def test_the_three_seeds_make_five_thousand_requests_at_the_least() -> None:
    assert sum(run.at_least for run in RUNS) >= 5_000
    assert len({run.seed for run in RUNS}) == 3
