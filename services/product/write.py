"""A seller's catalogue: products written whole, with their options, variants, prices and images, or several at once.

However much a request says, it becomes one plan of rows and a constant number of statements. Products are locked before
they are read, so that what is planned is what is there.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from models.identity.principal import Principal
from models.product import write as rows
from models.product.commands import CreateProduct, UpdateProduct, UpdateProducts
from models.product.plan import Change, Plan, change_of
from models.product.product import LOAD_PRODUCTS, Product, decoded
from models.product.rules import (
    ExternalIdTaken,
    HandleTaken,
    SkuTaken,
    difference,
    require_publishable,
    require_sound,
)
from models.product.variant_plan import plan_change
from models.schema.inventory import variant_inventory_item
from models.schema.product import product_variant
from services.audit import log as audit_log
from services.infrastructure.database.database import UnitOfWork
from services.infrastructure.files.slot import FileStore
from services.product.cache import SCOPE
from services.product.validation import checked
from services.shared.ownership import seller_of
from utils.bulk import change, insertion, removal
from utils.errors import NotFound
from utils.ids import ordered_id
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
    return await load(work, list(product_ids))


async def load(work: UnitOfWork, product_ids: Sequence[str]) -> list[Product]:
    """Products as they stand in the database at this moment, in the order of the ids."""
    documents = (await work.execute(LOAD_PRODUCTS, {"ids": list(product_ids)})).scalars()
    found = {product.id: product for product in map(decoded, documents)}
    return [found[product_id] for product_id in product_ids if product_id in found]


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
    plan = Plan(seller_of(who))
    product_ids = [plan_change(plan, one) for one in ready]
    await _ensure_external_ids(work, who, dict(zip(product_ids, ready, strict=True)))
    await _ensure_skus(work, who, plan)
    await _carry_out(work, who, plan)
    work.touch(SCOPE, product_ids)
    made = await load(work, product_ids)
    entries = []
    for one, after in zip(ready, made, strict=True):
        require_sound(after, one.before)
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


async def _ensure_external_ids(work: UnitOfWork, who: Principal, changes: Mapping[str, Change]) -> None:
    fields = {i: one.fields["external_id"] for i, one in changes.items() if one.fields.get("external_id") is not None}
    if not fields:
        return
    terms = {"ids": list(fields.values()), "own_seller": seller_of(who)}
    found = {row.external_id: row.id for row in await work.execute(rows.TAKEN_EXTERNAL_IDS, terms)}
    for product_id, external_id in fields.items():
        if found.setdefault(external_id, product_id) != product_id:
            raise ExternalIdTaken(external_id=external_id)


async def _ensure_skus(work: UnitOfWork, who: Principal, plan: Plan) -> None:
    """SkuTaken for a SKU that another variant of the seller has, or that the plan gives twice."""
    if not plan.skus:
        return
    terms = {"ids": list(plan.skus.values()), "own_seller": seller_of(who)}
    leaving = {row["id"] for row in plan.gone[product_variant]} | set(plan.parked[product_variant])
    found = {row.sku: row.id for row in await work.execute(rows.TAKEN_SKUS, terms) if row.id not in leaving}
    for variant_id, sku in plan.skus.items():
        if found.setdefault(sku, variant_id) != variant_id:
            raise SkuTaken(sku=sku)


async def _carry_out(work: UnitOfWork, who: Principal, plan: Plan) -> None:
    for table in reversed(rows.TABLES):
        if plan.gone[table]:
            await work.execute(removal(table), {"rows": plan.gone[table]})
    for table, statement in rows.PARK.items():
        if plan.parked[table]:
            await work.execute(statement, {"ids": plan.parked[table]})
    for table in rows.TABLES:
        if changed := plan.changed[table]:
            identity = {column.name for column in table.primary_key.columns}
            names = tuple(name for name in changed[0] if name not in identity)
            await work.execute(change(table, names), {"rows": changed})
        if fresh := plan.fresh[table]:
            await work.execute(insertion(table, tuple(fresh[0])), {"rows": fresh})
    if plan.renamed:
        own = {"own_seller": seller_of(who)}
        items = [dict(row.items()) for row in await work.execute(rows.PARK_ITEMS, {**own, "rows": plan.renamed})]
        await work.execute(rows.RENAME_ITEMS, {**own, "rows": items})
    await _make_items(work, who, plan)


async def _make_items(work: UnitOfWork, who: Principal, plan: Plan) -> None:
    """Give variants whose stock is counted an inventory item each, at level 0 in the seller's first location.

    An item of the variant's SKU that the seller has already is the one: what lies in the stockroom stays counted.
    """
    if not plan.wishes:
        return
    seller_id = seller_of(who)
    ids = {wish.variant_id: ordered_id("iitem") for wish in plan.wishes}
    made = [
        {"id": ids[wish.variant_id], "seller_id": seller_id, "sku": wish.sku, "title": wish.title}
        for wish in plan.wishes
    ]
    await work.execute(rows.make_items(), {"rows": made})
    skus = {"ids": [wish.sku for wish in plan.wishes if wish.sku is not None], "own_seller": seller_id}
    of_skus = {row.sku: row.id for row in await work.execute(rows.ITEMS_OF_SKUS, skus)}
    needs = [
        {"variant_id": wish.variant_id, "item_id": of_skus.get(wish.sku, ids[wish.variant_id])} for wish in plan.wishes
    ]
    await work.execute(insertion(variant_inventory_item, rows.NEED_COLUMNS), {"rows": needs})
    items = [need["item_id"] for need in needs]
    await work.execute(rows.MAKE_LEVELS, {"ids": items, "own_seller": seller_id})
    work.touch("stock", items)
