"""Shipping profiles, as administrators keep them: kinds of goods that are sent in a way of their own."""

from sqlalchemy import select, update

from models.access import Principal
from models.noun import Noun
from models.product import product, shipping_profile
from models.shipping import shipping_option
from services import nouns
from services.infra.database import UnitOfWork

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
    await nouns.lock(work, PROFILE, row_id)
    deleted = (product.c.shipping_profile_id == row_id) & product.c.deleted_at.is_not(None)
    await work.execute(update(product).where(deleted).values(shipping_profile_id=None))
    users = {
        "products": select(product.c.id).where(product.c.shipping_profile_id == row_id),
        "shipping options": select(shipping_option.c.id).where(shipping_option.c.shipping_profile_id == row_id),
    }
    await nouns.refuse_used(work, PROFILE, row_id, users)
    await nouns.remove(work, PROFILE, who=who, row_id=row_id)
