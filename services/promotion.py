"""Promotions at the sale: uses and budgets are claimed in the order's transaction, or the order is refused."""

from models.cart import Cart
from models.cart_document import Line, Method
from models.redemption import (
    CLAIM_CAMPAIGNS,
    CLAIM_PROMOTIONS,
    INSERT_REDEMPTIONS,
    REDEEMED_IN,
    RELEASE_CAMPAIGNS,
    RELEASE_PROMOTIONS,
    PromotionUsageExceeded,
    claims,
)
from services.infra.database import UnitOfWork
from services.pricing import PROMOTIONS
from utils.money import charge_step


async def claim(work: UnitOfWork, cart: Cart, *, order_id: str) -> None:
    """One use of each promotion of the cart and its share of the budgets; PromotionUsageExceeded when one is spent."""
    taken = discounts(cart)
    if not taken:
        return
    book = await work.snapshot(PROMOTIONS)
    wanted = claims(book, taken, charge_step(cart.currency_code))
    if wanted.promotion_ids:
        rows = await work.execute(CLAIM_PROMOTIONS, {"promotion_ids": wanted.promotion_ids})
        _ensure_all(len(rows.all()), len(wanted.promotion_ids))
    if wanted.campaign_ids:
        terms = {"campaign_ids": wanted.campaign_ids, "amounts": wanted.amounts, "slacks": wanted.slacks}
        _ensure_all(len((await work.execute(CLAIM_CAMPAIGNS, terms)).all()), len(wanted.campaign_ids))
    await work.execute(
        INSERT_REDEMPTIONS,
        [
            {"promotion_id": entry.id, "order_id": order_id, "code": entry.code, "amount": sum(taken[entry.id])}
            for entry in cart.document.promotions
            if entry.id in taken
        ],
    )


async def give_back(work: UnitOfWork, *, order_id: str, currency_code: str) -> None:
    """An order of which nothing is left has used no promotion: its uses and its share of the budgets are free again."""
    book = await work.snapshot(PROMOTIONS)
    redeemed = (await work.execute(REDEEMED_IN, {"order_id": order_id})).all()
    taken = {row.promotion_id: [row.amount] for row in redeemed if row.promotion_id in book.by_id}
    given = claims(book, taken, charge_step(currency_code))
    if given.promotion_ids:
        await work.execute(RELEASE_PROMOTIONS, {"promotion_ids": given.promotion_ids})
    if given.campaign_ids:
        terms = {"campaign_ids": given.campaign_ids, "amounts": given.amounts, "slacks": given.slacks}
        await work.execute(RELEASE_CAMPAIGNS, terms)


def discounts(cart: Cart) -> dict[str, list[int]]:
    """What each promotion took off, line by line and method by method, in minor units."""
    taken: dict[str, list[int]] = {}
    parts: list[Line | Method] = [*cart.document.items, *cart.document.shipping_methods]
    for part in parts:
        for adjustment in part.adjustments:
            taken.setdefault(adjustment.promotion_id, []).append(adjustment.amount)
    return taken


def _ensure_all(got: int, wanted: int) -> None:
    if got != wanted:
        raise PromotionUsageExceeded()
