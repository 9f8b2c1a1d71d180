"""Facts that leave with a transaction: written to the outbox with it, delivered after it."""

from typing import ClassVar

import msgspec


class PaymentSessionVoided(msgspec.Struct, frozen=True):
    """A payment session ended without an order: whatever the provider still holds under its id is to be given up."""

    topic: ClassVar[str] = "payment.session_voided"
    session_id: str


class OrderPlaced(msgspec.Struct, frozen=True):
    """A buyer's order was made; its seller orders wait for their sellers. `total` in minor units."""

    topic: ClassVar[str] = "order.placed"
    order_id: str
    cart_id: str
    seller_order_ids: tuple[str, ...]
    total: int
    currency_code: str


class ResetAsked(msgspec.Struct, frozen=True):
    """Somebody forgot the password of an address, which may be nobody's: only the reaction looks."""

    topic: ClassVar[str] = "auth.password_reset"
    entity_id: str
    actor_type: str


class CredentialChanged(msgspec.Struct, frozen=True):
    """How somebody proves who they are, or where their money goes, has changed; `email` is the address from before."""

    topic: ClassVar[str] = "auth.credential_changed"
    email: str
    change: str
    id: str


class VerificationAsked(msgspec.Struct, frozen=True):
    """Somebody wants to show that an address is theirs."""

    topic: ClassVar[str] = "auth.verification_requested"
    identity_id: str
    entity_id: str


class OrderTransferRequested(msgspec.Struct, frozen=True):
    """Somebody wants a guest's order in his account. The token is made with the e-mail, and stands in it alone."""

    topic: ClassVar[str] = "order.transfer_requested"
    transfer_id: str
    order_id: str
    customer_id: str


class FulfillmentShipped(msgspec.Struct, frozen=True):
    """A parcel of a seller order was handed over to be sent."""

    topic: ClassVar[str] = "fulfillment.shipped"
    fulfillment_id: str
    seller_order_id: str
    order_id: str


class FulfillmentDelivered(msgspec.Struct, frozen=True):
    """A parcel has reached the buyer."""

    topic: ClassVar[str] = "fulfillment.delivered"
    fulfillment_id: str
    seller_order_id: str
    order_id: str


class OrderCanceled(msgspec.Struct, frozen=True):
    """Pieces of a seller order, or all of it, were called off; the change says which and why."""

    topic: ClassVar[str] = "order.canceled"
    change_id: str
    seller_order_id: str
    order_id: str


class ReturnReceived(msgspec.Struct, frozen=True):
    """Goods came back, and the seller has said in what state."""

    topic: ClassVar[str] = "return.received"
    return_id: str
    seller_order_id: str
    order_id: str


class ReturnCanceled(msgspec.Struct, frozen=True):
    """The seller takes nothing (more) back for a return."""

    topic: ClassVar[str] = "return.canceled"
    return_id: str
    seller_order_id: str
    order_id: str


class ReturnRequested(msgspec.Struct, frozen=True):
    """A buyer wants to send something back; the seller decides what comes of it."""

    topic: ClassVar[str] = "return.requested"
    return_id: str
    order_id: str
    seller_order_id: str


class InviteSent(msgspec.Struct, frozen=True):
    """Somebody is invited, or invited again (`number` counts). The token is made with the e-mail."""

    topic: ClassVar[str] = "invite.sent"
    invite_id: str
    number: int


class SellerMoved(msgspec.Struct, frozen=True):
    """The platform decided about a seller: approved, rejected, suspended, or open again. `at` tells decisions apart."""

    topic: ClassVar[str] = "store.moved"
    seller_id: str
    action: str
    reason: str | None
    at: str


class KycRejected(msgspec.Struct, frozen=True):
    """An item of a seller's checklist was refused; its owners are to submit it again."""

    topic: ClassVar[str] = "store.kyc_rejected"
    seller_id: str
    kind: str
    revision: int
    reason: str
