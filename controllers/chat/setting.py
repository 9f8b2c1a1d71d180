"""What a side does about a conversation: receipts, mute, archive, block, reports, signs of typing."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from models.chat import told
from models.chat.commands import Archive, Block, MoveReceipt, Mute, Report, ShowTyping
from services.call import Call
from services.chat import presence, receipt, setting
from services.chat import report as reports
from services.deps import Deps


async def advance(call: Call, deps: Deps) -> dict[str, Any]:
    command = msgspec.convert(call.body, MoveReceipt)
    reading = await receipt.advance(
        deps.messenger, who=call.principal, conversation_id=call.ids["id"], command=command, origin=call.origin
    )
    unread = {"unread": reading.receipt.unread, "total_unread": reading.total_unread}
    return {"receipt": told.receipt(reading.receipt), **unread}


async def mute(call: Call, deps: Deps) -> dict[str, Any]:
    return await decided(call, deps, setting.mute, msgspec.convert(call.body, Mute))


async def archive(call: Call, deps: Deps) -> dict[str, Any]:
    return await decided(call, deps, setting.archive, msgspec.convert(call.body, Archive))


async def block(call: Call, deps: Deps) -> dict[str, Any]:
    return await decided(call, deps, setting.block, msgspec.convert(call.body, Block))


async def decided(call: Call, deps: Deps, decide: Callable[..., Awaitable[told.Told]], command: Any) -> dict[str, Any]:
    """The conversation as it is after a side's decision."""
    shown = await decide(
        deps.messenger, who=call.principal, conversation_id=call.ids["id"], command=command, origin=call.origin
    )
    return {"conversation": shown}


async def report(call: Call, deps: Deps) -> dict[str, Any]:
    command = msgspec.convert(call.body, Report)
    await reports.report(deps.messenger, who=call.principal, conversation_id=call.ids["id"], command=command)
    return {"is_reported": True}


async def show_typing(call: Call, deps: Deps) -> dict[str, Any]:
    command = msgspec.convert(call.body, ShowTyping)
    await presence.show_typing(deps.messenger, who=call.principal, conversation_id=call.ids["id"], command=command)
    return {}
