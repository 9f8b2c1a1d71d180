"""What a client has missed: changes of conversations that it holds, and of its inbox."""

from msgspec import UNSET, Struct

from models.chat import told
from models.chat.commands import Held, Sync
from models.chat.message import Message
from models.chat.receipt import Receipt
from models.chat.side import side_of
from models.identity.principal import Principal
from services.chat.conversation import as_told, get_owned_conversation
from services.chat.messenger import Messenger


class MissedConversation(Struct, frozen=True, kw_only=True):
    """Messages that changed, once each, up to `ver`. `is_reset`: the client holds what never was; it begins anew."""

    conversation_id: str
    messages: list[Message]
    receipts: list[Receipt]
    ver: int
    has_more: bool
    is_reset: bool = False


class MissedInbox(Struct, frozen=True, kw_only=True):
    conversations: list[told.Told]
    user_ver: int
    has_more: bool


class Missed(Struct, frozen=True, kw_only=True):
    reader: str
    conversations: list[MissedConversation]
    inbox: MissedInbox | None
    total_unread: int


async def sync(messenger: Messenger, *, who: Principal, command: Sync) -> Missed:
    """ConversationNotFound for the first one that is not the caller's: a client forgets it, and asks again."""
    side = side_of(who)
    # The inbox first: what changes meanwhile is then behind it, and not lost between the two.
    inbox = None if command.inbox_after is UNSET else await missed_inbox(messenger, who, command.inbox_after, command)
    found = [await missed_of(messenger, who, held, command.limit) for held in command.conversations]
    total = await messenger.chat.total_unread(reader=side.reader)
    return Missed(reader=side.reader, conversations=found, inbox=inbox, total_unread=total)


async def missed_of(messenger: Messenger, who: Principal, held: Held, limit: int) -> MissedConversation:
    conversation, _ = await get_owned_conversation(messenger, who=who, conversation_id=held.conversation_id)
    receipts = await messenger.chat.receipts(conversation_id=conversation.id)
    is_reset, messages, ver = held.after_ver > conversation.ver, list[Message](), held.after_ver
    if is_reset:
        ver = conversation.ver
    elif ver < conversation.ver:
        messages = await messenger.chat.changes(conversation_id=conversation.id, after_ver=ver, limit=limit)
        ver = messages[-1].ver if messages else ver
    return MissedConversation(
        conversation_id=conversation.id,
        messages=messages,
        receipts=receipts,
        ver=ver,
        has_more=ver < conversation.ver,
        is_reset=is_reset,
    )


async def missed_inbox(messenger: Messenger, who: Principal, after: int, command: Sync) -> MissedInbox:
    side = side_of(who)
    entries = await messenger.chat.inbox(reader=side.reader, after=after, limit=command.limit)
    shown = await as_told(messenger, side, entries)
    user_ver = entries[-1].user_ver if entries else after
    return MissedInbox(conversations=shown, user_ver=user_ver, has_more=len(entries) == command.limit)
