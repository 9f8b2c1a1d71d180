"""Which pieces of stock an order's parcel takes, and which are given back: the arithmetic on locked levels."""

from typing import Any

import pytest

from services.inventory.reservation import (
    Level,
    Plan,
    StockMissing,
    _end_backorder,
    _move_here,
    _take_backordered,
    _take_reserved,
    assign,
    release,
)

pytestmark = pytest.mark.pure
HERE, THERE, FAR = ("mug", "here"), ("mug", "there"), ("mug", "far")


def sums(plan: Plan) -> dict[tuple[str, str], tuple[int, int, int]]:
    """What the plan does to stocked, reserved and backordered pieces of each level."""
    return {place: tuple(map(sum, list(zip(*steps, strict=True))[1:4])) for place, steps in plan.changes.items()}  # type: ignore[misc]


def own(plan: Plan) -> dict[tuple[str, str], tuple[int, int]]:
    """What the order holds more of, reserved and backordered, by its own movements."""
    return {
        place: (sum(r for _, _, r, _, mine in steps if mine), sum(b for _, _, _, b, mine in steps if mine))
        for place, steps in plan.changes.items()
    }


def test_reserved_pieces_are_taken_where_they_lie_in_the_order_of_locations() -> None:
    levels = {HERE: Level(0, 9, held_for_it=2), THERE: Level(1, 9, held_for_it=2)}
    taken: dict[Any, int] = {}
    assert _take_reserved(levels, [HERE, THERE], 3, taken) == 0
    assert taken == {HERE: 2, THERE: 1}
    assert [levels[place].held_for_it for place in (HERE, THERE)] == [0, 1]
    assert _take_reserved(levels, [HERE, THERE], 2, taken) == 1, "one is wanting"


def test_a_parcel_that_holds_more_than_the_order_gives_nothing() -> None:
    levels, taken = {HERE: Level(0, 9, held_for_it=-1)}, dict[Any, int]()
    assert _take_reserved(levels, [HERE], 2, taken) == 2
    assert taken == {}


def test_a_reservation_moves_to_the_named_location_as_far_as_it_has_free_pieces() -> None:
    levels = {HERE: Level(1, 3), THERE: Level(0, 0, held_for_it=2), FAR: Level(2, 0, held_for_it=2)}
    plan, taken = Plan("order_1"), dict[Any, int]()
    assert _move_here(levels, [THERE, HERE, FAR], HERE, 4, taken, plan) == 1
    assert taken == {HERE: 3}
    assert sums(plan) == {THERE: (0, -2, 0), HERE: (0, 3, 0), FAR: (0, -1, 0)}
    assert levels[HERE].available == 0
    assert sum(reserved for _, reserved, _ in sums(plan).values()) == 0, "nothing is reserved twice"


def test_backordered_pieces_come_from_what_a_receipt_covered_then_from_what_is_free() -> None:
    levels = {HERE: Level(0, 1, backordered=3, covered=1, waiting=2)}
    plan, taken = Plan("order_1"), dict[Any, int]()
    assert _take_backordered(levels, [HERE], HERE, 3, taken, plan) == 1
    assert taken == {HERE: 2}
    assert sums(plan)[HERE] == (0, 1, -1), "the covered piece was reserved by the receipt already"
    assert own(plan)[HERE] == (2, -2), "by the order's own movements both are reserved and no longer backordered"
    assert (levels[HERE].available, levels[HERE].backordered, levels[HERE].covered) == (0, 1, 0)


def test_what_others_wait_for_stays_theirs_when_a_backorder_ends() -> None:
    plan, known = Plan("order_1"), Level(0, 0, backordered=2, covered=3, waiting=5)
    _end_backorder(known, HERE, 2, "release", plan)
    assert sums(plan)[HERE] == (0, 0, -2)
    assert (known.backordered, known.waiting, known.covered) == (0, 3, 3)


def test_a_receipts_reservation_ends_with_the_last_who_waited() -> None:
    plan, known = Plan("order_1"), Level(0, 0, backordered=3, covered=3, waiting=1)
    _end_backorder(known, HERE, 3, "release", plan)
    assert sums(plan)[HERE] == (0, -2, -1)
    assert own(plan)[HERE] == (0, -3)
    assert (known.waiting, known.covered) == (0, 1)


def test_no_backorder_is_no_movement() -> None:
    plan, known = Plan("order_1"), Level(0, 0, backordered=2, waiting=2)
    _end_backorder(known, HERE, 0, "release", plan)
    assert plan.changes == {}


@pytest.mark.parametrize("location", [None, "here"])
async def test_an_order_that_needs_no_stock_touches_none(location: str | None) -> None:
    nothing: Any = None
    found = await assign(nothing, order_id="order_1", fulfillment_id="ful_1", needs={}, location_id=location)
    assert found == location
    await release(nothing, order_id="order_1", needs={})


def test_missing_stock_is_a_conflict_that_names_the_item() -> None:
    refused = StockMissing(item_id="iitem_1", missing=2)
    assert (refused.code, refused.kind) == ("stock_missing", "conflict")
    assert "iitem_1, 2 pieces" in refused.text
