"""Shipping profiles as administrators keep them, and who uses one."""

from typing import Any

from msgspec import UNSET, UnsetType
from sqlalchemy import Select, Update, select, update

from models.schema.product import product, shipping_profile
from models.schema.shipping import shipping_option
from models.shared.commands import Command, Metadata
from models.shared.crud import Resource

PROFILE = Resource(
    table=shipping_profile,
    name="shipping_profile",
    what="Shipping profile",
    prefix="sp",
    writable=("name", "type", "metadata"),
    unique="name",
    scope="shipping",
    searched=("name", "type"),
)


class UpdateProfile(Command, kw_only=True, frozen=True):
    name: str | UnsetType = UNSET
    type: str | UnsetType = UNSET
    metadata: Metadata | UnsetType = UNSET


class CreateProfile(UpdateProfile, kw_only=True, frozen=True):
    name: str
    type: str | UnsetType = UNSET


def release_deleted(profile_id: str) -> Update:
    """Soft-deleted products name the profile no more."""
    deleted = (product.c.shipping_profile_id == profile_id) & product.c.deleted_at.is_not(None)
    return update(product).where(deleted).values(shipping_profile_id=None)


def users_of(profile_id: str) -> dict[str, Select[Any]]:
    """What names the profile, by what people call it."""
    return {
        "products": select(product.c.id).where(product.c.shipping_profile_id == profile_id),
        "shipping options": select(shipping_option.c.id).where(shipping_option.c.shipping_profile_id == profile_id),
    }
