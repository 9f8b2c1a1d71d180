"""What may be said: a table of the kinds of messages, and the one rule for text.

Text is kept as it is sent. Refused are text without any sign that shows, more than LONGEST_TEXT characters, and signs
that nobody sees and that change what is read, such as controls and overrides of the direction (utils/text.py).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import msgspec
from msgspec import UNSET, Struct

from models.chat.commands import TextBody
from models.schema.chat import SIDES
from utils.errors import AppError
from utils.text import TextNotAllowed, hidden_sign

LONGEST_TEXT = 4_000


class KindUnknown(AppError):
    code, kind = "message_kind_unknown", "invalid"
    message = "Messages of the kind {named} cannot be sent. Known are: {known}."


class TextMissing(AppError):
    code, kind = "message_text_missing", "invalid"
    message = "A message needs a text that shows something."


class TextTooLong(AppError):
    code, kind = "message_text_too_long", "invalid"
    message = f"A message has {LONGEST_TEXT} characters at the most."


class Kind(Struct, frozen=True, kw_only=True):
    """`content` makes what is kept of what is sent, or refuses it; `senders` are the sides that may send it."""

    content: Callable[[Any], dict[str, Any]]
    is_editable: bool = False
    senders: tuple[str, ...] = SIDES


def text_content(body: TextBody) -> dict[str, Any]:
    if not body.text.strip():
        raise TextMissing()
    if len(body.text) > LONGEST_TEXT:
        raise TextTooLong()
    sign = hidden_sign(body.text)
    if sign is not None:
        raise TextNotAllowed(field="body.text", sign=sign)
    content: dict[str, Any] = msgspec.to_builtins(body)
    return content


KINDS: Mapping[str, Kind] = MappingProxyType({"text": Kind(content=text_content, is_editable=True)})


def kind_of(name: str, sender: str, kinds: Mapping[str, Kind] = KINDS) -> Kind:
    """The kind of this name; KindUnknown unless the side may send it."""
    kind = kinds.get(name)
    if kind is None or sender not in kind.senders:
        known = ", ".join(each for each, row in kinds.items() if sender in row.senders)
        raise KindUnknown(named=name, known=known)
    return kind


def reply_to(body: TextBody) -> str | None:
    """The message that is answered."""
    return None if body.reply_to is UNSET else body.reply_to
