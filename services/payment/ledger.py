"""Postings to the ledger: every movement of money between its owners, balanced per currency."""

from collections.abc import Iterable

from models.order.order import Order
from models.order.seller_order import SellerOrder
from models.payment.ledger import INSERT_ENTRIES, INSERT_POSTING
from services.infrastructure.database.database import UnitOfWork
from utils.ids import new_id

Entry = tuple[str, str | None, str | None, int]  # account, seller, seller order, minor units (debit positive)


async def post_sale(work: UnitOfWork, order: Order) -> None:
    """The buyer's payment is owed to the sellers, less the platform's share; a free order moves nothing."""
    entries: list[Entry] = [("gateway_clearing", None, None, order.total)]
    for part in order.seller_orders:
        entries.append(("seller_pending", part.seller_id, part.id, part.commission - part.total))
        entries.append(("platform_fee", None, part.id, -part.commission))
    await _post(work, "sale", order.id, order.currency_code, (entry for entry in entries if entry[3]))


async def post_cancel(work: UnitOfWork, part: SellerOrder, *, change_id: str, amount: int, commission: int) -> None:
    """Reverse the canceled part of the sale, with the platform's share of it."""
    entries: list[Entry] = [
        ("gateway_clearing", None, part.id, -amount),
        ("seller_pending", part.seller_id, part.id, amount - commission),
        ("platform_fee", None, part.id, commission),
    ]
    await _post(work, "cancel", change_id, part.currency_code, (entry for entry in entries if entry[3]))


async def _post(
    work: UnitOfWork,
    kind: str,
    reference: str,
    currency: str,
    entries: Iterable[Entry],
) -> None:
    posting = {"id": new_id("lpost"), "kind": kind, "reference": reference}
    rows = [
        {
            "posting_id": posting["id"],
            "account": account,
            "seller_id": seller_id,
            "seller_order_id": seller_order_id,
            "currency_code": currency,
            "amount": amount,
        }
        for account, seller_id, seller_order_id, amount in entries
    ]
    if rows:
        await work.execute(INSERT_POSTING, posting)
        await work.execute(INSERT_ENTRIES, rows)
