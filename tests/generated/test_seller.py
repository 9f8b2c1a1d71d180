"""Generated requests with a seller owner's token: no 5xx, and nothing that the document does not tell."""

from pathlib import Path

import pytest

from benchmarks.process import ServerProcess
from tests.generated.conftest import beside, owners_token
from tests.generated.requests import Run, generate

RUNS = [Run(4, "coverage", 1, 4_000), Run(5, "fuzzing,stateful", 10, 500)]
REQUESTS = 5_000
pytestmark = [pytest.mark.slow, pytest.mark.embedded, pytest.mark.timeout(900)]


async def test_a_seller_finds_no_5xx_and_no_undocumented_answer(server: ServerProcess, tmp_path: Path) -> None:
    token = await beside(server, owners_token)
    sent = [generate(server, tmp_path, run, paths="^/vendor/", token=token) for run in RUNS]
    assert all(count >= run.at_least for count, run in zip(sent, RUNS, strict=True)), sent
    assert sum(sent) >= REQUESTS
