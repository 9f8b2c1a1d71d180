"""The demo marketplace of a first start: when it is offered, and what a visitor needs to look around."""

from dataclasses import dataclass
from pathlib import Path

from models.seed import demo as statements
from services.infrastructure.database.database import UnitOfWork

FILE = Path(__file__).with_name("demo.yaml")
TOKEN = "pk_demo_pasar"
REGION = "Europe"
PROMOTION = "WELCOME10"


@dataclass(frozen=True, slots=True)
class Tour:
    """What a visitor of the demo starts from."""

    sellers: int
    products: int
    region_id: str
    token: str = TOKEN


async def is_wanted(work: UnitOfWork) -> bool:
    """Only a database in which nobody has set up anything."""
    return not (await work.execute(statements.IS_USED)).scalar()


async def tour(work: UnitOfWork) -> Tour | None:
    """None where the demo was not loaded, or not kept."""
    row = (await work.execute(statements.COUNTS, {"region": REGION, "token": TOKEN})).one()
    return Tour(row.sellers, row.products, row.region_id) if row.key and row.region_id else None
