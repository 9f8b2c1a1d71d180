"""Products as those see them who run shops: of every status, fresh; and the platform's word on them."""

from collections.abc import Sequence
from typing import Any

from models.identity.principal import Principal
from models.product import write as rows
from models.product.product import Product
from models.product.query import ALL_PRODUCTS, OWN_PRODUCTS
from models.product.rules import PUBLISHED, REJECTED, AlreadyDecided, difference, require_sound
from models.shared.list_query import ListQuery, Order
from models.shared.list_sql import SqlList, ids_of
from services.audit import log as audit_log
from services.infrastructure.database.database import UnitOfWork
from services.product.bulk import load
from services.product.cache import SCOPE
from services.shared.ownership import ensure_owned, seller_of
from utils.errors import NotFound


async def search_own(
    work: UnitOfWork, *, who: Principal, limit: int, offset: int, order: Order | None = None, **filters: Any
) -> tuple[list[Product], int]:
    """A page of the acting seller's products and how many there are on all pages; two statements."""
    return await _search(work, OWN_PRODUCTS, ListQuery(limit, offset, order, filters), own_seller=seller_of(who))


async def search_all(
    work: UnitOfWork, *, limit: int, offset: int, order: Order | None = None, **filters: Any
) -> tuple[list[Product], int]:
    """Products of all sellers; two statements."""
    return await _search(work, ALL_PRODUCTS, ListQuery(limit, offset, order, filters))


async def _search(work: UnitOfWork, listing: SqlList, query: ListQuery, **scope: str) -> tuple[list[Product], int]:
    shape, order, params = listing.asked(query)
    row = (await work.execute(ids_of(listing, shape, order, counted=True), {**scope, **params})).first()
    return await load(work, row.ids), row.total


async def get_owned_product(work: UnitOfWork, *, who: Principal, product_id: str) -> Product:
    """A product of the acting seller; NotFound for any other and for a deleted one."""
    await ensure_owned(work, who=who, kind="product", ids=[product_id])
    return await get_product(work, product_id=product_id)


async def get_product(work: UnitOfWork, *, product_id: str) -> Product:
    """A product of any seller; NotFound for a deleted one."""
    found = await load(work, [product_id])
    if not found or found[0].deleted_at is not None:
        raise NotFound(what="Product", id=product_id)
    return found[0]


async def reject(work: UnitOfWork, *, who: Principal, product_id: str, reason: str) -> Product:
    """Take a product out of the shop; its seller mends it and proposes it again."""
    before = await _locked(work, product_id)
    if before.status == REJECTED:
        raise AlreadyDecided(status=before.status)
    await work.execute(rows.REJECT, {"product_id": product_id, "rejection_reason": reason})
    return await _decided(work, who, before, "product.reject")


async def publish(work: UnitOfWork, *, who: Principal, product_id: str) -> Product:
    """Let a product be sold, whatever was said of it before."""
    before = await _locked(work, product_id)
    if before.status == PUBLISHED:
        raise AlreadyDecided(status=before.status)
    await work.execute(rows.PUBLISH, {"product_id": product_id})
    return await _decided(work, who, before, "product.publish")


async def _locked(work: UnitOfWork, product_id: str) -> Product:
    locked: Sequence[str] = (await work.execute(rows.LOCK_ANY, {"ids": [product_id]})).scalars()
    if not locked:
        raise NotFound(what="Product", id=product_id)
    return (await load(work, [product_id]))[0]


async def _decided(work: UnitOfWork, who: Principal, before: Product, action: str) -> Product:
    work.touch(SCOPE, [before.id])
    (after,) = await load(work, [before.id])
    require_sound(after, before)
    old, new = difference(before, after)
    terms = {"entity": "product", "entity_id": after.id, "seller_id": after.seller_id}
    await audit_log.record(work, who=who, action=action, before=old, after=new, **terms)
    return after
