"""Products written whole, many at once: the one way in, of REST, seed files and imports alike.

However much is asked for, it becomes one plan of rows and a constant number of statements, and what comes of it is
read again and found sound.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.product import write as rows
from models.product.plan import Change, Plan
from models.product.product import LOAD_PRODUCTS, Product, decoded
from models.product.rules import ExternalIdTaken, SkuTaken, require_sound
from models.product.variant_plan import plan_change
from models.schema.inventory import variant_inventory_item
from models.schema.product import product, product_variant
from services.infrastructure.database.database import UnitOfWork
from services.product.cache import SCOPE
from services.shared.sync import Tally
from utils.bulk import change, insertion, removal
from utils.errors import AppError
from utils.ids import ordered_id


class ProductRefused(Exception):
    """One of the changes cannot be: which, and why."""

    def __init__(self, change: Change, error: AppError) -> None:
        super().__init__(error.text)
        self.change, self.error = change, error


@dataclass(frozen=True, slots=True)
class Written:
    """The products as they stand now, in the order of the changes, and the rows that were written for it."""

    products: list[Product]
    plan: Plan


async def put(work: UnitOfWork, *, seller_id: str, changes: Sequence[Change]) -> Written:
    """Carry out the changes of one seller's products; ProductRefused for the first that breaks a rule.

    What they name (categories, currencies, addresses of images) is known to be there, new products have handles that
    are free, and products that are there are locked, and the catalogue with them.
    """
    plan = Plan(seller_id)
    planned: dict[str, Change] = {}
    for one in changes:
        try:
            planned[plan_change(plan, one)] = one
        except AppError as error:
            raise ProductRefused(one, error) from error
    if plan.is_empty:
        return Written([one.before for one in changes if one.before is not None], plan)
    await _ensure_external_ids(work, seller_id, planned)
    await _ensure_skus(work, plan, planned)
    await _carry_out(work, plan)
    work.touch(SCOPE, planned)
    made = await load(work, list(planned))
    for one, after in zip(changes, made, strict=True):
        try:
            require_sound(after, one.before)
        except AppError as error:
            raise ProductRefused(one, error) from error
    return Written(made, plan)


def count(tally: Tally, written: Written) -> None:
    """Count the rows that were written; and of what is as stated already, products and variants."""
    plan = written.plan
    for table in rows.TABLES:
        created, updated = len(plan.fresh[table]), len(plan.changed[table])
        tally.count(table.name, created + updated, created, updated, len(plan.gone[table]))
    stated = {product: len(written.products), product_variant: sum(len(one.variants) for one in written.products)}
    for table, number in stated.items():
        tally.unchanged[table.name] += number - len(plan.fresh[table]) - len(plan.changed[table])


async def lock_by_handle(work: UnitOfWork, handles: Sequence[str]) -> dict[str, Product]:
    """Products of these handles that are there, by handle; locked with the catalogue until the transaction ends."""
    ids = {row.handle: row.id for row in await work.execute(rows.IDS_OF_HANDLES, {"ids": list(handles)})}
    if ids:
        await work.execute(rows.LOCK_ANY, {"ids": list(ids.values())})
    await work.execute(rows.LOCK_CATALOGUE)
    return {product.handle: product for product in await load(work, list(ids.values()))}


async def load(work: UnitOfWork, product_ids: Sequence[str]) -> list[Product]:
    """Products as they stand in the database at this moment, in the order of the ids."""
    documents = (await work.execute(LOAD_PRODUCTS, {"ids": list(product_ids)})).scalars()
    found = {product.id: product for product in map(decoded, documents)}
    return [found[product_id] for product_id in product_ids if product_id in found]


async def _ensure_external_ids(work: UnitOfWork, seller_id: str, changes: Mapping[str, Change]) -> None:
    fields = {i: one.fields["external_id"] for i, one in changes.items() if one.fields.get("external_id") is not None}
    if not fields:
        return
    terms = {"ids": list(fields.values()), "own_seller": seller_id}
    found = {row.external_id: row.id for row in await work.execute(rows.TAKEN_EXTERNAL_IDS, terms)}
    for product_id, external_id in fields.items():
        if found.setdefault(external_id, product_id) != product_id:
            raise ProductRefused(changes[product_id], ExternalIdTaken(external_id=external_id))


async def _ensure_skus(work: UnitOfWork, plan: Plan, changes: Mapping[str, Change]) -> None:
    """SkuTaken for a SKU that another variant of the seller has, or that the plan gives twice."""
    if not plan.skus:
        return
    terms = {"ids": list(plan.skus.values()), "own_seller": plan.seller_id}
    leaving = {row["id"] for row in plan.gone[product_variant]} | set(plan.parked[product_variant])
    found = {row.sku: row.id for row in await work.execute(rows.TAKEN_SKUS, terms) if row.id not in leaving}
    for variant_id, sku in plan.skus.items():
        if found.setdefault(sku, variant_id) != variant_id:
            raise ProductRefused(changes[plan.product_of[variant_id]], SkuTaken(sku=sku))


async def _carry_out(work: UnitOfWork, plan: Plan) -> None:
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
        own = {"own_seller": plan.seller_id}
        items = [dict(row.items()) for row in await work.execute(rows.PARK_ITEMS, {**own, "rows": plan.renamed})]
        await work.execute(rows.RENAME_ITEMS, {**own, "rows": items})
    await _make_items(work, plan)


async def _make_items(work: UnitOfWork, plan: Plan) -> None:
    """Give variants whose stock is counted an inventory item each, at level 0 in the seller's first location.

    An item of the variant's SKU that the seller has already is the one: what lies in the stockroom stays counted.
    """
    if not plan.wishes:
        return
    seller_id = plan.seller_id
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
