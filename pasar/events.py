"""What happens in the shop, for `subscriptions`: an event is delivered after its commit, at least once."""

from models.shared.events import (
    FulfillmentDelivered,
    FulfillmentShipped,
    OrderCanceled,
    OrderPlaced,
    OrderTransferRequested,
    PaymentSessionVoided,
    ReturnCanceled,
    ReturnReceived,
    ReturnRequested,
)

__all__ = [
    "FulfillmentDelivered",
    "FulfillmentShipped",
    "OrderCanceled",
    "OrderPlaced",
    "OrderTransferRequested",
    "PaymentSessionVoided",
    "ReturnCanceled",
    "ReturnReceived",
    "ReturnRequested",
]
