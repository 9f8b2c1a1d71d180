"""Products of which so many pieces were sold."""

from typing import Any

from sqlalchemy import func, select

from pasar.data import UnitOfWork
from pasar_badges.config import BadgeSettings
from pasar_badges.models.badge import badge_sale


class Bestseller:
    label = "Bestseller"

    def __init__(self, settings: Any, own: BadgeSettings) -> None:
        self.pieces = own.bestseller_pieces

    async def products(self, work: UnitOfWork) -> set[str]:
        sold = func.sum(badge_sale.c.quantity)
        rows = select(badge_sale.c.product_id).group_by(badge_sale.c.product_id).having(sold >= self.pieces)
        return set((await work.execute(rows)).scalars())
