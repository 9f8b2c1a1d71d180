"""Orders, payments and the ways to send a cart."""

from controllers import payment, shipping, transaction
from models.cart import CartCompleted, CartNotFound
from models.order import OrderNotFound
from routes.schemas import common as c
from routes.schemas import payment as payments
from routes.schemas import shipping as options
from routes.schemas import transaction as orders
from routes.table import ANYONE, get, post
from services.flows.open_payment_session import SessionEnded
from services.gateways.ports import OutcomeUnknown, PaymentDeclined, ProviderUnavailable
from services.inventory import OutOfStock
from services.payment import CollectionNotFound, PaymentMismatch, ProviderNotEnabled
from services.shipping import OptionInvalid

COLLECTION = c.single("payment_collection", payments.PAYMENT_COLLECTION)

ROUTES = [
    get(
        "/store/orders/{id}",
        transaction.retrieve,
        who=ANYONE,
        tag="Orders",
        summary="Read an order; its id is a guest's right to it",
        fields=orders.FIELDS,
        reply=c.single("order", orders.ORDER),
        errors=(OrderNotFound,),
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
            *(CollectionNotFound, CartCompleted, ProviderNotEnabled, OutOfStock, SessionEnded),
            *(PaymentDeclined, PaymentMismatch, OutcomeUnknown, ProviderUnavailable),
        ),
    ),
]
