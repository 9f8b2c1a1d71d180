"""What a process works with: built once, frozen, handed to every request under one key."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from models.product.product import OrderLimit
from services.cache_invalidation import CacheInvalidation
from services.identity import session
from services.infrastructure.cache.pages import Pages
from services.infrastructure.cache.session_cache import Standings
from services.infrastructure.cache.snapshots import Snapshots
from services.infrastructure.chat.slot import ChatStore
from services.infrastructure.database.change_notices import Changes
from services.infrastructure.database.database import Database
from services.infrastructure.files.local import LocalFiles
from services.infrastructure.files.slot import FileStore
from services.infrastructure.images.pool import Images
from services.infrastructure.sessions.slot import CookieStore, PostgresCookies
from services.infrastructure.tokens.passwords import Passwords
from services.infrastructure.tokens.tokens import Tokens, secret_of
from services.providers.login.slot import AuthProvider, auth_providers
from services.providers.notification.slot import MailFolder, Notifications
from services.providers.payment import payment_providers
from services.providers.payment.ports import PaymentProvider
from utils.config import Settings


@dataclass(slots=True)
class Lifecycle:
    """Where the process stands; `/ready` says 503 while it drains."""

    draining: bool = False


@runtime_checkable
class Closable(Protocol):
    async def close(self) -> None:
        """Give threads and connections back."""
        ...


@dataclass(frozen=True, slots=True)
class Deps:
    settings: Settings
    database: Database
    snapshots: Snapshots
    changes: Changes
    pages: Pages
    files: FileStore
    tokens: Tokens
    standings: Standings
    cookies: CookieStore
    notifications: Notifications
    passwords: Passwords = field(default_factory=Passwords)
    auth_providers: Mapping[str, AuthProvider] = field(default_factory=lambda: auth_providers(Settings()))
    images: Images = field(default_factory=Images)
    payments: Mapping[str, PaymentProvider] = field(default_factory=payment_providers)
    lifecycle: Lifecycle = field(default_factory=Lifecycle)
    chat: ChatStore | None = None

    async def close(self) -> None:
        if self.chat is not None:
            await self.chat.close()
        for provider in self.auth_providers.values():
            await provider.close()
        await self.cookies.close()
        if isinstance(self.files, Closable):
            await self.files.close()
        await self.passwords.close()
        await self.database.close()


Work = Callable[[Deps], Awaitable[None]]


def build(settings: Settings) -> Deps:
    """The real things, wired; nothing is connected before it is used."""
    snapshots = Snapshots()
    pages = Pages(settings.page_cache_bytes)
    database = Database(settings.database_url, snapshots, pool_size=settings.database_pool_size)
    changes = Changes(database.engine, snapshots)
    snapshots.caches[OrderLimit] = OrderLimit(settings.order_quantity_limit)
    CacheInvalidation(database, pages, product_count=settings.product_cache_count).attach(changes)
    tokens = Tokens(secret_of(settings))
    return Deps(
        settings=settings,
        database=database,
        snapshots=snapshots,
        changes=changes,
        pages=pages,
        files=file_store(settings),
        tokens=tokens,
        standings=Standings(database, changes, session.load),
        cookies=cookie_store(settings, database),
        notifications=MailFolder(settings.data_dir / "outbox"),
        auth_providers=auth_providers(settings),
        chat=chat_store(settings),
    )


def file_store(settings: Settings) -> FileStore:
    """MinIO where there is one, else a folder."""
    if not settings.minio_endpoint:
        return LocalFiles(settings.data_dir / "files", settings.base_url, fetched_from=settings.files_url)
    from services.infrastructure.files.minio import MinioFiles  # the client takes 0.1 s to load

    return MinioFiles(
        settings.minio_endpoint,
        access_key=settings.minio_access_key,
        secret_key=settings.minio_secret_key,
        bucket=settings.minio_bucket,
        base_url=settings.files_url or settings.base_url,
        public_endpoint=settings.minio_public_url,
    )


def cookie_store(settings: Settings, database: Database) -> CookieStore:
    """Redis where there is one, else the database."""
    if not settings.redis_url:
        return PostgresCookies(database)
    from services.infrastructure.sessions.redis import RedisCookies  # the driver takes 0.3 s to load

    return RedisCookies(settings.redis_url)


def chat_store(settings: Settings) -> ChatStore | None:
    if not settings.mongo_url:
        return None
    from services.infrastructure.chat.mongo import MongoChat  # the driver takes 0.3 s to load

    return MongoChat(settings.mongo_url)
