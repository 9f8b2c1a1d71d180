"""One write path for regions, taxes, the taxonomy, access and sellers: what REST refuses, no file brings in."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from models.schema.base import metadata
from services import seed
from services.deps import Deps
from services.infrastructure.database.database import UnitOfWork
from tests.conftest import Client
from tests.services.seed.documents import WORLD, Json
from tests.services.seed.market_faults import FAULTS, Fault, filled
from tests.staff import Worker, administrator, hire

WRITTEN = [
    table
    for name in (
        "region region_country region_payment_provider price_preference tax_region tax_rate tax_rate_rule "
        "sales_channel api_key api_key_sales_channel customer customer_group customer_group_customer "
        "shipping_profile product_category product_collection product_tag product_type return_reason seller "
        "price_list price campaign promotion inventory_item product"
    ).split()
    for table in [metadata.tables.get(name)]
    if table is not None
]


@pytest.fixture(scope="module")
def seed_file() -> Path:
    return WORLD


@pytest.fixture(scope="module")
async def admin(client: Client, deps: Deps) -> Worker:
    return await administrator(client, deps)


@pytest.fixture(scope="module")
async def owner(client: Client, deps: Deps, ids: Json) -> Worker:
    """An owner of the seller that files state as `aurora`."""
    return await hire(client, deps, seller_id=ids["stores"]["aurora"])


@pytest.fixture(scope="module")
async def named(admin: Worker, ids: Json) -> dict[str, str]:
    """Ids of the world that paths and bodies of faults name."""
    germany = (await admin.get("/admin/tax-regions?country_code=de&province_code=null"))["tax_regions"][0]
    key = ids["publishable_keys"]["Web"]
    region = ids["regions"]["Europe"]
    return {"seller": ids["stores"]["aurora"], "region": region, "tax_region": germany["id"], "key": key}


async def held(work: UnitOfWork) -> dict[str, int]:
    """How many rows there are of each kind."""
    counts = {table.name: select(func.count()).select_from(table) for table in WRITTEN}
    return {name: (await work.execute(count)).scalar_one() for name, count in counts.items()}


async def refused_places(work: UnitOfWork, said: Json) -> set[str]:
    """The places that `check` and `load` alike find fault with; neither writes."""
    before = await held(work)
    found = []
    for ask in (seed.check, seed.load):
        with pytest.raises(seed.SeedErrors) as refused:
            await ask(work, said)
        assert all(problem.message and problem.hint for problem in refused.value.problems)
        found.append({problem.path for problem in refused.value.problems})
    assert found[0] == found[1]
    assert await held(work) == before
    return found[0]


def test_every_kind_of_row_is_counted() -> None:
    assert len(WRITTEN) == 26
    assert len(FAULTS) > 100
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
async def test_rest_refuses(admin: Worker, owner: Worker, named: dict[str, str], fault: Fault) -> None:
    who = owner if fault.path.startswith("/vendor") else admin
    body: Any = filled(fault.rest, named)
    reply = await who.send("POST", fault.path.format_map(named), body)
    assert 400 <= reply.status < 500, await reply.text()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
async def test_a_file_is_refused_with_the_place_of_the_fault(trial: UnitOfWork, client: Client, fault: Fault) -> None:
    assert await refused_places(trial, fault.file) == {fault.place}
