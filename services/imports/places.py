"""Where an import goes: the seller, its currency, channels and location; and what there is of a product already."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import ARRAY, Select, Text, bindparam, func, select

from models.schema.identity import sales_channel
from models.schema.inventory import stock_location
from models.schema.product import product, product_image
from models.schema.region import currency, region, region_country
from models.schema.seller import seller
from services.imports.catalogue import Product
from services.imports.entry import Standing, Target
from services.imports.skus import own_variants
from services.infrastructure.database.database import UnitOfWork
from utils.errors import AppError
from utils.text import slug

SELLER = select(seller.c.id, seller.c.country_code).where(seller.c.handle == bindparam("seller"))
CURRENCY = select(currency.c.code).where(currency.c.code == bindparam("currency"))
CURRENCIES = select(region.c.currency_code).distinct()
CURRENCY_OF_COUNTRY = (
    select(region.c.currency_code).join(region_country).where(region_country.c.iso_2 == bindparam("country"))
)
# The seller's product of that external id first, then whoever has the handle.
HOMES = select(
    product.c.id, product.c.seller_id, product.c.handle, product.c.external_id, product.c.metadata, product.c.deleted_at
).where(
    ((product.c.seller_id == bindparam("seller_id")) & (product.c.external_id == bindparam("external_id")))
    | (product.c.handle == bindparam("handle"))
)
TAKEN: Select[Any] = select(func.count()).select_from(product).where(product.c.handle == bindparam("handle"))
SOURCES = select(product_image.c.url, product_image.c.metadata).where(
    product_image.c.product_id == bindparam("product_id")
)
CHANNELS = select(sales_channel.c.name).where(sales_channel.c.name == func.any(bindparam("names", type_=ARRAY(Text))))
LOCATION = select(stock_location.c.id).where(
    stock_location.c.seller_id == bindparam("seller_id"), stock_location.c.name == bindparam("location")
)


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
    row = (await work.execute(SELLER, {"seller": order.seller})).first()
    if row is None:
        raise ImportRefused(f"There is no store {order.seller!r}. Seed it first, or correct --store.")
    code = None
    if names_currency and order.currency:
        raise ImportRefused("The file names the currency of each price. Leave --currency out.")
    if not names_currency:
        code = order.currency.lower() if order.currency else await currency_of(work, row.country_code)
        if code is None:
            raise ImportRefused("The file does not say its currency. Name it with --currency.")
        if (await work.execute(CURRENCY, {"currency": code})).first() is None:
            raise ImportRefused(f"There is no currency {code!r}. Name one of ISO 4217 with --currency, as usd.")
    await check_places(work, order, row.id)
    return Target(order.seller, row.id, code, order.sales_channels, order.location)


async def check_places(work: UnitOfWork, order: Order, seller_id: str) -> None:
    """The channels and the location that were asked for."""
    asked = list(order.sales_channels or ())
    known = set((await work.execute(CHANNELS, {"names": asked})).scalars()) if asked else set()
    for name in asked:
        if name not in known:
            raise ImportRefused(f"There is no sales channel {name!r}. Seed it first, or correct --sales-channel.")
    if order.location is not None:
        found = await work.execute(LOCATION, {"seller_id": seller_id, "location": order.location})
        if found.first() is None:
            raise ImportRefused(f"The store has no stock location {order.location!r}. Correct --location.")


async def currency_of(work: UnitOfWork, country: str | None) -> str | None:
    """The currency of the region the seller stands in, or the only one there is."""
    here = (await work.execute(CURRENCY_OF_COUNTRY, {"country": country})).scalars().all() if country else []
    found = here or (await work.execute(CURRENCIES)).scalars().all()
    return str(found[0]) if len(found) == 1 else None


async def standing_of(work: UnitOfWork, found: Product, target: Target) -> Standing:
    """What there is of a product, and the handle that it has or gets."""
    wanted = slug(found.handle)
    asked = {"seller_id": target.seller_id, "external_id": found.external_id, "handle": wanted}
    rows = (await work.execute(HOMES, asked)).all()
    mine = [r for r in rows if r.seller_id == target.seller_id and r.deleted_at is None]
    known = next((r for r in mine if r.external_id == found.external_id), None)
    known = known or next((r for r in mine if r.handle == wanted and r.external_id is None), None)
    if known is None:
        return Standing(await free_handle(work, wanted, target.seller))
    images = (await work.execute(SOURCES, {"product_id": known.id})).all()
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
    while (await work.execute(TAKEN, {"handle": handle})).scalar():
        number += 1
        handle = f"{wanted}-{seller_handle}" if number == 2 else f"{wanted}-{seller_handle}-{number - 1}"
    return handle
