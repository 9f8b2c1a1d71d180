"""A bound that both REST and the seed format set of one field is the same bound."""

from collections.abc import Iterator
from typing import Any

import pytest

from routes.schemas.admin import api_key, category, customer, region, return_reason, sales_channel, seller, tax
from routes.schemas.seller import inventory, product, shipping
from services.seed.format import SCHEMA

pytestmark = pytest.mark.pure

Json = dict[str, Any]
BOUNDS = (
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "multipleOf",
    "maxItems",
    "maxProperties",
    "format",
    "pattern",
)
# The body of REST, the part of the format, and how files call fields that they call otherwise.
PAIRS: list[tuple[Json, str, dict[str, str]]] = [
    (region.FORMS.create, "region", {"is_tax_inclusive": "tax_inclusive", "currency_code": ""}),
    (sales_channel.FORMS.create, "sales_channel", {}),
    (api_key.CREATE, "publishable_key", {"type": ""}),
    (customer.GROUPS.create, "customer_group", {}),
    (customer.CUSTOMERS.create, "customer", {}),
    (return_reason.PROFILES.create, "shipping_profile", {}),
    (return_reason.REASONS.create, "return_reason", {}),
    (tax.REGIONS.create["properties"]["default_tax_rate"], "tax_rate", {}),
    (tax.RATES.create, "tax_override", {}),
    (tax.REGIONS.create, "tax_province", {"province_code": "province"}),
    (category.CATEGORIES.create, "category", {}),
    (category.COLLECTIONS.create, "collection", {}),
    (category.LABEL.create, "label", {}),
    (seller.UPDATE, "store", {"logo": "", "currency_code": "", "phone": ""}),
    (seller.UPDATE["properties"]["address"], "store_address", {}),
    (inventory.CREATE, "inventory_item", {}),
    (product.CREATE, "product", {}),
    (product.VARIANT_CREATE, "variant", {}),
    (product.NEED, "inventory_need", {}),
    (product.OPTION_CREATE, "option", {}),
    (product.PRICE_CREATE, "price", {}),
    (product.PRICE_CREATE, "list_price", {}),
    (shipping.CREATE_LOCATION, "stock_location", {}),
    (shipping.CREATE_LOCATION["properties"]["address"], "address", {}),
    (shipping.CREATE_SET, "fulfillment_set", {}),
    (shipping.CREATE_ZONE, "service_zone", {}),
    (shipping.CREATE_OPTION, "shipping_option", {}),
]
CODES = ("country_code", "origin_country")  # of two letters, which files write small
# Held to by the survey of a file; or what a thing is found again by, which must say something.
ELSEWHERE = {
    ("price", "amount", "maximum"),
    ("list_price", "amount", "maximum"),
    ("variant", "prices", "maxItems"),
    ("variant", "options", "maxProperties"),
    ("variant", "sku", "minLength"),
    ("variant", "sku", "pattern"),
    ("shipping_option", "prices", "maxItems"),
}


def part(schema: Json) -> Json:
    """A part of the format with what it refers to."""
    name = schema.get("$ref", "").rpartition("/")[2]
    return {**part(SCHEMA["$defs"][name]), **schema} if name else schema


def differences(rest: Json, name: str, renamed: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    fields = SCHEMA["$defs"][name]["properties"]
    for field, said in rest["properties"].items():
        called = renamed.get(field, field)
        if called in fields and field not in CODES:
            stated = part(fields[called])
            yield from ((name, field, bound) for bound in BOUNDS if said.get(bound) != stated.get(bound))


@pytest.mark.parametrize(("rest", "name", "renamed"), PAIRS, ids=[name for _, name, _ in PAIRS])
def test_bounds_of_files_are_those_of_rest(rest: Json, name: str, renamed: dict[str, str]) -> None:
    assert [found for found in differences(rest, name, renamed) if found not in ELSEWHERE] == []


def test_each_exception_is_one() -> None:
    assert {found for pair in PAIRS for found in differences(*pair)} == ELSEWHERE
