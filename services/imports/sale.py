"""Sale prices of an import: what products cost below their compare-at prices, in a price list of the seller."""

from collections.abc import Mapping
from decimal import Decimal

from models.pricing.commands import ListPrice, PutPriceList
from models.pricing.price import LIST_OF_TITLE
from services import seed
from services.imports.catalogue import Product
from services.imports.entry import Target
from services.infrastructure.database.database import UnitOfWork
from services.pricing import bulk
from services.seed.problems import Problem
from services.shared.sync import Tally
from utils.money import InvalidAmount, to_minor


async def load_sale(
    work: UnitOfWork, found: Product, target: Target, variants: Mapping[str, str], tally: Tally
) -> None:
    """Prices below a compare-at price, in a sale price list of the seller; gone from it when the sale is over."""
    amounts = sale_amounts(found, target)
    list_id = await sale_list(work, target.seller, make=bool(amounts), tally=tally)
    if list_id is None:
        return
    prices = [
        ListPrice(variant_id=variants[f"{target.seller}/{sku}"], currency_code=str(target.currency), amount=amount)
        for sku, amount in amounts.items()
    ]
    await bulk.put_prices(work, list_id=list_id, prices=prices, variant_ids=list(variants.values()), tally=tally)


def sale_amounts(found: Product, target: Target) -> dict[str, int]:
    """What variants on sale cost, in minor units by SKU; SeedErrors for amounts that the currency does not have."""
    return {
        variant.sku: minor(index, variant.price, target.currency)
        for index, variant in enumerate(found.variants)
        if variant.compare_at is not None and variant.price is not None and target.currency is not None
    }


async def sale_list(work: UnitOfWork, seller_handle: str, *, make: bool, tally: Tally) -> str | None:
    """The seller's price list for imported sales; whoever edits its window or status keeps what they set."""
    title = f"Imported sale prices of {seller_handle}"
    if not make:
        found = (await work.execute(LIST_OF_TITLE, {"title": title})).scalar()
        return str(found) if found else None
    text = "What imported products cost below their compare-at prices."
    first = PutPriceList(title=title, type="sale", status="active", description=text)
    return await bulk.ensure_price_list(work, first=first, tally=tally)


def minor(index: int, amount: Decimal, code: str) -> int:
    try:
        return to_minor(str(amount), code)
    except InvalidAmount as error:
        path = f"products[0].variants[{index}].prices"
        raise seed.SeedErrors([Problem(path, error.text.rstrip("."), "Round it")]) from error
