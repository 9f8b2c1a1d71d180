"""Who may do what to whose things: every route, every kind of caller, ids of their own, of others, and of nobody.

What is refused is refused with one status a reason; an id of somebody else answers exactly as one that is not there.
"""

import re
from collections import Counter
from typing import Any

import pytest
from yarl import URL

from routes import ROUTES
from routes.table import LOGGED_IN, SELLER, USER, Route
from tests.matrix.bodies import body_of, is_own, query_of
from tests.matrix.conftest import Dry
from tests.matrix.people import Knocker
from tests.matrix.samples import MISSING, Samples, address, parameters

COUNTED: Counter[str] = Counter()
# The id of a buyer's whole order is a guest's only right to it, and the buyer's address is no business of a seller.
BUYERS_OWN = re.compile(r"\border_[0-9A-Z]{26}|ana@example\.com")
CHANGING = re.compile(r'"request_id":"[^"]*"|"\d{4}-\d\d-\d\dT[\d:.]+Z"')
ROWS = [row for row in ROUTES if not row.hidden]
# What rows may answer as well, by (row, parameter or sort), and why.
ANSWERS: dict[tuple[str, str], tuple[int, ...]] = {
    # An order is handed over by the token of a letter, whoever shows it; the token here is none.
    **{
        (f"POST /store/orders/{{id}}/transfer/{end}", word): (400, 401, 404)
        for end in ("accept", "decline")
        for word in ("own", "foreign", "id")
    },
    ("POST /store/orders/{id}/transfer/request", "own"): (400,),  # it is theirs already
    ("POST /store/orders/{id}/transfer/cancel", "own"): (400,),  # there is none to take back
    ("POST /store/customers", "own"): (400,),  # they have an account already
    ("POST /vendor/uploads/{id}/confirm", "own"): (409,),  # no file was sent
    ("DELETE /vendor/products/{id}/options/{option_id}", "own"): (422,),  # two variants would be alike
    # The seller is in another state.
    ("POST /vendor/sellers/me/close", "own"): (409,),
    ("POST /vendor/sellers/me/reopen", "own"): (409,),
    ("POST /vendor/sellers/me/resubmit", "own"): (409,),
    ("POST /vendor/sellers/me", "foreign"): (400,),  # an upload of others is no logo
    ("POST /vendor/kyc-documents/{id}/confirm", "own"): (409,),  # no file was sent
    ("DELETE /vendor/members/me", "own"): (400,),  # the last owner stays
    ("POST /vendor/invites/accept", "own"): (400,),  # the token is none
    ("POST /admin/invites/accept", "own"): (400,),
    ("DELETE /admin/api-keys/{id}", "own"): (400,),  # it is not revoked
    # Of one person's second factor two others decide, by name: a key is nobody, and the person in the body is none.
    ("POST /admin/factor-removals", "own"): (400, 404),
    **{
        (f"POST /admin/factor-removals/{{id}}/{end}", word): (400, 409)
        for end in ("approve", "reject")
        for word in ("own", "id")
    },
    ("POST /auth/proof", "own"): (400,),  # nothing is shown
    # What is not in the cart need not be removed.
    ("DELETE /store/carts/{id}/line-items/{line_id}", "line_id"): (200,),
    ("POST /store/shipping-options/{id}/calculate", "id"): (400,),
    # Codes, tokens and passwords that are none; whoever shows a good one gets in, which tests/auth tells about.
    ("POST /auth/mfa/challenges/{id}/verify", "own"): (401,),
    ("POST /auth/mfa/challenges/{id}/verify", "id"): (401,),
    ("POST /auth/mfa/factors/{id}/verify", "own"): (401,),
    ("POST /auth/mfa/recovery-codes", "own"): (400,),
    ("POST /auth/token/refresh", "own"): (401,),
    ("POST /auth/verification/request", "own"): (404,),
    ("POST /auth/verification/confirm", "own"): (400,),
    **{
        (f"{method} /auth/{{actor_type}}/{{auth_provider}}{end}", "own"): (401,)
        for method in ("GET", "POST")
        for end in ("", "/callback", "/register", "/update")
    },
    # Only who wrote a message may change it: here customers did.
    ("POST /chat/conversations/{id}/messages/{message_id}", "own"): (403,),
    ("DELETE /chat/conversations/{id}/messages/{message_id}", "own"): (403,),
    ("GET /files/{key:[\\s\\S]+}", "own"): (404,),  # there is no file of this name
}
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def name_of(row: Route) -> str:
    return row.name


def test_every_parameter_of_every_row_has_its_place_in_the_matrix() -> None:
    missing = []
    for row in ROUTES:
        try:
            parameters(row)
        except KeyError as unplaced:
            missing.append(f"{row.name}: {unplaced}")
    assert not missing, "add to tests/matrix/samples.py what these name:\n" + "\n".join(missing)


def choices(row: Route, samples: Samples, group: str) -> list[tuple[str, str, dict[str, str]]]:
    """(own | foreign | missing, parameter, ids): their own things, then one parameter after the other not theirs."""
    kinds = parameters(row)
    own = {name: samples.own(kind, group) for name, kind in kinds.items()}
    stand_in = {name: value or samples.foreign(kinds[name], group) or MISSING for name, value in own.items()}
    found = []
    if all(own.values()):
        found.append(("own" if is_own(row, samples, group) else "foreign", "", stand_in))
    for name, kind in kinds.items():
        foreign = samples.foreign(kind, group)
        if foreign is not None:
            found.append(("foreign", name, {**stand_in, name: foreign}))
        found.append(("missing", name, {**stand_in, name: MISSING}))
    return found


async def answer(knocker: Knocker, row: Route, ids: dict[str, str], samples: Samples) -> tuple[int, str]:
    """The status, and the body without what differs from one id to another."""
    body, query = body_of(row, samples, knocker.group), query_of(row, samples, knocker.group)
    path = str(URL(address(row, ids)).with_query(query)) if query else address(row, ids)
    reply = await knocker.send(row.method, path, body)
    text = await reply.text()
    for value in ids.values():
        text = text.replace(value, "ID")
    return reply.status, CHANGING.sub("", text)


@pytest.mark.parametrize("row", ROWS, ids=name_of)
async def test_a_row_lets_in_whom_it_is_for_and_shows_nobody_what_is_not_theirs(
    row: Route, samples: Samples, knockers: list[Knocker], dry: Dry
) -> None:
    wrong: list[str] = []
    for knocker in knockers:
        answers: dict[str, set[tuple[int, str]]] = {}
        for sort, name, ids in choices(row, samples, knocker.group):
            dry.noted.clear()
            got = await answer(knocker, row, ids, samples)
            wrong += [f"{knocker.name}, {sort} {name}: {fault}" for fault in faults(row, knocker, sort, name, got)]
            if name:
                answers.setdefault(name, set()).add(got)
            elif got[0] < 300 and row.who in (SELLER, USER) and row.method != "GET" and not any(dry.noted):
                wrong.append(f"{knocker.name}: nothing of it in the audit log")
        wrong += [
            f"{knocker.name}: foreign and missing {name} differ: {sorted(seen)}"
            for name, seen in answers.items()
            if len(seen) > 1
        ]
    assert not wrong, "\n".join(wrong)


def faults(row: Route, knocker: Knocker, sort: str, name: str, got: tuple[int, str]) -> list[str]:
    """What is wrong about an answer."""
    status, text = got
    expected: tuple[int, ...] = (200, 201, 204) if sort == "own" else (404,)
    if not knocker.may(row):
        sort, expected = "refused", knocker.refusals(row)
    else:
        expected += ANSWERS.get((row.name, name or sort), ())
    COUNTED[sort] += 1
    if row.who == SELLER and (found := BUYERS_OWN.search(text)):
        return [f"shows what is the buyer's alone: {found[0]}"]
    return [] if status in expected else [f"{status}, not {expected}: {text[:300]}"]


def test_the_size_of_the_matrix(record_property: Any) -> None:
    """Told at the end of the run: how many cells there were of each sort."""
    record_property("cells", dict(COUNTED))
    print(f"\nauthorization matrix: {len(ROWS)} routes, {COUNTED.total()} requests: {dict(COUNTED)}")
    assert COUNTED["refused"] > 10 * len([row for row in ROWS if row.who in LOGGED_IN])
    assert COUNTED["foreign"] > 0
    assert COUNTED["missing"] > 0
