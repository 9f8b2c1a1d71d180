"""Who is told what of a change: published once it is kept, and awaited by nobody."""

from collections.abc import Iterable
from typing import Any

from models.chat import told
from models.chat.conversation import Conversation
from models.chat.message import Message
from models.chat.place import Place
from models.chat.receipt import Receipt
from services.chat.inbox_pushes import NAMESPACE, InboxChange
from services.chat.messenger import Messenger
from services.infrastructure.bus.slot import Notice


def sides_of(conversation: Conversation) -> tuple[str, str]:
    return conversation.customer_id, conversation.seller_id


def publish(messenger: Messenger, reader: str, event: str, payload: dict[str, Any], **more: Any) -> None:
    messenger.bus.publish(Notice(namespace=NAMESPACE, name=reader, event=event, payload=payload, **more))


def tell_message(
    messenger: Messenger, conversation: Conversation, event: str, message: Message, origin: str = ""
) -> None:
    """`msg:new` or `msg:upd` to all devices of both sides, but for the one it came from."""
    for reader in sides_of(conversation):
        payload = {"message": told.message(message, reader)}
        publish(messenger, reader, event, payload, origin=origin)


def tell_places(messenger: Messenger, heads: tuple[str, int, int], places: Iterable[Place | None] = (None,)) -> None:
    """Both inboxes; `heads` are the conversation's id, `seq` and `ver`. Places that nobody has named are looked up."""
    conversation_id, seq, ver = heads
    for place in places:
        messenger.inboxes.add(InboxChange(conversation_id=conversation_id, seq=seq, ver=ver, place=place))


def tell_receipt(messenger: Messenger, conversation: Conversation, receipt: Receipt, origin: str = "") -> None:
    payload = {"conversation_id": conversation.id, "receipt": told.receipt(receipt)}
    for reader in sides_of(conversation):
        publish(messenger, reader, "receipt", payload, origin=origin)
