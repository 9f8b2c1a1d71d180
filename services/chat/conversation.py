"""Conversations: whose one is, how one begins, and how a side sees it. Foreign ones answer as those that are not."""

from msgspec import UNSET

from models.chat import people, told
from models.chat.commands import OpenConversation
from models.chat.conversation import Conversation
from models.chat.receipt import InboxEntry, Receipt
from models.chat.side import Side, side_of
from models.identity.principal import Principal
from services.chat.facts import load_facts
from services.chat.messenger import Messenger
from services.seller.cache import SELLERS
from utils.clock import now
from utils.errors import AppError, NotFound


class OtherSideMissing(AppError):
    code, kind = "conversation_side_missing", "invalid"
    message = "Name whom the conversation is with: a customer the seller_id, a seller the customer_id."


async def get_owned_conversation(
    messenger: Messenger, *, who: Principal, conversation_id: str
) -> tuple[Conversation, Side]:
    """The conversation and the side that the caller speaks for; ConversationNotFound, also for one of others."""
    side = side_of(who)
    conversation = await messenger.chat.find_conversation(conversation_id=conversation_id)
    conversation.require_side(side.reader)
    return conversation, side


async def get_entry(messenger: Messenger, *, who: Principal, conversation_id: str) -> tuple[told.Told, list[Receipt]]:
    """It as the caller's side has it, and how far both sides have come."""
    _, side = await get_owned_conversation(messenger, who=who, conversation_id=conversation_id)
    entry = await messenger.chat.entry(conversation_id=conversation_id, reader=side.reader)
    receipts = await messenger.chat.receipts(conversation_id=conversation_id)
    return (await as_told(messenger, side, [entry]))[0], receipts


async def open_conversation(messenger: Messenger, *, who: Principal, command: OpenConversation) -> str:
    """The id of the one conversation of the two, made if there is none."""
    side = side_of(who)
    if side.type == "customer":
        customer_id, seller_id = side.reader, await _listed_seller(messenger, command)
    else:
        customer_id, seller_id = await _own_customer(messenger, side, command), side.reader
    opened = await messenger.chat.open_conversation(customer_id=customer_id, seller_id=seller_id)
    return opened.id


async def _listed_seller(messenger: Messenger, command: OpenConversation) -> str:
    if command.seller_id is UNSET or command.customer_id is not UNSET:
        raise OtherSideMissing()
    async with messenger.database.reading() as work:
        sellers = await work.snapshot(SELLERS)
    found = sellers.by_id.get(command.seller_id)
    if found is None or not found.is_listed:
        raise NotFound(what="Seller", id=command.seller_id)
    return found.id


async def _own_customer(messenger: Messenger, side: Side, command: OpenConversation) -> str:
    """Somebody who has bought from the seller; all others are missing."""
    if command.customer_id is UNSET or command.seller_id is not UNSET:
        raise OtherSideMissing()
    async with messenger.database.reading() as work:
        given = {"customer": command.customer_id, "own_seller": side.reader}
        if (await work.execute(people.HAS_BOUGHT, given)).first() is None:
            raise NotFound(what="Customer", id=command.customer_id)
    return command.customer_id


async def list_latest(messenger: Messenger, *, who: Principal, before: int | None, limit: int) -> list[told.Told]:
    """The side's conversations, those that changed last first."""
    side = side_of(who)
    entries = await messenger.chat.latest(reader=side.reader, before=before, limit=limit)
    return await as_told(messenger, side, entries)


async def as_told(messenger: Messenger, side: Side, entries: list[InboxEntry]) -> list[told.Told]:
    """Entries with what is known of them beside the chat store."""
    facts = await load_facts(messenger.database, side, [entry.conversation for entry in entries])
    at = now()
    return [told.conversation(entry, facts[entry.conversation.id], at) for entry in entries]
