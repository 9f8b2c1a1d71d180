"""The states of a seller: every move from every state, and when buyers see it and can buy from it."""

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from models.seller.lifecycle import MOVES, PLATFORM, STAFF, MoveRefused, moved
from models.seller.seller import Seller

pytestmark = pytest.mark.pure
NOW = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
STATES = ("pending", "open", "suspended", "closed", "rejected")
LEADS_TO = {
    ("approve", "pending"): "open",
    ("reject", "pending"): "rejected",
    ("resubmit", "rejected"): "pending",
    ("suspend", "open"): "suspended",
    ("unsuspend", "suspended"): "open",
    ("close", "open"): "closed",
    ("reopen", "closed"): "open",
}


def seller(status: str = "open", **more: Any) -> Seller:
    empty: dict[str, Any] = dict.fromkeys(field.name for field in fields(Seller))
    return Seller(**{**empty, "id": "sel_1", "status": status, **more})


@pytest.mark.parametrize(("action", "status"), [*product(MOVES, STATES)])
def test_a_move_is_possible_from_one_state_only(action: str, status: str) -> None:
    if (action, status) in LEADS_TO:
        assert moved(seller(status), action).target == LEADS_TO[action, status]
        return
    with pytest.raises(MoveRefused) as refused:
        moved(seller(status), action)
    assert refused.value.code == "store_state_conflict"
    assert status in refused.value.text
    assert MOVES[action].source in refused.value.text


def test_staff_closes_and_applies_and_everything_else_is_the_platforms() -> None:
    assert {action for action, move in MOVES.items() if move.by == STAFF} == {"close", "reopen", "resubmit"}
    assert {move.by for move in MOVES.values()} == {STAFF, PLATFORM}


def test_what_the_platform_does_is_told_to_the_owners() -> None:
    assert all(move.is_told == (move.by == PLATFORM) for move in MOVES.values())


def test_only_an_approval_asks_for_the_checklist() -> None:
    assert [action for action, move in MOVES.items() if move.needs_kyc] == ["approve"]


def test_who_is_suspended_cannot_get_out_by_closing_and_opening_again() -> None:
    by_staff = {(move.source, move.target) for move in MOVES.values() if move.by == STAFF}
    assert not any("suspended" in pair for pair in by_staff)


@pytest.mark.parametrize(
    ("status", "is_listed", "reason"),
    [
        ("open", True, None),
        ("suspended", True, "seller_suspended"),
        ("closed", False, "seller_closed"),
        ("pending", False, "seller_closed"),
        ("rejected", False, "seller_closed"),
    ],
)
def test_a_state_says_who_sees_a_seller_and_who_buys(status: str, is_listed: bool, reason: str | None) -> None:
    known = seller(status)
    assert (known.is_listed, known.not_selling(NOW), known.is_open(NOW)) == (is_listed, reason, reason is None)


def test_a_closure_begins_with_its_first_moment_and_ends_before_its_last() -> None:
    known = seller(closed_from=NOW, closed_to=NOW + DAY)
    moments = [NOW - timedelta(seconds=1), NOW, NOW + DAY - timedelta(seconds=1), NOW + DAY]
    assert [known.is_away(moment) for moment in moments] == [False, True, True, False]
    assert [known.not_selling(moment) for moment in moments] == [None, "seller_closed", "seller_closed", None]
    assert all(known.is_listed for _ in moments)


@pytest.mark.parametrize("given", [{"closed_from": NOW}, {"closed_to": NOW + DAY}, {}])
def test_half_a_closure_is_none(given: dict[str, Any]) -> None:
    assert not seller(**given).is_away(NOW)


def test_the_next_change_is_the_closures_next_edge() -> None:
    known = seller(closed_from=NOW, closed_to=NOW + DAY)
    assert known.next_change(NOW - DAY) == NOW
    assert known.next_change(NOW) == NOW + DAY
    assert known.next_change(NOW + DAY) is None
    assert seller().next_change(NOW) is None
