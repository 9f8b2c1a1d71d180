"""Chat in the shop's own database: what fills the slot where no MongoDB does.

A message is one statement, which PostgreSQL makes one transaction; without BEGIN and COMMIT it is one round trip.
"""

from collections.abc import Mapping
from typing import Any

from asyncpg import UniqueViolationError

from models.chat import conversation as conversations
from models.chat import message as messages
from models.chat import place as places
from models.chat import receipt as receipts
from models.chat import sending
from models.chat.conversation import Conversation, ConversationNotFound
from models.chat.message import MOST, Message, MessageNotFound, NewMessage, Sent, sent_before, to_text
from models.chat.place import Place
from models.chat.receipt import InboxEntry, Receipt
from services.infrastructure.chat.locks import Locks
from services.infrastructure.database.database import Database, UnitOfWork
from services.infrastructure.database.failures import RETRY, ConcurrencyConflict
from utils.ids import ordered_id
from utils.sql import Prepared, Rows, sqlstate

BEYOND = 2**63 - 1  # every place
SENT_BEFORE = ("uq_chat_message_cid", "uq_chat_message_id")  # the latter by this very send, over a lost connection


class PostgresChat:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._locks = Locks()  # of conversations: one that is busy takes one connection from the shop, not all of them

    async def ping(self) -> None:
        """The database is asked by `/ready` itself."""

    async def prepare(self) -> None:
        """The tables are made by migrations."""

    async def close(self) -> None:
        """The database is not its own."""

    async def _run(self, statement: Prepared, **params: Any) -> Rows:
        """A statement on its own. One that writes may be carried out twice, where a connection is lost under it."""
        try:
            async with self._database.reading() as work:
                return await work.execute(statement, params)
        except Exception as error:
            if sqlstate(error) in RETRY:
                raise ConcurrencyConflict() from error
            raise

    async def open_conversation(self, *, customer_id: str, seller_id: str) -> Conversation:
        of_both = {"customer": customer_id, "seller": seller_id}
        found = (await self._run(conversations.FIND_OF, **of_both)).first()
        if found is None:
            async with self._database.unit_of_work() as work:
                await make(work, customer_id, seller_id)
            found = (await self._run(conversations.FIND_OF, **of_both)).first()
        return conversations.read(found)

    async def find_conversation(self, *, conversation_id: str) -> Conversation:
        row = (await self._run(conversations.FIND, conversation=conversation_id)).first()
        if row is None:
            raise ConversationNotFound(conversation_id=conversation_id)
        return conversations.read(row)

    async def send(self, *, conversation_id: str, new: NewMessage) -> Sent:
        message_id = ordered_id(messages.PREFIX)
        try:
            async with self._locks.of(conversation_id):
                rows = await self._run(
                    sending.SEND,
                    conversation=conversation_id,
                    message=message_id,
                    sender_type=new.sender_type,
                    sender=new.sender_id,
                    author=new.author_id,
                    cid=new.cid,
                    content_hash=new.content_hash(),
                    kind=new.kind,
                    body=to_text(new.body),
                )
        except UniqueViolationError as error:
            if error.constraint_name not in SENT_BEFORE:
                raise
            return await self._sent_before(conversation_id, message_id, new)
        row = rows.first()
        if row is None:
            raise ConversationNotFound(conversation_id=conversation_id)
        placed = new.placed(
            conversation_id=conversation_id, id=message_id, seq=row.seq, ver=row.ver, created_at=row.created_at
        )
        return Sent(message=placed, is_duplicate=False, places=sending.read_places(row))

    async def _sent_before(self, conversation_id: str, message_id: str, new: NewMessage) -> Sent:
        rows = await self._run(messages.FIND_SENT, conversation=conversation_id, sender=new.sender_id, sent_cid=new.cid)
        row = rows.first()
        found = messages.read(row)
        if found.id == message_id:
            at = await self.places(conversation_id=conversation_id)
            return Sent(message=found, is_duplicate=False, places=tuple(at))
        return sent_before(found, row["content_hash"], new)

    async def edit(
        self, *, conversation_id: str, message_id: str, body: Mapping[str, Any], ver: int | None = None
    ) -> Message:
        async with self._locks.of(conversation_id), self._database.unit_of_work() as work:
            found = await locked(work, conversation_id, message_id)
            found.require_body()
            found.require_ver(ver)
            return await changed(work, found, to_text(body))

    async def delete(self, *, conversation_id: str, message_id: str, ver: int | None = None) -> Message:
        async with self._locks.of(conversation_id), self._database.unit_of_work() as work:
            found = await locked(work, conversation_id, message_id)
            if found.deleted_at is not None:
                return found
            found.require_ver(ver)
            return await changed(work, found, None)

    async def find_message(self, *, conversation_id: str, message_id: str) -> Message:
        row = (await self._run(messages.FIND, conversation=conversation_id, message=message_id)).first()
        if row is None:
            raise MessageNotFound(message_id=message_id)
        return messages.read(row)

    async def changes(self, *, conversation_id: str, after_ver: int, limit: int) -> list[Message]:
        most = min(limit, MOST)
        rows = await self._run(messages.CHANGES, conversation=conversation_id, after=after_ver, most=most)
        return [messages.read(row) for row in rows]

    async def history(
        self, *, conversation_id: str, before_seq: int | None = None, after_seq: int = 0, limit: int
    ) -> list[Message]:
        params = {"conversation": conversation_id, "most": min(limit, MOST)}
        if before_seq is None:
            return [messages.read(row) for row in await self._run(messages.AFTER, place=after_seq, **params)]
        rows = (await self._run(messages.BEFORE, place=before_seq, **params)).all()
        return [messages.read(row) for row in reversed(rows)]

    async def advance(self, *, conversation_id: str, reader: str, delivered_seq: int = 0, read_seq: int = 0) -> Receipt:
        how_far = {"delivered": delivered_seq, "read": read_seq}
        row = (await self._run(sending.ADVANCE, conversation=conversation_id, reader=reader, **how_far)).first()
        if row is None:
            raise ConversationNotFound(conversation_id=conversation_id)
        return receipts.read(row)

    async def receipts(self, *, conversation_id: str) -> list[Receipt]:
        return [receipts.read(row) for row in await self._run(receipts.RECEIPTS, conversation=conversation_id)]

    async def inbox(self, *, reader: str, after: int, limit: int) -> list[InboxEntry]:
        rows = await self._run(receipts.INBOX, by_reader=reader, after=after, most=min(limit, MOST))
        return [receipts.read_entry(row) for row in rows]

    async def latest(self, *, reader: str, before: int | None = None, limit: int) -> list[InboxEntry]:
        place = BEYOND if before is None else before
        rows = await self._run(receipts.LATEST, by_reader=reader, before=place, most=min(limit, MOST))
        return [receipts.read_entry(row) for row in rows]

    async def entry(self, *, conversation_id: str, reader: str) -> InboxEntry:
        row = (await self._run(receipts.ENTRY, by_reader=reader, conversation=conversation_id)).first()
        if row is None:
            raise ConversationNotFound(conversation_id=conversation_id)
        return receipts.read_entry(row)

    async def places(self, *, conversation_id: str) -> list[Place]:
        return [places.read(row) for row in await self._run(places.PLACES, conversation=conversation_id)]

    async def touch(self, *, conversation_id: str, reader: str) -> Place:
        row = (await self._run(places.TOUCH, conversation=conversation_id, by_reader=reader)).first()
        if row is None:
            raise ConversationNotFound(conversation_id=conversation_id)
        return places.read(row)

    async def total_unread(self, *, reader: str) -> int:
        total: int = (await self._run(places.TOTAL_UNREAD, by_reader=reader)).scalar_one()
        return total

    async def recount(self, *, reader: str) -> None:
        async with self._database.unit_of_work() as work:
            await work.execute(receipts.LOCK_READER, {"by_reader": reader})
            for row in await work.execute(receipts.MISCOUNTED, {"by_reader": reader}):
                what = {"by_reader": reader, "conversation": row.conversation_id, "counted": row.unread}
                await work.execute(receipts.CORRECT, what)


async def make(work: UnitOfWork, customer_id: str, seller_id: str) -> None:
    """A conversation and what its sides have of it, unless it is there."""
    row = {"id": ordered_id(conversations.PREFIX), "customer_id": customer_id, "seller_id": seller_id}
    made: str | None = (await work.execute(conversations.INSERT, row)).scalar_one_or_none()
    if made is None:
        return
    for reader in (customer_id, seller_id):
        await work.execute(conversations.INSERT_READER, {"id": reader})
    for reader in (customer_id, seller_id):
        await work.execute(conversations.INSERT_INBOX, {"conversation_id": made, "reader_id": reader})


async def locked(work: UnitOfWork, conversation_id: str, message_id: str) -> Message:
    """The message, which nobody else changes before this transaction ends."""
    if (await work.execute(conversations.LOCK, {"conversation": conversation_id})).first() is None:
        raise ConversationNotFound(conversation_id=conversation_id)
    row = (await work.execute(messages.FIND, {"conversation": conversation_id, "message": message_id})).first()
    if row is None:
        raise MessageNotFound(message_id=message_id)
    return messages.read(row)


async def changed(work: UnitOfWork, message: Message, body: str | None) -> Message:
    """Its next form; without a body its tombstone."""
    which = {"conversation": message.conversation_id, "message": message.id}
    await work.execute(sending.CHANGE, {**which, "body": body})
    return messages.read((await work.execute(messages.FIND, which)).first())
