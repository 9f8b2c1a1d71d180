"""Administrators: listed, changed and removed. Nobody reaches above their own grants, and one admin stays."""

from collections.abc import Mapping
from typing import Any

from models.identity import admin_user as users
from models.identity import api_key as keys
from models.identity.admin_user import (
    ADMIN,
    LastAdmin,
    NotAPerson,
    OwnAccount,
    PowerLost,
    User,
    UserExists,
    check_grants,
)
from models.identity.commands import UpdateOwnUser
from models.identity.identity import SCOPE
from models.identity.principal import Principal
from models.schema.roles import Rights
from models.seller import invite as invites
from models.shared.list_query import ListQuery
from services.audit import log as audit_log
from services.identity import account, reauthentication
from services.infrastructure.database.database import UnitOfWork
from services.shared.listing import rows_of
from utils.errors import NotFound
from utils.ids import new_id
from utils.query import ordering

ACTOR_TYPE = "user"
Facts = Mapping[str, Any] | None


async def listing(
    work: UnitOfWork, *, limit: int, offset: int, order: str | None = None, **filters: Any
) -> tuple[list[User], int]:
    """A page of the administrators, and how many fit."""
    query = ListQuery(limit, offset, ordering(order), filters)
    rows, count = await rows_of(work, users.USERS, query)
    return [users.read(row) for row in rows], count


async def get_user(work: UnitOfWork, *, user_id: str) -> User:
    row = (await work.execute(users.FIND, {"user_id": user_id})).first()
    if row is None:
        raise NotFound(what="User", id=user_id)
    return users.read(row)


async def find_by_email(work: UnitOfWork, *, email: str) -> User | None:
    row = (await work.execute(users.BY_EMAIL, {"email": email})).first()
    return None if row is None else users.read(row)


def own_id(who: Principal) -> str:
    """The id of the administrator who calls; NotAPerson for a secret key."""
    if who.actor_id is None:
        raise NotAPerson()
    return who.actor_id


async def create(
    work: UnitOfWork, *, email: str, role: str, first_name: str | None = None, last_name: str | None = None
) -> User:
    """Create an administrator, who has yet to be linked to an identity; UserExists for an address that is taken."""
    values = {"email": email, "role": role, "first_name": first_name, "last_name": last_name}
    row = (await work.execute(users.INSERT, {"id": new_id("user"), **values})).first()
    if row is None:
        raise UserExists(email=email)
    return users.read(row)


async def change(work: UnitOfWork, *, who: Principal, user_id: str, command: UpdateOwnUser) -> User:
    """Update name, picture, metadata and role; what the command does not name stays."""
    known, admins = await _locked(work, who, user_id)
    values = {name: getattr(known, name) for name in ("role", *users.SAID)} | command.changes()
    if values["role"] != known.role:
        _check_power(work.snapshots.cache(Rights), who, known, admins, values["role"])
        if values["role"] == ADMIN:
            await reauthentication.require_proof_of(work, who=who)
            await reauthentication.notify(work, identity_id=who.identity_id, change="administrator_made")
        await _moved(work, user_id)
    changed = users.read((await work.execute(users.CHANGE, {"user_id": user_id, **values})).first())
    before, after = audit_log.changes({name: getattr(known, name) for name in values}, values)
    await _record(work, who, user_id, "update", before, after)
    return changed


async def remove(work: UnitOfWork, *, who: Principal, user_id: str) -> None:
    """Take an administrator's power, and end their logins as one."""
    known, admins = await _locked(work, who, user_id)
    _check_power(work.snapshots.cache(Rights), who, known, admins)
    await work.execute(users.REMOVE, {"user_id": user_id})
    await account.unlink_actor(work, actor_type=ACTOR_TYPE, actor_id=user_id)
    await _moved(work, user_id)
    await _record(work, who, user_id, "delete", {"email": known.email, "role": known.role}, None)


async def lock_grants(work: UnitOfWork, *, who: Principal) -> None:
    """What the caller, a person or a key, may do stays until the transaction ends; PowerLost if it is less already."""
    rights = work.snapshots.cache(Rights)
    if who.api_key_id is not None:
        scopes = (await work.execute(keys.HOLD, {"key_id": who.api_key_id})).scalar_one_or_none()
        held = frozenset(scopes or ())
    else:
        row = (await work.execute(users.HOLD, {"user_id": who.actor_id})).first()
        held = frozenset() if row is None else rights.of_user_role[row.role]
    if not who.grants <= held:
        raise PowerLost()


async def _locked(work: UnitOfWork, who: Principal, user_id: str) -> tuple[User, int]:
    """The user and the number of admins, while nobody else changes either. Who acts must be one still: two may remove
    each other."""
    found = {row.id: users.read(row) for row in await work.execute(users.LOCK_ALL)}
    acting, rights = found.get(str(who.actor_id)), work.snapshots.cache(Rights)
    if who.api_key_id is None and (acting is None or not who.grants <= rights.of_user_role[acting.role]):
        raise PowerLost()
    if user_id not in found:
        raise NotFound(what="User", id=user_id)
    return found[user_id], sum(user.role == ADMIN for user in found.values())


def _check_power(rights: Rights, who: Principal, known: User, admins: int, *roles: str) -> None:
    """May the caller give this user another role, or none?"""
    if known.id == who.actor_id:
        raise OwnAccount()
    check_grants(rights, who.grants, known.role, *roles)
    if known.role == ADMIN and ADMIN not in roles and admins < 2:
        raise LastAdmin()


async def _moved(work: UnitOfWork, user_id: str) -> None:
    """The change counts at once, and the invites that were sent with the old power do no more."""
    work.touch(SCOPE, (user_id,))
    await work.execute(invites.REVOKE_ALL_OF, {"inviter": user_id})


async def _record(work: UnitOfWork, who: Principal, user_id: str, verb: str, before: Facts, after: Facts) -> None:
    action = f"user.{verb}"
    await audit_log.record(work, who=who, action=action, entity="user", entity_id=user_id, before=before, after=after)
