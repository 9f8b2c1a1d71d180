"""What a process works with: built once, frozen, handed to every request under one key."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Protocol, runtime_checkable

from models.product.product import OrderLimit
from models.schema.roles import Rights
from models.shared.ownership import Owned, Ownership
from services.cache_invalidation import CacheInvalidation
from services.call import Runner
from services.chat import messenger as messengers
from services.chat.messenger import Messenger
from services.identity import session
from services.infrastructure.bus.memory import MemoryBus
from services.infrastructure.bus.postgres import PostgresBus
from services.infrastructure.bus.slot import Bus
from services.infrastructure.cache.pages import Fragments, Pages
from services.infrastructure.cache.session_cache import SessionCache
from services.infrastructure.cache.snapshots import Snapshots
from services.infrastructure.chat.postgres import PostgresChat
from services.infrastructure.chat.slot import ChatStore
from services.infrastructure.database.change_notices import Changes
from services.infrastructure.database.database import Database
from services.infrastructure.database.sandbox_clock import SandboxClock
from services.infrastructure.files.local import LocalFiles
from services.infrastructure.files.slot import FileStore
from services.infrastructure.images.pool import Images
from services.infrastructure.sessions.slot import CookieStore, PostgresCookies
from services.infrastructure.tokens.passwords import Passwords
from services.infrastructure.tokens.tokens import Tokens, secret_of
from services.providers.login.slot import AuthProvider, auth_providers
from services.providers.notification.slot import MailFolder, Notifications
from services.providers.payment import InstalledPayments, payment_providers
from services.providers.payment.ports import PaymentProvider
from services.shared.seed_sections import Section, Sections
from utils.clock import SYSTEM, Clock
from utils.config import MEMORY, Settings


@dataclass(slots=True)
class Lifecycle:
    """Where the process stands; `/ready` says 503 while it drains."""

    draining: bool = False


@runtime_checkable
class Closable(Protocol):
    async def close(self) -> None:
        """Give threads and connections back."""
        ...


Work = Callable[["Deps"], Awaitable[None]]
React = Callable[["Deps", Mapping[str, Any]], Awaitable[None]]
Make = Callable[[Settings, Any], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Extensions:
    """What plug-ins add below the routes; without plug-ins nothing.

    `settings` holds each plug-in's own by its name, `makers` what makes the providers of a slot by their ids: it gets
    the settings of the server and those of the plug-in. `races` are constraints that two requests at once may hit.
    """

    settings: Mapping[str, Any] = field(default_factory=dict)
    rights: Rights = field(default_factory=Rights)
    owned: tuple[Owned, ...] = ()
    races: frozenset[str] = frozenset()
    makers: Mapping[str, Mapping[str, tuple[str, Make]]] = field(default_factory=dict)
    reactions: Mapping[str, tuple[React, ...]] = field(default_factory=dict)
    tasks: tuple[tuple[str, Work], ...] = ()
    workflows: Mapping[str, Any] = field(default_factory=dict)
    sections: tuple[Section, ...] = ()

    def providers(self, settings: Settings) -> Mapping[str, Mapping[str, Any]]:
        """The providers of plug-ins by slot and id."""
        return {
            slot: {key: make(settings, self.settings.get(plugin)) for key, (plugin, make) in makers.items()}
            for slot, makers in self.makers.items()
        }


@dataclass(frozen=True, slots=True)
class Deps:
    settings: Settings
    database: Database
    snapshots: Snapshots
    changes: Changes
    pages: Pages
    files: FileStore
    tokens: Tokens
    session_cache: SessionCache
    cookies: CookieStore
    chat: ChatStore
    bus: Bus
    messenger: Messenger
    clock: Clock
    notifications: Notifications
    passwords: Passwords = field(default_factory=Passwords)
    auth_providers: Mapping[str, AuthProvider] = field(default_factory=lambda: auth_providers(Settings()))
    images: Images = field(default_factory=Images)
    payments: Mapping[str, PaymentProvider] = field(default_factory=payment_providers)
    lifecycle: Lifecycle = field(default_factory=Lifecycle)
    runner: Runner = field(default_factory=Runner)
    extensions: Extensions = field(default_factory=Extensions)
    providers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # of plug-ins, by slot and id

    @property
    def rights(self) -> Rights:
        return self.extensions.rights

    def settings_of(self, plugin: str) -> Any:
        """The settings of the plug-in of this name."""
        return self.extensions.settings[plugin]

    def own_providers(self) -> Iterator[Any]:
        """Every provider that a plug-in brought; those of login are closed with the others of their slot."""
        return chain.from_iterable(held.values() for slot, held in self.providers.items() if slot != LOGIN)

    async def close(self) -> None:
        for provider in self.own_providers():
            if isinstance(provider, Closable):
                await provider.close()
        await self.messenger.close()
        await self.chat.close()
        for provider in self.auth_providers.values():
            await provider.close()
        await self.cookies.close()
        if isinstance(self.files, Closable):
            await self.files.close()
        await self.passwords.close()
        await self.database.close()


PAYMENT, LOGIN = "payment", "login"
SLOTS = (PAYMENT, LOGIN)  # that plug-ins may fill beside slots of their own


def build(settings: Settings, extensions: Extensions | None = None, clock: Clock | None = None) -> Deps:
    """The real things, wired; nothing is connected before it is used.

    Without a clock, the machine's; in development one that `python app.py clock` moves.
    """
    clock = clock or (SandboxClock() if settings.in_development else SYSTEM)
    more = extensions or Extensions()
    providers = more.providers(settings)
    payments = {**payment_providers(), **providers.get(PAYMENT, {})}
    snapshots = Snapshots()
    pages = Pages(settings.page_cache_bytes)
    database = Database(
        settings.database_url, snapshots, pool_size=settings.database_pool_size, races=more.races, clock=clock
    )
    open_registries(snapshots, more, payments)
    changes = Changes(database.engine, snapshots)
    snapshots.caches[OrderLimit] = OrderLimit(settings.order_quantity_limit)
    CacheInvalidation(database, pages, product_count=settings.product_cache_count).attach(changes)
    if isinstance(clock, SandboxClock):
        clock.follow(database, (pages, snapshots.cache(Fragments)))
    tokens = Tokens(secret_of(settings), settings.auth_former_secrets, clock=clock)
    chat, bus = chat_store(settings, database), bus_of(settings, database, changes)
    return Deps(
        settings=settings,
        database=database,
        snapshots=snapshots,
        changes=changes,
        pages=pages,
        files=file_store(settings),
        tokens=tokens,
        session_cache=SessionCache(database, changes, session.load),
        cookies=cookie_store(settings, database),
        chat=chat,
        bus=bus,
        messenger=messengers.build(chat, database, bus, edit_minutes=settings.chat_edit_minutes),
        clock=clock,
        notifications=MailFolder(settings.data_dir / "outbox"),
        auth_providers={**auth_providers(settings), **providers.get(LOGIN, {})},
        payments=payments,
        extensions=more,
        providers=providers,
    )


def open_registries(snapshots: Snapshots, more: Extensions, payments: Mapping[str, PaymentProvider]) -> None:
    """Hand what plug-ins add to the tables that services read with nothing but the unit of work in hand."""
    snapshots.caches |= {
        Rights: more.rights,
        Ownership: Ownership(more.owned),
        Sections: Sections(more.sections),
        InstalledPayments: InstalledPayments(payments),
    }


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


def chat_store(settings: Settings, database: Database) -> ChatStore:
    """MongoDB where there is one, else the database."""
    if not settings.mongo_url:
        return PostgresChat(database)
    from services.infrastructure.chat.mongo import MongoChat  # the driver takes 0.3 s to load

    return MongoChat(settings.mongo_url, driver=settings.mongo_driver)


def bus_of(settings: Settings, database: Database, changes: Changes) -> Bus:
    """The database by default, for nobody can see from here how many processes serve it."""
    return MemoryBus() if settings.bus == MEMORY else PostgresBus(database, changes)
