"""Bounds of time that are measured on a quiet machine only."""

import pytest

PATIENCE_SECONDS = 30.0  # for what takes a moment on a quiet machine


def within(seconds: float, patience: float = PATIENCE_SECONDS) -> pytest.MarkDecorator:
    """Run the test twice with a bound `within`: a patient one, and among the tests that measure time the true one."""
    true = pytest.param(seconds, marks=pytest.mark.timed, id=f"within {seconds} s")
    return pytest.mark.parametrize("within", [pytest.param(patience, id="patiently"), true])
