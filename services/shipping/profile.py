"""Shipping profiles, as administrators keep them: kinds of goods that are sent in a way of their own."""

from sqlalchemy import select, update

from models.identity.principal import Principal
from models.schema.product import product, shipping_profile
from models.schema.shipping import shipping_option
from models.shared.crud import Noun
from services.infrastructure.database.database import UnitOfWork
from services.shared import crud

PROFILE = Noun(
    table=shipping_profile,
    name="shipping_profile",
    what="Shipping profile",
    prefix="sp",
    said=("name", "type", "metadata"),
    unique="name",
    scope="shipping",
    searched=("name", "type"),
)


async def remove(work: UnitOfWork, *, who: Principal, row_id: str) -> None:
    """InUse while products or shipping options are of this profile; those that were deleted let it go."""
    await crud.lock(work, PROFILE, row_id)
    deleted = (product.c.shipping_profile_id == row_id) & product.c.deleted_at.is_not(None)
    await work.execute(update(product).where(deleted).values(shipping_profile_id=None))
    users = {
        "products": select(product.c.id).where(product.c.shipping_profile_id == row_id),
        "shipping options": select(shipping_option.c.id).where(shipping_option.c.shipping_profile_id == row_id),
    }
    await crud.refuse_used(work, PROFILE, row_id, users)
    await crud.remove(work, PROFILE, who=who, row_id=row_id)
