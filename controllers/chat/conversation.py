"""Conversations of a side: opened, listed, read."""

from typing import Any

import msgspec

from models.chat import told
from models.chat.commands import ListConversations, OpenConversation
from services.call import Call
from services.chat import conversation as conversations
from services.chat import receipt
from services.deps import Deps


async def open_conversation(call: Call, deps: Deps) -> dict[str, Any]:
    command = msgspec.convert(call.body, OpenConversation)
    opened = await conversations.open_conversation(deps.messenger, who=call.principal, command=command)
    return await shown(call, deps, opened)


async def retrieve(call: Call, deps: Deps) -> dict[str, Any]:
    return await shown(call, deps, call.ids["id"])


async def shown(call: Call, deps: Deps, conversation_id: str) -> dict[str, Any]:
    found, receipts = await conversations.get_entry(deps.messenger, who=call.principal, conversation_id=conversation_id)
    return {"conversation": found, "receipts": told.receipts(receipts)}


async def list_conversations(call: Call, deps: Deps) -> dict[str, Any]:
    command = msgspec.convert(dict(call.query), ListConversations)
    found = await conversations.list_latest(
        deps.messenger, who=call.principal, before=command.before, limit=command.limit
    )
    total = await receipt.total_unread(deps.messenger, who=call.principal)
    return {"conversations": found, "limit": command.limit, "total_unread": total}
