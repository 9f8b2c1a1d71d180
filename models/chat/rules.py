"""Who may do what to a message, and until when."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from models.chat.content import KINDS
from models.chat.message import Message
from models.chat.side import Side
from utils.errors import AppError


class ConversationBlocked(AppError):
    code, kind = "conversation_blocked", "forbidden"
    message = "Nothing can be said here, because one of the two has blocked the other."


class MessageNotOwn(AppError):
    code, kind = "message_not_own", "forbidden"
    message = "Only who wrote a message can change it."


class EditWindowClosed(AppError):
    code, kind = "edit_window_closed", "not_allowed"
    message = "A message can be changed and deleted for {minutes} minutes only."


class MessageNotEditable(AppError):
    code, kind = "message_not_editable", "not_allowed"
    message = "A message of the kind {named} cannot be changed."


def require_open(blocked_by: Iterable[str]) -> None:
    if any(blocked_by):
        raise ConversationBlocked()


def require_editable(message: Message, side: Side, *, at: datetime, window: timedelta) -> None:
    """Its author may put other words in, for a while: no colleague puts them into another one's mouth."""
    if message.sender_id != side.reader or message.author_id != side.author_id:
        raise MessageNotOwn()
    message.require_body()
    if message.kind not in KINDS or not KINDS[message.kind].is_editable:
        raise MessageNotEditable(named=message.kind)
    require_window(message, at=at, window=window)


def require_deletable(message: Message, side: Side, *, at: datetime, window: timedelta) -> None:
    """Its side may take it back, for a while."""
    if message.sender_id != side.reader:
        raise MessageNotOwn()
    if message.deleted_at is None:
        require_window(message, at=at, window=window)


def require_window(message: Message, *, at: datetime, window: timedelta) -> None:
    if at >= message.created_at + window:
        raise EditWindowClosed(minutes=int(window.total_seconds() // 60))
