"""Products that came lately."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from pasar.data import UnitOfWork, now, product
from pasar_badges.config import BadgeSettings


class New:
    label = "New"

    def __init__(self, settings: Any, own: BadgeSettings) -> None:
        self.age = timedelta(days=own.new_days)

    async def products(self, work: UnitOfWork) -> set[str]:
        rows = select(product.c.id).where(product.c.created_at >= now() - self.age)
        return set((await work.execute(rows)).scalars())
