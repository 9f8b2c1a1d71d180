"""API keys: which sales channels a storefront's publishable key opens, and what a secret key may do."""

from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic

from models.identity import api_key as keys
from models.identity import api_key as statements
from models.identity.principal import Principal
from models.schema.roles import Grants, Rights
from services.infrastructure.cache.snapshots import Connection, Scope
from services.infrastructure.database.database import Database, UnitOfWork
from services.infrastructure.tokens.tokens import hashed
from utils.clock import now
from utils.config import Settings

USE_NOTED_SECONDS = 300.0  # how exactly the last use is known


@dataclass(frozen=True, slots=True)
class SecretKey:
    """What a secret key may do as far as this version has grants for its scopes, and until when."""

    id: str
    scopes: frozenset[str]
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Access:
    """Who stands behind each key: publishable ones as anonymous principals by token, secret ones by their hash.

    `ends` is when a publishable key ends that was revoked ahead of time.
    """

    principals: dict[str, Principal]
    ends: dict[str, datetime]
    secrets: dict[bytes, SecretKey]

    def principal(self, token: str) -> Principal | None:
        """The principal of a publishable key that is good."""
        found = self.principals.get(token)
        if found is not None and self.ends and token in self.ends and self.ends[token] <= now():
            return None
        return found

    def secret(self, token: str) -> SecretKey | None:
        """The secret key that is good."""
        found = self.secrets.get(hashed(token))
        if found is not None and found.revoked_at is not None and found.revoked_at <= now():
            return None
        return found


@dataclass(slots=True)
class KeyUses:
    """When this process last noted the use of each secret key."""

    noted: dict[str, float] = field(default_factory=dict)

    def is_due(self, key_id: str) -> bool:
        """Is it time to note a use? Says so once."""
        moment = monotonic()
        if moment - self.noted.get(key_id, -USE_NOTED_SECONDS) < USE_NOTED_SECONDS:
            return False
        self.noted[key_id] = moment
        return True


async def load(connection: Connection) -> Access:
    channels: dict[tuple[str, str], list[str]] = {}
    access = Access({}, {}, {})
    moment = now()
    for row in await connection.execute(statements.LOAD_ACCESS):
        if row.revoked_at is not None and row.revoked_at <= moment:
            continue
        if row.token is None:
            access.secrets[row.token_hash] = SecretKey(row.id, frozenset(row.scopes), row.revoked_at)
            continue
        if row.revoked_at is not None:
            access.ends[row.token] = row.revoked_at
        held = channels.setdefault((row.token, row.id), [])
        if row.channel_id is not None:
            held.append(row.channel_id)
    for (token, key_id), channel_ids in channels.items():
        access.principals[token] = Principal(key_id=key_id, sales_channel_ids=tuple(channel_ids))
    return access


async def live_grants(work: UnitOfWork, *, key_id: str) -> Grants | None:
    """What a secret key may do at this moment, asked of the database; None when it is revoked or gone."""
    row = (await work.execute(keys.GRANTS_OF, {"key_id": key_id})).first()
    return None if row is None else work.snapshots.cache(Rights).user.intersection(row.scopes)


async def note_use(database: Database, *, key_id: str) -> None:
    """Remember that the key was used, every few minutes at the most."""
    if database.snapshots.cache(KeyUses).is_due(key_id):
        async with database.reading() as work:
            await work.execute(keys.NOTE_USE, {"key_id": key_id})


ACCESS: Scope[Access] = Scope("access", load)


async def shown_key(settings: Settings, database: Database) -> str:
    """A publishable key for the reference page to try requests with; none outside development."""
    if not settings.in_development:
        return ""
    async with database.reading() as work:
        access = await work.snapshot(ACCESS)
    return next((token for token in access.principals if access.principal(token) is not None), "")
