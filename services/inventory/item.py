"""Items that a seller keeps in stock: what they are, their lists, and what variants take from them."""

from dataclasses import dataclass
from typing import Any

import msgspec

from models.identity.principal import Principal
from models.inventory import item as rows
from models.inventory import lists as inventory_lists
from models.inventory.commands import CreateItem, UpdateItem, UpdateLevels
from models.inventory.item import MOST_NEEDS, ItemInUse, ItemReserved, NeedExists, NeedNotFound, SkuTaken, TooManyNeeds
from models.inventory.lists import Item
from models.product.write import LOCK_OWN
from models.shared.list_query import ListQuery, Order
from services.audit import log as audit_log
from services.infrastructure.database.database import UnitOfWork
from services.inventory import adjustment as inventory_adjustment
from services.shared.listing import documents_of, rows_of
from services.shared.ownership import ensure_owned, keep_owned, lock_owned, seller_of
from utils.errors import NotFound
from utils.ids import ordered_id


@dataclass(frozen=True, slots=True)
class Kit:
    """A variant with what it takes of the seller's items for each piece sold."""

    id: str
    product_id: str
    sku: str | None
    title: str
    manage_inventory: bool
    allow_backorder: bool
    needs: list[dict[str, Any]]


async def get_owned_item(work: UnitOfWork, *, who: Principal, item_id: str) -> Item:
    """An item of the acting seller; NotFound for any other."""
    params = {"id": item_id, "own_seller": seller_of(who)}
    document = (await work.execute(inventory_lists.FIND_ITEM, params)).scalar_one_or_none()
    if document is None:
        raise NotFound(what="Inventory item", id=item_id)
    return inventory_lists.read_item(document)


async def page(
    work: UnitOfWork, *, who: Principal, limit: int, offset: int, order: Order | None = None, **filters: Any
) -> tuple[list[Item], int]:
    """A page of the seller's items and how many fit; `low_stock`: those of which so many or fewer can be sold."""
    query = ListQuery(limit, offset, order, filters)
    documents, count = await documents_of(work, inventory_lists.ITEMS, query, own_seller=seller_of(who))
    return [inventory_lists.read_item(document) for document in documents], count


async def movements(
    work: UnitOfWork, *, who: Principal, item_id: str, limit: int, offset: int, **filters: Any
) -> tuple[list[Any], int]:
    """A page of an item's movements, the newest first, and how many fit; filters: `location_id`, `kind`."""
    await ensure_owned(work, who=who, kind="inventory_item", ids=(item_id,))
    query, scope = ListQuery(limit, offset, None, filters), {"item_id": item_id, "own_seller": seller_of(who)}
    return await rows_of(work, inventory_lists.MOVEMENTS, query, **scope)


async def create(work: UnitOfWork, *, who: Principal, command: CreateItem) -> Item:
    """Create an item, with what lies where; SkuTaken when the seller has one of this SKU."""
    values = _columns(command)
    row = {"id": ordered_id("iitem"), "seller_id": seller_of(who), **dict.fromkeys(rows.ITEM_COLUMNS), **values}
    row["title"] = row["title"] or row["sku"]
    made = (await work.execute(rows.INSERT_ITEM, row)).scalar_one_or_none()
    if made is None:
        raise SkuTaken(sku=row["sku"])
    terms: dict[str, Any] = {"entity": "inventory_item", "entity_id": made}
    await audit_log.record(work, who=who, action="inventory_item.create", **terms, after=values)
    counts = inventory_adjustment.counts_of(made, command.location_levels)
    if counts:
        await inventory_adjustment.open_levels(work, who=who, item_id=made, counts=counts)
    return await get_owned_item(work, who=who, item_id=made)


async def change(work: UnitOfWork, *, who: Principal, item_id: str, command: UpdateItem) -> Item:
    """Update the named fields of an item; SkuTaken when another item of the seller has the SKU."""
    await lock_owned(work, who=who, kind="inventory_item", row_id=item_id)
    known = msgspec.structs.asdict(await get_owned_item(work, who=who, item_id=item_id))
    values = {name: known[name] for name in rows.ITEM_COLUMNS} | _columns(command)
    if values["sku"] is not None:
        other = {"sku": values["sku"], "item_id": item_id, "own_seller": seller_of(who)}
        if (await work.execute(rows.SKU_OF_ANOTHER, other)).first() is not None:
            raise SkuTaken(sku=values["sku"])
    await work.execute(rows.STORE_ITEM, {**values, "item_id": item_id})
    before, after = audit_log.changes(known, values)
    terms: dict[str, Any] = {"entity": "inventory_item", "entity_id": item_id, "before": before, "after": after}
    await audit_log.record(work, who=who, action="inventory_item.update", **terms)
    return await get_owned_item(work, who=who, item_id=item_id)


async def remove(work: UnitOfWork, *, who: Principal, item_id: str) -> None:
    """Delete an item that nothing needs; what lies there of it is written off."""
    await lock_owned(work, who=who, kind="inventory_item", row_id=item_id, wholly=True)
    takers = (await work.execute(rows.TAKERS, {"item_id": item_id})).scalars()
    if takers:
        raise ItemInUse(variant_ids=", ".join(takers))
    levels = (await inventory_adjustment.lock_levels(work, (item_id,))).values()
    bound = sum(level.reserved + level.held + level.backordered for level in levels)
    if bound:
        raise ItemReserved(pieces=bound)
    gone = [
        {"item_id": item_id, "location_id": level.location_id, "kind": "adjust", "stocked": -level.stocked}
        for level in levels
        if level.stocked
    ]
    if gone:
        await work.execute(rows.WRITE_OFF, [row | {"reason": "The item was deleted"} for row in gone])
    await work.execute(rows.DELETE_ITEM, {"item_id": item_id})
    work.touch("stock", (item_id,))
    before = {row["location_id"]: -row["stocked"] for row in gone}
    terms: dict[str, Any] = {"entity": "inventory_item", "entity_id": item_id, "before": before}
    await audit_log.record(work, who=who, action="inventory_item.delete", **terms)


async def batch_levels(work: UnitOfWork, *, who: Principal, item_id: str, command: UpdateLevels) -> Item:
    """Open levels of an item, count others, and close those to be given up: all of them or none."""
    opened, counted = (inventory_adjustment.counts_of(item_id, levels) for levels in (command.create, command.update))
    if opened:
        await inventory_adjustment.open_levels(work, who=who, item_id=item_id, counts=opened)
    if counted or not (opened or command.delete):
        await inventory_adjustment.count(work, who=who, item_id=item_id, counts=counted, reason=command.reason)
    if command.delete:
        await inventory_adjustment.close_levels(work, who=who, item_id=item_id, location_ids=command.delete)
    return await get_owned_item(work, who=who, item_id=item_id)


async def get_owned_kit(work: UnitOfWork, *, who: Principal, product_id: str, variant_id: str) -> Kit:
    """A variant of the acting seller's product with what it takes; NotFound for any other."""
    terms: dict[str, Any] = {"id": variant_id, "product_id": product_id, "own_seller": seller_of(who)}
    row = (await work.execute(rows.FIND_KIT, terms)).first()
    if row is None:
        raise NotFound(what="Variant", id=variant_id)
    return Kit(**{**dict(row.items()), "needs": msgspec.json.decode(row.needs)})


async def put_need(
    work: UnitOfWork, *, who: Principal, product_id: str, variant_id: str, item_id: str, pieces: int, is_new: bool
) -> Kit:
    """Let a variant take so many pieces of an item for each that is sold: several items make a bundle."""
    before = await _locked_kit(work, who, product_id, variant_id)
    await keep_owned(work, who=who, kind="inventory_item", ids=(item_id,))
    names = {"variant_id": variant_id, "inventory_item_id": item_id}
    if is_new:
        if len(before.needs) >= MOST_NEEDS:
            raise TooManyNeeds(limit=MOST_NEEDS)
        row = {"variant_id": variant_id, "item_id": item_id, "required_quantity": pieces}
        if (await work.execute(rows.INSERT_NEED, row)).first() is None:
            raise NeedExists(**names)
    elif (
        await work.execute(rows.UPDATE_NEED, {"variant": variant_id, "item": item_id, "pieces": pieces})
    ).first() is None:
        raise NeedNotFound(**names)
    work.touch("catalogue", (product_id,))
    old = next((need["required_quantity"] for need in before.needs if need["item_id"] == item_id), None)
    await _note_need(work, who, variant_id, item_id, old, pieces)
    return await get_owned_kit(work, who=who, product_id=product_id, variant_id=variant_id)


async def remove_need(work: UnitOfWork, *, who: Principal, product_id: str, variant_id: str, item_id: str) -> Kit:
    """A variant takes no more of an item."""
    await _locked_kit(work, who, product_id, variant_id)
    gone = (await work.execute(rows.DELETE_NEED, {"variant": variant_id, "item": item_id})).scalar_one_or_none()
    if gone is None:
        raise NeedNotFound(variant_id=variant_id, inventory_item_id=item_id)
    work.touch("catalogue", (product_id,))
    await _note_need(work, who, variant_id, item_id, gone, None)
    return await get_owned_kit(work, who=who, product_id=product_id, variant_id=variant_id)


async def _locked_kit(work: UnitOfWork, who: Principal, product_id: str, variant_id: str) -> Kit:
    """The kit, its product locked as by every other change of it: they come one after the other."""
    locked = await work.execute(LOCK_OWN, {"ids": [product_id], "own_seller": seller_of(who)})
    if locked.first() is None:
        raise NotFound(what="Product", id=product_id)
    return await get_owned_kit(work, who=who, product_id=product_id, variant_id=variant_id)


async def _note_need(
    work: UnitOfWork, who: Principal, variant_id: str, item_id: str, before: int | None, after: int | None
) -> None:
    await audit_log.record(
        work,
        who=who,
        action="variant.inventory_items",
        entity="product_variant",
        entity_id=variant_id,
        before={item_id: before},
        after={item_id: after},
    )


def _columns(command: UpdateItem) -> dict[str, Any]:
    """The columns that the command names."""
    return {name: value for name, value in command.changes().items() if name in rows.ITEM_COLUMNS}
