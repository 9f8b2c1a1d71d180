"""Writing the logs of chat in MongoDB, without transactions: an insert is the commit, and all else follows from it.

Who is cut off after the insert leaves a change that is not yet in the conversation's heads: whoever comes to the
conversation next, to read or to write, sees it behind them and does what is missing (`settled`).
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import DuplicateKeyError

from models.chat.conversation import ConversationNotFound
from models.chat.message import MessageNotFound, NewMessage, Sent, sent_before
from models.chat.place import Place
from services.infrastructure.chat.documents import (
    Document,
    Found,
    after,
    edit_document,
    heads_after,
    message_document,
    number_of,
    place,
    read_message,
    read_receipt,
    sides_of,
)
from services.infrastructure.chat.locks import Locks

PAUSE_SECONDS = 0.005  # before another try, when another process was faster


class MongoLog:
    def __init__(self, collection: Callable[[str], AsyncCollection[Document]]) -> None:
        self.conversations = collection("conversation")
        self.messages = collection("message")
        self.inboxes = collection("inbox")
        self.receipts = collection("receipt")
        self.locks = Locks()

    async def conversation(self, conversation_id: str) -> Document:
        """As it is kept, with heads that may lag behind; or ConversationNotFound."""
        found = await self.conversations.find_one({"_id": conversation_id})
        if found is None:
            raise ConversationNotFound(conversation_id=conversation_id)
        return found

    async def tail(self, conversation: Found) -> list[Document]:
        """What the log has beyond the heads."""
        found = self.messages.find(after(conversation["_id"], conversation["ver"])).sort("_id", 1)
        return await found.to_list(None)

    async def settled(self, conversation_id: str) -> Document:
        """The conversation with all that was ever committed to it."""
        conversation = await self.conversation(conversation_id)
        if not await self.tail(conversation):
            return conversation
        async with self.locks.of(conversation_id):
            return await self.settle(conversation_id)

    async def settle(self, conversation_id: str) -> Document:
        """The same, for who holds the lock."""
        conversation = await self.conversation(conversation_id)
        return await self.follow(conversation, await self.tail(conversation))

    async def follow(self, conversation: Document, entries: list[Document]) -> Document:
        """Do what follows from new entries of the log. Harmless when repeated; the heads come last: it is done."""
        return (await self.follow_and_place(conversation, entries))[0] if entries else conversation

    async def follow_and_place(self, conversation: Document, entries: list[Document]) -> tuple[Document, list[int]]:
        """The same, and the places in the inboxes of the customer and the seller."""
        for entry in entries:
            if "of" in entry:
                await self.apply(entry)
        numbers = await asyncio.gather(*(self.tell(reader, conversation["_id"]) for reader in sides_of(conversation)))
        heads = heads_after(entries[-1])
        await self.conversations.update_one({"_id": conversation["_id"], "ver": {"$lt": heads["ver"]}}, {"$set": heads})
        return {**conversation, **heads}, [*numbers]

    async def apply(self, entry: Document) -> None:
        """Bring a message up to date. The entry forgets what it said: of a deleted text nothing is to be left."""
        ver = number_of(entry)
        changed = {**entry.get("set", {}), "ver": ver}
        await self.messages.update_one({"_id": entry["of"], "ver": {"$lt": ver}}, {"$set": changed})
        await self.messages.update_one({"_id": entry["_id"]}, {"$unset": {"set": ""}})

    async def tell(self, reader: str, conversation_id: str) -> int:
        """Put a conversation at the end of a side's inbox; its number there. The next one is taken after the last one
        is seen: no lower number comes to light after a higher one."""
        async with self.locks.of(reader):
            last = await self.inboxes.find(after(reader, 0)).sort("_id", -1).limit(1).to_list(1)
            number = number_of(last[0]) + 1 if last else 1
            entry = {"reader": reader, "conversation_id": conversation_id}
            while True:
                try:
                    await self.inboxes.insert_one({"_id": place(reader, number), **entry})
                    break
                except DuplicateKeyError:  # another process
                    number += 1
            await self.inboxes.delete_many({**entry, "_id": {"$lt": place(reader, number)}})
            return number

    async def append(self, conversation_id: str, message_id: str, new: NewMessage) -> Sent:
        """A new message, or the one that was sent before."""
        async with self.locks.of(conversation_id):
            conversation = await self.conversation(conversation_id)
            while True:
                document = message_document(conversation, message_id, new)
                try:
                    await self.messages.insert_one(document)
                    break
                except DuplicateKeyError:
                    conversation = await self.settle(conversation_id)
                    found = await self.sent(conversation_id, new)
                if found is not None:
                    return sent_before(read_message(found), found["content_hash"], new)
                await asyncio.sleep(PAUSE_SECONDS)
            conversation, numbers = await self.follow_and_place(conversation, [document])
        sides = zip(sides_of(conversation), numbers, strict=True)
        places = [self.placed(conversation, reader, number) for reader, number in sides]
        return Sent(message=read_message(document), is_duplicate=False, places=tuple(await asyncio.gather(*places)))

    async def receipt(self, conversation_id: str, reader: str) -> Document | None:
        return await self.receipts.find_one({"_id": f"{conversation_id}:{reader}"})

    async def last_place(self, conversation_id: str, reader: str) -> int:
        """Where it stands in a side's inbox; 0 when nothing was ever said."""
        found = await self.inboxes.find({"reader": reader, "conversation_id": conversation_id}).to_list(None)
        return max(map(number_of, found), default=0)

    async def placed(self, conversation: Found, reader: str, number: int) -> Place:
        kept = read_receipt(reader, conversation, await self.receipt(conversation["_id"], reader))
        return Place(reader=reader, user_ver=number, unread=kept.unread)

    async def sent(self, conversation_id: str, new: NewMessage) -> Document | None:
        return await self.messages.find_one(
            {"conversation_id": conversation_id, "sender_id": new.sender_id, "cid": new.cid}
        )

    async def change(
        self, conversation_id: str, message_id: str, body: Mapping[str, Any] | None, ver: int | None
    ) -> Document:
        """A message's next form; without a body its tombstone."""
        async with self.locks.of(conversation_id):
            while True:
                conversation = await self.settle(conversation_id)
                found = await self.message(conversation_id, message_id)
                message = read_message(found)
                if body is None and message.deleted_at is not None:
                    return found
                message.require_body()
                message.require_ver(ver)
                entry = edit_document(conversation, found, body)
                try:
                    await self.messages.insert_one(entry)
                    break
                except DuplicateKeyError:
                    await asyncio.sleep(PAUSE_SECONDS)
            await self.follow(conversation, [entry])
            return {**found, **entry["set"], "ver": number_of(entry)}

    async def message(self, conversation_id: str, message_id: str) -> Document:
        """Its own document; or MessageNotFound."""
        found = await self.messages.find_one({"conversation_id": conversation_id, "id": message_id})
        if found is None:
            raise MessageNotFound(message_id=message_id)
        return found
