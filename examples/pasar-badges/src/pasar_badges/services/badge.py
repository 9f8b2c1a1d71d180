"""Counting what is sold, and giving and taking badges."""

import argparse
import asyncio
from collections.abc import Mapping

from sqlalchemy import delete, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert as upsert

from pasar.data import Deps, UnitOfWork, order_line, product
from pasar.events import OrderPlaced
from pasar_badges.models.badge import badge_sale, product_badge
from pasar_badges.providers.rule import SLOT, BadgeRule

# One process at a time: two that give the same badges would wait for each other.
ALONE = select(func.pg_try_advisory_xact_lock(0xBAD6E5))


async def count_order(deps: Deps, event: OrderPlaced) -> None:
    """Note what of each product was sold in the order, once however often the event comes."""
    sold = (
        select(order_line.c.order_id, order_line.c.product_id, func.sum(order_line.c.quantity))
        .where(order_line.c.order_id == event.order_id)
        .group_by(order_line.c.order_id, order_line.c.product_id)
    )
    made = upsert(badge_sale).from_select(["order_id", "product_id", "quantity"], sold).on_conflict_do_nothing()
    async with deps.database.unit_of_work() as work:
        await work.execute(made)


async def keep_fresh(deps: Deps) -> None:
    """Give and take badges again and again."""
    while True:
        await refresh(deps)
        await asyncio.sleep(deps.settings_of("badges").refresh_seconds)


async def refresh(deps: Deps) -> tuple[int, int]:
    """Give and take what the rules say; how many badges were given and taken."""
    rules: Mapping[str, BadgeRule] = deps.providers[SLOT]
    async with deps.database.unit_of_work() as work:
        if not (await work.execute(ALONE)).scalar_one():
            return 0, 0
        wanted = {(product_id, badge) for badge, rule in rules.items() for product_id in await rule.products(work)}
        rows = await work.execute(select(product_badge.c.product_id, product_badge.c.badge))
        worn = {(row.product_id, row.badge) for row in rows}
        await give(work, wanted - worn)
        await take(work, worn - wanted)
    return len(wanted - worn), len(worn - wanted)


async def give(work: UnitOfWork, badges: set[tuple[str, str]]) -> None:
    """Products that went meanwhile wear none."""
    if badges:
        there = select(product.c.id).where(product.c.id.in_({product_id for product_id, _ in badges}))
        known = set((await work.execute(there.with_for_update(read=True, key_share=True))).scalars())
        rows = [{"product_id": p, "badge": badge} for p, badge in sorted(badges) if p in known]
        if rows:
            await work.execute(upsert(product_badge).values(rows).on_conflict_do_nothing())


async def take(work: UnitOfWork, badges: set[tuple[str, str]]) -> None:
    if badges:
        both = tuple_(product_badge.c.product_id, product_badge.c.badge)
        await work.execute(delete(product_badge).where(both.in_(sorted(badges))))


async def worn_by(work: UnitOfWork, product_id: str) -> list[str]:
    """The badges of a product, in the order of their ids."""
    rows = select(product_badge.c.badge).where(product_badge.c.product_id == product_id).order_by(product_badge.c.badge)
    return list((await work.execute(rows)).scalars())


async def refresh_now(deps: Deps, options: argparse.Namespace) -> int:
    """The command."""
    given, taken = await refresh(deps)
    print(f"{given} badges given, {taken} taken")
    return 0
