"""A seller's catalogue: products written whole, with their options, variants, prices and images, or several at once.

What a request names is looked up and checked here, in a constant number of statements whatever it says, and written by
services/product/bulk.py. Products are locked before they are read, so that what is planned is what is there.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from models.identity.principal import Principal
from models.product import write as rows
from models.product.commands import CreateProduct, UpdateProduct, UpdateProducts
from models.product.plan import Change, change_of
from models.product.product import Product
from models.product.rules import HandleTaken, difference, require_publishable
from services.audit import log as audit_log
from services.infrastructure.database.database import UnitOfWork
from services.infrastructure.files.slot import FileStore
from services.product import bulk
from services.product.cache import SCOPE
from services.product.validation import checked
from services.shared.ownership import seller_of
from utils.errors import NotFound
from utils.text import LONGEST_HANDLE, slug

SUFFIXES = ("", *(f"-{n}" for n in range(2, 10)))


async def create(work: UnitOfWork, files: FileStore, *, who: Principal, command: CreateProduct) -> Product:
    """Create a product of the acting seller."""
    (product,) = await write(work, files, who=who, changes=[change_of(None, command)])
    return product


async def update(
    work: UnitOfWork, files: FileStore, *, who: Principal, product_id: str, command: UpdateProduct
) -> Product:
    """Update the named fields of a product; options, variants and images that a named list leaves out go."""
    before = await get_owned_locked(work, who=who, product_id=product_id)
    (product,) = await write(work, files, who=who, changes=[change_of(before, command)])
    return product


async def remove(work: UnitOfWork, *, who: Principal, product_ids: Sequence[str]) -> None:
    """Soft-delete products for good; carts that hold them cannot be completed any more."""
    befores = await lock_owned(work, who=who, product_ids=product_ids)
    if not befores:
        return
    await work.execute(rows.DELETE_PRODUCTS, {"ids": list(product_ids)})
    await work.execute(rows.FREE_SKUS, {"ids": list(product_ids)})
    await work.execute(rows.FREE_ITEMS, {"ids": list(product_ids)})
    work.touch(SCOPE, product_ids)
    gone = [(before.id, what_was_deleted(before), None) for before in befores]
    await audit_log.record_each(work, who=who, entries=[("product.delete", "product", *one) for one in gone])


def what_was_deleted(product: Product) -> dict[str, Any]:
    skus = [variant.sku for variant in product.variants if variant.sku is not None]
    return {"handle": product.handle, "title": product.title, "status": product.status, "skus": skus}


async def batch(
    work: UnitOfWork, files: FileStore, *, who: Principal, command: UpdateProducts
) -> tuple[list[Product], int]:
    """Create, update and delete, all or nothing: the products that are there after it, the created ones first.

    The number is that of the created ones.
    """
    command.ensure_fits()
    befores = {before.id: before for before in await lock_owned(work, who=who, product_ids=command.named)}
    await remove(work, who=who, product_ids=command.delete)
    changes = [change_of(None, one) for one in command.create]
    changes += [change_of(befores[one.id], one) for one in command.update]
    return await write(work, files, who=who, changes=changes), len(command.create)


async def get_owned_locked(work: UnitOfWork, *, who: Principal, product_id: str) -> Product:
    """A product of the acting seller, which nobody else changes until the transaction ends."""
    (found,) = await lock_owned(work, who=who, product_ids=[product_id])
    return found


async def lock_owned(work: UnitOfWork, *, who: Principal, product_ids: Sequence[str]) -> list[Product]:
    """Products of the acting seller, locked, in the order of the ids; NotFound for any other and for deleted ones."""
    if not product_ids:
        return []
    terms = {"ids": list(product_ids), "own_seller": seller_of(who)}
    return await _loaded(work, product_ids, set((await work.execute(rows.LOCK_OWN, terms)).scalars()))


async def _loaded(work: UnitOfWork, product_ids: Iterable[str], locked: set[str]) -> list[Product]:
    for product_id in product_ids:
        if product_id not in locked:
            raise NotFound(what="Product", id=product_id)
    return await bulk.load(work, list(product_ids))


async def write(
    work: UnitOfWork, files: FileStore, *, who: Principal, changes: Sequence[Change], action: str = ""
) -> list[Product]:
    """Carry out the changes of locked products: checked, planned, written, read again and found sound."""
    if not changes:
        return []
    for one in changes:
        require_publishable(one.before, one.fields.get("status", ""))
    ready = await checked(work, files, who=who, changes=changes)
    await work.execute(rows.LOCK_CATALOGUE)
    ready = await _with_handles(work, ready)
    try:
        made = (await bulk.put(work, seller_id=seller_of(who), changes=ready)).products
    except bulk.ProductRefused as refused:
        raise refused.error from None
    entries = []
    for one, after in zip(ready, made, strict=True):
        verb = action or ("product.create" if one.before is None else "product.update")
        entries.append((verb, "product", after.id, *difference(one.before, after)))
    await audit_log.record_each(work, who=who, entries=entries)
    return made


async def _with_handles(work: UnitOfWork, changes: Sequence[Change]) -> list[Change]:
    """New products without a handle get a free one made of their title; HandleTaken for one that was asked for."""
    wanted: list[str | None] = []
    for one in changes:
        fields = one.fields.get("handle") or (slug(one.fields["title"]) or "product" if one.before is None else None)
        wanted.append(None if one.before is not None and fields == one.before.handle else fields)
    candidates = {base + suffix for base in wanted if base is not None for suffix in SUFFIXES}
    if not candidates:
        return [replace(one, fields=_without_handle(one.fields)) for one in changes]
    taken = set((await work.execute(rows.TAKEN_HANDLES, {"ids": list(candidates)})).scalars())
    made: list[Change] = []
    for one, base in zip(changes, wanted, strict=True):
        if base is None:
            made.append(replace(one, fields=_without_handle(one.fields)))
            continue
        free = next((base + suffix for suffix in SUFFIXES if base + suffix not in taken), None)
        free = free or f"{base[:LONGEST_HANDLE]}-{secrets.token_hex(4)}"
        if one.fields.get("handle") and free != base:
            raise HandleTaken(handle=base, suggestion=free)
        taken.add(free)
        made.append(replace(one, fields={**one.fields, "handle": free}))
    return made


def _without_handle(fields: Mapping[str, Any]) -> dict[str, Any]:
    """No handle, or the one that it has: it stays."""
    return {name: value for name, value in fields.items() if name != "handle"}
