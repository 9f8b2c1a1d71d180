"""One write path for regions, taxes, the taxonomy, access and sellers: what REST refuses, no file brings in."""

from collections.abc import Awaitable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from models.customer.commands import PutCustomer
from models.identity.commands import PutKey
from models.order.return_reason import PutReason
from models.pricing import rules as pricing_rules
from models.pricing.commands import Budget, ListPrice, PutCampaign, PutMethod, PutPriceList, PutPromotion
from models.product.category import PutCategory
from models.region import rules as region_rules
from models.region.commands import AddTaxRule, CreateRate, CreateTaxRegion, PutRegion
from models.region.tax import ParentInvalid
from models.schema.base import metadata
from models.seller.commands import PutSeller, PutSellerAddress
from models.seller.rules import CountryUnknown, HandleReserved
from services.customer import bulk as customer_bulk
from services.deps import Deps
from services.identity import bulk as identity_bulk
from services.infrastructure.database.database import UnitOfWork
from services.order import bulk as order_bulk
from services.pricing import bulk as pricing_bulk
from services.product import bulk_taxonomy
from services.region import bulk as region_bulk
from services.region import bulk_tax
from services.seller import bulk as seller_bulk
from services.shared.crud import InUse
from services.shared.sync import Tally
from tests.conftest import Client
from tests.services.seed.documents import WORLD, Json
from tests.services.seed.market_faults import FAULTS, FILE_FAULTS, Fault, filled
from tests.services.seed.refusals import refused_places
from tests.staff import Worker, administrator, hire
from utils.errors import AppError, NotFound

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
    assert await refused_places(trial, WRITTEN, fault.file) == {fault.place}


@pytest.mark.parametrize(("name", "file", "place"), FILE_FAULTS, ids=[name for name, _, _ in FILE_FAULTS])
async def test_what_only_files_write_has_rules_too(
    trial: UnitOfWork, ids: Json, name: str, file: Json, place: str
) -> None:
    seller, _, sku = next(key for key in ids["variants"] if key.startswith("aurora/")).partition("/")
    assert await refused_places(trial, WRITTEN, filled(file, {"seller": seller, "sku": sku})) == {place}


EURO: Json = {"currency_code": "eur", "amount": 5}


def refusals(work: UnitOfWork) -> list[tuple[type[AppError], Awaitable[Any]]]:
    """What the commands of the domains are asked, past any survey, and how they refuse it."""
    tally, europe = Tally(), PutRegion(name="Europe", currency_code="eur")
    new, installed = replace(europe, name="New"), ["pp_system_default"]
    rate = CreateRate(tax_region_id="txreg_any", name="VAT", rate=5)
    rule = AddTaxRule(reference="product_type", reference_id="ptyp_any")
    priced = [ListPrice(variant_id="variant_any", **EURO)] * 2
    off = PutPromotion(code="NEW", method=PutMethod(type="percentage", target_type="order", value=101))
    seller, list_ = PutSeller(handle="newcomer", name="New"), PutPriceList(title="New")
    later, sooner = datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)

    def regions(*some: PutRegion) -> Awaitable[Any]:
        return region_bulk.put_regions(work, regions=some, installed=installed, tally=tally)

    def rates(*some: CreateRate) -> Awaitable[Any]:
        return bulk_tax.put_rates(work, rates=some, region_ids=[], tally=tally)

    def lists(one: PutPriceList) -> Awaitable[Any]:
        return pricing_bulk.put_price_lists(work, lists=[one], tally=tally)

    return [
        (region_rules.ProviderUnknown, regions(replace(new, payment_providers=["pp_none"]))),
        (region_rules.CountryTaken, regions(replace(new, countries=["de"]))),
        (region_rules.CountryTaken, regions(replace(new, countries=["aq"]), replace(new, name="B", countries=["aq"]))),
        (NotFound, regions(replace(new, currency_code="zzz"))),
        (NotFound, regions(replace(new, countries=["qq"]))),
        (InUse, regions(replace(europe, currency_code="usd"))),
        (region_rules.RateTooFine, rates(replace(rate, rate=1e-05))),
        (region_rules.RateTaken, rates(rate, rate)),
        (region_rules.TooManyRules, rates(replace(rate, rules=[rule] * 1001))),
        (NotFound, rates(replace(rate, rules=[rule]))),
        (ParentInvalid, tax_regions(work, CreateTaxRegion(country_code="ca", province_code="on"))),
        (HandleReserved, seller_bulk.put_sellers(work, sellers=[replace(seller, handle="me")], tally=tally)),
        (CountryUnknown, seller_bulk.put_sellers(work, sellers=[replace(seller, address=NOWHERE)], tally=tally)),
        (NotFound, keys(work, PutKey(title="New", sales_channel_ids=("sc_none",)))),
        (NotFound, people(work, PutCustomer(email="new@example.com", group_ids=("cusgroup_none",)))),
        (NotFound, tree(work, PutCategory(handle="new", name="New", parent_handle="none"))),
        (NotFound, reasons(work, PutReason(value="new", label="New", parent_value="none"))),
        (pricing_rules.PriceRepeated, lists(replace(list_, prices=priced))),
        (pricing_rules.WindowInvalid, lists(replace(list_, starts_at=later, ends_at=sooner))),
        (pricing_rules.PromotionInvalid, pricing_bulk.put_promotions(work, promotions=[off], tally=tally)),
        (pricing_rules.PromotionInvalid, campaigns(work, Budget(type="spend", limit=5))),
    ]


NOWHERE = PutSellerAddress(country_code="qq")


def tax_regions(work: UnitOfWork, one: CreateTaxRegion) -> Awaitable[Any]:
    return bulk_tax.put_tax_regions(work, regions=[one], whole=["ca"], tally=Tally())


def keys(work: UnitOfWork, key: PutKey) -> Awaitable[Any]:
    return identity_bulk.put_keys(work, keys=[key], tally=Tally())


def people(work: UnitOfWork, one: PutCustomer) -> Awaitable[Any]:
    return customer_bulk.put_customers(work, customers=[one], tally=Tally())


def tree(work: UnitOfWork, one: PutCategory) -> Awaitable[Any]:
    return bulk_taxonomy.put_categories(work, categories=[one], tally=Tally())


def reasons(work: UnitOfWork, one: PutReason) -> Awaitable[Any]:
    return order_bulk.put_reasons(work, reasons=[one], tally=Tally())


def campaigns(work: UnitOfWork, budget: Budget) -> Awaitable[Any]:
    one = PutCampaign(identifier="new", name="New", budget=budget)
    return pricing_bulk.put_campaigns(work, campaigns=[one], tally=Tally())


async def test_the_commands_of_the_domains_keep_the_rules_by_themselves(trial: UnitOfWork, client: Client) -> None:
    for error, asked in refusals(trial):
        with pytest.raises(error):
            await asked
