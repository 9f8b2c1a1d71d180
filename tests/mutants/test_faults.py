"""The list of faults is fit to run: each text occurs once, its fault is Python, its tests are there."""

import ast
import re

import pytest

from tests.mutants.faults import FAULTS
from tests.mutants.named import Fault
from tests.mutants.run import ROOT, dozen

pytestmark = pytest.mark.pure

each = pytest.mark.parametrize("fault", FAULTS, ids=[f"{n}-{fault.file}" for n, fault in enumerate(FAULTS)])


@each
def test_a_fault_can_be_put_in(fault: Fault) -> None:
    text = (ROOT / fault.file).read_text()
    count = text.count(fault.old)
    assert count == 1, f"tests/mutants: {fault.old!r} occurs {count} times in {fault.file}: mend the row"
    assert fault.old != fault.new
    if fault.file.endswith(".py"):
        ast.parse(text.replace(fault.old, fault.new))
    for test in fault.tests.split():
        file, _, name = test.partition("::")
        found = (ROOT / file).read_text()
        assert not name or re.search(rf"def {name}\(", found), f"{test} is not there: mend the row of {fault.file}"


def test_there_are_a_hundred_and_more() -> None:
    assert len(set(FAULTS)) == len(FAULTS) >= 100


def test_a_days_dozen_is_the_same_wherever_it_is_drawn() -> None:
    assert dozen(12, "2026-03-01") == dozen(12, "2026-03-01")
    assert dozen(12, "2026-03-01") != dozen(12, "2026-03-02")
    assert len(set(dozen(12, "2026-03-01"))) == 12
