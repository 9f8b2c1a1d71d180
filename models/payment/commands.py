"""What requests ask of payments."""

from typing import Any

from msgspec import UNSET, UnsetType

from models.shared.commands import Command


class CreateCollection(Command, kw_only=True, frozen=True):
    """A payment collection for a cart."""

    cart_id: str


class CreateSession(Command, kw_only=True, frozen=True):
    """A session with this provider; `data` are for the provider."""

    provider_id: str
    data: dict[str, Any] | UnsetType = UNSET
