"""Chat in MongoDB, or in a server that speaks its protocol, through `motor` or the async client of `pymongo` itself.

Only what both have in one form is used: `aggregate`, `list_indexes` and `watch` are awaited with the one and not with
the other.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from functools import wraps
from inspect import isawaitable
from typing import Any, Concatenate, ParamSpec, TypeVar

from pymongo import ASCENDING, AsyncMongoClient, IndexModel
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import (
    ConnectionFailure,
    DuplicateKeyError,
    ExecutionTimeout,
    PyMongoError,
    WriteConcernError,
)
from pymongo.monitoring import CommandListener
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from models.chat.conversation import PREFIX, Conversation, ConversationNotFound
from models.chat.message import MOST, Message, NewMessage, Sent
from models.chat.message import PREFIX as MESSAGE_PREFIX
from models.chat.place import Place
from models.chat.receipt import InboxEntry, Receipt
from services.infrastructure.chat.documents import (
    INDEXES,
    Document,
    Found,
    after,
    heads_after,
    new_conversation,
    number_of,
    own_count,
    place,
    read_conversation,
    read_message,
    read_receipt,
    sides_of,
)
from services.infrastructure.chat.mongo_log import PAUSE_SECONDS, MongoLog
from services.infrastructure.chat.slot import ChatAway
from services.infrastructure.http.circuit_breaker import Breaker
from utils.ids import ordered_id

P = ParamSpec("P")
T = TypeVar("T")
PREPARE_MS = 30_000  # building an index over what is there already
ANSWER_MS = 2_000
CONNECT_MS = 1_000
LONGEST_SECONDS = 10.0
BEYOND = 10**12  # every place
DATABASE = "pasar"  # when the address names none

# A write counts when most of the servers have it on disk; what they have not is never read.
WRITE = WriteConcern(w="majority", j=True, wtimeout=5_000)
READ = ReadConcern("majority")


def motor_client(address: str, options: Mapping[str, Any]) -> Any:
    from motor.motor_asyncio import AsyncIOMotorClient  # only where it is chosen: it is to go some day

    return AsyncIOMotorClient(address, **options)


def pymongo_client(address: str, options: Mapping[str, Any]) -> Any:
    return AsyncMongoClient(address, **options)


DRIVERS: Mapping[str, Callable[[str, Mapping[str, Any]], Any]] = {"motor": motor_client, "pymongo": pymongo_client}

# It was not reached, or did not say in time that what was written is safe. All else is a mistake of ours.
AWAY = (ConnectionFailure, ExecutionTimeout, WriteConcernError)


def asked(
    method: Callable[Concatenate["MongoChat", P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate["MongoChat", P], Coroutine[Any, Any, T]]:
    """A method that asks the server, by way of the breaker: ChatAway when it does not answer."""

    @wraps(method)
    async def call(self: "MongoChat", /, *args: P.args, **params: P.kwargs) -> T:
        async def ask() -> T:
            try:
                return await method(self, *args, **params)
            except AWAY as error:
                raise ChatAway() from error

        return await self.breaker.call(ask)

    return call


class MongoChat:
    """One connection pool; nothing is connected before it is used."""

    def __init__(self, address: str, listeners: tuple[CommandListener, ...] = (), *, driver: str = "motor") -> None:
        options = {
            "appname": "pasar",
            "tz_aware": True,
            "connectTimeoutMS": CONNECT_MS,
            "serverSelectionTimeoutMS": ANSWER_MS,
            "event_listeners": list(listeners),
        }
        self.client = DRIVERS[driver](address, options)
        named = self.client.get_default_database(DATABASE)
        # Said here, so that no option of the address can weaken it.
        self.database = named.with_options(write_concern=WRITE, read_concern=READ)
        self.breaker = Breaker("MongoDB", ChatAway, seconds=LONGEST_SECONDS)
        self._log = MongoLog(self.collection)

    def collection(self, name: str) -> AsyncCollection[Document]:
        found: AsyncCollection[Document] = self.database[name]
        return found

    async def ping(self) -> None:
        """Come back when the store has answered, whatever the breaker says; ChatAway otherwise."""
        try:
            await self.database.command("ping", maxTimeMS=ANSWER_MS)
        except PyMongoError as error:
            raise ChatAway() from error

    async def prepare(self) -> None:
        try:
            for index in INDEXES:
                keys = [(field, ASCENDING) for field in index.fields]
                model = IndexModel(keys, name=index.name, unique=index.unique)
                await self.collection(index.collection).create_indexes([model], maxTimeMS=PREPARE_MS)
        except PyMongoError as error:
            raise ChatAway() from error

    async def close(self) -> None:
        closing = self.client.close()
        if isawaitable(closing):
            await closing

    @asked
    async def open_conversation(self, *, customer_id: str, seller_id: str) -> Conversation:
        sides = {"customer_id": customer_id, "seller_id": seller_id}
        while True:
            found = await self._log.conversations.find_one(sides)
            if found is not None:
                return read_conversation(await self._log.settled(found["_id"]))
            document = new_conversation(ordered_id(PREFIX), customer_id, seller_id)
            try:
                await self._log.conversations.insert_one(document)
                return read_conversation(document)
            except DuplicateKeyError:  # which the majority may not have yet
                await asyncio.sleep(PAUSE_SECONDS)

    @asked
    async def find_conversation(self, *, conversation_id: str) -> Conversation:
        return read_conversation(await self._log.settled(conversation_id))

    @asked
    async def send(self, *, conversation_id: str, new: NewMessage) -> Sent:
        return await self._log.append(conversation_id, ordered_id(MESSAGE_PREFIX), new)

    @asked
    async def edit(
        self, *, conversation_id: str, message_id: str, body: Mapping[str, Any], ver: int | None = None
    ) -> Message:
        return read_message(await self._log.change(conversation_id, message_id, body, ver))

    @asked
    async def delete(self, *, conversation_id: str, message_id: str, ver: int | None = None) -> Message:
        return read_message(await self._log.change(conversation_id, message_id, None, ver))

    @asked
    async def find_message(self, *, conversation_id: str, message_id: str) -> Message:
        await self._known(conversation_id)
        return read_message(await self._log.message(conversation_id, message_id))

    @asked
    async def changes(self, *, conversation_id: str, after_ver: int, limit: int) -> list[Message]:
        conversation = await self._known(conversation_id)
        if conversation is None:
            return []
        # No further than was settled: a change beyond may come to light before another that precedes it.
        between = {"$gt": after_ver, "$lte": conversation["ver"]}
        return await self._page({"conversation_id": conversation_id, "ver": between}, "ver", 1, limit)

    @asked
    async def history(
        self, *, conversation_id: str, before_seq: int | None = None, after_seq: int = 0, limit: int
    ) -> list[Message]:
        await self._known(conversation_id)
        where = {"$gt": after_seq} if before_seq is None else {"$lt": before_seq}
        order = 1 if before_seq is None else -1
        found = await self._page({"conversation_id": conversation_id, "seq": where}, "seq", order, limit)
        return found[::order]

    async def _page(self, which: Document, by: str, order: int, limit: int) -> list[Message]:
        most = min(limit, MOST)
        found = await self._log.messages.find(which).sort(by, order).limit(most).to_list(most)
        # One that moves on while the page is read may be met twice.
        return list({document["_id"]: read_message(document) for document in found}.values())

    async def _known(self, conversation_id: str) -> Document | None:
        """The conversation, settled; None when there is none."""
        with suppress(ConversationNotFound):
            return await self._log.settled(conversation_id)
        return None

    @asked
    async def advance(self, *, conversation_id: str, reader: str, delivered_seq: int = 0, read_seq: int = 0) -> Receipt:
        conversation = await self._log.settled(conversation_id)
        read_conversation(conversation).require_side(reader)
        read = min(read_seq, conversation["seq"])
        delivered = min(max(read_seq, delivered_seq), conversation["seq"])
        async with self._log.locks.of(conversation_id):
            kept = await self._log.receipt(conversation_id, reader)
            if kept is not None and read <= kept["read_seq"] and delivered <= kept["delivered_seq"]:
                return read_receipt(reader, conversation, kept)
            own = await self._own_until(conversation, reader, read)
            await self._log.receipts.update_one(
                {"_id": f"{conversation_id}:{reader}"},
                {"$max": {"delivered_seq": delivered, "read_seq": read, "read_own": own}},
                upsert=True,
            )
            await self._log.tell(reader, conversation_id)
            return read_receipt(reader, conversation, await self._log.receipt(conversation_id, reader))

    async def _own_until(self, conversation: Found, reader: str, seq: int) -> int:
        """How many of the first messages are the reader's own."""
        found = await self._log.messages.find_one({"conversation_id": conversation["_id"], "seq": seq})
        return 0 if found is None else int(found[f"head_{own_count(reader, conversation)}"])

    @asked
    async def receipts(self, *, conversation_id: str) -> list[Receipt]:
        conversation = await self._known(conversation_id)
        if conversation is None:
            return []
        sides = sorted(sides_of(conversation))
        return [read_receipt(each, conversation, await self._log.receipt(conversation_id, each)) for each in sides]

    @asked
    async def inbox(self, *, reader: str, after: int, limit: int) -> list[InboxEntry]:
        most = min(limit, MOST)
        places = await self._places(reader, after, most)
        found = list(places.items())[:most]
        return list(await asyncio.gather(*(self._entry(reader, *each) for each in found)))

    async def _places(self, reader: str, last: int, most: int) -> dict[str, int]:
        """Conversations by their last places, in that order; an earlier one may still stand where it was left."""
        places: dict[str, int] = {}
        while len(places) < most:
            found = await self._log.inboxes.find(after(reader, last)).sort("_id", 1).limit(most).to_list(most)
            for document in found:
                last = number_of(document)
                places.pop(document["conversation_id"], None)
                places[document["conversation_id"]] = last
            if len(found) < most:
                break
        return places

    @asked
    async def latest(self, *, reader: str, before: int | None = None, limit: int) -> list[InboxEntry]:
        most, found, ends = min(limit, MOST), list[tuple[str, int]](), BEYOND if before is None else before
        while len(found) < most:
            between = {"_id": {"$gt": place(reader, 0), "$lt": place(reader, ends)}}
            page = await self._log.inboxes.find(between).sort("_id", -1).limit(most).to_list(most)
            for document in page:
                ends = number_of(document)
                # Where it was before it moved on, it may still stand.
                if await self._log.last_place(document["conversation_id"], reader) == ends:
                    found.append((document["conversation_id"], ends))
            if len(page) < most:
                break
        return list(await asyncio.gather(*(self._entry(reader, *each) for each in found[:most])))

    @asked
    async def entry(self, *, conversation_id: str, reader: str) -> InboxEntry:
        read_conversation(await self._log.conversation(conversation_id)).require_side(reader)
        return await self._entry(reader, conversation_id, await self._log.last_place(conversation_id, reader))

    @asked
    async def places(self, *, conversation_id: str) -> list[Place]:
        conversation = await self._known(conversation_id)
        if conversation is None:
            return []
        return [await self._place(conversation, reader) for reader in sorted(sides_of(conversation))]

    async def _place(self, conversation: Document, reader: str) -> Place:
        return await self._log.placed(conversation, reader, await self._log.last_place(conversation["_id"], reader))

    @asked
    async def touch(self, *, conversation_id: str, reader: str) -> Place:
        conversation = await self._log.settled(conversation_id)
        read_conversation(conversation).require_side(reader)
        async with self._log.locks.of(conversation_id):
            number = await self._log.tell(reader, conversation_id)
        return await self._log.placed(conversation, reader, number)

    @asked
    async def total_unread(self, *, reader: str) -> int:
        total = 0
        for side in ("customer_id", "seller_id"):
            found = await self._log.conversations.find({side: reader}).to_list(None)
            names = [f"{each['_id']}:{reader}" for each in found]
            kept = {each["_id"]: each for each in await self._log.receipts.find({"_id": {"$in": names}}).to_list(None)}
            pairs = zip(found, names, strict=True)
            total += sum(read_receipt(reader, each, kept.get(name)).unread for each, name in pairs)
        return total

    async def _entry(self, reader: str, conversation_id: str, user_ver: int) -> InboxEntry:
        conversation = await self._log.settled(conversation_id)
        last = await self._log.messages.find_one({"conversation_id": conversation_id, "seq": conversation["seq"]})
        return InboxEntry(
            conversation=read_conversation(conversation),
            receipt=read_receipt(reader, conversation, await self._log.receipt(conversation_id, reader)),
            last_message=None if last is None else read_message(last),
            user_ver=user_ver,
        )

    @asked
    async def recount(self, *, reader: str) -> None:
        for side in ("customer_id", "seller_id"):
            for found in await self._log.conversations.find({side: reader}).to_list(None):
                async with self._log.locks.of(found["_id"]):
                    await self._recount(reader, found["_id"])

    async def _recount(self, reader: str, conversation_id: str) -> None:
        """The heads as the last entry of the log has them, the receipt by its messages, and a place in the inbox."""
        before = await self._log.settle(conversation_id)
        last = await self._log.messages.find(after(conversation_id, 0)).sort("_id", -1).limit(1).to_list(1)
        if not last:
            return
        heads = heads_after(last[0])
        await self._log.conversations.update_one({"_id": conversation_id}, {"$set": heads})
        is_right = before == {**before, **heads}
        kept = await self._log.receipt(conversation_id, reader)
        if kept is not None:
            own = await self._own_until(before, reader, kept["read_seq"])
            is_right = is_right and own == kept["read_own"]
            as_found = {"_id": kept["_id"], "read_seq": kept["read_seq"]}
            await self._log.receipts.update_one(as_found, {"$set": {"read_own": own}})
        listed = await self._log.inboxes.find_one({"reader": reader, "conversation_id": conversation_id})
        if listed is None or not is_right:
            await self._log.tell(reader, conversation_id)
