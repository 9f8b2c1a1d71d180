"""What requests ask of orders: handed over to another customer, packed, shipped, canceled, sent back."""

from msgspec import UNSET, UnsetType

from models.shared.commands import Command, Metadata


class RequestTransfer(Command, kw_only=True, frozen=True):
    """The order shall become the caller's; the description is kept and sent to nobody."""

    description: str | None = None


class AcceptTransfer(Command, kw_only=True, frozen=True):
    """The order becomes the asker's; `update_order_email`: its e-mail address too."""

    token: str
    update_order_email: bool = False


class DeclineTransfer(Command, kw_only=True, frozen=True):
    """The order stays whose it is."""

    token: str


class Pieces(Command, kw_only=True, frozen=True):
    """So many pieces of an order's line."""

    id: str
    quantity: int


class Pack(Command, kw_only=True, frozen=True):
    """Pieces for a parcel, by default all that are left."""

    items: list[Pieces] | None = None
    location_id: str | None = None
    metadata: Metadata = None


class LabelInput(Command, kw_only=True, frozen=True):
    """How a parcel is tracked."""

    tracking_number: str
    tracking_url: str = ""
    label_url: str = ""


class Ship(Command, kw_only=True, frozen=True):
    """A parcel is handed over."""

    labels: tuple[LabelInput, ...] = ()
    carrier: str | None = None


class CancelPieces(Command, kw_only=True, frozen=True):
    """Pieces that will not be sent, by default all that are not packed, and why."""

    reason: str
    items: list[Pieces] | None = None


class ReturnPieces(Command, kw_only=True, frozen=True):
    """Pieces of an order's line to send back."""

    id: str
    quantity: int
    reason_id: str | None = None
    note: str | None = None


class ReturnShipping(Command, kw_only=True, frozen=True):
    """The seller's way back; what a buyer says about its price does not count."""

    option_id: str
    price: float | None = None


class RequestReturn(Command, kw_only=True, frozen=True):
    """Items of one seller's part of an order to send back."""

    order_id: str
    items: list[ReturnPieces]
    return_shipping: ReturnShipping
    location_id: str | None = None
    note: str | None = None
    receive_now: bool = False


class ReceivedPieces(Command, kw_only=True, frozen=True):
    """Pieces of an order's line that came back, in good state or damaged; `location_id` is where the good ones go."""

    id: str
    quantity: int
    damaged_quantity: int | UnsetType = UNSET
    location_id: str | UnsetType | None = UNSET


class ReceiveReturn(Command, kw_only=True, frozen=True):
    """What came of a return."""

    items: list[ReceivedPieces]


class CancelReturn(Command, kw_only=True, frozen=True):
    """Nothing more of a return is awaited, and why."""

    reason: str | None = None
