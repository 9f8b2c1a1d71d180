"""What runs beside the requests does its work: holds that are over, old journals, events that nobody can deliver."""

from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from models.region.currency import LOAD_CURRENCIES
from services import deps as wiring
from services.deps import Deps
from services.identity import session
from services.infrastructure.database import idempotency
from services.infrastructure.events import outbox as events_outbox
from services.inventory import hold as inventory_hold
from utils.money import charge_step, exponent, to_major, to_minor

NO_DIGITS = "bif clp djf gnf isk jpy kmf krw pyg rwf ugx uyi vnd vuv xaf xof xpf".split()
THREE_DIGITS = "bhd iqd jod kwd lyd omr tnd".split()
STOCK = """
INSERT INTO seller (id, handle, name) VALUES ('sel_sweep', 'sweep', 'Sweep');
INSERT INTO stock_location (id, seller_id, name) VALUES ('sloc_sweep', 'sel_sweep', 'Main');
INSERT INTO inventory_item (id, seller_id) VALUES ('iitem_sweep', 'sel_sweep');
INSERT INTO inventory_level (item_id, location_id, stocked, held) VALUES ('iitem_sweep', 'sloc_sweep', 10, 7);
INSERT INTO stock_hold (cart_id, item_id, location_id, quantity, expires_at) VALUES
    ('cart_over', 'iitem_sweep', 'sloc_sweep', 3, now() - interval '1 second'),
    ('cart_lives', 'iitem_sweep', 'sloc_sweep', 4, now() + interval '1 minute');
"""
KEY = """
INSERT INTO idempotency_key (scope, key, request_hash, status, reply, created_at) VALUES ('s', $1, 'h', 200, '', $2)
"""


@pytest.fixture(scope="module")
async def deps(settings: Any) -> Any:
    """The wiring alone: a started shop would sweep by itself."""
    made = wiring.build(settings)
    yield made
    await made.close()


@pytest.fixture
async def rows(settings: Any) -> Any:
    opened = await asyncpg.connect(settings.database_url.replace("+asyncpg", ""))
    yield opened
    await opened.close()


async def test_the_sweep_frees_holds_that_are_over_and_no_others(deps: Deps, rows: asyncpg.Connection) -> None:
    await rows.execute(STOCK)
    for released, left in ((1, 4), (0, 4)):
        async with deps.database.unit_of_work() as work:
            assert await inventory_hold.release_expired(work) == released
        assert await rows.fetchval("SELECT held FROM inventory_level WHERE item_id = 'iitem_sweep'") == left
    assert [row[0] for row in await rows.fetch("SELECT cart_id FROM stock_hold")] == ["cart_lives"]


async def test_old_idempotency_keys_are_forgotten_and_young_ones_kept(deps: Deps, rows: asyncpg.Connection) -> None:
    now = await rows.fetchval("SELECT now()")
    for key, hours in (("old", 73), ("young", 71)):
        await rows.execute(KEY, key, now - timedelta(hours=hours))
    async with deps.database.unit_of_work() as work:
        assert await idempotency.prune(work) == 1
    assert [row[0] for row in await rows.fetch("SELECT key FROM idempotency_key")] == ["young"]


async def test_counts_of_tries_and_tokens_that_ended_long_ago_are_forgotten(
    deps: Deps, rows: asyncpg.Connection
) -> None:
    kept = session.KEPT
    await rows.execute("DELETE FROM attempt_count")
    columns = "INSERT INTO attempt_count (key, used, ends_at) VALUES ($1, 1, $2)"
    now = await rows.fetchval("SELECT now()")
    await rows.execute(columns, b"old", now - kept - timedelta(minutes=1))
    await rows.execute(columns, b"young", now - kept + timedelta(minutes=1))
    async with deps.database.unit_of_work() as work:
        await session.prune(work)
    assert [row[0] for row in await rows.fetch("SELECT key FROM attempt_count")] == [b"young"]


async def test_delivered_events_are_forgotten_after_a_week_and_waiting_ones_never(
    deps: Deps, rows: asyncpg.Connection
) -> None:
    await rows.execute("DELETE FROM outbox")
    for name, age in (("old", "169 hours"), ("young", "167 hours"), ("waiting", None)):
        await rows.execute(
            "INSERT INTO outbox (event_id, topic, payload, created_at, delivered_at) "
            "VALUES ($1, 'test.none', '{}', now() - interval '1 year', now() - $2::text::interval)",
            name,
            age,
        )
    assert await events_outbox.prune(deps.database) == 1
    assert {row[0] for row in await rows.fetch("SELECT event_id FROM outbox")} == {"young", "waiting"}


async def test_an_event_that_fails_is_tried_twelve_times_and_then_left_for_a_person(
    deps: Deps, rows: asyncpg.Connection
) -> None:
    await rows.execute("DELETE FROM outbox")
    await rows.execute("INSERT INTO outbox (event_id, topic, payload) VALUES ('dead', 'test.dead', '{}')")
    asked = 0

    async def refuse(topic: str, payload: Any) -> None:
        nonlocal asked
        asked += 1
        raise RuntimeError("never")

    for _ in range(15):
        await events_outbox.deliver_due(deps.database, refuse)
        await rows.execute("UPDATE outbox SET due_at = NULL")
    assert asked == 12
    left = await rows.fetchrow("SELECT attempts, delivered_at, last_error FROM outbox")
    assert left is not None
    assert tuple(left) == (12, None, "RuntimeError('never')")


async def test_currencies_have_the_digits_of_the_standard(deps: Deps) -> None:
    assert [(code, exponent(code)) for code in NO_DIGITS] == [(code, 0) for code in NO_DIGITS]
    assert [(code, exponent(code)) for code in THREE_DIGITS] == [(code, 3) for code in THREE_DIGITS]
    assert [exponent(code) for code in ("eur", "usd", "idr", "chf", "huf", "twd")] == [2] * 6
    async with deps.database.reading() as work:
        digits = {row.code: row.decimal_digits for row in await work.execute(LOAD_CURRENCIES)}
    odd = {code: number for code, number in digits.items() if number != 2}
    assert odd == {
        **dict.fromkeys(set(NO_DIGITS) & set(digits), 0),
        **dict.fromkeys(set(THREE_DIGITS) & set(digits), 3),
    }
    assert {"krw", "vnd", "clp", "jpy"} <= set(odd)


@pytest.mark.parametrize(
    ("currency", "wire", "minor"),
    [("krw", 1000, 1000), ("vnd", 25000, 25000), ("clp", 990, 990), ("kwd", 1.234, 1234), ("eur", 10.5, 1050)],
)
def test_amounts_go_to_minor_units_and_back(currency: str, wire: float, minor: int) -> None:
    assert to_minor(wire, currency) == minor
    assert to_major(minor, currency) == wire
    assert charge_step("idr") == 100
    assert charge_step(currency) == 1
