"""The seed file's format: one JSON Schema (2020-12) that validates, documents and is printed by `seed --schema`."""

from typing import Any

from services.seed.format_catalogue import CATALOGUE, INVENTORY_ITEM, PRODUCT
from services.seed.format_commerce import COMMERCE
from services.seed.format_parts import PARTS, Schema, listed
from services.seed.format_places import PLACES
from services.shared.seed_sections import Sections

SECTIONS: dict[str, Schema] = {
    "currencies": listed("currency", "Currencies beside those of ISO 4217, which are there from the start; by code."),
    "regions": listed("region", "Where the marketplace sells, each with one currency; by name."),
    "price_preferences": listed("price_preference", "Whether prices of a currency or region include taxes."),
    "sales_channels": listed("sales_channel", "Doors through which products are sold; by name."),
    "publishable_keys": listed("publishable_key", "Keys that storefronts send; by title."),
    "customer_groups": listed("customer_group", "Groups that prices and promotions may depend on; by name."),
    "customers": listed("customer", "Known buyers without a login of their own; by e-mail."),
    "shipping_profiles": listed("shipping_profile", "Kinds of goods that ship alike; by name."),
    "tax_regions": listed("tax_region", "Countries with their tax rates, provinces inside; by country."),
    "categories": listed("category", "The category tree; by handle. A category stands under the one it is written in."),
    "collections": listed("collection", "Collections; by handle."),
    "tags": listed("tag", "Tags; by value. A tag that only a product names is made too."),
    "types": listed("type", "Product types; by value. A type that only a product names is made too."),
    "stores": listed("store", "Shops of sellers with their places and shipping; by handle."),
    "inventory_items": listed(
        "inventory_item", "Stock that several variants share, or that bundles take; by store and SKU."
    ),
    "products": listed("product", "Products with variants, prices and stock; by handle."),
    "price_lists": listed("price_list", "Sales and special prices; by title."),
    "campaigns": listed("campaign", "Campaigns that limit promotions by time and budget; by identifier."),
    "return_reasons": listed("return_reason", "Why buyers send things back; by value."),
    "promotions": listed("promotion", "Discounts, by code or automatic; by code."),
}

SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Pasar seed file",
    "description": "A marketplace as one document: loading it makes or changes what it names, and nothing else.",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "$schema": {"type": "string", "description": "The schema's address, for editors; not read."},
        **SECTIONS,
    },
    "$defs": {**PARTS, **PLACES, **CATALOGUE, "product": PRODUCT, "inventory_item": INVENTORY_ITEM, **COMMERCE},
}


def schema_of(sections: Sections) -> dict[str, Any]:
    """The format with the sections of plug-ins."""
    more = {each.name: {"type": "array", "items": each.schema, "description": each.about} for each in sections}
    return {**SCHEMA, "properties": {**SCHEMA["properties"], **more}} if more else SCHEMA
