"""Bodies that a row takes: the least that its schema asks for, or one written here for rows that want real ids."""

from collections.abc import Callable, Mapping
from secrets import token_hex
from typing import Any

from routes.table import Route
from tests.matrix.samples import MISSING, Samples

Body = dict[str, Any]
Write = Callable[["Choice"], Any]
TEXTS = {"email": "somebody@example.com", "date-time": "2030-01-01T00:00:00Z"}


def least(schema: Mapping[str, Any]) -> Any:
    """The least value that fits a schema of ours."""
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    for key in ("anyOf", "oneOf"):
        if key in schema:
            return least(schema[key][0])
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        return {name: least(schema["properties"][name]) for name in schema.get("required", ())}
    if kind == "array":
        return [least(schema["items"]) for _ in range(schema.get("minItems", 0))]
    if kind == "string":
        return TEXTS.get(schema.get("format", ""), "x" * max(1, schema.get("minLength", 1)))
    if kind in ("integer", "number"):
        return schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
    return {"boolean": True}.get(str(kind))


def body_of(row: Route, samples: Samples, group: str) -> Any:
    """A body for the row, of the things of this group (else of somebody else's); None for rows that take none."""
    if row.body is None:
        return None
    written = WRITTEN.get(row.name)
    return written(Choice(samples, group)) if written else least(row.body)


def query_of(row: Route, samples: Samples, group: str) -> dict[str, str]:
    """The query that the row cannot do without."""
    written = QUERIES.get(row.name)
    return written(Choice(samples, group)) if written else {}


class Choice:
    """`s("cart")`: the group's own cart, or for those who have none somebody else's."""

    def __init__(self, samples: Samples, group: str) -> None:
        self.samples, self.group = samples, group
        self.is_own = True

    def __call__(self, kind: str) -> str:
        own = self.samples.own(kind, self.group)
        self.is_own &= own is not None
        return own or self.samples.foreign(kind, self.group) or MISSING


def is_own(row: Route, samples: Samples, group: str) -> bool:
    """Does the group own all that query and body name?"""
    choice = Choice(samples, group)
    for table in (WRITTEN, QUERIES):
        if row.name in table:
            table[row.name](choice)
    return choice.is_own


def buyers_return(s: Choice) -> Body:
    items = [{"id": s("bought_line"), "quantity": 1, "reason_id": s("return_reason")}]
    return {"order_id": s("order"), "items": items, "return_shipping": {"option_id": s("buyers_return_option")}}


def product(s: Choice, **more: Any) -> Body:
    """A whole product, with every reference that one may have."""
    tag = token_hex(4)
    prices = [{"amount": 5, "currency_code": "eur", "region_id": s("region")}]
    prices += [{"amount": 6, "currency_code": "eur", "rules": {"region_id": s("region")}, "min_quantity": 9}]
    needs = [{"inventory_item_id": s("item"), "required_quantity": 2}]
    variant = {"sku": f"M-{tag}", "options": {"Size": "S"}, "prices": prices, "inventory_items": needs}
    return {
        "title": f"Thing {tag}",
        "images": [{"upload_id": s("fresh_upload")}],
        "collection_id": s("collection"),
        "type_id": s("type"),
        "shipping_profile_id": s("profile"),
        "categories": [{"id": s("category")}],
        "tags": [{"id": s("tag")}],
        "sales_channels": [{"id": s("sales_channel")}],
        "options": [{"title": "Size", "values": ["S"]}],
        "variants": [variant],
        **more,
    }


def shipping_option(s: Choice) -> Body:
    prices = [{"amount": 1, "currency_code": "eur"}, {"amount": 2, "region_id": s("region")}]
    about = {"name": f"Bike {token_hex(4)}", "type": {"code": "bike", "label": "Bike"}, "prices": prices}
    return {**about, "service_zone_id": s("zone"), "shipping_profile_id": s("profile")}


VENDOR: Mapping[str, Write] = {
    "POST /vendor/uploads": lambda s: {"filename": "a.jpg", "mime_type": "image/jpeg", "size": 1000},
    "POST /vendor/products": product,
    "POST /vendor/shipping-options": shipping_option,
}
ADMIN: Mapping[str, Write] = {}

# What must be more than the least.
WRITTEN: Mapping[str, Write] = {
    "POST /store/carts": lambda s: {
        "region_id": s("region"),
        "sales_channel_id": s("sales_channel"),
        "items": [{"variant_id": s("listed_variant"), "quantity": 1}],
    },
    "POST /store/carts/{id}": lambda s: {"region_id": s("region"), "sales_channel_id": s("sales_channel")},
    "POST /store/carts/{id}/line-items": lambda s: {"variant_id": s("listed_variant"), "quantity": 1},
    "POST /store/carts/{id}/line-items/{line_id}": lambda s: {"quantity": 2},
    "POST /store/carts/{id}/shipping-methods": lambda s: {"option_id": s("listed_shipping_option")},
    "POST /store/returns": buyers_return,
    "POST /store/payment-collections": lambda s: {"cart_id": s("cart")},
    "POST /store/shipping-options/{id}/calculate": lambda s: {"cart_id": s("cart")},
    "POST /store/payment-collections/{id}/payment-sessions": lambda s: {"provider_id": "pp_system_default"},
    **VENDOR,
    **ADMIN,
}
QUERIES: Mapping[str, Callable[["Choice"], dict[str, str]]] = {
    "GET /store/shipping-options": lambda s: {"cart_id": s("cart")},
    "GET /store/payment-providers": lambda s: {"region_id": s("region")},
}
