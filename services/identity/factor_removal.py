"""The way back for who has lost a second factor and the mailbox: one administrator asks, another one approves.

No administrator can do it alone, nor by a secret key; both have just proven who they are. The person's address is told
when it is asked for and when it is done.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from models.identity import factor_removal as statements
from models.identity.admin_user import NotAPerson
from models.identity.commands import AskFactorRemoval
from models.identity.factor_removal import (
    APPROVED,
    REJECTED,
    REQUESTED,
    NoFactorToRemove,
    Removal,
    RemovalClosed,
    SecondPersonNeeded,
)
from models.identity.identity import LOCK_IDENTITY
from models.identity.principal import Principal
from services.audit import log as audit_log
from services.identity import admin_user, mfa, reauthentication, session
from services.infrastructure.database.database import UnitOfWork
from utils.clock import now
from utils.errors import NotFound
from utils.ids import new_id

LIVES = timedelta(days=3)


def _read(row: Any) -> Removal:
    return Removal(*(row[name] for name in Removal.__slots__))


async def listing(work: UnitOfWork) -> list[Removal]:
    """The latest requests."""
    return [_read(row) for row in await work.execute(statements.LIST)]


async def ask(work: UnitOfWork, *, who: Principal, command: AskFactorRemoval) -> Removal:
    """Ask for the removal of a person's second factor; another administrator decides within LIVES."""
    await _acting(work, who)
    actor_type, actor_id, reason = command.actor_type, command.actor_id, command.reason
    terms = {"of_type": actor_type, "of_id": actor_id}
    identity_id = (await work.execute(statements.FIND_IDENTITY, terms)).scalar_one_or_none()
    if identity_id is None:
        raise NotFound(what="Person", id=actor_id)
    if not any(factor.status == "enabled" for factor in await mfa.list_factors(work, identity_id=identity_id)):
        raise NoFactorToRemove()
    row = {"id": new_id("frem"), "auth_identity_id": identity_id, "reason": reason, "requested_by": who.actor_id}
    await work.execute(statements.INSERT, {**row, "expires_at": now() + LIVES})
    await _record(work, who, row["id"], "request", {"actor_type": actor_type, "actor_id": actor_id, "reason": reason})
    await reauthentication.notify(work, identity_id=identity_id, change="factor_removal_requested")
    return await _locked(work, str(row["id"]))


async def approve(work: UnitOfWork, *, who: Principal, removal_id: str) -> Removal:
    """Remove the factor and its recovery codes, and end the person's logins; SecondPersonNeeded for who asked."""
    await _acting(work, who)
    removal = await _open(work, removal_id)
    if removal.requested_by == who.actor_id or removal.auth_identity_id == who.identity_id:
        raise SecondPersonNeeded()
    identity_id = removal.auth_identity_id
    await work.execute(LOCK_IDENTITY, {"identity_id": identity_id})
    await mfa.delete_all(work, identity_id=identity_id)
    await session.revoke_all(work, identity_id=identity_id, reason="second factor removed by administrators")
    await reauthentication.notify(work, identity_id=identity_id, change="factor_removed")
    return await _decide(work, who, removal_id, APPROVED, "approve")


async def reject(work: UnitOfWork, *, who: Principal, removal_id: str) -> Removal:
    """Nothing is removed; who asked may take it back so."""
    admin_user.own_id(who)
    await _open(work, removal_id)
    return await _decide(work, who, removal_id, REJECTED, "reject")


async def _acting(work: UnitOfWork, who: Principal) -> None:
    """A person, who is an administrator still and has just proven it."""
    if who.actor_id is None:
        raise NotAPerson()
    await admin_user.lock_grants(work, who=who)
    await reauthentication.require_proof(work, session_id=who.session_id)


async def _open(work: UnitOfWork, removal_id: str) -> Removal:
    removal = await _locked(work, removal_id)
    if removal.state != REQUESTED:
        raise RemovalClosed(status=removal.state)
    return removal


async def _locked(work: UnitOfWork, removal_id: str) -> Removal:
    row = (await work.execute(statements.LOCK, {"of_id": removal_id})).first()
    if row is None:
        raise NotFound(what="Factor removal", id=removal_id)
    return _read(row)


async def _decide(work: UnitOfWork, who: Principal, removal_id: str, status: str, verb: str) -> Removal:
    await work.execute(statements.DECIDE, {"of_id": removal_id, "becomes": status, "by": who.actor_id})
    await _record(work, who, removal_id, verb, {"status": status})
    return await _locked(work, removal_id)


async def _record(work: UnitOfWork, who: Principal, removal_id: Any, verb: str, after: Mapping[str, Any]) -> None:
    await audit_log.record(
        work,
        who=who,
        action=f"factor_removal.{verb}",
        entity="factor_removal",
        entity_id=str(removal_id),
        after=after,
    )
