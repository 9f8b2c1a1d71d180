"""Who is typing: passed on to the other side, kept nowhere, and the first to be dropped where there is too much."""

from models.chat.commands import ShowTyping
from models.identity.principal import Principal
from services.chat.conversation import get_owned_conversation
from services.chat.facts import blocked_by
from services.chat.messenger import Messenger
from services.chat.telling import publish, sides_of


async def show_typing(messenger: Messenger, *, who: Principal, conversation_id: str, command: ShowTyping) -> None:
    """Tell the other side, unless it was told a moment ago, or one of the two is blocked."""
    conversation, side = await get_owned_conversation(messenger, who=who, conversation_id=conversation_id)
    if not messenger.signs.is_news(str(who.actor_id), conversation_id, command.is_typing):
        return
    if await blocked_by(messenger.database, conversation):
        return
    payload = {"conversation_id": conversation_id, "side": side.type, "is_typing": command.is_typing}
    for reader in sides_of(conversation):
        if reader != side.reader:
            publish(messenger, reader, "typing", payload, is_fleeting=True)
