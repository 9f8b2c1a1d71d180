"""What PostgreSQL knows of conversations, wherever their messages are kept: names, settings, blocks."""

from collections import defaultdict
from collections.abc import Sequence

from models.chat import people, setting
from models.chat.conversation import Conversation
from models.chat.setting import Setting
from models.chat.side import Side
from models.chat.told import Facts
from services.infrastructure.database.database import Database, UnitOfWork


async def load_facts(database: Database, side: Side, conversations: Sequence[Conversation]) -> dict[str, Facts]:
    """By conversation, for one of its sides."""
    if not conversations:
        return {}
    async with database.reading() as work:
        names = await _names(work, side, conversations)
        settings = await _settings(work, side, [each.id for each in conversations])
        blocks = await _blocks(work, conversations)
    return {
        each.id: Facts(
            name=names.get(each.seller_id if side.type == "customer" else each.customer_id),
            setting=settings.get(each.id, Setting()),
            blocked_by=tuple(blocks.get((each.customer_id, each.seller_id), ())),
        )
        for each in conversations
    }


async def blocked_by(database: Database, conversation: Conversation) -> list[str]:
    """The sides that have blocked the other."""
    async with database.reading() as work:
        found = await _blocks(work, [conversation])
    return found.get((conversation.customer_id, conversation.seller_id), [])


async def _names(work: UnitOfWork, side: Side, conversations: Sequence[Conversation]) -> dict[str, str]:
    if side.type == "customer":
        statement, ids = people.SELLER_NAMES, {each.seller_id for each in conversations}
    else:
        statement, ids = people.CUSTOMER_NAMES, {each.customer_id for each in conversations}
    return {row.id: row.name for row in await work.execute(statement, {"ids": [*ids]})}


async def _settings(work: UnitOfWork, side: Side, ids: list[str]) -> dict[str, Setting]:
    rows = await work.execute(setting.FIND, {"by_reader": side.reader, "conversations": ids})
    return {row.conversation_id: setting.read(row) for row in rows}


async def _blocks(work: UnitOfWork, conversations: Sequence[Conversation]) -> dict[tuple[str, str], list[str]]:
    customers = [*{each.customer_id for each in conversations}]
    sellers = [*{each.seller_id for each in conversations}]
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in await work.execute(setting.BLOCKS, {"customers": customers, "sellers": sellers}):
        found[row.customer_id, row.seller_id].append(row.blocked_by)
    return found
