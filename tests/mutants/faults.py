"""Small faults by text, each with the tests that must notice it: money, grants, stock, identity, events, schemas.

`python -m tests.mutants` puts them in, one by one; tests/mutants/test_faults.py checks that the texts still occur.
"""

from tests.mutants.chat import CHAT
from tests.mutants.money import MONEY
from tests.mutants.named import Fault
from tests.mutants.rights import RIGHTS

FAULTS: tuple[Fault, ...] = (*MONEY, *RIGHTS, *CHAT)
