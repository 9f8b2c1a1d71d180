"""The commands of carts, payments, orders and returns, by route."""

from models.cart import commands as cart
from models.order import commands as order
from models.order import return_reason
from models.payment import commands as payment

CART, COLLECTIONS = "/store/carts/{id}", "/store/payment-collections"
TRANSFER, ORDER = "/store/orders/{id}/transfer", "/vendor/orders/{id}"
REASONS = "/admin/return-reasons"

COMMANDS = [
    ("POST", "/store/carts", cart.CreateCart),
    ("POST", CART, cart.UpdateCart),
    ("POST", f"{CART}/line-items", cart.AddItem),
    ("POST", f"{CART}/line-items/{{line_id}}", cart.ChangeItem),
    ("POST", f"{CART}/promotions", cart.PromoCodes),
    ("DELETE", f"{CART}/promotions", cart.PromoCodes),
    ("POST", f"{CART}/shipping-methods", cart.ChooseShipping),  # or a list of it
    ("POST", f"{CART}/customer", cart.TakeOverCart),
    ("POST", COLLECTIONS, payment.CreateCollection),
    ("POST", f"{COLLECTIONS}/{{id}}/payment-sessions", payment.CreateSession),
    ("POST", f"{TRANSFER}/request", order.RequestTransfer),
    ("POST", f"{TRANSFER}/accept", order.AcceptTransfer),
    ("POST", f"{TRANSFER}/decline", order.DeclineTransfer),
    ("POST", "/store/returns", order.RequestReturn),
    ("POST", f"{ORDER}/fulfillments", order.Pack),
    ("POST", f"{ORDER}/fulfillments/{{fulfillment_id}}/shipments", order.Ship),
    ("POST", f"{ORDER}/cancel", order.CancelPieces),
    ("POST", "/vendor/returns/{id}/receive", order.ReceiveReturn),
    ("POST", "/vendor/returns/{id}/cancel", order.CancelReturn),
    ("POST", REASONS, return_reason.CreateReason),
    ("POST", f"{REASONS}/{{id}}", return_reason.UpdateReason),
]
