"""What a process works with: built once, frozen, handed to every request under one key."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from services.freshness import Freshness
from services.gateways import payment_providers
from services.gateways.ports import PaymentProvider
from services.infra.changes import Changes
from services.infra.chat_store import ChatStore
from services.infra.database import Database
from services.infra.files import FileStore, LocalFiles
from services.infra.pages import Pages
from services.infra.snapshots import Snapshots
from utils.config import Settings


@dataclass(slots=True)
class Lifecycle:
    """Where the process stands; `/ready` says 503 while it drains."""

    draining: bool = False


@dataclass(frozen=True, slots=True)
class Deps:
    settings: Settings
    database: Database
    snapshots: Snapshots
    changes: Changes
    pages: Pages
    files: FileStore
    payments: Mapping[str, PaymentProvider] = field(default_factory=payment_providers)
    lifecycle: Lifecycle = field(default_factory=Lifecycle)
    chat: ChatStore | None = None

    async def close(self) -> None:
        if self.chat is not None:
            await self.chat.close()
        await self.database.close()


Work = Callable[[Deps], Awaitable[None]]


def build(settings: Settings) -> Deps:
    """The real things, wired; nothing is connected before it is used."""
    snapshots = Snapshots()
    pages = Pages(settings.page_cache_bytes)
    database = Database(settings.database_url, snapshots, pool_size=settings.database_pool_size)
    changes = Changes(database.engine, snapshots)
    Freshness(database, pages, product_count=settings.product_cache_count).attach(changes)
    return Deps(
        settings=settings,
        database=database,
        snapshots=snapshots,
        changes=changes,
        pages=pages,
        files=LocalFiles(settings.data_dir / "files", settings.base_url),
        chat=chat_store(settings),
    )


def chat_store(settings: Settings) -> ChatStore | None:
    if not settings.mongo_url:
        return None
    from services.infra.mongo_chat import MongoChat  # the driver takes 0.3 s to load

    return MongoChat(settings.mongo_url)
