"""Promotions at the sale: uses and budgets are claimed in the order's transaction, or the order is refused."""

from collections import Counter
from typing import Any

from models.cart.cart import Cart
from models.cart.document import Line, Method
from models.pricing.promotion import Promotion, PromotionBook
from models.pricing.redemption import (
    CLAIM_CAMPAIGNS,
    CLAIM_PROMOTIONS,
    INSERT_REDEMPTIONS,
    REDEEMED_IN,
    RELEASE_CAMPAIGNS,
    RELEASE_PROMOTIONS,
    PromotionUsageExceeded,
    claims,
    shares_of_budgets,
)
from services.infrastructure.database.database import UnitOfWork
from utils.money import charge_step


async def redeem(work: UnitOfWork, cart: Cart, book: PromotionBook, *, order_id: str) -> None:
    """Count a use of each promotion of the cart and its share of budgets; PromotionUsageExceeded when one is spent."""
    taken = discounts(cart)
    if not taken:
        return
    wanted = claims(book, taken, charge_step(cart.currency_code))
    if wanted.promotion_ids:
        limited = await work.execute(CLAIM_PROMOTIONS, {"promotion_ids": wanted.promotion_ids})
        _ensure_all(len(limited.all()), len(wanted.promotion_ids))
    counted: dict[str, int] = {}
    if wanted.campaign_ids:
        terms = {"campaign_ids": wanted.campaign_ids, "amounts": wanted.amounts, "slacks": wanted.slacks}
        counted = {row.campaign_id: row.counted for row in await work.execute(CLAIM_CAMPAIGNS, terms)}
        _ensure_all(len(counted), len(wanted.campaign_ids))
    used = [entry for entry in cart.document.promotions if entry.id in taken]
    shares = shares_of_budgets(book, taken, counted)
    rows = [_redemption(book.by_id[one.id], one.code, taken[one.id], *shares[one.id]) for one in used]
    await work.execute(INSERT_REDEMPTIONS, [{"order_id": order_id, **row} for row in rows])


def _redemption(entry: Promotion, code: str, parts: list[int], campaign_id: str | None, share: int) -> dict[str, Any]:
    return {
        "promotion_id": entry.id,
        "code": code,
        "amount": sum(parts),
        "is_counted": entry.limit is not None,
        "campaign_id": campaign_id,
        "campaign_amount": share,
    }


async def give_back(work: UnitOfWork, *, order_id: str) -> None:
    """An order of which nothing is left has used no promotion: what the sale counted for it is free again."""
    redeemed = (await work.execute(REDEEMED_IN, {"order_id": order_id})).all()
    counted = [row.promotion_id for row in redeemed if row.is_counted]
    if counted:
        await work.execute(RELEASE_PROMOTIONS, {"promotion_ids": counted})
    budgets: Counter[str] = Counter()
    for row in redeemed:
        if row.campaign_id is not None:
            budgets[row.campaign_id] += row.campaign_amount
    if budgets:
        amounts = list(budgets.values())
        terms = {"campaign_ids": list(budgets), "amounts": amounts, "slacks": [0] * len(amounts)}
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
