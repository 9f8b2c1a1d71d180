"""Conditions of promotions: an attribute, an operator and values, tested against a cart, an item or a shipping method.

An attribute is written by its short name, or by the path that clients of the Store API use for it. Amounts are written
in major units. A subject's attribute may have several values (tags, groups): `eq` wants all of them among the rule's
values, `in` one of them, `ne` none; a subject without a value passes `ne` only.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

import msgspec

OPERATORS = ("eq", "ne", "in", "gt", "gte", "lt", "lte")

# name -> the subject's field
CART_ATTRIBUTES: Mapping[str, str] = {
    "region_id": "region_id",
    "region": "region_id",
    "region.id": "region_id",
    "currency_code": "currency_code",
    "currency": "currency_code",
    "country_code": "country_code",
    "country": "country_code",
    "shipping_address.country_code": "country_code",
    "sales_channel_id": "sales_channel_id",
    "sales_channel": "sales_channel_id",
    "customer_id": "customer_id",
    "customer": "customer_id",
    "customer.id": "customer_id",
    "customer_group_id": "customer_group_ids",
    "customer_group": "customer_group_ids",
    "customer.groups.id": "customer_group_ids",
    "item_total": "item_total",
    "original_item_total": "item_total",
    "item_subtotal": "item_subtotal",
    "item_quantity": "item_quantity",
}
_OF_PRODUCT = {
    "product": "product_id",
    "product_id": "product_id",
    "product.id": "product_id",
    "variant": "variant_id",
    "variant_id": "variant_id",
    "product_type": "product_type_id",
    "product_type_id": "product_type_id",
    "product.type_id": "product_type_id",
    "type": "product_type_id",
    "type_id": "product_type_id",
    "collection": "collection_id",
    "collection_id": "collection_id",
    "product_collection": "collection_id",
    "product.collection_id": "collection_id",
    "category": "category_ids",
    "category_id": "category_ids",
    "product_category": "category_ids",
    "product.categories.id": "category_ids",
    "tag": "tag_ids",
    "tag_id": "tag_ids",
    "product_tag": "tag_ids",
    "product.tags.id": "tag_ids",
    "seller": "seller_id",
    "seller_id": "seller_id",
    "store": "seller_id",
    "quantity": "quantity",
    "unit_price": "unit_price",
}
ITEM_ATTRIBUTES: Mapping[str, str] = {**_OF_PRODUCT, **{f"items.{name}": field for name, field in _OF_PRODUCT.items()}}
_OF_SHIPPING = {
    "shipping_option": "shipping_option_id",
    "shipping_option_id": "shipping_option_id",
    "shipping_option_type": "shipping_option_type",
    "shipping_option_type_id": "shipping_option_type",
    "shipping_option.shipping_option_type_id": "shipping_option_type",
    "seller": "seller_id",
    "seller_id": "seller_id",
    "store": "seller_id",
}
METHOD_ATTRIBUTES: Mapping[str, str] = {
    **_OF_SHIPPING,
    **{f"shipping_methods.{name}": field for name, field in _OF_SHIPPING.items()},
}
AMOUNTS = frozenset(("item_total", "item_subtotal", "unit_price"))
NUMBERS = AMOUNTS | {"item_quantity", "quantity"}


class Rule(msgspec.Struct, frozen=True):
    """One condition, ready to test. `field` is empty when the attribute is unknown: then it never holds."""

    field: str
    operator: str
    values: frozenset[str]
    numbers: tuple[Fraction, ...] = ()

    def holds(self, subject: Any, scale: int) -> bool:
        """Whether the subject passes; `scale` is how many minor units make one major unit."""
        if not self.field or not self.values:
            return False
        value = getattr(subject, self.field)
        if self.field in NUMBERS:
            return self._compares(value, scale if self.field in AMOUNTS else 1)
        if value is None or value == ():
            return self.operator == "ne"
        if isinstance(value, str):
            return (
                (value not in self.values)
                if self.operator == "ne"
                else self.operator in EQUALS and value in self.values
            )
        if self.operator == "in":
            return not self.values.isdisjoint(value)
        if self.operator == "eq":
            return self.values.issuperset(value)
        return self.operator == "ne" and self.values.isdisjoint(value)

    def _compares(self, value: Fraction | int, scale: int) -> bool:
        """Several values: one that is passed is enough, except for `ne`."""
        numbers = [number * scale for number in self.numbers]
        match self.operator:
            case "eq" | "in":
                return value in numbers
            case "ne":
                return value not in numbers
            case "gt":
                return any(value > number for number in numbers)
            case "gte":
                return any(value >= number for number in numbers)
            case "lt":
                return any(value < number for number in numbers)
            case _:
                return any(value <= number for number in numbers)


EQUALS = frozenset(("eq", "in"))


def compiled(raw: Iterable[Mapping[str, Any]], attributes: Mapping[str, str]) -> tuple[Rule, ...]:
    """Rules from their stored form: `{attribute, operator, values}`, values as strings or numbers."""
    rules = []
    for entry in raw:
        values = frozenset(str(value) for value in entry["values"])
        field = attributes.get(entry["attribute"], "")
        numbers: tuple[Fraction, ...] = ()
        if field in NUMBERS:
            try:
                numbers = tuple(sorted(Fraction(value) for value in values))
            except (ValueError, ZeroDivisionError):
                field = ""
        rules.append(Rule(field, entry["operator"], values, numbers))
    return tuple(rules)


def all_hold(rules: Iterable[Rule], subject: Any, scale: int) -> bool:
    return all(rule.holds(subject, scale) for rule in rules)
