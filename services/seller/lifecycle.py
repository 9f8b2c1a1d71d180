"""Moves of a seller from state to state (models/seller/lifecycle.py): locked, guarded, recorded, told."""

from models.identity.principal import Principal
from models.seller.lifecycle import LOCK, SET_STATE, STAFF, KycIncomplete, moved, row_of
from models.seller.seller import Seller
from models.shared.events import SellerMoved
from services.audit import log as audit_log
from services.infrastructure.database.database import UnitOfWork
from services.seller import kyc
from services.seller.cache import SELLERS
from services.seller.profile import ACTOR_TYPE, get_seller
from utils.clock import now, to_iso
from utils.errors import NotFound


async def move(work: UnitOfWork, *, who: Principal, seller_id: str, action: str, reason: str | None = None) -> Seller:
    """Carry out a move of MOVES; MoveRefused from another state, KycIncomplete where the checklist stands open."""
    seller = await locked(work, seller_id)
    step = moved(seller, action)
    assert (step.by == STAFF) == (who.kind == ACTOR_TYPE), f"{action} is not for a {who.kind}"
    if step.needs_kyc and (missing := await kyc.list_unverified(work, seller_id=seller_id)):
        raise KycIncomplete(items=", ".join(missing), missing=missing)
    at = now()
    opened = at if step.target == "open" else None
    states = {"source": step.source, "target": step.target, "reason": reason}
    await work.execute(SET_STATE, {"seller_id": seller_id, "at": at, "opened": opened, **states})
    await audit_log.record(
        work,
        who=who,
        action=f"store.{action}",
        entity="store",
        entity_id=seller_id,
        seller_id=seller_id,
        before={"status": step.source},
        after={"status": step.target} | ({"reason": reason} if reason else {}),
    )
    if step.is_told:
        work.emit(SellerMoved(seller_id, action, reason, str(to_iso(at))))
    work.touch(SELLERS.name)
    return await get_seller(work, seller_id=seller_id)


async def locked(work: UnitOfWork, seller_id: str) -> Seller:
    """The seller, locked: its moves, and changes of what it must show, come one after the other."""
    found = (await work.execute(LOCK, {"seller_id": seller_id})).first()
    if found is None:
        raise NotFound(what="Seller", id=seller_id)
    return row_of(found)
