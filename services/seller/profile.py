"""What staff and the platform state of a seller: applications, particulars, and the closure window."""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from msgspec import UNSET

from models.file.upload import Owner
from models.identity.account import address_of
from models.identity.principal import Principal
from models.schema.file import READY
from models.seller import application as rows
from models.seller.application import (
    ADDRESS,
    MOST_OPEN,
    UNSETTLED,
    HandleFixed,
    HandleTaken,
    LogoInvalid,
    TooManyApplications,
)
from models.seller.commands import ApplyForSeller, CorrectSeller, SetClosure, UpdateSeller
from models.seller.lifecycle import LOCK, ClosureInvalid, row_of
from models.seller.rules import LONGEST_HANDLE, RESERVED, CountryUnknown, ensure_handle
from models.seller.seller import Seller
from models.shared.commands import given
from services.audit import log as audit_log
from services.file import upload
from services.identity import account, reauthentication
from services.identity.account import AlreadyLinked, EmailUnverified
from services.infrastructure.database.database import UnitOfWork
from services.infrastructure.database.failures import ConcurrencyConflict
from services.infrastructure.files.slot import FileStore, stored_address
from services.region.cache import REGIONS
from services.seller.cache import SELLERS
from utils.clock import now, parse_iso
from utils.errors import AppError, NotFound
from utils.ids import new_id, ordered_id
from utils.text import rich, slug

ACTOR_TYPE = "seller"
LONGEST_CLOSURE = timedelta(days=365)
MADE_UP_TRIES = 5
CLOSURE = ("closed_from", "closed_to", "closure_note")


class IdentityGone(AppError):
    code, kind, message = "unauthorized", "unauthorized", "Unauthorized"


async def apply(work: UnitOfWork, *, who: Principal, command: ApplyForSeller) -> tuple[Seller, str]:
    """Create a seller that waits for approval, with the applicant as its owner; the seller and the member's id.

    Whoever only registered becomes a member by it, with the address that was registered, or that the provider verified.
    """
    if who.identity_id is None:
        raise IdentityGone()
    entity = await account.find_entity(work, identity_id=who.identity_id)
    if entity is None:
        raise IdentityGone()
    if entity.email is None:
        raise EmailUnverified()
    member_id = await _member(work, who.identity_id, entity.email, command)
    open_ones = (await work.execute(rows.COUNT_OPEN, {"member_id": member_id})).scalar_one()
    if open_ones >= MOST_OPEN:
        raise TooManyApplications(limit=MOST_OPEN)
    email = address_of(given(command.email, "") or entity.email)
    columns = await _columns(work, rich(command.plain(), None)) | {"email": email}
    seller_id, handle = await _insert(work, {name: columns.get(name) for name in rows.APPLIED}, command)
    await work.execute(rows.INSERT_OWNER, {"seller_id": seller_id, "member_id": member_id})
    actor = replace(who, kind=ACTOR_TYPE, actor_id=member_id, seller_id=seller_id)
    after = {"status": "pending", "handle": handle, "name": command.name}
    await audit_log.record(work, who=actor, action="store.apply", entity="store", entity_id=seller_id, after=after)
    _changed(work)
    return await get_seller(work, seller_id=seller_id), member_id


async def _member(work: UnitOfWork, identity_id: str, email: str, command: ApplyForSeller) -> str:
    """The id of the member that the identity is, created if it is none yet; locked."""
    member_id = await account.find_actor_id(work, identity_id=identity_id, actor_type=ACTOR_TYPE)
    if member_id is not None:
        await work.execute(rows.LOCK_MEMBER, {"id": member_id})
        return member_id
    member_id = new_id("mem")
    names = {"first_name": given(command.first_name, None), "last_name": given(command.last_name, None)}
    await work.execute(rows.INSERT_MEMBER, {"id": member_id, "email": address_of(email), **names})
    try:
        await account.link_actor(work, identity_id=identity_id, actor_type=ACTOR_TYPE, actor_id=member_id)
    except AlreadyLinked:
        raise ConcurrencyConflict() from None  # another request of the same person was faster
    return member_id


async def _insert(work: UnitOfWork, row: dict[str, Any], command: ApplyForSeller) -> tuple[str, str]:
    """Insert the seller under its handle, or under one made from its name."""
    handle = given(command.handle, None)
    row["id"] = ordered_id("sel")
    if handle is not None:
        ensure_handle(handle)
        if (await work.execute(rows.INSERT_SELLER, row | {"handle": handle})).first() is None:
            raise HandleTaken(handle=handle)
        return row["id"], handle
    base = slug(row["name"], LONGEST_HANDLE)
    for turn in range(MADE_UP_TRIES):
        made = base if turn == 0 and base and base not in RESERVED else f"{base or 'store'}-{secrets.token_hex(3)}"
        if (await work.execute(rows.INSERT_SELLER, row | {"handle": made})).first() is not None:
            return row["id"], made
    raise HandleTaken(handle=base)


async def get_seller(work: UnitOfWork, *, seller_id: str) -> Seller:
    """A seller of any state; NotFound when there is none. Who may see it is checked by then."""
    found = (await work.execute(rows.SELLER_BY_ID, {"seller_id": seller_id})).first()
    if found is None:
        raise NotFound(what="Seller", id=seller_id)
    return row_of(found)


async def list_of_member(work: UnitOfWork, *, member_id: str | None) -> list[tuple[Seller, str]]:
    """The sellers that a member works for, each with the role."""
    found = await work.execute(rows.OF_MEMBER, {"member_id": member_id})
    return [
        (Seller(**{name: value for name, value in row._mapping.items() if name != "role"}), row.role) for row in found
    ]


async def list_staff(work: UnitOfWork, *, seller_id: str) -> list[Any]:
    return list((await work.execute(rows.STAFF, {"seller_id": seller_id})).all())


async def change(
    work: UnitOfWork, files: FileStore, *, who: Principal, seller_id: str, command: UpdateSeller
) -> Seller:
    """Update the particulars of a seller. Staff cannot change a handle that was ever in links (HandleFixed)."""
    await work.execute(LOCK, {"seller_id": seller_id})  # no decision opens it meanwhile
    before = await get_seller(work, seller_id=seller_id)
    columns = await _columns(work, rich(command.plain(), before.metadata))
    moves = columns.get("email", before.email) != before.email
    if moves and who.kind == ACTOR_TYPE:
        await reauthentication.require_proof(work, session_id=who.session_id)
    if command.logo is not UNSET:
        columns["logo"] = await _logo(work, files, seller_id, command.logo)
    if isinstance(command, CorrectSeller) and command.commission_rate is not UNSET:
        columns["commission_rate"] = command.commission_rate
    handle = given(command.handle, before.handle)
    if handle != before.handle:
        if who.kind == ACTOR_TYPE and before.status not in UNSETTLED:
            raise HandleFixed()
        await _rename(work, seller_id, handle)
    if columns:
        await work.execute(rows.change_seller(seller_id, columns, at=now()))
    after = await get_seller(work, seller_id=seller_id)
    names = [name for name in (*columns, "handle") if getattr(before, name) != getattr(after, name)]
    old, new = ({name: _plain(getattr(one, name)) for name in names} for one in (before, after))
    terms = {"entity": "store", "entity_id": seller_id, "seller_id": seller_id}
    await audit_log.record(work, who=who, action="store.update", before=old, after=new, **terms)
    if moves and before.email:
        reauthentication.notify_address(work, email=before.email, change="email")
    _changed(work)
    return after


async def _rename(work: UnitOfWork, seller_id: str, handle: str) -> None:
    ensure_handle(handle)
    if (await work.execute(rows.SET_HANDLE, {"seller_id": seller_id, "handle_of": handle})).first() is None:
        raise HandleTaken(handle=handle)


async def _columns(work: UnitOfWork, values: Mapping[str, Any]) -> dict[str, Any]:
    """Columns of the seller that the named values state, with codes that exist."""
    columns = {name: values[name] for name in ("name", "description", "phone", "metadata") if name in values}
    if values.get("email"):
        columns["email"] = address_of(values["email"])
    if "address" in values:
        columns |= {name: values["address"].get(name) for name in ADDRESS}
        if columns["country_code"]:
            columns["country_code"] = await _country(work, columns["country_code"])
    if values.get("currency_code"):
        columns["currency_code"] = (await work.snapshot(REGIONS)).get_currency(values["currency_code"]).code
    return columns


async def _country(work: UnitOfWork, code: str) -> str:
    if (await work.execute(rows.HAS_COUNTRY, {"code": code.lower()})).first() is None:
        raise CountryUnknown(country_code=code)
    return code.lower()


async def _logo(work: UnitOfWork, files: FileStore, seller_id: str, upload_id: str | None) -> str | None:
    """The address of an upload of the seller; LogoInvalid for what is none, or not ready."""
    if upload_id is None:
        return None
    try:
        found = await upload.keep_owned_upload(work, owner=Owner(seller_id=seller_id), upload_id=upload_id)
    except NotFound:
        raise LogoInvalid(logo=upload_id) from None
    if found.status != READY:
        raise LogoInvalid(logo=upload_id)
    return stored_address(found.variants[0].key)


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, (str, int, float, dict)) else str(value)


async def set_closure(work: UnitOfWork, *, who: Principal, seller_id: str, command: SetClosure | None) -> Seller:
    """Set the window in which the seller sells nothing, from now unless another beginning is named; None ends it."""
    before = await get_seller(work, seller_id=seller_id)
    window: dict[str, Any] = dict.fromkeys(CLOSURE)
    if command is not None:
        begins = parse_iso(command.closed_from) if command.closed_from else now()
        ends = parse_iso(command.closed_to)
        if not max(begins, now()) < ends or ends - begins > LONGEST_CLOSURE:
            raise ClosureInvalid(days=LONGEST_CLOSURE.days)
        window = {"closed_from": begins, "closed_to": ends, "closure_note": given(command.note, None)}
    await work.execute(rows.change_seller(seller_id, window, at=now()))
    action = "store.closure_clear" if command is None else "store.closure_set"
    after = await get_seller(work, seller_id=seller_id)
    await audit_log.record(
        work,
        who=who,
        action=action,
        entity="store",
        entity_id=seller_id,
        before=_window(before),
        after=_window(after),
    )
    _changed(work)
    return after


def _window(one: Seller) -> dict[str, str | None]:
    moments: list[datetime | None] = [one.closed_from, one.closed_to]
    return dict(zip(CLOSURE, [*(m.isoformat() if m else None for m in moments), one.closure_note], strict=True))


def _changed(work: UnitOfWork) -> None:
    work.touch(SELLERS.name)
