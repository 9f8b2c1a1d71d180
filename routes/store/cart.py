"""Carts: what a buyer fills, addresses, and turns into an order."""

from controllers.store import cart, transaction
from models.cart.cart import CartCompleted, CartFull, CartNotFound, LineNotFound, QuantityTooLarge
from models.pricing.promotion import PromotionCodeInvalid
from routes.schemas.shared import common as c
from routes.schemas.store import cart as schemas
from routes.schemas.store import transaction as orders
from routes.table import ANYONE, CUSTOMER, delete, get, post
from services.cart import details as buyer
from services.cart import lines as cart_lines
from services.inventory.hold import OutOfStock
from services.pricing.cart_totals import VariantNotPriced
from services.shipping.quote import OptionInvalid
from services.workflows import complete_cart as flow
from utils.places import ProvinceUnknown

CART = c.single("cart", schemas.CART)
_about = {"who": ANYONE, "tag": "Carts", "fields": schemas.FIELDS}
_open = (CartNotFound, CartCompleted, 409)
_lines = (cart_lines.VariantNotSold, cart_lines.SellerClosed, cart_lines.OrderLimitPassed, OutOfStock)

ROUTES = [
    post(
        "/store/carts",
        cart.create,
        **_about,
        summary="Create a cart",
        body=schemas.CREATE,
        reply=CART,
        errors=(buyer.NoRegion, *_lines, PromotionCodeInvalid, ProvinceUnknown, VariantNotPriced),
    ),
    get("/store/carts/{id}", cart.retrieve, **_about, summary="Read a cart", reply=CART, errors=(CartNotFound, 409)),
    post(
        "/store/carts/{id}",
        cart.update,
        **_about,
        summary="Change a cart's region, e-mail, addresses, codes or metadata",
        body=schemas.UPDATE,
        reply=CART,
        errors=(
            *(*_open, buyer.CountryNotInRegion, buyer.CurrencyMismatch, buyer.RegionNotFound, ProvinceUnknown),
            *(PromotionCodeInvalid, buyer.PromotionNotApplicable),
        ),
    ),
    post(
        "/store/carts/{id}/line-items",
        cart.add_item,
        **_about,
        summary="Put a variant into the cart",
        body=schemas.ITEM,
        reply=CART,
        errors=(*_open, *_lines, CartFull, QuantityTooLarge),
    ),
    post(
        "/store/carts/{id}/line-items/{line_id}",
        cart.change_item,
        **_about,
        summary="Change a line's quantity or metadata",
        body=schemas.CHANGE_ITEM,
        reply=CART,
        errors=(*_open, *_lines, LineNotFound),
    ),
    delete(
        "/store/carts/{id}/line-items/{line_id}",
        cart.remove_item,
        **_about,
        summary="Remove a line",
        reply=c.deleted("line-item", schemas.CART),
        errors=_open,
    ),
    post(
        "/store/carts/{id}/promotions",
        cart.add_promotions,
        **_about,
        summary="Add promotion codes; an empty list removes them all",
        body=schemas.PROMO_CODES,
        reply=CART,
        errors=(*_open, PromotionCodeInvalid),
    ),
    delete(
        "/store/carts/{id}/promotions",
        cart.remove_promotions,
        **_about,
        summary="Remove promotion codes",
        body=schemas.PROMO_CODES,
        reply=CART,
        errors=_open,
    ),
    post(
        "/store/carts/{id}/shipping-methods",
        cart.add_shipping_method,
        **_about,
        summary="Choose how the cart is sent: a seller's own option, or a combined one for all sellers",
        body=schemas.METHOD_IN,
        reply=CART,
        errors=(*_open, OptionInvalid),
    ),
    post(
        "/store/carts/{id}/taxes",
        cart.work_out_taxes,
        **_about,
        summary="Work out taxes where the region does not do so by itself",
        reply=CART,
        errors=_open,
    ),
    post(
        "/store/carts/{id}/customer",
        cart.claim_for_customer,
        who=CUSTOMER,
        tag="Carts",
        fields=schemas.FIELDS,
        summary="Make a guest's cart one's own; lines of one's cart on another device are taken over",
        body=schemas.CLAIM,
        reply=schemas.CLAIMED,
        errors=(*_open, VariantNotPriced),
    ),
    post(
        "/store/carts/{id}/complete",
        transaction.complete,
        who=ANYONE,
        tag="Carts",
        summary="Complete the cart: one order for the buyer, one store order for each seller; or the cart, and why not",
        fields=orders.COMPLETED,
        reply=orders.PLACED,
        errors=(
            CartNotFound,
            cart_lines.CartEmpty,
            flow.ShippingMissing,
            flow.SellerShippingMissing,
            flow.PaymentNotStarted,
            flow.SessionMissing,
            409,
        ),
        idempotent=True,
    ),
]
