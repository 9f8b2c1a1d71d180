"""Products as their sellers and the platform see them: what buyers see, and all prices, channels, stock and items."""

from collections.abc import Mapping, Sequence
from typing import Any

from controllers.views import product as views_product
from controllers.views.product import Json, ProductContext
from models.pricing.price import Price
from models.product.product import Image, Option, Product, Variant
from models.product.rules import base_prices
from services.product.related import Related
from utils.fields import Selection
from utils.money import to_major

extra_scalars = views_product.reader("shipping_profile_id rejected_at rejection_reason")
price_scalars = views_product.reader("id currency_code min_quantity max_quantity region_id")
channel_scalars = views_product.reader("id name description is_disabled")
profile_scalars = views_product.reader("id name type")


def parts_of(fields: Selection) -> dict[str, bool]:
    """Which of what products are shown with the fields ask for."""
    return {
        "with_channels": fields.wants("sales_channels") or fields.wants("shipping_profile"),
        "with_stock": fields.wants("variants"),
    }


def view(product: Product, related: Related) -> Json:
    """The product whole, of which the caller's fields are cut."""
    context = ProductContext(related.taxonomy, related.sellers)
    shown = views_product.view(product, context, everything) | extra_scalars(product)
    shown["images"] = [image(one, product.id) for one in product.images]
    shown["variants"] = variants(product, related.levels)
    channels = (related.channels.get(channel_id) for channel_id in product.sales_channel_ids)
    shown["sales_channels"] = [channel_scalars(row) for row in channels if row is not None]
    profile = related.profiles.get(product.shipping_profile_id or "")
    shown["shipping_profile"] = None if profile is None else profile_scalars(profile)
    return shown


def everything(path: str) -> bool:
    """What the caller's fields leave out is cut afterwards; only the variants are made here, in their own form."""
    return not path.startswith("variants")


def variants(product: Product, levels: Mapping[str, int | None]) -> list[Json]:
    choices = views_product.chosen_values(product)
    return [variant(product, one, choices, levels) for one in product.variants]


def variant(product: Product, one: Variant, choices: Mapping[str, Json], levels: Mapping[str, int | None]) -> Json:
    own = [i for i in product.images if i.id in one.image_ids] if one.image_ids else product.images
    return views_product.variant_scalars(one) | {
        "product_id": product.id,
        "requires_shipping": one.requires_shipping,
        "order_limit": one.order_limit,
        "deleted_at": None,
        "options": [choices[value_id] for value_id in one.option_value_ids if value_id in choices],
        "images": [image(each, product.id) for each in own],
        "prices": [price(each) for each in base_prices(one.prices)],
        "inventory_items": [
            {"variant_id": one.id, "inventory_item_id": need.item_id, "required_quantity": need.required_quantity}
            for need in one.items
        ],
        "inventory_quantity": levels.get(one.id),
    }


def image(one: Image, product_id: str) -> Json:
    return views_product.image(one, product_id) | {"alt": one.alt}


def price(one: Price) -> Json:
    rules = {} if one.region_id is None else {"region_id": one.region_id}
    return price_scalars(one) | {"amount": to_major(one.amount, one.currency_code), "rules": rules}


def option(one: Option) -> Json:
    return views_product.option(one)


def paged(rows: Sequence[Any], query: Mapping[str, Any]) -> Sequence[Any]:
    """A page of what is there whole."""
    return rows[query["offset"] : query["offset"] + query["limit"]]
