"""Messages: sent, edited, deleted, read back."""

from typing import Any

import msgspec

from models.chat import told
from models.chat.commands import EditMessage, ReadHistory, SendMessage
from models.chat.side import side_of
from services.call import Call
from services.chat import message as messages
from services.deps import Deps


async def send(call: Call, deps: Deps) -> dict[str, Any]:
    command = msgspec.convert(call.body, SendMessage)
    sent, side = await messages.send(
        deps.messenger, who=call.principal, conversation_id=call.ids["id"], command=command, origin=call.origin
    )
    return {"message": told.message(sent.message, side.reader), "is_duplicate": sent.is_duplicate}


async def edit(call: Call, deps: Deps) -> dict[str, Any]:
    command = msgspec.convert(call.body, EditMessage)
    edited, side = await messages.edit(
        deps.messenger,
        who=call.principal,
        conversation_id=call.ids["id"],
        message_id=call.ids["message_id"],
        command=command,
        origin=call.origin,
    )
    return {"message": told.message(edited, side.reader)}


async def delete(call: Call, deps: Deps) -> dict[str, Any]:
    gone, side = await messages.delete(
        deps.messenger,
        who=call.principal,
        conversation_id=call.ids["id"],
        message_id=call.ids["message_id"],
        origin=call.origin,
    )
    return {"message": told.message(gone, side.reader)}


async def history(call: Call, deps: Deps) -> dict[str, Any]:
    command = msgspec.convert({**call.query, **call.body}, ReadHistory)
    found, has_more, ver = await messages.history(
        deps.messenger, who=call.principal, conversation_id=call.ids["id"], command=command
    )
    reader = side_of(call.principal).reader
    return {"messages": [told.message(each, reader) for each in found], "has_more": has_more, "ver": ver}
