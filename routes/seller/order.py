"""Orders of a seller: its part of what buyers bought, on the way to them."""

from controllers.seller import order
from models.order.fulfillment import FulfillmentStateForbids
from models.order.seller_order import OrderStateForbids, QuantityNotOpen
from models.shared.list_query import CursorInvalid
from routes.schemas.seller import order as s
from routes.schemas.shared import common as c
from routes.table import SELLER, get, post
from services.inventory.reservation import StockMissing

ONE = c.single("order", s.ORDER)
_reads = {"who": SELLER, "grant": "orders:read", "tag": "Seller orders"}
_writes = {"who": SELLER, "grant": "orders:write", "tag": "Seller orders", "fields": s.FIELDS, "reply": ONE}

ROUTES = [
    get(
        "/vendor/orders",
        order.list_orders,
        summary="List the store's orders, the newest first; a cursor leads on without counting",
        **_reads,
        query=s.LIST,
        fields=s.LIST_FIELDS,
        reply=s.PAGE,
        errors=(CursorInvalid,),
    ),
    get("/vendor/orders/{id}", order.retrieve, summary="Get an order", **_reads, fields=s.FIELDS, reply=ONE),
    get(
        "/vendor/orders/{id}/changes",
        order.list_changes,
        summary="List what happened to an order, who did it, and why",
        **_reads,
        query=s.CHANGES,
        reply=c.page("order_changes", s.CHANGE),
    ),
    post(
        "/vendor/orders/{id}/accept",
        order.accept,
        summary="Say that the order will be sent",
        **_writes,
        errors=(OrderStateForbids,),
    ),
    post(
        "/vendor/orders/{id}/fulfillments",
        order.pack,
        summary="Pack pieces into a parcel, by default all that are left; a placed order is accepted by it",
        **_writes,
        body=s.PACK,
        body_optional=True,
        errors=(OrderStateForbids, QuantityNotOpen, StockMissing),
    ),
    post(
        "/vendor/orders/{id}/fulfillments/{fulfillment_id}/shipments",
        order.ship,
        summary="Hand a parcel over: its pieces leave the stock, the buyer is told how to follow it",
        **_writes,
        body=s.SHIP,
        body_optional=True,
        errors=(FulfillmentStateForbids,),
    ),
    post(
        "/vendor/orders/{id}/fulfillments/{fulfillment_id}/mark-as-delivered",
        order.deliver,
        summary="Say that a parcel has come; one that needs no shipping need not have been handed over",
        **_writes,
        errors=(FulfillmentStateForbids,),
    ),
    post(
        "/vendor/orders/{id}/fulfillments/{fulfillment_id}/cancel",
        order.cancel_fulfillment,
        summary="Take a parcel apart that was not shipped: its pieces can be packed again, or called off",
        **_writes,
        errors=(FulfillmentStateForbids,),
    ),
    post(
        "/vendor/orders/{id}/cancel",
        order.cancel,
        summary="Call off pieces that are not packed, by default all of them",
        **_writes,
        body=s.CANCEL,
        errors=(OrderStateForbids, QuantityNotOpen),
    ),
]
