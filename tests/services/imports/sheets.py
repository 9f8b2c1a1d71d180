"""Product files to import, and looking at what became of them."""

import csv
import io
from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from models.schema.product import product, product_variant
from services.infrastructure.database.database import Database

Import = Callable[..., Any]
COLUMNS = (
    "Handle,Title,Body (HTML),Tags,Published,Option1 Name,Option1 Value,Variant SKU,Variant Price,Image Src".split(",")
)


def sheet(*rows: dict[str, str], columns: list[str] = COLUMNS, delimiter: str = ",") -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def item(handle: str, **cells: str) -> dict[str, str]:
    named = {
        "price": "Variant Price",
        "sku": "Variant SKU",
        "title": "Title",
        "body": "Body (HTML)",
        "image": "Image Src",
    }
    row = {"Handle": handle, "Title": handle.title(), "Variant Price": "10"}
    return row | {named.get(key, key.replace("_", " ")): value for key, value in cells.items()}


async def rows(database: Database, statement: Any) -> list[Any]:
    async with database.reading() as work:
        return list((await work.execute(statement)).all())


async def one(database: Database, handle: str) -> Any:
    return (await rows(database, select(product).where(product.c.handle == handle)))[0]


async def variants_of(database: Database, handle: str) -> list[Any]:
    found = select(product_variant).join(product, product.c.id == product_variant.c.product_id)
    return await rows(database, found.where(product.c.handle == handle).order_by(product_variant.c.variant_rank))
