"""The demo marketplace of a first start: when it is offered, and what a visitor needs to look around."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import exists, func, select

from models.schema.identity import api_key
from models.schema.product import product
from models.schema.region import region
from models.schema.seller import seller
from services.infrastructure.database.database import UnitOfWork

FILE = Path(__file__).with_name("demo.yaml")
TOKEN = "pk_demo_pasar"
REGION = "Europe"
PROMOTION = "WELCOME10"
IS_USED = select(exists(select(seller.c.id)) | exists(select(region.c.id)) | exists(select(api_key.c.id)))
COUNTS = select(
    select(func.count()).select_from(seller).scalar_subquery().label("sellers"),
    select(func.count()).select_from(product).scalar_subquery().label("products"),
    select(region.c.id).where(region.c.name == REGION).scalar_subquery().label("region_id"),
    select(api_key.c.id).where(api_key.c.token == TOKEN, api_key.c.revoked_at.is_(None)).scalar_subquery().label("key"),
)


@dataclass(frozen=True, slots=True)
class Tour:
    """What a visitor of the demo starts from."""

    sellers: int
    products: int
    region_id: str
    token: str = TOKEN


async def is_wanted(work: UnitOfWork) -> bool:
    """Only a database in which nobody has set up anything."""
    return not (await work.execute(IS_USED)).scalar()


async def tour(work: UnitOfWork) -> Tour | None:
    """None where the demo was not loaded, or not kept."""
    row = (await work.execute(COUNTS)).one()
    return Tour(row.sellers, row.products, row.region_id) if row.key and row.region_id else None
