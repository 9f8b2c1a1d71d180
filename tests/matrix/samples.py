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
        held, own = self.ids[kind], self.ids[kind].get(group)
        return next((value for other, value in held.items() if other not in ("*", group) and value != own), None)


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
SELLER = {
    "/vendor/uploads/{id}": "fresh_upload",
    "/vendor/products/{id}": "product",
    "/vendor/products/{product_id}": "product",
    "/vendor/products/{id}/variants/{variant_id}": "variant",
    "/vendor/products/{product_id}/variants/{variant_id}": "variant",
    "/vendor/products/{product_id}/variants/{variant_id}/inventory-items/{inventory_item_id}": "needed_item",
    "/vendor/products/{id}/options/{option_id}": "option",
    "/vendor/stock-locations/{id}": "shelf",
    "/vendor/fulfillment-sets/{id}": "set",
    "/vendor/fulfillment-sets/{id}/service-zones/{zone_id}": "zone",
    "/vendor/inventory-items/{id}": "item",
    "/vendor/inventory-items/{id}/location-levels/{location_id}": "shelf",
    "/vendor/shipping-options/{id}": "shipping_option",
    "/vendor/orders/{id}": "placed",
    "/vendor/returns/{id}": "return",
    "/vendor/members/{id}": "member",
    "/vendor/invites/{id}": "invite",
    "/vendor/kyc-documents/{id}": "document",
}
ADMIN = {
    "/admin/regions/{id}": "admin_region",
    "/admin/sales-channels/{id}": "admin_channel",
    "/admin/product-categories/{id}": "admin_category",
    "/admin/collections/{id}": "admin_collection",
    "/admin/product-tags/{id}": "admin_tag",
    "/admin/product-types/{id}": "admin_type",
    "/admin/return-reasons/{id}": "admin_reason",
    "/admin/shipping-profiles/{id}": "admin_profile",
    "/admin/customers/{id}": "admin_customer",
    "/admin/customer-groups/{id}": "admin_group",
    "/admin/tax-regions/{id}": "tax_region",
    "/admin/currencies/{code}": "currency",
    "/admin/tax-rates/{id}": "tax_rate",
    "/admin/tax-rates/{id}/rules/{rule_id}": "tax_rule",
    "/admin/sellers/{id}": "seller",
    "/admin/sellers/{id}/kyc-documents/{document_id}": "shown_document",
    "/admin/products/{id}": "listed_product",
    "/admin/users/{id}": "user",
    "/admin/invites/{id}": "user_invite",
    "/admin/api-keys/{id}": "api_key",
    "/admin/factor-removals/{id}": "factor_removal",
}
CHAT = {
    "/chat/conversations/{id}": "conversation",
    "/chat/conversations/{id}/messages/{message_id}": "chat_message",
}
KINDS = {**STORE, **SELLER, **ADMIN, **CHAT}
# Rows that want a thing in another state, by path: the kinds of their parameters.
STATES = {
    "/vendor/uploads/{id}/confirm": ("begun_upload",),
    "/vendor/kyc-documents/{id}/confirm": ("begun_document",),
    "/vendor/kyc-documents/{id}/content": ("document",),
    "/vendor/orders/{id}/fulfillments": ("accepted",),
    "/vendor/orders/{id}/fulfillments/{fulfillment_id}/shipments": ("packed_order", "packed_parcel"),
    "/vendor/orders/{id}/fulfillments/{fulfillment_id}/cancel": ("packed_order", "packed_parcel"),
    "/vendor/orders/{id}/fulfillments/{fulfillment_id}/mark-as-delivered": ("shipped_order", "shipped_parcel"),
    "/vendor/stock-locations/{id}/fulfillment-sets": ("location",),
    "/admin/sellers/{id}/approve": ("waiting_seller",),
    "/admin/sellers/{id}/reject": ("waiting_seller",),
    "/admin/sellers/{id}/unsuspend": ("suspended_seller",),
    "/admin/sellers/{id}/kyc/{kind}/verify": ("submitted_seller",),
    "/admin/sellers/{id}/kyc/{kind}/reject": ("submitted_seller",),
    "/admin/sellers/{id}/kyc/{kind}/reveal": ("submitted_seller",),
    "/admin/sellers/{id}/kyc-documents/{document_id}/content": ("submitted_seller", "shown_document"),
    "/admin/sellers/{id}/invites/{invite_id}": ("submitted_seller", "seller_invite"),
    "/admin/sellers/{id}/invites/{invite_id}/resend": ("submitted_seller", "seller_invite"),
    "/admin/products/{id}/publish": ("product_to_publish",),
    "/admin/api-keys/{id}/sales-channels": ("publishable_key",),
}
# No ids: words of the address.
WORDS = {"actor_type": "customer", "auth_provider": "emailpass", "key": "none", "name": "none", "kind": "tax_id"}


def parameters(row: Route) -> dict[str, str]:
    """The kind of each of the row's parameters, in their order; KeyError for one that nobody has placed."""
    path = PARAM.sub(r"{\1}", row.path)
    if path in STATES:
        names = [name for name in PARAM.findall(path) if name not in WORDS]
        return dict(zip(names, STATES[path], strict=True))
    found = {}
    for match in PARAM.finditer(path):
        if match[1] not in WORDS:
            found[match[1]] = KINDS[path[: match.end()]]
    return found


def address(row: Route, ids: Ids) -> str:
    """The row's path with these ids in it."""
    return PARAM.sub(lambda match: ids.get(match[1]) or WORDS[match[1]], row.path)
