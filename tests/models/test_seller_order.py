"""The rules of a seller order: what may be done in which state, what state follows, and what is owed no more."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest

from models.order.commands import Pieces
from models.order.order import fulfillment_status_of, share, status_of
from models.order.seller_order import TRANSITIONS, OrderStateForbids, QuantityNotOpen, SellerOrder
from utils.errors import NotFound
from utils.money import charge_step

pytestmark = pytest.mark.pure
NOW = datetime(2026, 3, 1, tzinfo=UTC)
STATES = ("placed", "accepted", "packed", "shipped", "delivered", "canceled")
ALLOWED = {
    "accept": {"placed"},
    "pack": {"placed", "accepted"},
    "unpack": {"accepted", "packed"},
    "ship": {"accepted", "packed"},
    "deliver": {"accepted", "packed", "shipped"},
    "cancel": {"placed", "accepted"},
}


class Line(SimpleNamespace):
    """As much of a line as the rules ask for."""

    kept_quantity = property(lambda self: self.quantity - self.canceled_quantity)
    unpacked_quantity = property(lambda self: self.kept_quantity - self.fulfilled_quantity)

    def amount_of(self, pieces: int, step: int) -> int:
        return share(self.totals.total, pieces, self.quantity, step)


def line(line_id: str, quantity: int, total: int = 0, discount: int = 0, **come: int) -> Any:
    steps = {f"{step}_quantity": come.get(step, 0) for step in ("fulfilled", "shipped", "delivered", "canceled")}
    sums = SimpleNamespace(total=total, subtotal=total + discount, discount_subtotal=discount)
    return Line(id=line_id, quantity=quantity, totals=sums, **steps)


def order(*lines: Any, status: str = "placed", **more: Any) -> SellerOrder:
    facts: dict[str, Any] = {
        "id": "sord_1",
        "order_id": "order_1",
        "display_id": 1,
        "seller_id": "sel_1",
        "status": status,
        "currency_code": "eur",
        "region_id": "reg_1",
        "total": sum(each.totals.total for each in lines),
        "commission_rate": Decimal("0.1"),
        "commission": 0,
        "totals": {},
        "canceled_total": 0,
        "canceled_commission": 0,
        "created_at": NOW,
        "updated_at": NOW,
        "methods": [],
        "fulfillments": [],
    }
    return SellerOrder(lines=list(lines), **{**facts, **more})


@pytest.mark.parametrize(("action", "status"), [*product(ALLOWED, STATES)])
def test_an_action_is_allowed_in_its_states_only(action: str, status: str) -> None:
    part = order(status=status)
    if status in ALLOWED[action]:
        part.ensure_allowed(action)
        return
    with pytest.raises(OrderStateForbids) as refused:
        part.ensure_allowed(action)
    assert refused.value.code == "order_state_forbids"
    assert status in refused.value.text
    assert action in refused.value.text


def test_nothing_leads_out_of_a_canceled_or_delivered_order() -> None:
    assert set(TRANSITIONS) == set(ALLOWED)
    assert not any({"canceled", "delivered"} & set(step.sources) for step in TRANSITIONS.values())


@pytest.mark.parametrize(
    ("lines", "accepted", "becomes"),
    [
        ([line("a", 2)], None, "placed"),
        ([line("a", 2)], NOW, "accepted"),
        ([line("a", 2, fulfilled=1)], NOW, "accepted"),
        ([line("a", 2, fulfilled=2), line("b", 1, fulfilled=1)], NOW, "packed"),
        ([line("a", 2, fulfilled=2), line("b", 1, canceled=1)], NOW, "packed"),
        ([line("a", 2, fulfilled=2, shipped=2), line("b", 1, fulfilled=1)], NOW, "packed"),
        ([line("a", 2, fulfilled=2, shipped=2), line("b", 1, canceled=1)], NOW, "shipped"),
        ([line("a", 2, fulfilled=2, shipped=2, delivered=1)], NOW, "shipped"),
        ([line("a", 2, fulfilled=1, shipped=1, delivered=1, canceled=1)], NOW, "delivered"),
        ([line("a", 2, canceled=2), line("b", 1, canceled=1)], NOW, "canceled"),
    ],
)
def test_the_status_follows_from_the_pieces(lines: list[Any], accepted: datetime | None, becomes: str) -> None:
    part, later = order(*lines, accepted_at=accepted), NOW + timedelta(hours=1)
    part.apply_status("cancel", later)  # which may lead to every state
    assert (part.status, part.updated_at) == (becomes, later)
    assert part.canceled_at == (later if becomes == "canceled" else None)


def test_a_status_that_the_action_cannot_bring_about_is_a_fault_of_ours() -> None:
    with pytest.raises(AssertionError, match="accept made the order packed"):
        order(line("a", 1, fulfilled=1), accepted_at=NOW).apply_status("accept", NOW)


def test_an_order_stays_accepted_at_its_first_moment() -> None:
    part = order(line("a", 1))
    part.accept(NOW)
    part.accept(NOW + timedelta(days=1))
    assert part.accepted_at == NOW


def test_by_default_all_open_pieces_are_meant() -> None:
    part = order(line("a", 5, fulfilled=1, canceled=1), line("b", 2, fulfilled=2), line("c", 1))
    assert part.open_pieces(None) == {"a": 3, "c": 1}
    assert part.open_pieces([]) == {"a": 3, "c": 1}


def test_pieces_of_a_line_that_is_named_twice_are_added_up_and_bounded() -> None:
    part = order(line("a", 3))
    assert part.open_pieces([Pieces(id="a", quantity=1), Pieces(id="a", quantity=2)]) == {"a": 3}
    with pytest.raises(QuantityNotOpen, match="3 pieces"):
        part.open_pieces([Pieces(id="a", quantity=2), Pieces(id="a", quantity=2)])


def test_lines_and_parcels_of_other_orders_are_missing() -> None:
    part = order(line("a", 1))
    with pytest.raises(NotFound):
        part.open_pieces([Pieces(id="foreign", quantity=1)])
    with pytest.raises(NotFound):
        part.parcel("foreign")


def test_pieces_move_on_and_back() -> None:
    part = order(line("a", 3), line("b", 1))
    part.move({"a": 2, "b": 1}, "fulfilled")
    part.move({"a": 1}, "fulfilled", -1)
    assert [each.fulfilled_quantity for each in part.lines] == [1, 1]


def canceled(part: SellerOrder, pieces: Mapping[str, int]) -> tuple[int, int]:
    part.move(pieces, "canceled")
    return part.recompute_canceled_totals()


def test_what_is_canceled_bit_by_bit_adds_up_to_the_whole() -> None:
    part = order(line("a", 3, 1000), line("b", 7, 999, 100), total=2500, commission=201)
    steps = [canceled(part, {"a": 1})]
    assert steps[0] == (333, 33)  # of 201, 333/1999, rounded
    for _ in range(2):
        steps.append(canceled(part, {"a": 1}))
    for _ in range(7):
        steps.append(canceled(part, {"b": 1}))
    assert sum(total for total, _ in steps) == part.canceled_total == 2500, "with the last piece the shipping goes too"
    assert sum(commission for _, commission in steps) == part.canceled_commission == 201
    assert all(total >= 0 and commission >= 0 for total, commission in steps)


def test_shipping_is_owed_as_long_as_anything_is() -> None:
    part = order(line("a", 2, 1000), total=1500, commission=150)
    assert canceled(part, {"a": 1})[0] == 500
    assert canceled(part, {"a": 1})[0] == 1000


def test_what_is_owed_no_more_is_a_sum_that_can_be_charged() -> None:
    part = order(line("a", 3, 1000), currency_code="idr", commission=0)
    step = charge_step("idr")
    assert step > 1
    owed_no_more = canceled(part, {"a": 1})[0]
    assert owed_no_more % step == 0
    assert 1000 // 3 - step < owed_no_more <= 1000 // 3


@pytest.mark.parametrize(
    ("states", "whole"),
    [
        ([], "pending"),
        (["placed"], "pending"),
        (["delivered", "shipped"], "pending"),
        (["delivered", "canceled"], "completed"),
        (["canceled", "canceled"], "canceled"),
    ],
)
def test_the_order_is_as_far_as_its_parts(states: list[str], whole: str) -> None:
    assert status_of(states) == whole


@pytest.mark.parametrize(
    ("lines", "shown"),
    [
        ([line("a", 2)], "not_fulfilled"),
        ([line("a", 2, fulfilled=1)], "partially_fulfilled"),
        ([line("a", 2, fulfilled=1, canceled=1)], "fulfilled"),
        ([line("a", 2, fulfilled=2, shipped=1)], "partially_shipped"),
        ([line("a", 1, fulfilled=1, shipped=1, delivered=1), line("b", 1)], "partially_delivered"),
        ([line("a", 1, canceled=1)], "canceled"),
    ],
)
def test_fulfillment_is_told_in_the_seller_apis_words(lines: list[Any], shown: str) -> None:
    assert fulfillment_status_of(lines) == shown
    assert order(*lines).fulfillment_status == shown


@pytest.mark.parametrize(
    ("paid", "shown"), [("completed", "captured"), ("authorized", "authorized"), (None, "not_paid")]
)
def test_payment_is_told_in_the_store_apis_words(paid: str | None, shown: str) -> None:
    assert order(paid=paid).payment_status == shown


def test_a_share_is_rounded_down_to_steps_and_all_shares_are_the_whole() -> None:
    assert [share(1000, n, 3) for n in range(4)] == [0, 333, 666, 1000]
    assert share(1050, 1, 2, 100) == 500
    assert share(1050, 2, 2, 100) == 1050
