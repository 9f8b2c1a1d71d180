"""Many sellers at once, as files state them: found by their handles, brought to what is said of them.

What is not said stays. The rules are those of single requests (models/seller/rules.py), but that files may state any
status, a commission and the address of a logo. The caller touches the scope `sellers` when the tally changed. Nothing
is noted in the audit log.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from msgspec import UNSET

from models.seller import bulk as kinds
from models.seller.commands import PutSeller
from models.seller.rules import CountryUnknown, ensure_handle
from services.infrastructure.database.database import UnitOfWork
from services.shared.sync import Row, Tally, sync

# Ids by (handle,).
Ids = Mapping[tuple[Any, ...], str]


async def put_sellers(work: UnitOfWork, *, sellers: Sequence[PutSeller], tally: Tally) -> Ids:
    """Make or change sellers. HandleReserved, CountryUnknown."""
    for seller in sellers:
        ensure_handle(seller.handle)
    stated = [row_of(seller) for seller in sellers]
    codes = {row["country_code"] for row in stated if row.get("country_code")}
    there = set((await work.execute(kinds.COUNTRIES, {"codes": list(codes)})).scalars()) if codes else set()
    for code in sorted(codes - there):
        raise CountryUnknown(country_code=code)
    return (await sync(work, kinds.SELLER, stated, tally=tally)).ids


def row_of(seller: PutSeller) -> Row:
    """The columns that the command names."""
    row = {name: value for name, value in seller.changes().items() if name != "address"}
    if seller.commission_rate is not UNSET:
        row["commission_rate"] = Decimal(str(seller.commission_rate))
    return row | (seller.address.changes() if seller.address is not UNSET else {})
