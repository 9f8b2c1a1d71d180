"""Load currencies, regions, price preferences and taxes."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from models.schema.pricing import price_preference
from models.schema.region import (
    currency,
    region,
    region_country,
    region_payment_provider,
    tax_rate,
    tax_rate_rule,
    tax_region,
)
from models.shared.kinds import Kind
from services.seed.loading import Loading, columns
from services.shared.sync import Row
from utils.money import exponent
from utils.places import known_province

CURRENCY = Kind(currency, "code", ("code",))
REGION = Kind(region, "name", ("name",), "reg")
COUNTRY = Kind(region_country, "region_id", ("region_id", "iso_2"))
PROVIDER = Kind(region_payment_provider, "region_id", ("region_id", "provider_id"))
PREFERENCE = Kind(price_preference, "value", ("attribute", "value"), "prpref")
TAX_REGION = Kind(tax_region, "country_code", ("country_code", "province_code"), "txreg")
RATE = Kind(tax_rate, "tax_region_id", ("tax_region_id", "name"), "txr")
RATE_RULE = Kind(tax_rate_rule, "tax_rate_id", ("tax_rate_id", "reference", "reference_id"), "txrule")
DEFAULT_PROVIDER = "pp_system_default"
RATE_REFERENCES = {
    "products": ("product", "products"),
    "product_types": ("product_type", "types"),
    "shipping_options": ("shipping_option", "shipping_options"),
}


async def load_regions(loading: Loading) -> None:
    rows = [
        columns(entry, "code", "name", "symbol", "symbol_native") | {"decimal_digits": exponent(entry["code"])}
        for entry in loading.entries("currencies")
    ]
    await loading.rows(CURRENCY, rows, fresh=lambda key: {"symbol": key[0].upper(), "symbol_native": key[0].upper()})
    entries = {entry["name"]: entry for entry in loading.entries("regions")}
    rows = [columns(e, "name", "automatic_taxes", "metadata", currency_code="currency") for e in entries.values()]
    found = await loading.rows(REGION, rows)
    ids = {name: identity for (name,), identity in found.ids.items()}
    for name, identity in ids.items():
        loading.names.put("regions", name, identity)
    countries = [
        {"region_id": ids[name], "iso_2": code} for name, entry in entries.items() for code in entry["countries"]
    ]
    await loading.rows(COUNTRY, countries, owners=ids.values(), whole=True)
    new = {name for (name,) in found.created}
    stated = {
        ids[name]: entry.get("payment_providers", [DEFAULT_PROVIDER])
        for name, entry in entries.items()
        if "payment_providers" in entry or name in new
    }
    providers = [{"region_id": identity, "provider_id": code} for identity, codes in stated.items() for code in codes]
    await loading.rows(PROVIDER, providers, owners=stated, whole=True)
    await loading.rows(PREFERENCE, preferences(loading))


def preferences(loading: Loading) -> Iterator[Row]:
    """Those stated with regions, and those of the section of their own."""
    for entry in loading.entries("regions"):
        if "tax_inclusive" in entry:
            yield preference("region_id", loading.names.id("regions", entry["name"]), entry["tax_inclusive"])
    for entry in loading.entries("price_preferences"):
        if "region" in entry:
            yield preference("region_id", loading.names.id("regions", entry["region"]), entry["tax_inclusive"])
        else:
            yield preference("currency_code", entry["currency"], entry["tax_inclusive"])


def preference(attribute: str, value: str, inclusive: bool) -> Row:
    return {"attribute": attribute, "value": value, "is_tax_inclusive": inclusive}


async def load_taxes(loading: Loading) -> None:
    """Countries first: provinces hang on them. Provinces and rates of a stated list are whole."""
    entries = {entry["country"]: entry for entry in loading.entries("tax_regions")}
    rows = [columns(e, "metadata", country_code="country") | {"province_code": None} for e in entries.values()]
    ids = (await loading.rows(TAX_REGION, rows)).ids
    for (code, _), identity in ids.items():
        loading.names.put("tax_regions", code, identity)
    places = {identity: entries[code] for (code, _), identity in ids.items()}
    owners = [code for code, entry in entries.items() if "provinces" in entry]
    parents = [columns(entries[code], "metadata", country_code="country") | {"province_code": None} for code in owners]
    provinces = {
        (code, known_province(code, entry["province"])): entry
        for code in owners
        for entry in entries[code]["provinces"]
    }
    rows = [
        columns(entry, "metadata") | {"country_code": code, "province_code": short, "parent_id": ids[(code, None)]}
        for (code, short), entry in provinces.items()
    ]
    found = await loading.rows(TAX_REGION, [*parents, *rows], owners=owners, whole=True)
    for key, entry in provinces.items():
        loading.names.put("tax_regions", f"{key[0]}/{key[0]}-{key[1]}", found.ids[key])
        places[found.ids[key]] = entry
    await load_rates(loading, places)


async def load_rates(loading: Loading, places: dict[str, dict[str, Any]]) -> None:
    rows: list[Row] = []
    rules: list[tuple[tuple[str, str], str, str]] = []
    for identity, entry in places.items():
        for rate, is_default in rates_of(entry):
            row = columns(rate, "name", "code", "is_combinable", "metadata")
            rows.append(row | {"tax_region_id": identity, "rate": Decimal(str(rate["rate"])), "is_default": is_default})
            for key, (reference, kind) in RATE_REFERENCES.items():
                rules += [((identity, rate["name"]), reference, loading.names.id(kind, n)) for n in rate.get(key, ())]
    whole = [identity for identity, entry in places.items() if "rates" in entry or "default_rate" in entry]
    found = await loading.rows(RATE, rows, owners=whole, whole=True)
    links = [{"tax_rate_id": found.ids[key], "reference": ref, "reference_id": to} for key, ref, to in rules]
    await loading.rows(RATE_RULE, links, owners=found.ids.values(), whole=True)


def rates_of(entry: dict[str, Any]) -> Iterator[tuple[dict[str, Any], bool]]:
    """A place's rates, and whether each is the default."""
    if entry.get("default_rate"):
        yield entry["default_rate"], True
    for rate in entry.get("rates") or ():
        yield rate, False
