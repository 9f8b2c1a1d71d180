"""Sellers held ready: which are listed, which are open."""

from collections.abc import Mapping
from dataclasses import dataclass

from models.seller.seller import LOAD_SELLERS, Seller
from services.infrastructure.cache.snapshots import Connection, Scope
from utils.errors import NotFound


@dataclass(frozen=True, slots=True)
class Sellers:
    by_id: Mapping[str, Seller]
    by_handle: Mapping[str, Seller]

    def get_listed(self, id_or_handle: str) -> Seller:
        """A seller that buyers see; NotFound otherwise."""
        found = self.by_id.get(id_or_handle) or self.by_handle.get(id_or_handle)
        if found is None or not found.is_listed:
            raise NotFound(what="Seller", id=id_or_handle)
        return found


async def load(connection: Connection) -> Sellers:
    sellers = [Seller(**row._mapping) for row in await connection.execute(LOAD_SELLERS)]
    return Sellers(by_id={s.id: s for s in sellers}, by_handle={s.handle: s for s in sellers})


SELLERS = Scope("sellers", load)
