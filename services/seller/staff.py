"""A seller's staff: who works for it in which role. Owners are above managers, and a seller keeps an owner."""

from collections.abc import Mapping
from typing import Any

from models.identity.identity import SCOPE
from models.identity.principal import Principal
from models.seller import invite as invites
from models.seller import staff
from models.seller.commands import AcceptInvite, UpdateProfile
from models.seller.staff import OWNER, AlreadyMember, Employee, OwnRoleChanged, Profile, check_rank
from models.shared.commands import given
from models.shared.list_query import ListQuery
from services.audit import log as audit_log
from services.identity import account, reauthentication
from services.infrastructure.database.database import UnitOfWork
from services.shared.listing import rows_of
from services.shared.ownership import seller_of
from utils.errors import AppError, NotFound
from utils.ids import new_id
from utils.query import ordering

ACTOR_TYPE = "seller"
Facts = Mapping[str, Any] | None


class MemberGone(AppError):
    code, kind, message = "unauthorized", "unauthorized", "Unauthorized"


async def listing(
    work: UnitOfWork, *, who: Principal, limit: int, offset: int, order: str | None = None, **filters: Any
) -> tuple[list[Employee], int]:
    """A page of the acting seller's staff, and how many fit."""
    query = ListQuery(limit, offset, ordering(order), filters)
    rows, count = await rows_of(work, staff.MEMBERS, query, own_seller=seller_of(who))
    return [staff.read(row) for row in rows], count


async def get_owned_member(work: UnitOfWork, *, who: Principal, member_id: str) -> Employee:
    """A member of the acting seller; members of others are missing."""
    row = (await work.execute(staff.FIND, {"own_seller": seller_of(who), "ids": [member_id]})).first()
    if row is None:
        raise NotFound(what="Member", id=member_id)
    return staff.read(row)


async def change_role(work: UnitOfWork, *, who: Principal, member_id: str, role: str) -> Employee:
    """Another role; it counts from the next request on. Owners are made after fresh proof only."""
    known = await _locked(work, who, member_id, role)
    if role != known.role:
        if role == OWNER:
            await reauthentication.require_proof_of(work, who=who)
            await reauthentication.notify(work, identity_id=who.identity_id, change="owner_made")
        known.require_replaceable()
        await work.execute(staff.SET_ROLE, {"own_seller": seller_of(who), "whose": member_id, "role": role})
        await _moved(work, who, member_id)
    before, after = audit_log.changes({"role": known.role}, {"role": role})
    await _record(work, who, member_id, "update", before, after)
    return await get_owned_member(work, who=who, member_id=member_id)


async def remove(work: UnitOfWork, *, who: Principal, member_id: str) -> None:
    """Take somebody, or oneself, off the staff. Whoever works for no seller any more is still a seller's member."""
    known = await _locked(work, who, member_id)
    known.require_replaceable()
    await work.execute(staff.REMOVE, {"own_seller": seller_of(who), "whose": member_id})
    await _moved(work, who, member_id)
    await _record(work, who, member_id, "remove", {"email": known.email, "role": known.role}, None)


async def hire(
    work: UnitOfWork, *, who: Principal, seller_id: str, role: str, email: str, command: AcceptInvite
) -> str:
    """Put somebody on the staff, with a member row if they have none; AlreadyMember when they are. The member's id."""
    assert who.identity_id is not None, "the row is not for applicants"
    member_id = await account.find_actor_id(work, identity_id=who.identity_id, actor_type=ACTOR_TYPE)
    if member_id is None:
        member_id = new_id("mem")
        names = {name: given(getattr(command, name), None) for name in ("first_name", "last_name", "phone")}
        await work.execute(staff.MAKE_MEMBER, {"id": member_id, "email": email, **names})
        await account.link_actor(work, identity_id=who.identity_id, actor_type=ACTOR_TYPE, actor_id=member_id)
    row = {"seller_id": seller_id, "member_id": member_id, "role": role}
    if (await work.execute(staff.HIRE, row)).first() is None:
        raise AlreadyMember(email=email)
    work.touch(SCOPE, (member_id,))
    return member_id


async def is_member(work: UnitOfWork, *, seller_id: str, email: str) -> bool:
    return (await work.execute(staff.BY_EMAIL, {"own_seller": seller_id, "email": email})).first() is not None


async def get_profile(work: UnitOfWork, *, member_id: str | None) -> Profile:
    """A member with the sellers they work for; MemberGone when there is no such member any more."""
    row = (await work.execute(staff.PROFILE, {"member_id": member_id})).first()
    if row is None:
        raise MemberGone()
    return staff.read_profile(row)


async def change_profile(work: UnitOfWork, *, member_id: str | None, command: UpdateProfile) -> Profile:
    """Update names, telephone and metadata; what the command does not name stays."""
    profile = await get_profile(work, member_id=member_id)
    values = {name: getattr(profile, name) for name in staff.SAID} | command.changes()
    await work.execute(staff.CHANGE_PROFILE, {"member_id": member_id, **values})
    return await get_profile(work, member_id=member_id)


async def lock_own_role(work: UnitOfWork, who: Principal, *roles: str) -> None:
    """The caller manages the staff, these roles too, and goes on to until the transaction ends; refused otherwise."""
    acting = await _locked(work, who, str(who.actor_id))
    if not acting.may_manage:
        raise OwnRoleChanged()
    check_rank(acting.role, *roles)


async def _locked(work: UnitOfWork, who: Principal, member_id: str, *roles: str) -> Employee:
    """A member whom the caller may change, while nobody else changes the staff.

    Who acts is looked up again: of two owners who remove each other the second one is none any more.
    """
    own = {"own_seller": seller_of(who)}
    await work.execute(staff.LOCK_SELLER, own)
    rows = await work.execute(staff.FIND, {**own, "ids": [who.actor_id, member_id]})
    found = {row.id: staff.read(row) for row in rows}
    acting, known = found.get(str(who.actor_id)), found.get(member_id)
    if acting is None or (known is not acting and not acting.may_manage):
        raise OwnRoleChanged()
    if known is None:
        raise NotFound(what="Member", id=member_id)
    check_rank(acting.role, known.role, *roles)
    return known


async def _moved(work: UnitOfWork, who: Principal, member_id: str) -> None:
    """The new role counts at once, and the invites that were sent in the old one do no more."""
    work.touch(SCOPE, (member_id,))
    await work.execute(invites.REVOKE_OF, {"own_seller": seller_of(who), "inviter": member_id})


async def _record(work: UnitOfWork, who: Principal, member_id: str, verb: str, before: Facts, after: Facts) -> None:
    action = f"member.{verb}"
    await audit_log.record(
        work, who=who, action=action, entity="member", entity_id=member_id, before=before, after=after
    )
