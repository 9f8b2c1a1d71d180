"""Reports of conversations and messages, for those who moderate."""

import msgspec
from msgspec import UNSET

from models.chat import report as reports
from models.chat.commands import Report
from models.identity.principal import Principal
from services.chat.conversation import get_owned_conversation
from services.chat.messenger import Messenger
from utils.ids import new_id


async def report(messenger: Messenger, *, who: Principal, conversation_id: str, command: Report) -> None:
    """Keep it with the message as it is now; what a side has reported before is not kept twice. MessageNotFound."""
    _, side = await get_owned_conversation(messenger, who=who, conversation_id=conversation_id)
    snapshot = None
    if command.message_id is not UNSET:
        message = await messenger.chat.find_message(conversation_id=conversation_id, message_id=command.message_id)
        snapshot = msgspec.json.encode(message).decode()
    row = {
        "id": new_id(reports.PREFIX),
        "conversation_id": conversation_id,
        "message_id": None if command.message_id is UNSET else command.message_id,
        "reader_id": side.reader,
        "author_id": side.author_id,
        "reason": command.reason,
        "note": None if command.note is UNSET else command.note,
        "snapshot": snapshot,
    }
    async with messenger.database.unit_of_work() as work:
        await work.execute(reports.INSERT, row)
