"""Invites, of sellers and of the administration. The token stands in the e-mail alone, and is good once.

Whose invites a caller sees is their seller's; for administrators and secret keys the administration's, or those of the
seller that they name.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from msgspec import UNSET

from models.identity.account import EMAILPASS, address_of
from models.identity.admin_user import User, UserExists, check_grants
from models.identity.principal import Principal
from models.schema.roles import Rights
from models.seller import invite as invites
from models.seller.commands import AcceptInvite, AcceptUserInvite, CreateInvite, InviteUser
from models.seller.invite import VALID_FOR, Invite, InviteExists, InviteForeign, InviteInvalid
from models.seller.staff import OWNER, AlreadyMember
from models.shared.commands import given
from models.shared.events import InviteSent
from models.shared.list_query import ListQuery
from services.audit import log as audit_log
from services.identity import account, admin_user, reauthentication
from services.identity.rate_limit import Limit, from_address, take
from services.infrastructure.database.database import Database, UnitOfWork
from services.infrastructure.tokens.tokens import Tokens
from services.seller import staff
from services.seller.cache import SELLERS
from services.shared.listing import rows_of
from services.shared.ownership import seller_of
from utils.clock import now
from utils.errors import NotFound
from utils.ids import new_id
from utils.query import ordering

Facts = Mapping[str, Any] | None
USE = "invite"
MAILS, ACCEPTING = "invite mail", "invite accept"
AN_HOUR = timedelta(hours=1)
MAILS_OF_SENDER, MAILS_TO_ADDRESS = Limit(100, AN_HOUR), Limit(5, AN_HOUR)
TRIES_OF_IDENTITY, TRIES_OF_ADDRESS = Limit(10), Limit(60)


def seller_id_of(who: Principal) -> str | None:
    """The seller whose invites the caller deals with; None for the administration's."""
    return who.seller_id if who.kind == admin_user.ACTOR_TYPE else seller_of(who)


async def at_seller(work: UnitOfWork, *, who: Principal, seller_id: str) -> Principal:
    """The administrator, dealing with the invites of this seller; NotFound when there is none."""
    if seller_id not in (await work.snapshot(SELLERS)).by_id:
        raise NotFound(what="Seller", id=seller_id)
    return replace(who, seller_id=seller_id)


def inviter_id(who: Principal) -> str:
    return str(who.api_key_id or who.actor_id)


async def lock_grants(work: UnitOfWork, *, who: Principal, role: str) -> None:
    """Nobody invites above themselves; administrators give a seller whatever staff it wants. What the caller may do is
    looked up again, and stays until the invite is made: whoever takes it from them later ends the invite as well."""
    if who.kind != admin_user.ACTOR_TYPE:
        await staff.lock_own_role(work, who, role)
        return
    await admin_user.lock_grants(work, who=who)
    if seller_id_of(who) is None:
        check_grants(work.snapshots.cache(Rights), who.grants, role)


async def require_proof(work: UnitOfWork, *, who: Principal, role: str) -> None:
    """Owners and administrators are invited after fresh proof only, of which the inviter is told: whoever finds a login
    open could invite themselves, and go on with a login of their own."""
    change = "administrator_made" if seller_id_of(who) is None else "owner_made" if role == OWNER else None
    if change is not None:
        await reauthentication.require_proof_of(work, who=who)
        await reauthentication.notify(work, identity_id=who.identity_id, change=change)


async def allow_mail(database: Database, *, who: Principal, email: str) -> None:
    """TooManyAttempts when the caller, or the receiver, has had enough of invites for now."""
    to = f"to {address_of(email)}"
    await take(database, MAILS, {f"from {seller_id_of(who) or 'users'}": MAILS_OF_SENDER, to: MAILS_TO_ADDRESS})


async def allow_another(database: Database, *, who: Principal, invite_id: str) -> None:
    """As `allow_mail`, for an invite that was sent before."""
    async with database.reading() as work:
        known = await get_owned_invite(work, who=who, invite_id=invite_id)
    await allow_mail(database, who=who, email=known.email)


def attempts(who: Principal, address: str) -> dict[str, Limit]:
    """How often somebody may try a token."""
    return {f"identity {who.identity_id}": TRIES_OF_IDENTITY, from_address(address): TRIES_OF_ADDRESS}


async def listing(
    work: UnitOfWork, *, who: Principal, limit: int, offset: int, order: str | None = None, **filters: Any
) -> tuple[list[Invite], int]:
    """A page of the invites that were not revoked, and how many fit."""
    query = ListQuery(limit, offset, ordering(order), filters)
    rows, count = await rows_of(work, invites.INVITES, query, own_seller=seller_id_of(who))
    return [invites.read(row) for row in rows], count


async def get_owned_invite(work: UnitOfWork, *, who: Principal, invite_id: str) -> Invite:
    return await _found(work, invites.FIND, who, invite_id)


async def create(work: UnitOfWork, *, who: Principal, command: CreateInvite | InviteUser) -> Invite:
    """Invite an address; InviteExists while an earlier invite to it is open."""
    email, role, seller_id = address_of(command.email), command.role, seller_id_of(who)
    metadata = given(command.metadata, None) if isinstance(command, InviteUser) else None
    await lock_grants(work, who=who, role=role)
    await require_proof(work, who=who, role=role)
    if seller_id is None:
        if await admin_user.find_by_email(work, email=email) is not None:
            raise UserExists(email=email)
    elif await staff.is_member(work, seller_id=seller_id, email=email):
        raise AlreadyMember(email=email)
    await work.execute(invites.EXPIRE, {"own_seller": seller_id, "to_email": email})
    terms = {"id": new_id("inv"), "seller_id": seller_id, "email": email, "role": role, "invited_by": inviter_id(who)}
    row = (await work.execute(invites.INSERT, {**terms, "expires_at": now() + VALID_FOR, "metadata": metadata})).first()
    if row is None:
        raise InviteExists(email=email)
    made = invites.read(row)
    work.emit(InviteSent(made.id, made.number))
    await _record(work, who, made, "create", after={"email": email, "role": role})
    return made


async def resend(work: UnitOfWork, *, who: Principal, invite_id: str) -> Invite:
    """Another e-mail with a fresh token and a fresh time; the tokens before it are void."""
    known = await get_owned_invite(work, who=who, invite_id=invite_id)
    await lock_grants(work, who=who, role=known.role)
    await require_proof(work, who=who, role=known.role)
    known = await _found(work, invites.LOCK, who, invite_id)
    known.require_open()
    terms = {"invite_id": invite_id, "expires_at": now() + VALID_FOR}
    sent = invites.read((await work.execute(invites.RESEND, terms)).first())
    work.emit(InviteSent(sent.id, sent.number))
    await _record(work, who, sent, "resend", before={"number": known.number}, after={"number": sent.number})
    return sent


async def revoke(work: UnitOfWork, *, who: Principal, invite_id: str) -> None:
    """Its token is good no more, and it is listed no more."""
    known = await get_owned_invite(work, who=who, invite_id=invite_id)
    await lock_grants(work, who=who, role=known.role)
    known = await _found(work, invites.LOCK, who, invite_id)
    await work.execute(invites.REVOKE, {"invite_id": invite_id})
    await _record(work, who, known, "delete", before={"email": known.email, "role": known.role})


async def find_email_parts(
    work: UnitOfWork, tokens: Tokens, *, invite_id: str, number: int
) -> tuple[str, str, str] | None:
    """The token of an e-mail, the address it goes to, and where it invites; None when it would be good no more."""
    row = (await work.execute(invites.FIND_SENT, {"invite_id": invite_id, "number": number})).first()
    if row is None:
        return None
    return tokens.of_row(USE, f"{invite_id}-{number}"), row.email, row.name or "the administration"


async def join_seller(work: UnitOfWork, tokens: Tokens, *, who: Principal, command: AcceptInvite) -> tuple[str, str]:
    """Accept a seller's invite: ids of the seller and of the member, who is made if there was none."""
    terms = {**_sent_with(tokens, command.token), "accepted_by": who.identity_id}
    await work.execute(invites.LOCK_HOME, {"invite_id": terms["invite_id"]})
    used = await _used(work, (await work.execute(invites.USE_OF_SELLER, terms)).first(), who)
    assert used.seller_id is not None
    seller_id, role = used.seller_id, used.role
    member_id = await staff.hire(work, who=who, seller_id=seller_id, role=role, email=used.email, command=command)
    acting = replace(who, kind=staff.ACTOR_TYPE, actor_id=member_id, seller_id=used.seller_id)
    await _record(work, acting, used, "accept", after={"member_id": member_id, "role": used.role})
    return used.seller_id, member_id


async def join_users(
    work: UnitOfWork, tokens: Tokens, *, who: Principal, token: str, command: AcceptUserInvite
) -> User:
    """Accept an invite to the administration."""
    terms = {**_sent_with(tokens, token), "accepted_by": who.identity_id}
    used = await _used(work, (await work.execute(invites.USE_OF_USERS, terms)).first(), who)
    if command.email is not UNSET and address_of(command.email) != used.email:
        raise InviteForeign()
    names = {"first_name": given(command.first_name, None), "last_name": given(command.last_name, None)}
    made = await admin_user.create(work, email=used.email, role=used.role, **names)
    await account.link_actor(work, identity_id=str(who.identity_id), actor_type=admin_user.ACTOR_TYPE, actor_id=made.id)
    acting = replace(who, kind=admin_user.ACTOR_TYPE, actor_id=made.id)
    await _record(work, acting, used, "accept", after={"user_id": made.id, "role": used.role})
    return made


def _sent_with(tokens: Tokens, token: str) -> dict[str, Any]:
    """Which invite, and which of its e-mails, a token is of; InviteInvalid for what we did not make."""
    invite_id, _, number = (tokens.row_of(USE, token) or "").rpartition("-")
    if not invite_id:
        raise InviteInvalid()
    return {"invite_id": invite_id, "number": int(number)}


async def _used(work: UnitOfWork, row: Any, who: Principal) -> Invite:
    """The invite that was used, which must have gone to the caller's address; with the token that is proven theirs."""
    if row is None:
        raise InviteInvalid()
    used, identity_id = invites.read(row), str(who.identity_id)
    entity = await account.find_entity(work, identity_id=identity_id)
    if entity is None or entity.provider != EMAILPASS or entity.entity_id != used.email:
        raise InviteForeign()
    await account.mark_verified(work, identity_id=identity_id, entity_id=used.email)
    return used


async def _found(work: UnitOfWork, statement: Any, who: Principal, invite_id: str) -> Invite:
    row = (await work.execute(statement, {"own_seller": seller_id_of(who), "invite_id": invite_id})).first()
    if row is None:
        raise NotFound(what="Invite", id=invite_id)
    return invites.read(row)


async def _record(
    work: UnitOfWork, who: Principal, invite: Invite, verb: str, *, before: Facts = None, after: Facts = None
) -> None:
    action = f"invite.{verb}"
    await audit_log.record(
        work, who=who, action=action, entity="invite", entity_id=invite.id, before=before, after=after
    )
