"""Load a seed document in the caller's transaction: check everything first, then write in the order of references."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.product.rules import PUBLISHED, NothingToSell
from models.seed import homes
from services.infrastructure.database.database import UnitOfWork
from services.providers.payment import InstalledPayments
from services.seed.load_access import load_access
from services.seed.load_prices import load_price_lists
from services.seed.load_products import load_products
from services.seed.load_promotions import load_promotions
from services.seed.load_regions import load_regions, load_taxes
from services.seed.load_returns import load_return_reasons
from services.seed.load_sellers import load_profiles, load_sellers
from services.seed.load_stock import load_items, load_stock
from services.seed.load_taxonomy import load_taxonomy
from services.seed.loading import Loading, Progress, no_progress
from services.seed.problems import SeedErrors
from services.seed.survey import NOUNS, Survey, each
from services.seed.survey_catalogue import check_lists, survey_catalogue
from services.seed.survey_places import survey_places
from services.seed.survey_regions import check_currencies
from services.seed.survey_room import check_room
from services.seed.survey_sellers import check_shipping_prices
from services.seed.validate import check_shape
from services.shared.seed_sections import Sections
from services.shared.sync import Tally

SCOPES = ("access", "sellers", "taxonomy", "regions", "shipping", "promotions", "catalogue", "returns")


@dataclass(frozen=True, slots=True)
class Report:
    """What a load came to: ids by kind and natural key of everything the file states, and how many rows changed."""

    ids: dict[str, dict[str, str]]
    tally: Tally


async def load(work: UnitOfWork, document: Mapping[str, Any], progress: Progress = no_progress) -> Report:
    """Make the database what the document states. SeedErrors before anything is written if it cannot be.

    `progress` hears how many entries of products, price lists and promotions are done.
    """
    check_shape(document, work.snapshots.cache(Sections))
    return await load_checked(work, document, progress)


async def load_checked(work: UnitOfWork, document: Mapping[str, Any], progress: Progress = no_progress) -> Report:
    """`load` of a document that is known to fit the schema."""
    await work.execute(homes.LOCK)
    survey = await surveyed(work, dict(document))
    loading = Loading(work, document, survey.names, progress=progress)
    await load_regions(loading)
    await load_access(loading)
    await load_profiles(loading)
    await load_taxonomy(loading)
    await load_sellers(loading)
    await load_items(loading)
    await load_products(loading)
    await load_stock(loading)
    await load_price_lists(loading)
    await load_taxes(loading)
    await load_promotions(loading)
    await load_return_reasons(loading)
    for section in work.snapshots.cache(Sections):
        if document.get(section.name):
            await section.load(loading, document[section.name])
    if loading.tally.changed:
        for scope in SCOPES:
            work.touch(scope)
    return Report(reported(loading), loading.tally)


async def check(work: UnitOfWork, document: Mapping[str, Any]) -> None:
    """SeedErrors if `load` would refuse the document; nothing is written."""
    check_shape(document, work.snapshots.cache(Sections))
    await surveyed(work, dict(document))


def size(document: Mapping[str, Any]) -> int:
    """How many entries `progress` will hear of."""
    return sum(len(document.get(section) or ()) for section in ("products", "price_lists", "promotions"))


async def surveyed(work: UnitOfWork, document: dict[str, Any]) -> Survey:
    survey = Survey(payment_providers=work.snapshots.cache(InstalledPayments).ids)
    survey_places(survey, document)
    survey_catalogue(survey, document)
    for section in work.snapshots.cache(Sections):
        if section.survey is not None:
            for path, entry in each(document, section.name):
                section.survey(survey, path, entry)
    await survey.names.fetch(work, survey.references)
    survey.check_references()
    survey.check_prices()
    check_lists(survey)
    check_shipping_prices(survey)
    await check_homes(work, survey, document)
    await check_currencies(work, survey, document)
    await check_locations(work, survey, document)
    await check_room(work, survey, document)
    if survey.problems:
        raise SeedErrors(sorted(set(survey.problems)))
    return survey


async def check_homes(work: UnitOfWork, survey: Survey, document: dict[str, Any]) -> None:
    """Things that are unique in the marketplace and stand elsewhere already."""
    regions = {entry["name"] for _, entry in each(document, "regions")}
    countries = {code: path for path, entry in each(document, "regions") for code in entry["countries"]}
    for row in await work.execute(homes.OF_COUNTRIES, {"names": list(countries)}) if countries else ():
        if row.name not in regions:
            path = f"{countries[row.iso_2]}.countries"
            survey.problem(
                path, f"{row.iso_2!r} is in the region {row.name!r}", "State that region too, without the country"
            )
    products = {entry["handle"]: (path, entry) for path, entry in each(document, "products")}
    fresh = dict(products)
    for row in await work.execute(homes.OF_PRODUCTS, {"names": list(products)}) if products else ():
        path, entry = fresh.pop(row.handle)
        if row.seller != entry["store"]:
            survey.problem(
                f"{path}.handle", f"{row.handle!r} is a product of the store {row.seller!r}", "Choose another handle"
            )
        elif row.deleted_at is not None:
            survey.problem(f"{path}.handle", f"{row.handle!r} is a deleted product", "Choose another handle")
    for path, entry in fresh.values():
        if entry.get("status", PUBLISHED) == PUBLISHED and not any(one.get("prices") for one in entry["variants"]):
            survey.problem(path, NothingToSell().text.rstrip("."), "Add `prices`, or the `status` draft")
    skus = {
        (entry["store"], variant["sku"]): (place, entry)
        for path, entry in each(document, "products")
        for place, variant in each(entry, "variants", path)
    }
    for row in await work.execute(homes.OF_SKUS, {"names": list({sku for _, sku in skus})}) if skus else ():
        place, entry = skus.get((row.seller, row.sku), ("", None))
        if entry is not None and row.handle != entry["handle"]:
            survey.problem(
                f"{place}.sku", f"{row.sku!r} is a variant of the product {row.handle!r}", "Remove it there first"
            )
    tokens = {entry["token"]: (path, entry) for path, entry in each(document, "publishable_keys") if "token" in entry}
    for row in await work.execute(homes.OF_TOKENS, {"names": list(tokens)}) if tokens else ():
        path, entry = tokens[row.token]
        if row.title != entry["title"]:
            survey.problem(f"{path}.token", f"is the token of the key {row.title!r}", "Leave it out, or use that title")


async def check_locations(work: UnitOfWork, survey: Survey, document: dict[str, Any]) -> None:
    """Stock without a place needs a seller that has one."""
    handles = {entry["handle"] for _, entry in each(document, "stores") if entry.get("stock_locations")}
    missing = {handle for handle, _ in survey.first_locations} - handles
    if missing:
        missing -= {row.handle for row in await work.execute(homes.WITH_LOCATION, {"names": list(missing)})}
    for handle, path in survey.first_locations:
        if handle in missing and survey.names.has("stores", handle):
            survey.problem(
                path, f"the store {handle!r} has no stock location", "State one under `stock_locations` of the store"
            )


def reported(loading: Loading) -> dict[str, dict[str, str]]:
    names = loading.names
    sections = (section.name for section in loading.work.snapshots.cache(Sections))
    kinds = [kind for kind in (*NOUNS, "tokens", *sections) if kind not in ("countries", "currencies")]
    found = {
        kind: {n: names.ids[kind][n] for n in sorted(names.stated[kind]) if n in names.ids[kind]} for kind in kinds
    }
    return {kind: ids for kind, ids in found.items() if ids}
