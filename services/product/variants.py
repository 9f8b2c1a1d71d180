"""Parts of a seller's product, one by one: variants, options, prices, and which images show a variant."""

from models.identity.principal import Principal
from models.product.commands import UpdatePrices, UpdateVariantImages, UpdateVariants, ensure_batch, plain
from models.product.plan import Change, Part
from models.product.product import Option, Product, Variant
from models.product.rules import BatchRepeats
from services.infrastructure.database.database import UnitOfWork
from services.infrastructure.files.slot import FileStore
from services.product import write as product_write
from services.product.validation import prices_on_wire
from utils.errors import NotFound


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
    work: UnitOfWork, files: FileStore, *, who: Principal, product_id: str, action: str, command: UpdateVariants
) -> tuple[Product, Product]:
    """Create, update and delete variants, all or nothing: the product before and after it."""
    ensure_batch(len(command.create) + len(command.update) + len(command.delete))
    before = await product_write.get_owned_locked(work, who=who, product_id=product_id)
    named = [*(one.id for one in command.update), *command.delete]
    for variant_id in named:
        variant_of(before, variant_id)
        if named.count(variant_id) > 1:
            raise BatchRepeats(id=variant_id)
    part = Part([*plain(command.create), *plain(command.update)], command.delete)
    after = await _write(work, files, who, Change(before, {}, variants=part), action)
    return before, after


async def write_options(
    work: UnitOfWork, files: FileStore, *, who: Principal, product_id: str, action: str, part: Part
) -> Product:
    """Add, change or remove options; a new one gives its first value to the variants that are there."""
    before = await product_write.get_owned_locked(work, who=who, product_id=product_id)
    for option_id in (*(entry["id"] for entry in part.entries if "id" in entry), *part.gone):
        option_of(before, option_id)
    return await _write(work, files, who, Change(before, {}, options=part), action)


async def write_prices(
    work: UnitOfWork, files: FileStore, *, who: Principal, product_id: str, variant_id: str, command: UpdatePrices
) -> Product:
    """Create, update and delete prices of a variant; prices of price lists are no part of it."""
    before = await product_write.get_owned_locked(work, who=who, product_id=product_id)
    prices = {one["id"]: one for one in prices_on_wire(variant_of(before, variant_id))}
    update = plain(command.update)
    named = [*command.delete, *(one.id for one in command.update)]
    for price_id in named:
        if price_id not in prices:
            raise NotFound(what="Price", id=price_id)
        if named.count(price_id) > 1:
            raise BatchRepeats(id=price_id)
    for entry in update:
        if "rules" in entry and "region_id" not in entry:
            prices[entry["id"]]["region_id"] = None  # the rules say it all
        prices[entry["id"]] |= entry
    for price_id in command.delete:
        del prices[price_id]
    entry = {"id": variant_id, "prices": [*prices.values(), *plain(command.create)]}
    return await _write(work, files, who, Change(before, {}, variants=Part([entry])), "product.prices")


async def write_variant_images(
    work: UnitOfWork,
    files: FileStore,
    *,
    who: Principal,
    product_id: str,
    variant_id: str,
    command: UpdateVariantImages,
) -> tuple[list[str], list[str]]:
    """Set which of the product's images show a variant (without any, all do); what was added and what was removed."""
    before = await product_write.get_owned_locked(work, who=who, product_id=product_id)
    variant = variant_of(before, variant_id)
    own = {image.id for image in before.images}
    added, removed = list(dict.fromkeys(command.add)), list(dict.fromkeys(command.remove))
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
