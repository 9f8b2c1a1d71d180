"""Products on the wire: the full form of a product and a variant, of which the caller's fields are cut."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from models.pricing.price import ChosenPrice, Price, Tier
from models.product.product import MEASURES, Image, Option, OptionValue, OrderLimit, Product, Variant
from models.product.query import SHARED_OPTION
from models.seller.seller import Seller
from services.product.category_cache import Taxonomy
from services.product.price_display import PriceDisplay, taxed
from services.seller.cache import Sellers
from utils.clock import to_iso
from utils.money import to_major

Json = dict[str, Any]
Wants = Callable[[str], bool]


def reader(names: str) -> Callable[[Any], Json]:
    """A function that takes these properties of an object."""
    keys = tuple(names.split())
    take = attrgetter(*keys)
    return lambda value: dict(zip(keys, take(value), strict=True))


_measures = " ".join(MEASURES)
product_scalars = reader(
    f"id title subtitle description handle status is_giftcard discountable thumbnail collection_id type_id {_measures} "
    "external_id metadata created_at updated_at deleted_at"
)
variant_scalars = reader(
    f"id title sku barcode ean upc allow_backorder manage_inventory variant_rank thumbnail {_measures} metadata "
    "created_at updated_at"
)
image_scalars = reader("id url rank metadata created_at updated_at")
option_scalars = reader("id title metadata created_at updated_at")
category_scalars = reader(
    "id name description handle mpath is_active is_internal rank external_id metadata parent_category_id"
)
value_scalars = reader("id value rank metadata created_at updated_at")


@dataclass(frozen=True, slots=True)
class ProductContext:
    """What a product's wire form needs beside the product. Prices and stock only where they are shown."""

    taxonomy: Taxonomy
    sellers: Sellers
    prices: PriceDisplay | None = None
    levels: Mapping[str, int | None] | None = None
    moment: datetime | None = None
    limit: OrderLimit | None = None

    def not_selling(self, product: Product) -> str | None:
        """Why the product's seller sells nothing at the moment; None when it does, or no moment is given."""
        seller = self.sellers.by_id.get(product.seller_id)
        return seller.not_selling(self.moment) if seller is not None and self.moment is not None else None


def view(product: Product, context: ProductContext, wants: Wants) -> Json:
    """The full form; relations only where they are wanted, since they are most of the work."""
    shown = product_scalars(product)
    taxonomy = context.taxonomy
    if wants("type"):
        shown["type"] = filed(taxonomy.types.get(product.type_id or ""), "value")
    if wants("collection"):
        shown["collection"] = filed(taxonomy.collections.get(product.collection_id or ""), "title", "handle")
    if wants("tags"):
        tags = (taxonomy.tags.get(tag_id) for tag_id in product.tag_ids)
        shown["tags"] = [filed(tag, "value") for tag in tags if tag is not None]
    if wants("categories"):
        found = (taxonomy.shown(category_id) for category_id in product.category_ids)
        shown["categories"] = [category(row) for row in found if row is not None]
    if wants("seller"):
        seller = context.sellers.by_id.get(product.seller_id)
        shown["seller"] = None if seller is None else seller_view(seller)
    if wants("options"):
        shown["options"] = [option(o) for o in product.options]
    if wants("images"):
        shown["images"] = [image(i, product.id) for i in product.images]
    if wants("variants"):
        shown["variants"] = variants(product, context, lambda path: wants("variants." + path))
    return shown


def variants(product: Product, context: ProductContext, wants: Wants) -> list[Json]:
    choices = chosen_values(product) if wants("options") else None
    rates = context.prices.rates(product) if context.prices is not None else None
    return [variant(product, one, context, choices, rates, wants) for one in product.variants]


def variant(
    product: Product,
    one: Variant,
    context: ProductContext,
    choices: Mapping[str, Json] | None,
    rates: tuple[int, ...] | None,
    wants: Wants,
) -> Json:
    shown = variant_scalars(one)
    shown["product_id"], shown["deleted_at"] = product.id, None
    if context.limit is not None:
        shown["order_limit"] = context.limit.of(one)
    if choices is not None:
        shown["options"] = [choices[value_id] for value_id in one.option_value_ids if value_id in choices]
    if wants("images"):
        own = [i for i in product.images if i.id in one.image_ids] if one.image_ids else product.images
        shown["images"] = [image(i, product.id) for i in own]
    if context.prices is not None:
        chosen = context.prices.price_of(one)
        shown["calculated_price"] = None if chosen is None else price(one, chosen, rates)
        if wants("price_tiers"):
            shown["price_tiers"] = [tier(one, each, rates) for each in context.prices.tiers_of(one)]
    quantity = context.levels.get(one.id) if context.levels is not None else None
    reason = context.not_selling(product)
    if reason is not None:  # clients that know no sellers must see by the stock that it cannot be bought
        shown |= {"manage_inventory": True, "allow_backorder": False}
        quantity = 0 if context.levels is not None else None
    elif quantity is not None and quantity <= 0 and not one.allow_backorder:
        reason = "sold_out"
    if quantity is not None:
        shown["inventory_quantity"] = quantity
    shown["unavailable_reason"] = reason
    return shown


def variant_alone(product: Product, one: Variant, context: ProductContext, wants: Wants) -> Json:
    """A variant outside of its product, as `/store/product-variants` gives it."""
    rates = context.prices.rates(product) if context.prices is not None else None
    shown = variant(product, one, context, chosen_values(product), rates, wants)
    shown["product"] = view(product, context, lambda path: wants("product." + path))
    return shown


def chosen_values(product: Product) -> dict[str, Json]:
    """The product's option values by id, as its variants show them."""
    found: dict[str, Json] = {}
    for one in product.options:
        above = option_scalars(one) | {"is_exclusive": True, "deleted_at": None}
        for each in one.values:
            found[each.id] = value(each, one.id) | {"option": above}
    return found


def value(one: OptionValue, option_id: str) -> Json:
    return value_scalars(one) | {"option_id": option_id, "deleted_at": None}


def option(one: Option) -> Json:
    values = [value(each, one.id) for each in one.values]
    is_exclusive = not one.id.startswith(SHARED_OPTION)
    return option_scalars(one) | {"is_exclusive": is_exclusive, "deleted_at": None, "values": values}


def image(one: Image, product_id: str) -> Json:
    return image_scalars(one) | {"product_id": product_id, "deleted_at": None}


def filed(row: Any, *names: str) -> Json | None:
    """A type, tag or collection inside a product."""
    if row is None:
        return None
    return {
        "id": row.id,
        **{name: getattr(row, name) for name in names},
        "external_id": row.external_id,
        "metadata": row.metadata,
        "created_at": to_iso(row.created_at),
        "updated_at": to_iso(row.updated_at),
        "deleted_at": None,
    }


def category(row: Any) -> Json:
    """The row as it stands, for products and for the neighbours of a category."""
    shown = category_scalars(row)
    return shown | {"created_at": to_iso(row.created_at), "updated_at": to_iso(row.updated_at), "deleted_at": None}


def seller_view(seller: Seller) -> Json:
    """A seller as buyers see it; its commission and its telephone are its own affair."""
    address = ("address_1", "address_2", "city", "province", "postal_code", "country_code", "latitude", "longitude")
    return {
        **{name: getattr(seller, name) for name in ("id", "handle", "name", "description", "logo", "status")},
        "address": {name: getattr(seller, name) for name in address},
        "closed_from": to_iso(seller.closed_from),
        "closed_to": to_iso(seller.closed_to),
        "closure_note": seller.closure_note,
        "metadata": seller.metadata,
        "created_at": to_iso(seller.created_at),
        "updated_at": to_iso(seller.updated_at),
    }


def price(one: Variant, chosen: ChosenPrice, rates: tuple[int, ...] | None) -> Json:
    """The price of one piece, and the one it is compared with."""
    calculated, original, currency = chosen.calculated, chosen.original, chosen.calculated.currency_code
    shown: Json = {
        "id": "pset_" + one.id.rpartition("_")[2],
        "is_calculated_price_price_list": calculated.price_list_id is not None,
        "is_calculated_price_tax_inclusive": chosen.is_tax_inclusive,
        "calculated_amount": to_major(calculated.amount, currency),
        "is_original_price_price_list": original.price_list_id is not None,
        "is_original_price_tax_inclusive": chosen.is_original_tax_inclusive,
        "original_amount": to_major(original.amount, currency),
        "currency_code": currency,
        "calculated_price": price_row(calculated, chosen.list_type),
        "original_price": price_row(original, chosen.original_list_type),
    }
    if rates is not None:
        now = taxed(calculated.amount, chosen.is_tax_inclusive, rates)
        before = taxed(original.amount, chosen.is_original_tax_inclusive, rates)
        shown["calculated_amount_with_tax"] = to_major(now.with_tax, currency)
        shown["calculated_amount_without_tax"] = to_major(now.without_tax, currency)
        shown["original_amount_with_tax"] = to_major(before.with_tax, currency)
        shown["original_amount_without_tax"] = to_major(before.without_tax, currency)
    return shown


def tier(one: Variant, each: Tier, rates: tuple[int, ...] | None) -> Json:
    """The price of one piece when so many are bought."""
    shown = price(one, each.chosen, rates)
    for name in ("id", "calculated_price", "original_price"):
        del shown[name]
    return {"min_quantity": each.low, "max_quantity": each.high, **shown}


def price_row(row: Price, list_type: str | None) -> Json:
    return {
        "id": row.id,
        "price_list_id": row.price_list_id,
        "price_list_type": list_type,
        "min_quantity": row.min_quantity,
        "max_quantity": row.max_quantity,
    }
