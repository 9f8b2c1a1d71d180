"""An administrator made by whoever runs the server: the first one, or one more when nobody can log in.

A password that an address has already is asked for like any other: somebody else may have registered with the address,
and would become an administrator. Passwords are worked on between transactions, never inside one.
"""

from dataclasses import dataclass

from models.identity.account import EMAILPASS, Known, address_of, check_password
from services.audit import log as audit_log
from services.deps import Deps
from services.identity import account, admin_user, session
from services.infrastructure.database.database import UnitOfWork
from utils.errors import AppError

REASON = "password set on the command line"


class OtherPassword(AppError):
    code, kind = "other_password", "invalid"
    message = (
        "{email} logs in already, with another password. Give that one, or replace it with --reset-password: "
        "all logins of the address end then."
    )


@dataclass(frozen=True, slots=True)
class Order:
    """Whom to make an administrator. `reset_password`: the password replaces the one that the address may have."""

    email: str
    password: str
    role: str
    first_name: str | None = None
    last_name: str | None = None
    reset_password: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """What was done: whether the address logged in before, and whether it has another password now."""

    user_id: str
    had_login: bool
    was_reset: bool


async def is_administrator(deps: Deps, *, email: str) -> bool:
    """Is somebody of this address an administrator who can log in?"""
    async with deps.database.reading() as work:
        known = await account.find_known(work, provider=EMAILPASS, entity_id=address_of(email))
        found = await admin_user.find_by_email(work, email=address_of(email))
    return known is not None and found is not None and admin_user.ACTOR_TYPE in known.actor_types


async def create_admin(deps: Deps, order: Order) -> Made:
    """The identity where there is none, the administrator where there is none, and the link between them."""
    email = address_of(order.email)
    check_password(order.password, email)
    async with deps.database.reading() as work:
        known = await account.find_known(work, provider=EMAILPASS, entity_id=email)
    is_right = known is not None and await deps.passwords.check(order.password, known.password_hash)
    if known is not None and not is_right and not order.reset_password:
        raise OtherPassword(email=email)
    fresh = "" if is_right else await deps.passwords.hash(order.password)
    async with deps.database.unit_of_work() as work:
        identity_id = await _identity(work, email, known, fresh)
        user_id = await _administrator(work, email, order)
        if await account.find_actor_id(work, identity_id=identity_id, actor_type=admin_user.ACTOR_TYPE) != user_id:
            await account.link_actor(work, identity_id=identity_id, actor_type=admin_user.ACTOR_TYPE, actor_id=user_id)
    return Made(user_id, known is not None, known is not None and not is_right)


async def _identity(work: UnitOfWork, email: str, known: Known | None, fresh: str) -> str:
    """Who logs in with the address and the password; whoever had another one is logged out."""
    if known is None:
        identity_id = await account.create_identity(work, entity_id=email, password_hash=fresh)
        await account.mark_verified(work, identity_id=identity_id, entity_id=email)
    elif not fresh:
        await account.lock_password(work, known=known)
        identity_id = known.identity_id
        await account.mark_verified(work, identity_id=identity_id, entity_id=email)
    else:
        identity_id = known.identity_id
        await account.replace_password(work, identity_id=identity_id, entity_id=email, password_hash=fresh)
        await session.revoke_all(work, identity_id=identity_id, reason=REASON)
    return identity_id


async def _administrator(work: UnitOfWork, email: str, order: Order) -> str:
    """The id of the administrator of the address, who is made if there is none."""
    found = await admin_user.find_by_email(work, email=email)
    if found is not None:
        action, facts = "user.link", {"email": email}
    else:
        names = {"first_name": order.first_name, "last_name": order.last_name}
        found = await admin_user.create(work, email=email, role=order.role, **names)
        action, facts = "user.create", {"email": email, "role": order.role}
    await audit_log.record(work, who=audit_log.SYSTEM, action=action, entity="user", entity_id=found.id, after=facts)
    return found.id
