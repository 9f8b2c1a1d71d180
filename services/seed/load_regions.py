"""Load currencies, regions, price preferences and taxes."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from models.region.commands import AddTaxRule, CreateRate, CreateTaxRegion, PutCurrency, PutPreference, PutRegion
from services.providers.payment import InstalledPayments
from services.region import bulk, bulk_tax
from services.seed.loading import Loading, columns
from utils.places import known_province

Reference = Literal["product", "product_type", "shipping_option"]
DEFAULT_PROVIDER = "pp_system_default"
RATE_REFERENCES: dict[str, tuple[Reference, str]] = {
    "products": ("product", "products"),
    "product_types": ("product_type", "types"),
    "shipping_options": ("shipping_option", "shipping_options"),
}
Entry = Mapping[str, Any]


async def load_regions(loading: Loading) -> None:
    work, tally = loading.work, loading.tally
    currencies = [
        PutCurrency(**columns(e, "code", "name", "symbol", "symbol_native")) for e in loading.entries("currencies")
    ]
    await bulk.put_currencies(work, currencies=currencies, tally=tally)
    regions = [region_of(entry) for entry in loading.entries("regions")]
    installed = work.snapshots.cache(InstalledPayments).ids
    ids = await bulk.put_regions(work, regions=regions, installed=installed, tally=tally)
    loading.put_all("regions", ids)
    preferences = [preference_of(loading, entry) for entry in loading.entries("price_preferences")]
    await bulk.put_preferences(work, preferences=preferences, tally=tally)


def region_of(entry: Entry) -> PutRegion:
    stated = columns(entry, "name", "countries", "automatic_taxes", "payment_providers", "metadata")
    renamed = columns(entry, currency_code="currency", is_tax_inclusive="tax_inclusive")
    return PutRegion(first_providers=(DEFAULT_PROVIDER,), **stated, **renamed)


def preference_of(loading: Loading, entry: Entry) -> PutPreference:
    inclusive = entry["tax_inclusive"]
    if "region" in entry:
        region_id = loading.names.id("regions", entry["region"])
        return PutPreference(attribute="region_id", value=region_id, is_tax_inclusive=inclusive)
    return PutPreference(attribute="currency_code", value=entry["currency"], is_tax_inclusive=inclusive)


async def load_taxes(loading: Loading) -> None:
    """Provinces and rates of a stated list are whole."""
    places = dict(places_of(loading))
    regions = [
        CreateTaxRegion(country_code=country, **columns(entry, "metadata", province_code="province"))
        for (country, _), entry in places.items()
    ]
    whole = [entry["country"] for entry in loading.entries("tax_regions") if "provinces" in entry]
    ids = await bulk_tax.put_tax_regions(loading.work, regions=regions, whole=whole, tally=loading.tally)
    for country, province in places:
        name = country if province is None else f"{country}/{country}-{province}"
        loading.names.put("tax_regions", name, ids[country, province])
    rates = [rate for place, entry in places.items() for rate in rates_of(loading, entry, ids[place])]
    stated = [ids[place] for place, entry in places.items() if "rates" in entry or "default_rate" in entry]
    await bulk_tax.put_rates(loading.work, rates=rates, region_ids=stated, tally=loading.tally)


def places_of(loading: Loading) -> Iterator[tuple[tuple[str, str | None], Entry]]:
    """The entries of countries and of the provinces below them, by country and province."""
    for entry in loading.entries("tax_regions"):
        country = entry["country"]
        yield (country, None), entry
        for below in entry.get("provinces") or ():
            yield (country, known_province(country, below["province"])), below


def rates_of(loading: Loading, entry: Entry, region_id: str) -> Iterator[CreateRate]:
    """A place's rates, the default one first."""
    default = [entry["default_rate"]] if entry.get("default_rate") else []
    for rate in (*default, *(entry.get("rates") or ())):
        rules = [
            AddTaxRule(reference=reference, reference_id=loading.names.id(kind, name))
            for key, (reference, kind) in RATE_REFERENCES.items()
            for name in rate.get(key, ())
        ]
        stated = columns(rate, "name", "code", "rate", "is_combinable", "metadata")
        is_default = bool(default) and rate is default[0]
        yield CreateRate(tax_region_id=region_id, is_default=is_default, rules=rules, **stated)
