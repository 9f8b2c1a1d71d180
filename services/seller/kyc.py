"""The checklist of a seller: what its owners submit, and what administrators make of it."""

from collections.abc import Sequence
from typing import Any

from models.file.upload import Upload, missing
from models.identity.principal import Principal
from models.schema.file import READY
from models.schema.seller import KINDS
from models.seller import kyc as rows
from models.seller.commands import SubmitItem
from models.seller.kyc import SECRET, DocumentNotReady, DocumentTaken, Item, NothingSubmitted, document_owner, read_item
from models.seller.lifecycle import LOCK, OWNERS
from models.shared.events import KycRejected
from services.audit import log as audit_log
from services.file import upload
from services.identity import reauthentication
from services.infrastructure.database.database import UnitOfWork
from utils.clock import now
from utils.errors import NotFound

PAYOUT = "bank_account"  # where the seller's money goes


async def list_items(work: UnitOfWork, *, seller_id: str) -> dict[str, Item]:
    """What was submitted, by kind."""
    found = (await work.execute(rows.ITEMS, {"of_seller": seller_id})).scalars()
    return {item.kind: item for item in map(read_item, found)}


async def list_unverified(work: UnitOfWork, *, seller_id: str) -> list[str]:
    """The kinds that stand in the way of an approval."""
    known = await list_items(work, seller_id=seller_id)
    return [kind for kind in KINDS if kind not in known or known[kind].status != "verified"]


async def get_item(work: UnitOfWork, *, seller_id: str, kind: str) -> Item:
    """The item; NotFound for a kind that there is none of, NothingSubmitted where it is missing yet."""
    if kind not in KINDS:
        raise NotFound(what="KYC item", id=kind)
    loaded = (await work.execute(rows.ITEM, {"of_seller": seller_id, "of_kind": kind})).scalar_one_or_none()
    if loaded is None:
        raise NothingSubmitted(item=kind, status="missing")
    return read_item(loaded)


async def submit(work: UnitOfWork, *, who: Principal, seller_id: str, kind: str, command: SubmitItem) -> Item:
    """Submit an item, or submit it again: whatever was found of it before, it waits for a decision now."""
    if kind == PAYOUT:
        await reauthentication.require_proof(work, session_id=who.session_id)
    await work.execute(LOCK, {"seller_id": seller_id})  # an approval that is just being made sees this, or precedes it
    before = (await list_items(work, seller_id=seller_id)).get(kind)
    data = command.plain()
    document_ids = data.pop("document_ids", ())
    row = {"seller_id": seller_id, "kind": kind, "data": data, "submitted_at": now()}
    await work.execute(rows.SUBMIT, row)
    await _attach(work, who, seller_id, kind, before, document_ids)
    item = await get_item(work, seller_id=seller_id, kind=kind)
    await _record(work, who, "submit", before, item)
    if kind == PAYOUT:
        for owner in await work.execute(OWNERS, {"seller_id": seller_id}):
            reauthentication.notify_address(work, email=owner.email, change="payout_account")
    return item


async def _attach(
    work: UnitOfWork, who: Principal, seller_id: str, kind: str, before: Item | None, document_ids: Sequence[str]
) -> None:
    """The item shows these documents from now on; those it showed before and no more are deleted."""
    owner = document_owner(seller_id)
    wanted = {"ids": list(document_ids), "owner": owner.id}
    states = {row.id: row.status for row in await work.execute(rows.DOCUMENTS, wanted)}
    for document_id in document_ids:
        if document_id not in states:
            raise missing(document_id)
        if states[document_id] != READY:
            raise DocumentNotReady(id=document_id, status=states[document_id])
    await work.execute(rows.DETACH, {"of_seller": seller_id, "of_kind": kind})
    for rank, document_id in enumerate(document_ids):
        row = {"upload_id": document_id, "seller_id": seller_id, "kind": kind, "rank": rank}
        if (await work.execute(rows.ATTACH, row)).first() is None:
            raise DocumentTaken(id=document_id)
    for document_id in before.document_ids if before is not None else ():
        if document_id not in states:
            await upload.delete(work, who=who, owner=owner, upload_id=document_id)  # the sweep removes the files


async def review(
    work: UnitOfWork, *, who: Principal, seller_id: str, kind: str, note: str | None, revision: int | None, passes: bool
) -> Item:
    """Verify an item or reject it; ItemChanged when it is not the revision that was looked at."""
    await work.execute(LOCK, {"seller_id": seller_id})
    before = await get_item(work, seller_id=seller_id, kind=kind)
    before.check_reviewable(revision)
    found = {"status": "verified" if passes else "rejected", "note": note, "reviewed_at": now()}
    reviewer = who.actor_id or who.api_key_id
    await work.execute(rows.REVIEW, {"of_seller": seller_id, "of_kind": kind, "reviewed_by": reviewer, **found})
    item = await get_item(work, seller_id=seller_id, kind=kind)
    await _record(work, who, "verify" if passes else "reject", before, item)
    if not passes:
        work.emit(KycRejected(seller_id, kind, item.revision, note or ""))
    return item


async def reveal(work: UnitOfWork, *, who: Principal, seller_id: str, kind: str) -> Item:
    """The item for somebody who must see its number whole, which is noted."""
    item = await get_item(work, seller_id=seller_id, kind=kind)
    await _record(work, who, "reveal", item, item, field=SECRET.get(kind))
    return item


async def _record(
    work: UnitOfWork, who: Principal, verb: str, before: Item | None, after: Item, field: str | None = None
) -> None:
    """The log knows that an item changed and how it stands; what was handed in stays out of it."""
    old = None if before is None else {"status": before.status, "revision": before.revision}
    new: dict[str, Any] = {"status": after.status, "revision": after.revision}
    new |= {"note": after.note} if after.note else {}
    new |= {"revealed": field} if field else {}
    await audit_log.record(
        work,
        who=who,
        action=f"kyc.{verb}",
        entity="kyc_item",
        entity_id=f"{after.seller_id}:{after.kind}",
        seller_id=after.seller_id,
        before=old,
        after=new,
    )


async def list_documents(work: UnitOfWork, *, seller_id: str) -> list[Upload]:
    """All documents of a seller, those that no item shows too; the newest first."""
    found, _ = await upload.listing(work, owner=document_owner(seller_id), limit=100, offset=0)
    return found


async def get_document(work: UnitOfWork, *, seller_id: str, document_id: str) -> Upload:
    """A document with its files; NotFound for any other seller's, and while it has none."""
    found = await upload.get_owned_upload(work, owner=document_owner(seller_id), upload_id=document_id)
    if found.status != READY:
        raise missing(document_id)
    return found


async def delete_document(work: UnitOfWork, *, who: Principal, seller_id: str, document_id: str) -> Upload:
    """Delete a document that no item shows; DocumentTaken for one that an item does."""
    owner = document_owner(seller_id)
    await work.execute(rows.DOCUMENTS, {"ids": [document_id], "owner": owner.id})  # locked: no item takes it now
    if (await work.execute(rows.IS_TAKEN, {"upload_id": document_id, "owner": seller_id})).scalar_one():
        raise DocumentTaken(id=document_id)
    return await upload.delete(work, who=who, owner=owner, upload_id=document_id)
