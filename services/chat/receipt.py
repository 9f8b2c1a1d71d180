"""How far a side has come in a conversation, and what it has not read."""

from msgspec import Struct

from models.chat.commands import MoveReceipt
from models.chat.conversation import Conversation
from models.chat.receipt import Receipt
from models.chat.side import Side, side_of
from models.identity.principal import Principal
from services.chat.conversation import get_owned_conversation
from services.chat.messenger import Messenger
from services.chat.telling import tell_places, tell_receipt


class Reading(Struct, frozen=True, kw_only=True):
    """A side's receipt, and what it has not read in all its conversations."""

    receipt: Receipt
    total_unread: int


async def advance(
    messenger: Messenger, *, who: Principal, conversation_id: str, command: MoveReceipt, origin: str = ""
) -> Reading:
    """Move the receipt of the caller's side on; one that does not move is told to nobody."""
    conversation, side = await get_owned_conversation(messenger, who=who, conversation_id=conversation_id)
    before = await own_receipt(messenger, conversation, side)
    receipt = before
    if command.read_seq > before.read_seq or command.delivered_seq > before.delivered_seq:
        receipt = await messenger.chat.advance(
            conversation_id=conversation_id,
            reader=side.reader,
            delivered_seq=command.delivered_seq,
            read_seq=command.read_seq,
        )
    if (receipt.read_seq, receipt.delivered_seq) != (before.read_seq, before.delivered_seq):
        tell_receipt(messenger, conversation, receipt, origin)
        tell_places(messenger, (conversation_id, conversation.seq, conversation.ver))
    return Reading(receipt=receipt, total_unread=await messenger.chat.total_unread(reader=side.reader))


async def own_receipt(messenger: Messenger, conversation: Conversation, side: Side) -> Receipt:
    found = await messenger.chat.receipts(conversation_id=conversation.id)
    return next(each for each in found if each.reader == side.reader)


async def total_unread(messenger: Messenger, *, who: Principal) -> int:
    """What the caller's side has not read, in all its conversations."""
    return await messenger.chat.total_unread(reader=side_of(who).reader)
