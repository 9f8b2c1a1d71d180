"""Orders, payments and the ways to send a cart."""

from controllers.http import ORDER_TOKEN
from controllers.store import payment, returns, shipping, transaction, transfer
from models.cart.cart import CartCompleted, CartNotFound
from models.order.order import OrderNotFound
from models.order.return_request import (
    ItemsNotInOrder,
    ReasonNotFound,
    ReturnLocationInvalid,
    ReturnOptionInvalid,
    SeveralSellers,
    TooManyReturned,
)
from models.order.transfer import AlreadyOwner, NoTransfer, NotYourTransfer, TransferPending, TransferTokenInvalid
from models.payment.session import CollectionNotFound, PaymentMismatch, ProviderNotEnabled
from routes.schemas.shared import common as c
from routes.schemas.store import payment as payments
from routes.schemas.store import returns as return_schemas
from routes.schemas.store import shipping as options
from routes.schemas.store import transaction as orders
from routes.table import ANYONE, CUSTOMER, get, post
from services.cart.lines import CartEmpty, OrderLimitPassed, SellerClosed, VariantNotSold
from services.inventory.hold import OutOfStock
from services.pricing.cart_totals import VariantNotPriced
from services.providers.payment.ports import OutcomeUnknown, PaymentDeclined, ProviderUnavailable
from services.shipping.quote import OptionInvalid
from services.workflows.open_payment_session import SessionEnded
from utils.places import ProvinceUnknown

_transfer = {"tag": "Orders", "fields": orders.FIELDS, "reply": c.single("order", orders.ORDER)}
COLLECTION = c.single("payment_collection", payments.PAYMENT_COLLECTION)

ROUTES = [
    get(
        "/store/orders",
        transaction.list_orders,
        who=CUSTOMER,
        tag="Orders",
        summary="List one's orders",
        query=orders.LIST,
        fields=orders.LIST_FIELDS,
        reply=c.page("orders", orders.ORDER),
    ),
    get(
        "/store/orders/{id}",
        transaction.retrieve,
        who=ANYONE,
        tag="Orders",
        summary="Read an order: its owner's, a guest's, whose right is the id, or that of an e-mail's token",
        headers={ORDER_TOKEN: "The token of the order's e-mail: opens the order without a login."},
        fields=orders.FIELDS,
        reply=c.single("order", orders.ORDER),
        errors=(OrderNotFound,),
    ),
    post(
        "/store/orders/{id}/transfer/request",
        transfer.request_transfer,
        **_transfer,
        who=CUSTOMER,
        summary="Ask for a guest's order; a token goes to its e-mail address",
        body=orders.REQUEST,
        errors=(OrderNotFound, AlreadyOwner, TransferPending),
    ),
    post(
        "/store/orders/{id}/transfer/accept",
        transfer.accept_transfer,
        **_transfer,
        who=ANYONE,
        summary="Hand the order over, by the token alone",
        body=orders.ACCEPT,
        errors=(TransferTokenInvalid,),
    ),
    post(
        "/store/orders/{id}/transfer/decline",
        transfer.decline_transfer,
        **_transfer,
        who=ANYONE,
        summary="Keep the order, by the token alone",
        body=orders.DECLINE,
        errors=(TransferTokenInvalid,),
    ),
    post(
        "/store/orders/{id}/transfer/cancel",
        transfer.cancel_transfer,
        **_transfer,
        who=CUSTOMER,
        summary="Take one's request back",
        errors=(OrderNotFound, NoTransfer, NotYourTransfer),
    ),
    post(
        "/store/returns",
        returns.create,
        who=ANYONE,
        tag="Returns",
        summary="Ask to send items of an order back to their seller",
        body=return_schemas.CREATE,
        fields=return_schemas.FIELDS,
        reply=c.single("return", return_schemas.RETURN),
        errors=(
            *(OrderNotFound, ItemsNotInOrder, TooManyReturned, SeveralSellers, ReasonNotFound),
            *(ReturnOptionInvalid, ReturnLocationInvalid),
        ),
    ),
    get(
        "/store/return-reasons",
        returns.list_reasons,
        who=ANYONE,
        tag="Returns",
        summary="List the reasons to send something back",
        query=return_schemas.LIST,
        fields=return_schemas.REASON_FIELDS,
        reply=c.page("return_reasons", return_schemas.REASON),
        cached=("returns",),
    ),
    get(
        "/store/return-reasons/{id}",
        returns.retrieve_reason,
        who=ANYONE,
        tag="Returns",
        summary="Read a reason to send something back",
        fields=return_schemas.REASON_FIELDS,
        reply=c.single("return_reason", return_schemas.REASON),
        errors=(ReasonNotFound,),
        cached=("returns",),
    ),
    get(
        "/store/shipping-options",
        shipping.list_options,
        who=ANYONE,
        tag="Shipping",
        summary="List the ways to send a cart: combined over its sellers, or one seller's own",
        query=options.LIST,
        fields=options.FIELDS,
        reply=c.page("shipping_options", options.OPTION, counted=False),
        errors=(CartNotFound,),
    ),
    post(
        "/store/shipping-options/{id}/calculate",
        shipping.calculate,
        who=ANYONE,
        tag="Shipping",
        summary="Work out an option's price for a cart",
        body=options.CALCULATE,
        fields=options.FIELDS,
        reply=c.single("shipping_option", options.OPTION),
        errors=(CartNotFound, OptionInvalid),
    ),
    get(
        "/store/payment-providers",
        payment.list_providers,
        who=ANYONE,
        tag="Payment",
        summary="List the ways to pay in a region",
        query=payments.PROVIDERS,
        fields=payments.PROVIDER_FIELDS,
        reply=c.page("payment_providers", payments.PROVIDER),
        cached=("regions",),
    ),
    post(
        "/store/payment-collections",
        payment.create_collection,
        who=ANYONE,
        tag="Payment",
        summary="The payment collection of a cart, made when there is none",
        body=payments.CREATE,
        fields=payments.FIELDS,
        reply=COLLECTION,
        errors=(CartNotFound, CartCompleted, 409),
    ),
    post(
        "/store/payment-collections/{id}/payment-sessions",
        payment.create_session,
        who=ANYONE,
        tag="Payment",
        summary="Start a payment: freezes the cart's total and holds its stock for a while",
        body=payments.CREATE_SESSION,
        fields=payments.FIELDS,
        reply=COLLECTION,
        errors=(
            *(CollectionNotFound, CartCompleted, ProviderNotEnabled, OutOfStock, OrderLimitPassed, SessionEnded),
            *(PaymentDeclined, PaymentMismatch, OutcomeUnknown, ProviderUnavailable),
            *(CartEmpty, ProvinceUnknown, SellerClosed, VariantNotPriced, VariantNotSold),
        ),
    ),
]
