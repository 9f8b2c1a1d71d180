"""What a side decides about a conversation: muted, archived, blocked.

Its other devices are told at once, and those that are away find the conversation changed in their inbox.
"""

from msgspec import UNSET

from models.chat import setting
from models.chat.commands import Archive, Block, Mute
from models.chat.conversation import Conversation
from models.chat.side import Side
from models.chat.told import Told
from models.identity.principal import Principal
from services.chat.conversation import as_told, get_owned_conversation
from services.chat.messenger import Messenger
from services.chat.telling import publish, sides_of


async def mute(messenger: Messenger, *, who: Principal, conversation_id: str, command: Mute, origin: str = "") -> Told:
    conversation, side = await get_owned_conversation(messenger, who=who, conversation_id=conversation_id)
    until = None if command.until is UNSET or not command.is_muted else command.until
    row = {"conversation_id": conversation_id, "reader_id": side.reader}
    async with messenger.database.unit_of_work() as work:
        await work.execute(setting.MUTE, {**row, "is_muted": command.is_muted, "muted_until": until})
    return await tell_setting(messenger, conversation, side, side, origin)


async def archive(
    messenger: Messenger, *, who: Principal, conversation_id: str, command: Archive, origin: str = ""
) -> Told:
    """Put it away until a message comes, or take it out again."""
    conversation, side = await get_owned_conversation(messenger, who=who, conversation_id=conversation_id)
    row = {"conversation_id": conversation_id, "reader_id": side.reader}
    archived_seq = conversation.seq if command.is_archived else None
    async with messenger.database.unit_of_work() as work:
        await work.execute(setting.ARCHIVE, {**row, "archived_seq": archived_seq})
    return await tell_setting(messenger, conversation, side, side, origin)


async def block(
    messenger: Messenger, *, who: Principal, conversation_id: str, command: Block, origin: str = ""
) -> Told:
    """Hear no more of the other side, or again; a side takes back its own block only. Both are told."""
    conversation, side = await get_owned_conversation(messenger, who=who, conversation_id=conversation_id)
    customer_id, seller_id = sides_of(conversation)
    async with messenger.database.unit_of_work() as work:
        if command.is_blocked:
            row = {"customer_id": customer_id, "seller_id": seller_id, "author_id": side.author_id}
            await work.execute(setting.BLOCK, {**row, "blocked_by": side.type})
        else:
            which = {"customer": customer_id, "seller": seller_id, "side": side.type}
            await work.execute(setting.UNBLOCK, which)
    other = (
        Side(type="seller", reader=seller_id) if side.type == "customer" else Side(type="customer", reader=customer_id)
    )
    await tell_setting(messenger, conversation, side, other, origin)
    return await tell_setting(messenger, conversation, side, side, origin)


async def tell_setting(messenger: Messenger, conversation: Conversation, by: Side, side: Side, origin: str) -> Told:
    """The conversation as a side has it now, put last in its inbox and told to its devices."""
    await messenger.chat.touch(conversation_id=conversation.id, reader=side.reader)
    entry = await messenger.chat.entry(conversation_id=conversation.id, reader=side.reader)
    (shown,) = await as_told(messenger, side, [entry])
    publish(messenger, side.reader, "conv:upd", {"conversation": shown}, origin=origin if side is by else "")
    return shown
