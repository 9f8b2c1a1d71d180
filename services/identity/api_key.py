"""API keys: made, changed, revoked and deleted by administrators. Nobody makes a key that may do more than they may."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from msgspec import UNSET

from models.identity import api_key as keys
from models.identity.admin_user import check_scopes
from models.identity.api_key import PUBLISHABLE, SECRET, ApiKey, KeyInUse, KeyRevoked, ScopesMissing, WrongKeyType
from models.identity.commands import CreateKey, UpdateKey
from models.identity.principal import Principal
from models.seller import invite as invites
from models.shared.commands import given
from models.shared.list_query import ListQuery
from services.audit import log as audit_log
from services.identity import admin_user, reauthentication
from services.identity.api_access import ACCESS
from services.infrastructure.database.database import UnitOfWork
from services.infrastructure.tokens.tokens import hashed
from services.shared.listing import rows_of
from utils.clock import now, to_iso
from utils.errors import NotFound
from utils.ids import ordered_id
from utils.query import ordering

Facts = Mapping[str, Any] | None


async def listing(
    work: UnitOfWork, *, limit: int, offset: int, order: str | None = None, **filters: Any
) -> tuple[list[ApiKey], int]:
    """A page of the keys, revoked ones too, and how many fit."""
    query = ListQuery(limit, offset, ordering(order), filters)
    rows, count = await rows_of(work, keys.API_KEYS, query)
    return [keys.read(row) for row in rows], count


async def get_key(work: UnitOfWork, *, key_id: str) -> ApiKey:
    row = (await work.execute(keys.FIND, {"key_id": key_id})).first()
    if row is None:
        raise NotFound(what="API key", id=key_id)
    return keys.read(row)


async def create(work: UnitOfWork, *, who: Principal, command: CreateKey) -> tuple[ApiKey, str]:
    """Create a key; the key and its token, which for a secret key is shown this once."""
    title, kind, scopes = command.title, command.type, given(command.scopes, None)
    if kind == PUBLISHABLE and scopes:
        raise WrongKeyType()
    granted = sorted(set(who.grants if scopes is None else scopes)) if kind == SECRET else []
    if kind == SECRET and not granted:
        raise ScopesMissing()
    await admin_user.lock_grants(work, who=who)
    check_scopes(who.grants, granted)
    if kind == SECRET:
        await _show_power(work, who)
    token, key_id = keys.new_token(kind), ordered_id("apk")
    shown = {"token": None, "token_hash": hashed(token), "redacted": keys.redacted(token)}
    if kind == PUBLISHABLE:
        shown = {"token": token, "token_hash": None, "redacted": None}
    row = {"id": key_id, "type": kind, "title": title, "scopes": granted, "created_by": _name(who), **shown}
    await work.execute(keys.INSERT, row)
    await _record(work, who, key_id, "create", after={"title": title, "type": kind, "scopes": granted})
    return await get_key(work, key_id=key_id), token


async def change(work: UnitOfWork, *, who: Principal, key_id: str, command: UpdateKey) -> ApiKey:
    """Update title and scopes: those that one adds must be one's own.

    A key that loses scopes loses the open invites that were sent with it.
    """
    if key_id != who.api_key_id:
        await admin_user.lock_grants(work, who=who)
    known = await _locked(work, key_id)
    granted = known.scopes if command.scopes is UNSET else sorted(set(command.scopes))
    if known.type == PUBLISHABLE and granted:
        raise WrongKeyType()
    if known.type == SECRET and not granted:
        raise ScopesMissing()
    check_scopes(who.grants, more := set(granted) - set(known.scopes))
    if more:
        await _show_power(work, who)
    values = {"title": given(command.title, known.title), "scopes": granted}
    await work.execute(keys.CHANGE, {"key_id": key_id, **values})
    if not set(known.scopes) <= set(granted):
        await work.execute(invites.REVOKE_ALL_OF, {"inviter": key_id})
    before, after = audit_log.changes({"title": known.title, "scopes": known.scopes}, values)
    await _record(work, who, key_id, "update", before=before, after=after)
    return await get_key(work, key_id=key_id)


async def _show_power(work: UnitOfWork, who: Principal) -> None:
    """A secret key outlives the login that makes it: that takes fresh proof, and its maker is told."""
    await reauthentication.require_proof_of(work, who=who)
    await reauthentication.notify(work, identity_id=who.identity_id, change="secret_key")


async def revoke(work: UnitOfWork, *, who: Principal, key_id: str, revoke_in: int = 0) -> ApiKey:
    """The key is good for `revoke_in` seconds more; said again before that, the time is another.

    The invites that were sent with it end at once.
    """
    known = await _locked(work, key_id)
    if known.is_revoked(now()):
        raise KeyRevoked()
    ends_at = now() + timedelta(seconds=revoke_in)
    await work.execute(keys.REVOKE, {"key_id": key_id, "ends_at": ends_at, "revoked_by": _name(who)})
    await work.execute(invites.REVOKE_ALL_OF, {"inviter": key_id})
    before, after = {"revoked_at": to_iso(known.revoked_at)}, {"revoked_at": to_iso(ends_at)}
    await _record(work, who, key_id, "revoke", before=before, after=after)
    return await get_key(work, key_id=key_id)


async def remove(work: UnitOfWork, *, who: Principal, key_id: str) -> None:
    """Forget a key that was revoked."""
    known = await _locked(work, key_id)
    if not known.is_revoked(now()):
        raise KeyInUse()
    await work.execute(keys.DELETE, {"key_id": key_id})
    before = {"title": known.title, "type": known.type, "scopes": known.scopes}
    await _record(work, who, key_id, "delete", before=before)


async def link_channels(
    work: UnitOfWork, *, who: Principal, key_id: str, add: Iterable[str] = (), remove: Iterable[str] = ()
) -> ApiKey:
    """Which sales channels a storefront with this key sees; removed first, then added."""
    known = await _locked(work, key_id)
    if known.type != PUBLISHABLE:
        raise WrongKeyType()
    added, removed = list(dict.fromkeys(add)), list(dict.fromkeys(remove))
    there = set((await work.execute(keys.CHANNELS_THERE, {"ids": added})).scalars())
    for channel_id in added:
        if channel_id not in there:
            raise NotFound(what="Sales channel", id=channel_id)
    if removed:
        await work.execute(keys.REMOVE_CHANNELS, {"key_id": key_id, "ids": removed})
    if added:
        await work.execute(keys.ADD_CHANNEL, [{"api_key_id": key_id, "sales_channel_id": each} for each in added])
    changed = await get_key(work, key_id=key_id)
    before, after = audit_log.changes(_channels(known), _channels(changed))
    await _record(work, who, key_id, "update", before=before, after=after)
    return changed


def _channels(key: ApiKey) -> dict[str, list[str]]:
    return {"sales_channels": sorted(each["id"] for each in key.sales_channels)}


def _name(who: Principal) -> str | None:
    return who.actor_id or who.api_key_id


async def _locked(work: UnitOfWork, key_id: str) -> ApiKey:
    """The key, while nobody else changes it."""
    await work.execute(keys.LOCK, {"key_id": key_id})
    return await get_key(work, key_id=key_id)


async def _record(
    work: UnitOfWork, who: Principal, key_id: str, verb: str, *, before: Facts = None, after: Facts = None
) -> None:
    """What changes a key is told to the log, and to this process's copy of the keys."""
    work.touch(ACCESS.name)
    action = f"api_key.{verb}"
    await audit_log.record(work, who=who, action=action, entity="api_key", entity_id=key_id, before=before, after=after)
