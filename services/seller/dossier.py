"""A seller as administrators decide about it: with its staff, and with what is not verified of it yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from models.seller.seller import Seller
from services.infrastructure.database.database import UnitOfWork
from services.seller import kyc, profile


@dataclass(frozen=True, slots=True)
class Dossier:
    """`staff` are rows with id, email, first_name, last_name and role; `unverified` are kinds of the checklist."""

    seller: Seller
    staff: Sequence[Any]
    unverified: Sequence[str]


async def dossier_of(work: UnitOfWork, seller: Seller) -> Dossier:
    """What belongs to a seller that was found; two statements."""
    staff = await profile.list_staff(work, seller_id=seller.id)
    return Dossier(seller, staff, await kyc.list_unverified(work, seller_id=seller.id))
