"""What a product must be to be kept and sold, who may put it where, and what is refused with which code."""

from collections.abc import Iterator
from typing import Any

from models.pricing.price import Price
from models.product.product import MEASURES, Product
from utils.errors import AppError

MAX_OPTIONS = 10
MAX_VALUES = 200  # of one option
MAX_VARIANTS = 500
MAX_IMAGES = 100
MAX_PRICES = 200  # of one variant
MAX_FILED = 100  # categories, tags, channels
MAX_BATCH = 100
# Signs of titles, of codes, options and their values, of addresses, of descriptions, and of what images show.
MAX_TITLE, MAX_WORD, MAX_ADDRESS, MAX_DESCRIPTION, MAX_ALT = 500, 200, 2000, 50_000, 1000
MAX_PIECES = 1_000_000_000  # as bounds of a price
MAX_AMOUNT = 10**13  # of a price, in major units
MAX_MEASURE = 2**31 - 1  # grams, millimetres
MAX_ORDER_LIMIT = 100_000
MAX_NEEDS, MAX_NEEDED = 20, 1_000_000  # inventory items of a variant, pieces of one of them
STATUSES = ("draft", "proposed", "published", "rejected")
BY_SELLERS = ("draft", "proposed", "published")
DRAFT, PUBLISHED, REJECTED = "draft", "published", "rejected"


class HandleTaken(AppError):
    code, kind = "handle_taken", "duplicate"
    message = "The handle {handle} is taken. {suggestion} is free."


class SkuTaken(AppError):
    code, kind = "sku_taken", "duplicate"
    message = "The store has a variant with the SKU {sku} already."


class ExternalIdTaken(AppError):
    code, kind = "external_id_taken", "duplicate"
    message = "The store has a product with the external id {external_id} already."


class OptionTaken(AppError):
    code, kind = "option_taken", "duplicate"
    message = "The product has an option {title} already."


class OptionValueRepeated(AppError):
    code, kind = "option_value_repeated", "invalid"
    message = "The option {title} names the value {value} twice."


class OptionUnknown(AppError):
    code, kind = "option_unknown", "invalid"
    message = "The product has no option {title}."


class OptionValueUnknown(AppError):
    code, kind = "option_value_unknown", "invalid"
    message = "The option {title} has no value {value}."


class OptionValueUsed(AppError):
    code, kind = "option_value_used", "conflict"
    message = "The value {value} of the option {title} is that of a variant. Change the variant first."


class OptionsIncomplete(AppError):
    code, kind = "variant_options_incomplete", "invalid"
    message = "The variant {variant} needs a value of the option {title}."


class CombinationTaken(AppError):
    code, kind = "variant_combination_taken", "duplicate"
    message = "Two variants have the same values of all options: {variants}."


class TooMany(AppError):
    code, kind = "product_too_large", "invalid"
    message = "A product has {limit} {what} at the most."


class NothingToSell(AppError):
    code, kind = "product_not_sellable", "invalid"
    message = "A published product needs a variant with a price."


class WasRejected(AppError):
    code, kind = "product_rejected", "conflict"
    message = "The platform rejected the product: {reason} Propose it again; the platform publishes it."


class AlreadyDecided(AppError):
    code, kind = "product_status_unchanged", "conflict"
    message = "The product is {status} already."


class PriceCurrencyMismatch(AppError):
    code, kind = "price_currency_mismatch", "invalid"
    message = "The region {region_id} is charged in {region_currency}, not in {currency_code}."


class ImageNotUploaded(AppError):
    code, kind = "image_not_uploaded", "invalid"
    message = "{url} is not the address of an image that the store has uploaded."


class ImageUnnamed(AppError):
    code, kind = "image_unnamed", "invalid"
    message = "An image is named by its id, by its url, or by its upload_id."


class UploadNotReady(AppError):
    code, kind = "upload_not_ready", "invalid"
    message = "The upload {upload_id} is not ready to be shown."


class BatchRepeats(AppError):
    code, kind = "batch_repeats", "invalid"
    message = "The batch names {id} twice."


class BatchEmpty(AppError):
    code, kind, message = "batch_empty", "invalid", "The batch says nothing to do."


class BatchTooLarge(AppError):
    code, kind = "batch_too_large", "invalid"
    message = "A batch holds {limit} entries at the most."


def base_prices(prices: tuple[Price, ...]) -> list[Price]:
    """What a variant costs outside of price lists: the prices that its seller sets."""
    return [price for price in prices if price.price_list_id is None]


def require_publishable(before: Product | None, status: str) -> None:
    """WasRejected when a seller would publish what the platform has rejected."""
    if status == PUBLISHED and before is not None and before.rejected_at is not None:
        raise WasRejected(reason=before.rejection_reason)


def require_sound(after: Product, before: Product | None) -> None:
    """Raise the first fault of the product that it did not have before: old ones may be mended one by one."""
    known = set() if before is None else {(fault.code, fault.text) for fault in faults(before)}
    for fault in faults(after):
        if (fault.code, fault.text) not in known:
            raise fault


def faults(product: Product) -> Iterator[AppError]:
    """What is wrong with a product as it stands."""
    counted = (("options", product.options, MAX_OPTIONS), ("variants", product.variants, MAX_VARIANTS))
    for what, rows, limit in (*counted, ("images", product.images, MAX_IMAGES)):
        if len(rows) > limit:
            yield TooMany(what=what, limit=limit)
    if any(len(base_prices(variant.prices)) > MAX_PRICES for variant in product.variants):
        yield TooMany(what="prices of one variant", limit=MAX_PRICES)
    values = {value.id: option.id for option in product.options for value in option.values}
    seen: dict[frozenset[str], str] = {}
    for variant in product.variants:
        chosen = {values.get(value_id) for value_id in variant.option_value_ids}
        for option in product.options:
            if option.id not in chosen:
                yield OptionsIncomplete(variant=variant.title, title=option.title)
        combination = frozenset(variant.option_value_ids)
        if combination in seen:
            yield CombinationTaken(variants=f"{seen[combination]}, {variant.title}")
        seen.setdefault(combination, variant.title)
    if product.status == PUBLISHED and not any(base_prices(variant.prices) for variant in product.variants):
        yield NothingToSell()


ALWAYS_TOLD = ("handle", "title", "status")
TOLD = (
    *(*ALWAYS_TOLD, "subtitle", "description", "thumbnail", "is_giftcard", "discountable", "collection_id", "type_id"),
    *("shipping_profile_id", *MEASURES, "external_id", "metadata", "deleted_at", "rejection_reason"),
    *("sales_channel_ids", "category_ids", "tag_ids"),
)
VARIANT_TOLD = (
    *("title", "sku", "barcode", "ean", "upc", "allow_backorder", "manage_inventory", "requires_shipping"),
    *("order_limit", "variant_rank", "thumbnail", *MEASURES, "metadata"),
)


def told(product: Product | None) -> dict[str, Any]:
    """What the audit log says of a product: a flat object, of which only the differences are kept."""
    if product is None:
        return {}
    facts: dict[str, Any] = {name: getattr(product, name) for name in TOLD}
    facts["images"] = [image.url for image in product.images]
    facts["options"] = {option.title: [value.value for value in option.values] for option in product.options}
    values = {value.id: value.value for option in product.options for value in option.values}
    for variant in product.variants:
        facts[f"variant {variant.id}"] = {
            **{name: value for name in VARIANT_TOLD if (value := getattr(variant, name)) is not None},
            "options": [values.get(value_id) for value_id in variant.option_value_ids],
            "images": variant.image_ids,
            "items": {need.item_id: need.required_quantity for need in variant.items},
            "prices": [
                [price.currency_code, price.amount, price.region_id, price.min_quantity, price.max_quantity]
                for price in base_prices(variant.prices)
            ],
        }
    return facts


def difference(before: Product | None, after: Product) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    """The facts that changed, as they were and as they are; of a new product all that is not null."""
    old, new = told(before), told(after)
    if before is None:
        return None, {name: value for name, value in new.items() if value not in (None, (), [], {})}
    names = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    return {name: old.get(name) for name in names}, {name: new.get(name) for name in names}
