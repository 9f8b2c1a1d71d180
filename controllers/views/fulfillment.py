"""Parcels on the wire: to their seller whole, to the buyer without what the staff noted for itself."""

from collections.abc import Mapping
from typing import Any

from models.order.fulfillment import Fulfillment, FulfillmentItem, Label
from models.order.order import OrderLine
from utils.clock import to_iso


def view(parcel: Fulfillment, lines: Mapping[str, OrderLine], *, for_seller: bool) -> dict[str, Any]:
    shown = {
        "id": parcel.id,
        "status": parcel.status,
        "seller_order_id": parcel.seller_order_id,
        "location_id": parcel.location_id,
        "provider_id": None,
        "shipping_option_id": parcel.shipping_option_id,
        "carrier": parcel.carrier,
        "requires_shipping": parcel.requires_shipping,
        "data": None,
        "metadata": parcel.metadata if for_seller else None,
        "items": [_item(item, lines[item.order_line_id]) for item in parcel.items],
        "labels": [_label(label, for_seller=for_seller) for label in parcel.labels],
        "packed_at": to_iso(parcel.packed_at),
        "shipped_at": to_iso(parcel.shipped_at),
        "delivered_at": to_iso(parcel.delivered_at),
        "canceled_at": to_iso(parcel.canceled_at),
        "created_at": to_iso(parcel.created_at),
        "updated_at": to_iso(parcel.updated_at),
        "deleted_at": None,
    }
    return shown | {"created_by": parcel.created_by} if for_seller else shown


def _item(item: FulfillmentItem, line: OrderLine) -> dict[str, Any]:
    return {
        "id": item.id,
        "fulfillment_id": item.fulfillment_id,
        "line_item_id": line.id,
        "title": line.snapshot.title,
        "sku": line.snapshot.sku,
        "barcode": line.snapshot.barcode,
        "quantity": item.quantity,
        "created_at": to_iso(item.created_at),
        "updated_at": to_iso(item.updated_at),
        "deleted_at": None,
    }


def _label(label: Label, *, for_seller: bool) -> dict[str, Any]:
    """The paper itself is for who sticks it on the parcel."""
    return {
        "id": label.id,
        "fulfillment_id": label.fulfillment_id,
        "tracking_number": label.tracking_number,
        "tracking_url": label.tracking_url,
        **({"label_url": label.label_url} if for_seller else {}),
        "created_at": to_iso(label.created_at),
        "updated_at": to_iso(label.updated_at),
        "deleted_at": None,
    }
