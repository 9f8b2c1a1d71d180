"""Things that routes name by id: for each kind whose they are, and the routes' parameters by kind.

A kind has one sample for each group of people that may own one (`customer_a`, `seller_b`, ...), or a single one under
`*` where it is everybody's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from routes.openapi import PARAM
from routes.table import Route

Ids = Mapping[str, str]
MISSING = "none_01ARZ3NDEKTSV4RRFFQ69G5FAV"


@dataclass
class Samples:
    """Ids by kind and group."""

    ids: dict[str, dict[str, str]] = field(default_factory=dict)

    def add(self, kind: str, group: str, value: Any) -> None:
        self.ids.setdefault(kind, {})[group] = str(value)

    def own(self, kind: str, group: str) -> str | None:
        """Theirs, or everybody's."""
        held = self.ids[kind]
        return held.get(group) or held.get("*")

    def foreign(self, kind: str, group: str) -> str | None:
        """Somebody else's; None where there is nobody else's."""
        return next((value for other, value in self.ids[kind].items() if other not in ("*", group)), None)


# The words of a path, and what their parameters name. The longest beginning that fits counts.
STORE = {
    "/store/regions/{id}": "region",
    "/store/currencies/{code}": "currency",
    "/store/products/{id}": "listed_product",
    "/store/product-variants/{id}": "listed_variant",
    "/store/product-options/{id}": "listed_option",
    "/store/collections/{id}": "collection",
    "/store/product-categories/{id}": "category",
    "/store/product-tags/{id}": "tag",
    "/store/product-types/{id}": "type",
    "/store/sellers/{id}": "seller",
    "/store/carts/{id}": "cart",
    "/store/carts/{id}/line-items/{line_id}": "cart_line",
    "/store/orders/{id}": "order",
    "/store/return-reasons/{id}": "return_reason",
    "/store/shipping-options/{id}": "listed_shipping_option",
    "/store/payment-collections/{id}": "payment_collection",
    "/store/customers/me/addresses/{address_id}": "address",
    "/auth/sessions/{id}": "session",
    "/auth/mfa/factors/{id}": "factor",
    "/auth/mfa/challenges/{id}": "challenge",
}
VENDOR = {"/vendor/uploads/{id}": "upload"}
ADMIN: dict[str, str] = {}
KINDS = {**STORE, **VENDOR, **ADMIN}
# No ids: words of the address.
WORDS = {"actor_type": "customer", "auth_provider": "emailpass", "key": "none", "name": "none"}


def parameters(row: Route) -> dict[str, str]:
    """The kind of each of the row's parameters, in their order; KeyError for one that nobody has placed."""
    path = PARAM.sub(r"{\1}", row.path)
    found = {}
    for match in PARAM.finditer(path):
        if match[1] not in WORDS:
            found[match[1]] = KINDS[path[: match.end()]]
    return found


def address(row: Route, ids: Ids) -> str:
    """The row's path with these ids in it."""
    return PARAM.sub(lambda match: ids.get(match[1]) or WORDS[match[1]], row.path)
