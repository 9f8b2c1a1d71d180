"""Shipping profiles, as administrators keep them: kinds of goods that are sent in a way of their own."""

from models.identity.principal import Principal
from models.shipping.profile import PROFILE, release_deleted, users_of
from services.infrastructure.database.database import UnitOfWork
from services.shared import crud


async def remove(work: UnitOfWork, *, who: Principal, row_id: str) -> None:
    """Delete a profile; InUse while products (deleted ones aside) or shipping options are of it."""
    await crud.lock(work, PROFILE, row_id)
    await work.execute(release_deleted(row_id))
    await crud.refuse_used(work, PROFILE, row_id, users_of(row_id))
    await crud.remove(work, PROFILE, who=who, row_id=row_id)
