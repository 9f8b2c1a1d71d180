"""Chat in MongoDB, or in a server that speaks its protocol, through `motor` or the async client of `pymongo` itself.

Only what both have in one form is used: `aggregate`, `list_indexes` and `watch` are awaited with the one and not with
the other.
"""

from collections.abc import Callable, Mapping
from inspect import isawaitable
from typing import Any

from pymongo import ASCENDING, AsyncMongoClient, IndexModel
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import PyMongoError
from pymongo.monitoring import CommandListener
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from services.infrastructure.chat.slot import INDEXES, ChatAway
from services.infrastructure.http.circuit_breaker import Breaker

Document = dict[str, Any]
PREPARE_MS = 30_000  # building an index over what is there already
ANSWER_MS = 2_000
CONNECT_MS = 1_000
LONGEST_SECONDS = 10.0
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
