"""Carry out an import: the whole file is read and checked, then each product is written in a transaction of its own.

It can be stopped at any moment and run again.
"""

import re
from collections.abc import Callable
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass, field

from sqlalchemy.exc import DataError, IntegrityError

from services import seed
from services.imports.catalogue import Product, Reading
from services.imports.csv_rows import CsvFile
from services.imports.entry import Standing, Target, product_entry
from services.imports.images import fetch_image
from services.imports.places import Order, standing_of, target_of
from services.imports.rows import Fault, Row
from services.imports.sale import load_sale, sale_amounts
from services.imports.skus import Skus, told
from services.imports.spool import Spool
from services.infrastructure.database.database import Database
from services.infrastructure.files.slot import FileStore
from services.infrastructure.http.fetch import Fetcher, FetchRefused
from services.seed.problems import Problem
from services.shared.sync import Tally

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


class Undo(Exception):
    """Rolls back what a dry run has tried."""


@dataclass(slots=True)
class Result:
    """How it went: products by outcome, faults and warnings in all, images fetched.

    `not_loaded` and `kept` count filled cells by what is told of them: those without effect, and those that became
    metadata only.
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    failed: int = 0
    faults: int = 0
    warnings: int = 0
    variants: int = 0
    images: int = 0
    not_loaded: dict[str, int] = field(default_factory=dict)
    kept: dict[str, int] = field(default_factory=dict)


def nobody(_: object) -> None:
    """Nobody listens."""


@dataclass(slots=True)
class Importer:
    """One import. `say` hears every fault, `warn` every warning, `progress` how much is done in bytes of the file."""

    database: Database
    order: Order
    say: Callable[[Fault], object]
    progress: Callable[[int], object] = nobody
    files: FileStore | None = None
    fetcher: Fetcher | None = None
    warn: Callable[[Fault], object] = nobody
    result: Result = field(default_factory=Result)
    skus: Skus = field(default_factory=Skus)

    async def run(self) -> Result:
        """Import the whole file; ImportRefused or UnreadableCsv when it cannot begin."""
        with closing(CsvFile(self.order.file, self.order.format)) as file, Spool(file) as spool:
            async with AsyncExitStack() as stack:
                if self.fetcher is not None:
                    await stack.enter_async_context(self.fetcher)
                async with self.database.reading() as work:
                    target = await target_of(work, self.order, names_currency=file.format.names_currency)
                self.read(file, spool)
                ready = await self.check(spool, target)
                await self.write(spool, ready, target)
        return self.result

    def read(self, file: CsvFile, spool: Spool) -> None:
        for row in spool.read():
            self.skus.note(file.format.key(row.get), row.line, row.get("sku"))
            self.progress(file.position // 3)
        spool.close()
        self.skus.join(spool.aliases)

    async def check(self, spool: Spool, target: Target) -> list[str]:
        """The products that can be written. All faults and warnings are told, in the order of the file."""
        faults, warnings = list(spool.faults), list[Fault]()
        ready: list[str] = []
        size = self.order.file.stat().st_size
        self.result.not_loaded = spool.not_loaded
        for index, (key, rows) in enumerate(spool.groups()):
            reading = Reading(spool.file.header, target.currency)
            found = spool.file.format.read(reading, rows)
            if found is not None and key not in spool.suspects:
                await self.check_product(spool, key, found, reading, target)
            faults += reading.faults
            if not reading.faults and key not in spool.suspects:
                ready.append(key)
                warnings += reading.warnings
                self.count_cells(spool, reading, rows)
            self.progress(size // 3 + size * index // (3 * len(spool.places)))
        self.result.failed = len(spool.suspects.union(spool.places)) - len(ready)
        for fault in sorted(faults, key=lambda fault: fault.line):
            self.tell(fault)
        for warning in sorted(warnings, key=lambda warning: warning.line):
            self.tell_warning(warning)
        return ready

    def count_cells(self, spool: Spool, reading: Reading, rows: list[Row]) -> None:
        """Note what of a product's filled cells is not loaded, and what becomes metadata only."""
        chosen, name = spool.file.format, spool.file.header.name
        unused = [*reading.unused, *map(name, chosen.left_out(rows))]
        for found, columns in ((self.result.not_loaded, unused), (self.result.kept, map(name, chosen.kept_only(rows)))):
            for column in columns:
                found[column] = found.get(column, 0) + 1

    async def check_product(self, spool: Spool, key: str, found: Product, reading: Reading, target: Target) -> None:
        """Whether the database can take a product as it would become."""
        async with self.database.reading() as work:
            standing = await standing_of(work, found, target)
            ids = {"seller_id": target.seller_id, "product_id": standing.product_id}
            others = await self.skus.settle(work, key, found, standing.variants, ids)
            reading.warnings += told(reading.header, others)
            reading.faults += losses(spool, found, standing)
            try:
                sale_amounts(found, target)
                entry = product_entry(found, target, standing, standing.sources)
                await seed.check(work, {"products": [entry]})
            except seed.SeedErrors as error:
                reading.faults += [self.fault(reading, found, problem) for problem in error.problems]

    async def write(self, spool: Spool, ready: list[str], target: Target) -> None:
        size = self.order.file.stat().st_size
        for index, key in enumerate(ready):
            reading = Reading(spool.file.header, target.currency)
            found = spool.file.format.read(reading, spool.rows(key))
            assert found is not None, "it was checked"
            for variant in found.variants:
                variant.sku = self.skus.given.get(variant.line, variant.sku)
            tally = Tally()
            try:
                await self.load(found, target, tally)
                self.count(found, tally)
            except seed.SeedErrors as error:
                self.refuse([self.fault(reading, found, problem) for problem in error.problems])
            except (IntegrityError, DataError) as error:
                reason = str(error.orig).partition("\n")[0]
                hint = "Correct the row; other products are not touched by this"
                self.refuse([Fault(found.line, "", f"the database refuses the product: {reason}", hint)])
            self.progress(2 * size // 3 + size * (index + 1) // (3 * len(ready)))

    def tell(self, fault: Fault) -> None:
        self.result.faults += 1
        self.say(fault)

    def tell_warning(self, warning: Fault) -> None:
        self.result.warnings += 1
        self.warn(warning)

    def refuse(self, faults: list[Fault]) -> None:
        """A product that somebody else's change since the check has made impossible."""
        self.result.failed += 1
        for fault in faults:
            self.tell(fault)

    def count(self, found: Product, tally: Tally) -> None:
        result = self.result
        result.variants += len(found.variants)
        if tally.created["product"]:
            result.created += 1
        elif tally.changed:
            result.updated += 1
        else:
            result.unchanged += 1

    async def load(self, found: Product, target: Target, tally: Tally) -> None:
        """Write one product."""
        async with self.database.reading() as work:
            standing = await standing_of(work, found, target)
        addresses = await self.fetch(found, target, dict(standing.sources))
        entry = product_entry(found, target, standing, addresses)
        try:
            async with self.database.unit_of_work() as work:
                report = await seed.load(work, {"products": [entry]})
                add(tally, report.tally)
                await load_sale(work, found, target, report.ids["variants"], tally)
                if self.order.dry_run:
                    raise Undo
        except Undo:
            pass

    async def fetch(self, found: Product, target: Target, addresses: dict[str, str]) -> dict[str, str]:
        """Fetch the images that are not here yet, before any transaction is open; one that fails keeps its address."""
        if self.fetcher is None or self.files is None or self.order.dry_run:
            return addresses
        for image in found.images:
            if image.url in addresses:
                continue
            try:
                addresses[image.url] = await fetch_image(self.fetcher, self.files, seller=target.seller, url=image.url)
                self.result.images += 1
            except FetchRefused as refused:
                hint = "The address is kept; run the import again to try once more"
                self.tell_warning(Fault(image.line, "Image Src", f"{image.url} {refused}", hint))
        return addresses

    def fault(self, reading: Reading, found: Product, problem: Problem) -> Fault:
        """A fault of the seed entry at the line and column it came from."""
        match = VARIANT_PATH.search(problem.path)
        line = found.variants[int(match[1])].line if match else found.line
        key = match[2] if match else problem.path.partition(".")[2].partition("[")[0]
        column = COLUMN_OF.get(key or "", "")
        return Fault(line, reading.header.name(column) if column else "", problem.message, problem.hint)


def losses(spool: Spool, found: Product, standing: Standing) -> list[Fault]:
    """What a product would lose in a file with rows that nobody could read: they may be its own."""
    if not spool.lost:
        return []
    gone = [repr(sku) for sku in standing.variants.keys() - {variant.sku for variant in found.variants}]
    if found.states("images"):
        gone += sorted(standing.images - {standing.sources.get(image.url, image.url) for image in found.images})
    if not gone:
        return []
    line = spool.lost[0].fault.line
    message = f"would lose {', '.join(sorted(gone))}, which may stand in line {line} that cannot be read"
    return [Fault(found.line, "", message, f"Correct line {line} first")]


def add(total: Tally, part: Tally) -> None:
    total.created += part.created
    total.updated += part.updated
    total.removed += part.removed
    total.unchanged += part.unchanged
