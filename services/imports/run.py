"""Carry out an import: one product, one transaction, so that it can be stopped at any moment and run again."""

import re
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import ARRAY, Select, Text, bindparam, func, select
from sqlalchemy.exc import DataError, IntegrityError

from models.access import sales_channel
from models.currency import currency
from models.inventory import stock_location
from models.price import price, price_list
from models.product import product, product_image
from models.region import region, region_country
from models.store import store
from services import seed
from services.imports.csv_rows import CsvFile, Fault
from services.imports.entry import Target, product_entry
from services.imports.images import fetch_image
from services.imports.shopify import Product, products
from services.infra.database import Database, UnitOfWork
from services.infra.files import FileStore
from services.seed.load_prices import PLACE, PRICE_LIST
from services.seed.problems import Problem
from services.seed.sync import Kind, Tally, sync
from utils.errors import AppError
from utils.fetch import Fetcher, FetchRefused
from utils.money import InvalidAmount, from_wire
from utils.text import slug

STORE = select(store.c.id, store.c.country_code).where(store.c.handle == bindparam("store"))
CURRENCY = select(currency.c.code).where(currency.c.code == bindparam("currency"))
CURRENCIES = select(region.c.currency_code).distinct()
CURRENCY_OF_COUNTRY = (
    select(region.c.currency_code).join(region_country).where(region_country.c.iso_2 == bindparam("country"))
)
# The store's product of that external id first, then whoever has the handle.
HOMES = select(
    product.c.id, product.c.store_id, product.c.handle, product.c.external_id, product.c.metadata, product.c.deleted_at
).where(
    ((product.c.store_id == bindparam("store_id")) & (product.c.external_id == bindparam("external_id")))
    | (product.c.handle == bindparam("handle"))
)
TAKEN: Select[Any] = select(func.count()).select_from(product).where(product.c.handle == bindparam("handle"))
SOURCES = select(product_image.c.url, product_image.c.metadata).where(
    product_image.c.product_id == bindparam("product_id")
)
CHANNELS = select(sales_channel.c.name).where(sales_channel.c.name == func.any(bindparam("names", type_=ARRAY(Text))))
LOCATION = select(stock_location.c.id).where(
    stock_location.c.store_id == bindparam("store_id"), stock_location.c.name == bindparam("location")
)
SALE_LIST = select(price_list.c.id).where(price_list.c.title == bindparam("title"))
VARIANT_PATH = re.compile(r"variants\[(\d+)\]\.?(\w+)?")
COLUMN_OF = {
    "sku": "sku",
    "prices": "price",
    "stock": "quantity",
    "options": "option1_value",
    "images": "image",
    "barcode": "barcode",
    "weight": "grams",
    "handle": "handle",
    "title": "title",
    "tags": "tags",
    "type": "type",
    "description": "body",
}


class ImportRefused(AppError):
    """The import cannot begin; the text says why and what to do."""

    code, kind = "import_refused", "invalid"


class Undo(Exception):
    """Rolls back what a dry run has tried."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be imported, and how."""

    file: Path
    store: str
    currency: str | None = None
    sales_channels: tuple[str, ...] | None = None
    location: str | None = None
    dry_run: bool = False


@dataclass(slots=True)
class Result:
    """How it went: products by outcome, faults in all, images fetched."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    failed: int = 0
    faults: int = 0
    variants: int = 0
    images: int = 0


@dataclass(slots=True)
class Importer:
    """One import. `say` hears every fault, `progress` the bytes read so far."""

    database: Database
    order: Order
    say: Callable[[Fault], object]
    progress: Callable[[int], object] = lambda _: None
    files: FileStore | None = None
    fetcher: Fetcher | None = None
    result: Result = field(default_factory=Result)
    skus: dict[str, int] = field(default_factory=dict)

    async def run(self) -> Result:
        """Import the whole file; ImportRefused or UnreadableCsv when it cannot begin."""
        file = CsvFile(self.order.file)
        try:
            async with AsyncExitStack() as stack:
                if self.fetcher is not None:
                    await stack.enter_async_context(self.fetcher)
                target, store_id = await self.target()
                for found, faults in products(file):
                    await self.take(file, found, faults, target, store_id)
                    self.progress(file.position)
        finally:
            file.close()
        return self.result

    async def target(self) -> tuple[Target, str]:
        order = self.order
        async with self.database.reading() as work:
            row = (await work.execute(STORE, {"store": order.store})).first()
            if row is None:
                raise ImportRefused(f"There is no store {order.store!r}. Seed it first, or correct --store.")
            code = order.currency.lower() if order.currency else await currency_of(work, row.country_code)
            if code is None:
                raise ImportRefused("The file does not say its currency. Name it with --currency.")
            if (await work.execute(CURRENCY, {"currency": code})).first() is None:
                raise ImportRefused(f"There is no currency {code!r}. Name one of ISO 4217 with --currency, as usd.")
            await check_places(work, order, row.id)
        return Target(order.store, code, order.sales_channels, order.location), row.id

    async def take(
        self, file: CsvFile, found: Product | None, faults: list[Fault], target: Target, store_id: str
    ) -> None:
        tally = Tally()
        if found is not None:
            faults += self.twice(file, found)
            found = None if faults else found
        if found is not None:
            try:
                faults += await self.load(found, target, store_id, tally)
            except seed.SeedErrors as error:
                faults += [self.fault(file, found, problem) for problem in error.problems]
                found = None
            except (IntegrityError, DataError) as error:
                reason = str(error.orig).partition("\n")[0]
                hint = "Correct the row; other products are not touched by this"
                faults.append(Fault(found.line, "", f"the database refuses the product: {reason}", hint))
                found = None
        self.count(found, faults, tally)

    def twice(self, file: CsvFile, found: Product) -> list[Fault]:
        """SKUs that another product of the file has; a trial run would not meet them in the database."""
        column = file.header.name("sku")
        faults = [
            Fault(v.line, column, f"{v.sku!r} is the SKU of line {self.skus[v.sku]} too", "Give each variant its own")
            for v in found.variants
            if v.sku in self.skus
        ]
        self.skus.update({variant.sku: variant.line for variant in found.variants if not faults})
        return faults

    def count(self, found: Product | None, faults: list[Fault], tally: Tally) -> None:
        result = self.result
        result.faults += len(faults)
        for fault in faults:
            self.say(fault)
        if found is None:
            result.failed += 1
            return
        result.variants += len(found.variants)
        if tally.created["product"]:
            result.created += 1
        elif tally.changed:
            result.updated += 1
        else:
            result.unchanged += 1

    async def load(self, found: Product, target: Target, store_id: str, tally: Tally) -> list[Fault]:
        """Write one product; faults are of images that could not be fetched, and keep their addresses."""
        async with self.database.reading() as work:
            handle, metadata, addresses = await standing(work, found, target, store_id)
        faults = await self.fetch(found, target, addresses)
        entry = product_entry(found, target, handle, metadata, addresses)
        try:
            async with self.database.unit_of_work() as work:
                report = await seed.load(work, {"products": [entry]})
                add(tally, report.tally)
                await load_sale(work, found, target, report.ids["variants"], tally)
                if self.order.dry_run:
                    raise Undo
        except Undo:
            pass
        return faults

    async def fetch(self, found: Product, target: Target, addresses: dict[str, str]) -> list[Fault]:
        """Fetch the images that are not here yet, before any transaction is open."""
        if self.fetcher is None or self.files is None or self.order.dry_run:
            return []
        faults: list[Fault] = []
        for image in found.images:
            if image.url in addresses:
                continue
            try:
                addresses[image.url] = await fetch_image(self.fetcher, self.files, store=target.store, url=image.url)
                self.result.images += 1
            except FetchRefused as refused:
                hint = "The address is kept; run the import again to try once more"
                faults.append(Fault(image.line, "Image Src", f"{image.url} {refused}", hint))
        return faults

    def fault(self, file: CsvFile, found: Product, problem: Problem) -> Fault:
        """A fault of the seed entry at the line and column it came from."""
        match = VARIANT_PATH.search(problem.path)
        line = found.variants[int(match[1])].line if match else found.line
        key = match[2] if match else problem.path.partition(".")[2].partition("[")[0]
        column = COLUMN_OF.get(key or "", "")
        return Fault(line, file.header.name(column) if column else "", problem.message, problem.hint)


async def check_places(work: UnitOfWork, order: Order, store_id: str) -> None:
    """The channels and the location that were asked for."""
    asked = list(order.sales_channels or ())
    known = set((await work.execute(CHANNELS, {"names": asked})).scalars()) if asked else set()
    for name in asked:
        if name not in known:
            raise ImportRefused(f"There is no sales channel {name!r}. Seed it first, or correct --sales-channel.")
    if order.location is not None:
        found = await work.execute(LOCATION, {"store_id": store_id, "location": order.location})
        if found.first() is None:
            raise ImportRefused(f"The store has no stock location {order.location!r}. Correct --location.")


async def currency_of(work: UnitOfWork, country: str | None) -> str | None:
    """The currency of the region the store stands in, or the only one there is."""
    here = (await work.execute(CURRENCY_OF_COUNTRY, {"country": country})).scalars().all() if country else []
    found = here or (await work.execute(CURRENCIES)).scalars().all()
    return str(found[0]) if len(found) == 1 else None


async def standing(
    work: UnitOfWork, found: Product, target: Target, store_id: str
) -> tuple[str, Mapping[str, Any], dict[str, str]]:
    """The handle the product has or gets, its metadata, and where images that were fetched before are kept."""
    wanted = slug(found.handle)
    asked = {"store_id": store_id, "external_id": found.handle, "handle": wanted}
    rows = (await work.execute(HOMES, asked)).all()
    mine = [r for r in rows if r.store_id == store_id and r.deleted_at is None]
    known = next((r for r in mine if r.external_id == found.handle), None)
    known = known or next((r for r in mine if r.handle == wanted and r.external_id is None), None)
    if known is not None:
        sources = await work.execute(SOURCES, {"product_id": known.id})
        kept = {row.metadata["source"]: row.url for row in sources if row.metadata and row.metadata.get("source")}
        return known.handle, known.metadata or {}, kept
    handle, number = wanted, 1
    while (await work.execute(TAKEN, {"handle": handle})).scalar():
        number += 1
        handle = f"{wanted}-{target.store}" if number == 2 else f"{wanted}-{target.store}-{number - 1}"
    return handle, {}, {}


async def load_sale(
    work: UnitOfWork, found: Product, target: Target, variants: Mapping[str, str], tally: Tally
) -> None:
    """Prices below a compare-at price, in a sale price list of the store; gone from it when the sale is over."""
    on_sale = [(index, variant) for index, variant in enumerate(found.variants) if variant.compare_at is not None]
    list_id = await sale_list(work, target.store, make=bool(on_sale), tally=tally)
    if list_id is None:
        return
    rows = [
        {
            "price_list_id": list_id,
            "variant_id": variants[f"{target.store}/{variant.sku}"],
            "currency_code": target.currency,
            "region_id": None,
            "min_quantity": None,
            "max_quantity": None,
            "amount": minor(index, variant.price, target.currency),
        }
        for index, variant in on_sale
    ]
    await sync(work, sale_prices(list_id), rows, tally=tally, owners=variants.values(), whole=True)


@cache
def sale_prices(list_id: str) -> Kind:
    return Kind(price, "variant_id", ("variant_id", *PLACE), "price", only=price.c.price_list_id == list_id)


async def sale_list(work: UnitOfWork, store_handle: str, *, make: bool, tally: Tally) -> str | None:
    """The store's price list for imported sales; whoever edits its window or status keeps what they set."""
    title = f"Imported sale prices of {store_handle}"
    if not make:
        found = (await work.execute(SALE_LIST, {"title": title})).scalar()
        return str(found) if found else None
    text = "What imported products cost below their compare-at prices."
    fresh = {"type": "sale", "status": "active", "description": text}
    outcome = await sync(work, PRICE_LIST, [{"title": title}], tally=tally, fresh=lambda _: fresh)
    return outcome.ids[(title,)]


def minor(index: int, amount: Decimal, code: str) -> int:
    try:
        return from_wire(str(amount), code)
    except InvalidAmount as error:
        path = f"products[0].variants[{index}].prices"
        raise seed.SeedErrors([Problem(path, error.text.rstrip("."), "Round it")]) from error


def add(total: Tally, part: Tally) -> None:
    total.created += part.created
    total.updated += part.updated
    total.removed += part.removed
    total.unchanged += part.unchanged
