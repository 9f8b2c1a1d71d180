"""Moves of a store from state to state (models/seller/lifecycle.py): locked, guarded, recorded, told."""

from models.identity.principal import Principal
from models.seller.lifecycle import LOCK, SET_STATE, STAFF, KycIncomplete, moved, row_of
from models.seller.seller import Store
from models.shared.events import StoreMoved
from services.audit import log as audit_log
from services.infrastructure.database.database import UnitOfWork
from services.seller import kyc
from services.seller.cache import STORES
from services.seller.profile import ACTOR_TYPE, get_store
from utils.clock import now, wire
from utils.errors import NotFound


async def move(work: UnitOfWork, *, who: Principal, store_id: str, action: str, reason: str | None = None) -> Store:
    """Carry out a move of MOVES; MoveRefused from another state, KycIncomplete where the checklist stands open."""
    store = await locked(work, store_id)
    step = moved(store, action)
    assert (step.by == STAFF) == (who.kind == ACTOR_TYPE), f"{action} is not for a {who.kind}"
    if step.needs_kyc and (missing := await kyc.list_unverified(work, store_id=store_id)):
        raise KycIncomplete(items=", ".join(missing), missing=missing)
    at = now()
    opened = at if step.target == "open" else None
    states = {"source": step.source, "target": step.target, "reason": reason}
    await work.execute(SET_STATE, {"store_id": store_id, "at": at, "opened": opened, **states})
    await audit_log.record(
        work,
        who=who,
        action=f"store.{action}",
        entity="store",
        entity_id=store_id,
        store_id=store_id,
        before={"status": step.source},
        after={"status": step.target} | ({"reason": reason} if reason else {}),
    )
    if step.is_told:
        work.emit(StoreMoved(store_id, action, reason, str(wire(at))))
    work.touch(STORES.name)
    return await get_store(work, store_id=store_id)


async def locked(work: UnitOfWork, store_id: str) -> Store:
    """The store, locked: its moves, and changes of what it must show, come one after the other."""
    found = (await work.execute(LOCK, {"store_id": store_id})).first()
    if found is None:
        raise NotFound(what="Seller", id=store_id)
    return row_of(found)
