"""Parts of a seller's product, one by one: variants, options, prices, and which images show a variant."""

from collections.abc import Mapping
from typing import Any

from models.identity.principal import Principal
from models.product.plan import Change, Part
from models.product.product import Option, Product, Variant
from models.product.rules import MAX_BATCH, BatchRepeats, BatchTooLarge
from services.infrastructure.database.database import UnitOfWork
from services.infrastructure.files.slot import FileStore
from services.product import write as product_write
from services.product.validation import prices_on_wire
from utils.errors import NotFound

Body = Mapping[str, Any]


def variant_of(product: Product, variant_id: str) -> Variant:
    """The product's variant of this id; NotFound also for one of another product."""
    found = next((variant for variant in product.variants if variant.id == variant_id), None)
    if found is None:
        raise NotFound(what="Variant", id=variant_id)
    return found


def option_of(product: Product, option_id: str) -> Option:
    found = next((option for option in product.options if option.id == option_id), None)
    if found is None:
        raise NotFound(what="Product option", id=option_id)
    return found


async def write_variants(
    work: UnitOfWork, files: FileStore, *, who: Principal, product_id: str, action: str, body: Body
) -> tuple[Product, Product]:
    """Create, update and delete variants, all or nothing: the product before and after it."""
    create, update, gone = (body.get(name, ()) for name in ("create", "update", "delete"))
    if len(create) + len(update) + len(gone) > MAX_BATCH:
        raise BatchTooLarge(limit=MAX_BATCH)
    before = await product_write.get_owned_locked(work, who=who, product_id=product_id)
    named = [*(entry["id"] for entry in update), *gone]
    for variant_id in named:
        variant_of(before, variant_id)
        if named.count(variant_id) > 1:
            raise BatchRepeats(id=variant_id)
    after = await _write(work, files, who, Change(before, {}, variants=Part([*create, *update], gone)), action)
    return before, after


async def write_options(
    work: UnitOfWork, files: FileStore, *, who: Principal, product_id: str, action: str, said: Part
) -> Product:
    """Add, change or remove options; a new one gives its first value to the variants that are there."""
    before = await product_write.get_owned_locked(work, who=who, product_id=product_id)
    for option_id in (*(entry["id"] for entry in said.entries if "id" in entry), *said.gone):
        option_of(before, option_id)
    return await _write(work, files, who, Change(before, {}, options=said), action)


async def write_prices(
    work: UnitOfWork, files: FileStore, *, who: Principal, product_id: str, variant_id: str, body: Body
) -> Product:
    """Create, update and delete prices of a variant; prices of price lists are no part of it."""
    before = await product_write.get_owned_locked(work, who=who, product_id=product_id)
    prices = {one["id"]: one for one in prices_on_wire(variant_of(before, variant_id))}
    gone, update = body.get("delete", ()), body.get("update", ())
    named = [*gone, *(entry["id"] for entry in update)]
    for price_id in named:
        if price_id not in prices:
            raise NotFound(what="Price", id=price_id)
        if named.count(price_id) > 1:
            raise BatchRepeats(id=price_id)
    for entry in update:
        if "rules" in entry and "region_id" not in entry:
            prices[entry["id"]]["region_id"] = None  # the rules say it all
        prices[entry["id"]] |= entry
    for price_id in gone:
        del prices[price_id]
    entry = {"id": variant_id, "prices": [*prices.values(), *body.get("create", ())]}
    return await _write(work, files, who, Change(before, {}, variants=Part([entry])), "product.prices")


async def write_variant_images(
    work: UnitOfWork, files: FileStore, *, who: Principal, product_id: str, variant_id: str, body: Body
) -> tuple[list[str], list[str]]:
    """Say which of the product's images show a variant; one without any is shown by all. What was added and removed."""
    before = await product_write.get_owned_locked(work, who=who, product_id=product_id)
    variant = variant_of(before, variant_id)
    own = {image.id for image in before.images}
    added, removed = list(dict.fromkeys(body.get("add", ()))), list(dict.fromkeys(body.get("remove", ())))
    for image_id in (*added, *removed):
        if image_id not in own:
            raise NotFound(what="Image", id=image_id)
    shown = [*(one for one in variant.image_ids if one not in removed), *(one for one in added if one not in removed)]
    entry = {"id": variant_id, "image_ids": shown}
    await _write(work, files, who, Change(before, {}, variants=Part([entry])), "product.variant_images")
    return added, removed


async def _write(work: UnitOfWork, files: FileStore, who: Principal, change: Change, action: str) -> Product:
    (after,) = await product_write.write(work, files, who=who, changes=[change], action=action)
    return after
