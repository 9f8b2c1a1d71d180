"""Where an import goes: the seller, its currency, channels and location; and what there is of a product already."""

from dataclasses import dataclass
from pathlib import Path

from models.product import imported
from models.seed import target as places
from services.imports.catalogue import Product
from services.imports.entry import Standing, Target
from services.imports.skus import own_variants
from services.infrastructure.database.database import UnitOfWork
from utils.errors import AppError
from utils.text import slug


class ImportRefused(AppError):
    """The import cannot begin; the text says why and what to do."""

    code, kind = "import_refused", "invalid"


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be imported, and how."""

    file: Path
    seller: str
    currency: str | None = None
    sales_channels: tuple[str, ...] | None = None
    location: str | None = None
    dry_run: bool = False
    format: str | None = None


async def target_of(work: UnitOfWork, order: Order, *, names_currency: bool) -> Target:
    """Where the products go; ImportRefused where there is no such place, or no currency can be told."""
    row = (await work.execute(places.SELLER, {"seller": order.seller})).first()
    if row is None:
        raise ImportRefused(f"There is no store {order.seller!r}. Seed it first, or correct --store.")
    code = None
    if names_currency and order.currency:
        raise ImportRefused("The file names the currency of each price. Leave --currency out.")
    if not names_currency:
        code = order.currency.lower() if order.currency else await currency_of(work, row.country_code)
        if code is None:
            raise ImportRefused("The file does not say its currency. Name it with --currency.")
        if (await work.execute(places.CURRENCY, {"currency": code})).first() is None:
            raise ImportRefused(f"There is no currency {code!r}. Name one of ISO 4217 with --currency, as usd.")
    await check_places(work, order, row.id)
    return Target(order.seller, row.id, code, order.sales_channels, order.location)


async def check_places(work: UnitOfWork, order: Order, seller_id: str) -> None:
    """The channels and the location that were asked for."""
    asked = list(order.sales_channels or ())
    known = set((await work.execute(places.CHANNELS, {"names": asked})).scalars()) if asked else set()
    for name in asked:
        if name not in known:
            raise ImportRefused(f"There is no sales channel {name!r}. Seed it first, or correct --sales-channel.")
    if order.location is not None:
        found = await work.execute(places.LOCATION, {"seller_id": seller_id, "location": order.location})
        if found.first() is None:
            raise ImportRefused(f"The store has no stock location {order.location!r}. Correct --location.")


async def currency_of(work: UnitOfWork, country: str | None) -> str | None:
    """The currency of the region the seller stands in, or the only one there is."""
    here = (await work.execute(places.CURRENCY_OF_COUNTRY, {"country": country})).scalars().all() if country else []
    found = here or (await work.execute(places.CURRENCIES)).scalars().all()
    return str(found[0]) if len(found) == 1 else None


async def standing_of(work: UnitOfWork, found: Product, target: Target) -> Standing:
    """What there is of a product, and the handle that it has or gets."""
    wanted = slug(found.handle)
    asked = {"seller_id": target.seller_id, "external_id": found.external_id, "handle": wanted}
    rows = (await work.execute(imported.HOMES, asked)).all()
    mine = [r for r in rows if r.seller_id == target.seller_id and r.deleted_at is None]
    known = next((r for r in mine if r.external_id == found.external_id), None)
    known = known or next((r for r in mine if r.handle == wanted and r.external_id is None), None)
    if known is None:
        return Standing(await free_handle(work, wanted, target.seller))
    images = (await work.execute(imported.SOURCES, {"product_id": known.id})).all()
    return Standing(
        known.handle,
        known.id,
        known.metadata or {},
        {row.metadata["source"]: row.url for row in images if row.metadata and row.metadata.get("source")},
        frozenset(row.url for row in images),
        await own_variants(work, known.id),
    )


async def free_handle(work: UnitOfWork, wanted: str, seller_handle: str) -> str:
    handle, number = wanted, 1
    while (await work.execute(imported.TAKEN, {"handle": handle})).scalar():
        number += 1
        handle = f"{wanted}-{seller_handle}" if number == 2 else f"{wanted}-{seller_handle}-{number - 1}"
    return handle
