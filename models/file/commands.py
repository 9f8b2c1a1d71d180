"""Commands on uploads."""

from typing import Literal

from msgspec import UNSET, UnsetType

from models.shared.commands import Command


class BeginDocument(Command, kw_only=True, frozen=True):
    """Leave to upload one file of `size` bytes (PUT), or of up to `size` bytes (POST)."""

    filename: str
    mime_type: str
    size: int
    method: Literal["PUT", "POST"] = "PUT"


class BeginUpload(BeginDocument, kw_only=True, frozen=True):
    """An image that is made anew in these widths."""

    widths: list[int] | UnsetType = UNSET
