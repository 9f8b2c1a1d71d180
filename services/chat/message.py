"""Messages: sent, edited, deleted, read back. Both sides are told of a change once it is kept."""

from typing import Any

from msgspec import UNSET

from models.chat.commands import EditMessage, ReadHistory, SendMessage
from models.chat.content import kind_of, reply_to
from models.chat.conversation import Conversation
from models.chat.message import Message, NewMessage, Sent
from models.chat.rules import require_deletable, require_editable, require_open
from models.chat.side import Side
from models.identity.principal import Principal
from services.chat.conversation import get_owned_conversation
from services.chat.facts import blocked_by
from services.chat.messenger import Messenger
from services.chat.telling import tell_message, tell_places
from utils.clock import now


async def send(
    messenger: Messenger, *, who: Principal, conversation_id: str, command: SendMessage, origin: str = ""
) -> tuple[Sent, Side]:
    """Keep a message; a repeated one is found by its cid. Who is connected is told, but for the connection `origin`."""
    conversation, side = await get_owned_conversation(messenger, who=who, conversation_id=conversation_id)
    require_open(await blocked_by(messenger.database, conversation))
    content = await content_of(messenger, conversation_id, side, command)
    new = NewMessage(
        sender_type=side.type,
        sender_id=side.reader,
        author_id=side.author_id,
        cid=command.cid,
        kind=command.kind,
        body=content,
    )
    sent = await messenger.chat.send(conversation_id=conversation_id, new=new)
    if not sent.is_duplicate:
        tell_message(messenger, conversation, "msg:new", sent.message, origin)
        tell_places(messenger, (conversation_id, sent.message.seq, sent.message.ver), sent.places)
    return sent, side


async def content_of(messenger: Messenger, conversation_id: str, side: Side, command: SendMessage) -> dict[str, Any]:
    """What is kept of the body; MessageNotFound for an answer to what is not of this conversation."""
    content = kind_of(command.kind, side.type).content(command.body)
    answered = reply_to(command.body)
    if answered is not None:
        await messenger.chat.find_message(conversation_id=conversation_id, message_id=answered)
    return content


async def edit(
    messenger: Messenger,
    *,
    who: Principal,
    conversation_id: str,
    message_id: str,
    command: EditMessage,
    origin: str = "",
) -> tuple[Message, Side]:
    """Put other words in, for who wrote it, and for a while."""
    conversation, side = await get_owned_conversation(messenger, who=who, conversation_id=conversation_id)
    require_open(await blocked_by(messenger.database, conversation))
    found = await messenger.chat.find_message(conversation_id=conversation_id, message_id=message_id)
    require_editable(found, side, at=now(), window=messenger.window)
    same_kind = SendMessage(cid=found.cid, kind=found.kind, body=command.body)
    content = await content_of(messenger, conversation_id, side, same_kind)
    ver = None if command.ver is UNSET else command.ver
    edited = await messenger.chat.edit(conversation_id=conversation_id, message_id=message_id, body=content, ver=ver)
    tell_change(messenger, conversation, edited, origin)
    return edited, side


async def delete(
    messenger: Messenger, *, who: Principal, conversation_id: str, message_id: str, origin: str = ""
) -> tuple[Message, Side]:
    """Leave a tombstone, for both sides; of a deleted message, that."""
    conversation, side = await get_owned_conversation(messenger, who=who, conversation_id=conversation_id)
    found = await messenger.chat.find_message(conversation_id=conversation_id, message_id=message_id)
    require_deletable(found, side, at=now(), window=messenger.window)
    if found.deleted_at is not None:
        return found, side
    gone = await messenger.chat.delete(conversation_id=conversation_id, message_id=message_id)
    tell_change(messenger, conversation, gone, origin)
    return gone, side


def tell_change(messenger: Messenger, conversation: Conversation, message: Message, origin: str) -> None:
    tell_message(messenger, conversation, "msg:upd", message, origin)
    tell_places(messenger, (conversation.id, max(conversation.seq, message.seq), message.ver))


async def history(
    messenger: Messenger, *, who: Principal, conversation_id: str, command: ReadHistory
) -> tuple[list[Message], bool, int]:
    """A page of messages in their order, and whether there are more in the direction of reading, and a version that the
    page is no older than."""
    conversation, _ = await get_owned_conversation(messenger, who=who, conversation_id=conversation_id)
    chat, seq = messenger.chat, conversation.seq
    if command.after_seq is not None and command.before_seq is None:
        found = await chat.history(conversation_id=conversation_id, after_seq=command.after_seq, limit=command.limit)
        return found, bool(found) and found[-1].seq < seq, conversation.ver
    before = seq + 1 if command.before_seq is None else command.before_seq
    found = await chat.history(conversation_id=conversation_id, before_seq=before, limit=command.limit)
    return found, bool(found) and found[0].seq > 1, conversation.ver
