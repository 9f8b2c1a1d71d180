"""The variants' part of a product's plan: their rows, what they choose of the options, their prices."""

from collections.abc import Mapping, Sequence
from typing import Any

from models.pricing.price import Price
from models.pricing.rules import PLACE, PriceRepeated
from models.product.plan import (
    Axis,
    Change,
    Entry,
    Plan,
    Row,
    Wish,
    matched,
    plan_needs,
    plan_options,
    plan_product,
    plan_variant_images,
)
from models.product.product import MEASURES, Product, Variant
from models.product.rules import OptionUnknown, OptionValueUnknown, OptionValueUsed, base_prices
from models.schema.pricing import price
from models.schema.product import product_variant, variant_option_value
from utils.errors import NotFound
from utils.ids import ordered_id

VARIANT_DEFAULTS: Row = {
    **dict.fromkeys(("title", "sku", "barcode", "ean", "upc", "thumbnail", "metadata", "order_limit", *MEASURES)),
    "allow_backorder": False,
    "manage_inventory": True,
    "requires_shipping": True,
    "variant_rank": 0,
}


def plan_change(plan: Plan, change: Change) -> str:
    """Everything of one product; its id."""
    product_id, images = plan_product(plan, change)
    axes = plan_options(plan, product_id, change.before, change.options)
    if change.variants is not None or change.options is not None:
        plan_variants(plan, product_id, change, axes, images)
    return product_id


def plan_variants(plan: Plan, product_id: str, change: Change, axes: Sequence[Axis], images: Mapping[str, str]) -> None:
    before = change.before
    held: Sequence[Variant] = before.variants if before is not None else ()
    part = change.variants
    found = [(variant, None) for variant in held] if part is None else matched(held, part, "Variant", "")
    kept = {variant.id for variant, _ in found if variant is not None}
    plan.gone[product_variant] += [{"id": variant.id} for variant in held if variant.id not in kept]
    title = change.fields.get("title") or (before.title if before is not None else "")
    for rank, (variant, entry) in enumerate(found):
        fields = dict(entry or {})
        if variant is None or (part is not None and part.whole):
            fields.setdefault("variant_rank", rank)
        if "image_urls" in fields:
            fields["image_ids"] = [images[url] for url in fields["image_urls"]]
        plan_variant(plan, product_id, before, variant, fields, axes, title)


def plan_variant(
    plan: Plan,
    product_id: str,
    before: Product | None,
    held: Variant | None,
    fields: Row,
    axes: Sequence[Axis],
    product_title: str,
) -> None:
    variant_id = held.id if held is not None else ordered_id("variant")
    chosen = choices(before, held, fields.get("options", {}), axes)
    old = {name: getattr(held, name) for name in VARIANT_DEFAULTS} if held is not None else VARIANT_DEFAULTS
    row = {name: fields.get(name, old[name]) for name in VARIANT_DEFAULTS}
    row["title"] = row["title"] or " / ".join(chosen.values()) or "Default"
    row["sku"] = row["sku"] or None
    if held is None:
        plan.fresh[product_variant].append(
            {"id": variant_id, "product_id": product_id, "seller_id": plan.seller_id, **row}
        )
    elif row != old:
        plan.changed[product_variant].append({"id": variant_id, **row})
    plan.product_of[variant_id] = product_id
    take_sku(plan, variant_id, old["sku"], row["sku"])
    chosen_before = held.option_value_ids if held is not None else ()
    plan.link(variant_option_value, {"variant_id": variant_id}, "option_value_id", chosen_before, chosen)
    if "inventory_items" in fields:
        plan_needs(plan, variant_id, held, fields["inventory_items"])
    has_items = bool(fields.get("inventory_items", held is not None and held.items))
    if row["manage_inventory"] and not has_items:
        plan.wishes.append(Wish(variant_id, row["sku"], product_title))
    if "prices" in fields:
        plan_prices(plan, variant_id, base_prices(held.prices) if held is not None else [], fields["prices"])
    if "image_ids" in fields:
        plan_variant_images(plan, variant_id, held, fields["image_ids"])


def take_sku(plan: Plan, variant_id: str, old: str | None, new: str | None) -> None:
    if old == new:
        return
    if old is not None:
        plan.parked[product_variant].append(variant_id)
    if new is not None:
        plan.skus[variant_id] = new
    if old is not None and new is not None:
        plan.renamed.append({"variant_id": variant_id, "was": old, "sku": new})


def choices(
    before: Product | None, held: Variant | None, fields: Mapping[str, str], axes: Sequence[Axis]
) -> dict[str, str]:
    """Value ids and values in the order of the options; what is not said stays.

    An option that the product gets anew gives its first value to the variants that were there before.
    """
    for title in fields:
        if not any(axis.title == title for axis in axes):
            raise OptionUnknown(title=title)
    options = before.options if before is not None else ()
    values = {value.id: (option.id, value.value) for option in options for value in option.values}
    mine = held.option_value_ids if held is not None else ()
    known = {values[one][0]: one for one in mine if one in values}
    chosen: dict[str, str] = {}
    for axis in axes:
        if axis.title in fields:
            if fields[axis.title] not in axis.values:
                raise OptionValueUnknown(title=axis.title, value=fields[axis.title])
            chosen[axis.values[fields[axis.title]]] = fields[axis.title]
        elif axis.id in known:
            names = {value_id: value for value, value_id in axis.values.items()}
            if known[axis.id] not in names:
                raise OptionValueUsed(title=axis.title, value=values[known[axis.id]][1])
            chosen[known[axis.id]] = names[known[axis.id]]
        elif axis.is_new and held is not None and axis.values:
            value, value_id = next(iter(axis.values.items()))
            chosen[value_id] = value
    return chosen


def place(row: Any) -> tuple[Any, ...]:
    """What tells two prices of a variant apart, beside their price list."""
    return tuple(row[name] if isinstance(row, dict) else getattr(row, name) for name in PLACE)


def plan_prices(plan: Plan, variant_id: str, held: Sequence[Price], fields: Sequence[Entry]) -> None:
    """The variant's own prices, whole. A price keeps its id where its id or its place is named."""
    by_id = {one.id: one for one in held}
    by_place = {place(one): one.id for one in held}
    named = {one["id"] for one in fields if "id" in one}
    seen: set[tuple[Any, ...]] = set()
    kept: set[str] = set()
    for entry in fields:
        where = place(entry)
        if where in seen:
            raise PriceRepeated(currency_code=entry["currency_code"])
        seen.add(where)
        price_id = entry.get("id") or by_place.get(where)
        if "id" in entry and (price_id not in by_id or price_id in kept):
            raise NotFound(what="Price", id=price_id)
        if "id" not in entry and price_id in named:
            price_id = None  # its row has moved to another place
        old = by_id.get(price_id or "")
        row = {"id": price_id or ordered_id("price"), "amount": entry["amount"]}
        kept.add(row["id"])
        if old is not None and place(old) == where:
            if old.amount != row["amount"]:
                plan.changed[price].append(row)
            continue
        if old is not None:  # moved: two prices may have changed places
            plan.gone[price].append({"id": old.id})
        plan.fresh[price].append(
            {**row, "variant_id": variant_id, "price_list_id": None, **dict(zip(PLACE, where, strict=True))}
        )
    plan.gone[price] += [{"id": one.id} for one in held if one.id not in kept]
