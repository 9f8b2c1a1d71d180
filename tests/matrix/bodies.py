"""Bodies that a row takes: the least that its schema asks for, or one written here for rows that want real ids."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from secrets import token_hex
from typing import Any

from pasar.testing.contract import least
from routes.table import Route
from tests.matrix import office
from tests.matrix.samples import MISSING, Samples
from tests.verifying import FORMS, WITH_DOCUMENTS
from utils.clock import now, to_iso

Body = dict[str, Any]
Write = Callable[["Choice"], Any]


def body_of(row: Route, samples: Samples, group: str) -> Any:
    """A body for the row, of the things of this group (else of somebody else's); None for rows that take none."""
    if row.body is None:
        return None
    written = WRITTEN.get(row.name)
    return written(Choice(samples, group)) if written else least(row.body)


def bodies_of(row: Route, samples: Samples, group: str) -> list[Any]:
    """All bodies that are written for the row."""
    return [body_of(row, samples, group), *(write(Choice(samples, group)) for write in MORE.get(row.name, ()))]


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
    return {
        "title": f"Thing {token_hex(4)}",
        "images": [{"upload_id": s("fresh_upload")}],
        "collection_id": s("collection"),
        "type_id": s("type"),
        "shipping_profile_id": s("profile"),
        "categories": [{"id": s("category")}],
        "tags": [{"id": s("tag")}],
        "sales_channels": [{"id": s("sales_channel")}],
        "options": [{"title": "Size", "values": ["S"]}],
        "variants": [variant(s, options={"Size": "S"})],
        **more,
    }


def shipping_option(s: Choice) -> Body:
    asked = [{"amount": 1, "currency_code": "eur"}, {"amount": 2, "region_id": s("region")}]
    about = {"name": f"Bike {token_hex(4)}", "type": {"code": "bike", "label": "Bike"}, "prices": asked}
    return {**about, "service_zone_id": s("zone"), "shipping_profile_id": s("profile")}


def known_option_price(s: Choice) -> Body:
    named = {"id": s("option_price"), "amount": 2, "currency_code": "eur"}
    return {**shipping_option(s), "prices": [named]}


def prices(s: Choice) -> list[Body]:
    by_rule = {"amount": 6, "currency_code": "eur", "rules": {"region_id": s("region")}, "min_quantity": 9}
    return [{"amount": 5, "currency_code": "eur", "region_id": s("region")}, by_rule]


def variant(s: Choice, **more: Any) -> Body:
    needs = [{"inventory_item_id": s("item"), "required_quantity": 2}]
    return {"sku": f"M-{token_hex(4)}", "prices": prices(s), "inventory_items": needs, **more}


def changed_variant(s: Choice, kind: str, **more: Any) -> Body:
    known = [known_price(s)] if kind == "variant" else []
    return variant(s, id=s(kind), prices=[*known, *prices(s)], **more)


def changed_product(s: Choice, **more: Any) -> Body:
    """A change of a product that names all its parts."""
    body = product(s, **more)
    option = {"id": s("option"), "title": "Size", "values": ["S", "M", {"id": s("option_value"), "value": "XL"}]}
    images = [{"id": s("image")}, {"upload_id": s("fresh_upload")}]
    variants = [changed_variant(s, "variant"), changed_variant(s, "spare_variant")]
    return {**body, "options": [option], "variants": variants, "images": images}


def batch(s: Choice) -> Body:
    return {
        "create": [product(s)],
        "update": [changed_product(s, id=s("product"))],
        "delete": [s("spare_product")],
    }


def by_ids(s: Choice, name: str) -> Body:
    """Categories, tags and channels as lists of ids, which a product may be given as well."""
    return {name: [s(name.removesuffix("_ids"))]}


def filed(s: Choice) -> Body:
    body = product(s)
    for name in ("categories", "tags", "sales_channels"):
        del body[name]
    return {**body, **by_ids(s, "category_ids"), **by_ids(s, "tag_ids"), **by_ids(s, "sales_channel_ids")}


def known_price(s: Choice) -> Body:
    return {"id": s("price"), "amount": 7, "currency_code": "eur"}


def known_value(s: Choice) -> Body:
    return {"id": s("option_value"), "value": "S"}


def known_parts(s: Choice) -> Body:
    """Something new that names parts of what is there already."""
    sizes = [{"title": "Size", "values": [known_value(s)]}]
    parts = [variant(s, options={"Size": "S"}, prices=[known_price(s)])]
    return product(s, images=[{"id": s("image")}], options=sizes, variants=parts)


def variants(s: Choice) -> Body:
    update = [changed_variant(s, "variant")]
    return {"create": [variant(s, options={"Size": "L"})], "update": update, "delete": [s("spare_variant")]}


def zone(s: Choice) -> Body:
    return {"name": f"Zone {token_hex(4)}", "geo_zones": [{"type": "country", "country_code": "at"}]}


def levels(s: Choice) -> Body:
    update = [{"location_id": s("shelf"), "stocked_quantity": 3}]
    return {"create": [{"location_id": s("location"), "stocked_quantity": 1}], "update": update}


def items(kind: str, **more: Any) -> Write:
    return lambda s: {"items": [{"id": s(kind), "quantity": 1}], **more}


def received(s: Choice) -> Body:
    return {"items": [{"id": s("returned_line"), "quantity": 1, "location_id": s("return_place")}]}


def kyc(kind: str) -> Write:
    shows = kind in WITH_DOCUMENTS
    return lambda s: {**FORMS[kind], **({"document_ids": [s("document")]} if shows else {})}


LEVELS = "POST /vendor/inventory-items/{id}/location-levels"
SELLER: Mapping[str, Write] = {
    "POST /vendor/uploads": lambda s: {"filename": "a.jpg", "mime_type": "image/jpeg", "size": 1000},
    "POST /vendor/products": product,
    "POST /vendor/products/batch": batch,
    "POST /vendor/products/{id}": changed_product,
    "POST /vendor/products/{id}/variants": lambda s: variant(s, options={"Size": "L"}),
    "POST /vendor/products/{id}/variants/batch": variants,
    "POST /vendor/products/{id}/variants/{variant_id}": lambda s: {
        **variant(s),
        "prices": [known_price(s), *prices(s)],
    },
    "POST /vendor/products/{id}/variants/{variant_id}/prices": lambda s: {
        "create": prices(s)[:1],
        "update": [{"id": s("price"), "amount": 7}],
    },
    "POST /vendor/products/{id}/variants/{variant_id}/images/batch": lambda s: {"add": [s("image")]},
    "POST /vendor/products/{id}/options": lambda s: {"title": "Colour", "values": ["red"]},
    "POST /vendor/products/{id}/options/{option_id}": lambda s: {
        "title": "Size",
        "values": ["S", "M", {"id": s("option_value"), "value": "XL"}],
    },
    "POST /vendor/shipping-options": shipping_option,
    "POST /vendor/shipping-options/{id}": lambda s: {
        name: value for name, value in shipping_option(s).items() if name != "service_zone_id"
    },
    "POST /vendor/stock-locations/{id}/fulfillment-sets": lambda s: {"name": token_hex(4), "type": "shipping"},
    "POST /vendor/fulfillment-sets/{id}/service-zones": zone,
    "POST /vendor/fulfillment-sets/{id}/service-zones/{zone_id}": zone,
    "POST /vendor/inventory-items": lambda s: {
        "sku": token_hex(4),
        "location_levels": [{"location_id": s("shelf"), "stocked_quantity": 1}],
    },
    LEVELS: lambda s: {"location_id": s("location"), "stocked_quantity": 4},
    f"{LEVELS}/batch": levels,
    f"{LEVELS}/{{location_id}}": lambda s: {"stocked_quantity": 9},
    f"{LEVELS}/{{location_id}}/adjustments": lambda s: {"adjustment": 2},
    "POST /vendor/inventory/batch": lambda s: {
        "items": [{"sku": s("item_sku"), "location": s("shelf"), "stocked_quantity": 2}]
    },
    "POST /vendor/products/{product_id}/variants/{variant_id}/inventory-items": lambda s: {
        "inventory_item_id": s("item"),
        "required_quantity": 2,
    },
    "POST /vendor/orders/{id}/fulfillments": lambda s: {
        "items": [{"id": s("accepted_line"), "quantity": 1}],
        "location_id": s("return_place"),
    },
    "POST /vendor/orders/{id}/cancel": items("placed_line", reason="Broken"),
    "POST /vendor/returns/{id}/receive": received,
    "POST /vendor/sellers": lambda s: {"name": f"Shop {token_hex(4)}"},
    "POST /vendor/sellers/me": lambda s: {"name": "Another name", "logo": s("fresh_upload")},
    "POST /vendor/sellers/me/closure": lambda s: {"closed_to": to_iso(now() + timedelta(days=9))},
    "POST /vendor/kyc-documents": lambda s: {"filename": "a.jpg", "mime_type": "image/jpeg", "size": 1000},
    **{f"POST /vendor/kyc/{kind}": kyc(kind) for kind in FORMS},
    "POST /vendor/members/{id}": lambda s: {"role": "orders"},
    "POST /vendor/invites": lambda s: {"email": f"{token_hex(4)}@example.com", "role": "orders"},
}
CHAT = "POST /chat/conversations"


def opening(s: Choice) -> Body:
    return {"seller_id": s("seller")} if s.group.startswith("customer") else {"customer_id": s("chat_customer")}


def line(s: Choice) -> Body:
    return {"cid": token_hex(8), "body": {"text": "hello", "reply_to": s("chat_message")}}


CHATTING: Mapping[str, Write] = {
    CHAT: opening,
    f"{CHAT}/{{id}}/messages": line,
    f"{CHAT}/{{id}}/messages/{{message_id}}": lambda s: {"body": {"text": "another"}},
    f"{CHAT}/{{id}}/reports": lambda s: {"reason": "spam", "message_id": s("chat_message")},
}
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
    **SELLER,
    **CHATTING,
    **office.BODIES,
}
# Other bodies of these rows, for what does not go together with the first: only ids in them are tried.
MORE: Mapping[str, tuple[Write, ...]] = {
    "POST /store/returns": (lambda s: {**buyers_return(s), "location_id": s("location")},),
    "POST /admin/factor-removals": (lambda s: {"actor_type": "user", "actor_id": s("user"), "reason": "lost"},),
    "POST /vendor/products": (filed, known_parts),
    "POST /vendor/products/{id}": (filed,),
    "POST /vendor/products/batch": (
        lambda s: {"create": [filed(s), known_parts(s)], "update": [{**filed(s), "id": s("product")}]},
        lambda s: {"update": [changed_product(s, id=s("product"))]},
    ),
    "POST /vendor/products/{id}/variants": (lambda s: variant(s, prices=[known_price(s)]),),
    "POST /vendor/products/{id}/variants/{variant_id}/prices": (
        lambda s: {"create": prices(s)},
        lambda s: {"update": [{"id": s("price"), "region_id": s("region")}]},
        lambda s: {"update": [{"id": s("price"), "rules": {"region_id": s("region")}}]},
    ),
    "POST /vendor/products/{id}/variants/batch": (
        lambda s: {"create": [variant(s, options={"Size": "L"}, prices=[known_price(s)])]},
    ),
    "POST /vendor/shipping-options": (known_option_price,),
    "POST /vendor/shipping-options/{id}": (known_option_price,),
    "POST /vendor/products/{id}/options": (lambda s: {"title": "Cut", "values": [known_value(s)]},),
    "POST /vendor/products/{id}/variants/{variant_id}/images/batch": (lambda s: {"remove": [s("image")]},),
}
QUERIES: Mapping[str, Callable[["Choice"], dict[str, str]]] = {
    "GET /store/shipping-options": lambda s: {"cart_id": s("cart")},
    "GET /store/payment-providers": lambda s: {"region_id": s("region")},
}
