"""What a client has missed while it was away."""

from typing import Any

import msgspec

from models.chat import told
from models.chat.commands import Held, Sync
from services.call import Call
from services.chat import sync as services
from services.chat.sync import Missed, MissedConversation
from services.deps import Deps


async def sync(call: Call, deps: Deps) -> dict[str, Any]:
    """By socket: the conversations that the client holds are objects."""
    return view(await services.sync(deps.messenger, who=call.principal, command=msgspec.convert(call.body, Sync)))


async def sync_by_query(call: Call, deps: Deps) -> dict[str, Any]:
    """By REST: they are written `id:ver`."""
    given = {name: value for name, value in call.query.items() if name != "conversation"}
    held = tuple(held_of(text) for text in call.query.get("conversation", ()))
    command = msgspec.structs.replace(msgspec.convert(given, Sync), conversations=held)
    return view(await services.sync(deps.messenger, who=call.principal, command=command))


def held_of(text: str) -> Held:
    conversation_id, _, ver = text.rpartition(":")
    return Held(conversation_id=conversation_id, after_ver=int(ver))


def view(missed: Missed) -> dict[str, Any]:
    inbox = missed.inbox
    return {
        "inbox": None if inbox is None else msgspec.to_builtins(inbox),
        "conversations": [conversation_view(each, missed.reader) for each in missed.conversations],
        "total_unread": missed.total_unread,
    }


def conversation_view(missed: MissedConversation, reader: str) -> dict[str, Any]:
    return {
        "conversation_id": missed.conversation_id,
        "messages": [told.message(each, reader) for each in missed.messages],
        "receipts": told.receipts(missed.receipts),
        "ver": missed.ver,
        "has_more": missed.has_more,
        "is_reset": missed.is_reset,
    }
