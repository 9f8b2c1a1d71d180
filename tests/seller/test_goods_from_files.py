"""What REST refuses of products, variants, options and prices, no seed file brings in: both are fed the same."""

from collections.abc import Callable
from secrets import token_hex
from typing import Any

import pytest
from sqlalchemy import func, select

from models.schema.product import product
from services import seed
from services.deps import Deps
from tests.seller.goods import PRODUCTS
from tests.staff import Worker

Json = dict[str, Any]


def goods(**said: Any) -> Json:
    """A body for REST; `as_entry` says the same in a file."""
    tag = token_hex(4)
    sizes: list[Json] = [
        {"sku": f"FF-{tag}-{size}", "options": {"Size": size}, "prices": [{"amount": 19.9, "currency_code": "eur"}]}
        for size in ("S", "M")
    ]
    options: list[Json] = [{"title": "Size", "values": ["S", "M", "L"]}]
    body: Json = {"title": f"Shirt {tag}", "handle": f"shirt-{tag}", "status": "published"}
    return {**body, "options": options, "variants": sizes, **said}


def price_entry(price: Json, regions: dict[str, str]) -> Json:
    named = {id_: name for name, id_ in regions.items()}
    entry = {name: value for name, value in price.items() if name not in ("currency_code", "region_id")}
    entry |= {"currency": price["currency_code"]} if "currency_code" in price else {}
    return entry | ({"region": named.get(price["region_id"], "Nowhere")} if "region_id" in price else {})


def as_entry(body: Json, seller: str, regions: dict[str, str]) -> Json:
    """The product of a REST body as an entry of a seed file; things of other kinds are named, not given by id."""
    entry = {name: value for name, value in body.items() if not name.endswith(("_id", "_ids")) or name == "external_id"}
    entry |= {"store": seller}
    entry |= {"collection": "no-such-collection"} if "collection_id" in body else {}
    entry |= {"categories": ["no-such-category"]} if "category_ids" in body else {}
    if isinstance(body.get("variants"), list):
        entry["variants"] = [
            {**one, "prices": [price_entry(price, regions) for price in one["prices"]]} if "prices" in one else one
            for one in body["variants"]
        ]
    return entry


def variant(**said: Any) -> Callable[[Json], None]:
    """The first variant says this too."""
    return lambda body: body["variants"][0].update(said)


def price(**said: Any) -> Callable[[Json], None]:
    """The first price of the first variant says this too."""
    return lambda body: body["variants"][0]["prices"][0].update(said)


def option(**said: Any) -> Callable[[Json], None]:
    """The option says this too."""
    return lambda body: body["options"][0].update(said)


def retitled(title: str) -> Callable[[Json], None]:
    """The option, and what variants choose of it, by another title."""

    def change(body: Json) -> None:
        body["options"][0]["title"] = title
        for one in body["variants"]:
            one["options"] = {title: one["options"]["Size"]}

    return change


def whole(**said: Any) -> Callable[[Json], None]:
    """The product says this too."""
    return lambda body: body.update(said)


def without(name: str) -> Callable[[Json], None]:
    return lambda body: body.pop(name)


def more_options(count: int) -> Callable[[Json], None]:
    def change(body: Json) -> None:
        body["options"] = [{"title": f"Option {n}", "values": ["one"]} for n in range(count)]
        body["variants"] = [{**body["variants"][0], "options": {f"Option {n}": "one" for n in range(count)}}]

    return change


def more_prices(count: int) -> Callable[[Json], None]:
    steps = [{"amount": 5, "currency_code": "eur", "min_quantity": n, "max_quantity": n} for n in range(1, count + 1)]
    return variant(prices=steps)


EUR = {"amount": 5, "currency_code": "eur"}
BAD: dict[str, Callable[[Json], Any]] = {
    "no title": without("title"),
    "a blank title": whole(title="  "),
    "a title of 501 signs": whole(title="x" * 501),
    "a title with a sign that nobody sees": whole(title="Shirt\u0000"),
    "a title of two lines": whole(title="Shirt\nred"),
    "a SKU with a tab": variant(sku="FF\t1"),
    "an option's title with a sign that nobody sees": retitled("Size\u200b"),
    "a subtitle of 201 signs": whole(subtitle="x" * 201),
    "a description of 50,001 signs": whole(description="x" * 50_001),
    "a handle with capitals": whole(handle="Shirt"),
    "a handle of 201 signs": whole(handle="x" * 201),
    "a status that is none": whole(status="sold"),
    "a flag that is a word": whole(is_giftcard="yes"),
    "a negative weight": whole(weight=-1),
    "a weight in parts of a gram": whole(weight=1.5),
    "a weight above 32 bits": whole(weight=2**31),
    "a country of three letters": whole(origin_country="deu"),
    "a customs code of 201 signs": whole(hs_code="x" * 201),
    "a material of 201 signs": whole(material="x" * 201),
    "an external id of 201 signs": whole(external_id="x" * 201),
    "a thumbnail of 2,001 signs": whole(thumbnail="/" + "x" * 2000),
    "metadata that is a list": whole(metadata=[]),
    "metadata of 101 keys": whole(metadata={f"key {n}": n for n in range(101)}),
    "a key that nobody knows": whole(colour="red"),
    "a collection that is not there": whole(collection_id="pcol_none"),
    "a category that is not there": whole(category_ids=["pcat_none"]),
    "101 images": whole(images=[{"url": f"/files/images/{n}.webp"} for n in range(101)]),
    "an image without an address": whole(images=[{"url": ""}]),
    "an image's text of 1,001 signs": whole(images=[{"url": "/files/images/a.webp", "alt": "x" * 1001}]),
    "variants without a price": whole(variants=[{"sku": "FF-unpriced", "options": {"Size": "S"}}]),
    "11 options": more_options(11),
    "an option without values": option(values=[]),
    "an option with 201 values": option(values=["S", "M", *(f"value {n}" for n in range(199))]),
    "an option with a blank title": retitled(" "),
    "an option with a title of 201 signs": retitled("x" * 201),
    "an option with a blank value": option(values=["S", "M", " "]),
    "an option with a value of 201 signs": option(values=["S", "M", "x" * 201]),
    "an option with one value twice": option(values=["S", "M", "S"]),
    "an option with metadata of 101 keys": option(metadata={f"key {n}": n for n in range(101)}),
    "two options of one title": lambda body: body["options"].append({"title": "Size", "values": ["S", "M"]}),
    "a variant without a value of an option": variant(options={}),
    "a variant with an option that is not there": variant(options={"Size": "S", "Colour": "red"}),
    "a variant with a value that is not there": variant(options={"Size": "XXL"}),
    "two variants of the same values": variant(options={"Size": "M"}),
    "501 variants": lambda body: body["variants"].extend({"sku": f"FF-{n}"} for n in range(499)),
    "a SKU of 201 signs": variant(sku="x" * 201),
    "a barcode of 201 signs": variant(barcode="x" * 201),
    "a variant with a blank title": variant(title=" "),
    "a variant's thumbnail of 2,001 signs": variant(thumbnail="/" + "x" * 2000),
    "a limit per order of none": variant(order_limit=0),
    "a limit per order of 100,001": variant(order_limit=100_001),
    "a switch of a variant that is a word": variant(requires_shipping="no"),
    "a variant with metadata of 101 keys": variant(metadata={f"key {n}": n for n in range(101)}),
    "a negative price": price(amount=-1),
    "a price with three digits of cents": price(amount=10.001),
    "a price above all bounds": price(amount=10**13 + 1),
    "a price in a currency that nobody knows": price(currency_code="xxx"),
    "a price in a currency of four letters": price(currency_code="euro"),
    "a price for a region that is not there": price(region_id="reg_none"),
    "a price from more pieces than up to": price(min_quantity=5, max_quantity=2),
    "a price from 0 pieces": price(min_quantity=0),
    "a price up to too many pieces": price(max_quantity=1_000_000_001),
    "two prices for the same case": variant(prices=[EUR, {**EUR, "amount": 6}]),
    "201 prices": more_prices(201),
}


async def products(deps: Deps) -> int:
    async with deps.database.reading() as work:
        return int((await work.execute(select(func.count()).select_from(product))).scalar_one())


async def loaded(deps: Deps, entry: Json) -> None:
    async with deps.database.unit_of_work() as work:
        await seed.load(work, {"products": [entry]})


@pytest.mark.parametrize("fault", BAD)
async def test_what_rest_refuses_no_file_brings_in(owner: Worker, deps: Deps, ids: dict[str, Any], fault: str) -> None:
    body = goods()
    BAD[fault](body)
    before = await products(deps)
    reply = await owner.send("POST", PRODUCTS, body)
    assert 400 <= reply.status < 500, await reply.text()
    with pytest.raises(seed.SeedErrors) as refused:
        await loaded(deps, as_entry(body, next(iter(ids["stores"])), ids["regions"]))
    assert all(problem.message and problem.hint for problem in refused.value.problems)
    assert await products(deps) == before


async def test_what_rest_takes_a_file_brings_in_alike(owner: Worker, deps: Deps, ids: dict[str, Any]) -> None:
    europe = ids["regions"]["Europe"]
    steps = [{**EUR, "region_id": europe}, {**EUR, "min_quantity": 10, "amount": 4.5}]
    told: list[Json] = []
    for way in ("rest", "file"):
        body = goods(subtitle="Soft", weight=300, origin_country="de", metadata={"a": [1]})
        variant(prices=[EUR, *steps], order_limit=3, barcode="42")(body)
        if way == "rest":
            made = (await owner.post(PRODUCTS, body))["product"]
        else:
            await loaded(deps, as_entry(body, next(iter(ids["stores"])), ids["regions"]))
            made = (await owner.get(f"{PRODUCTS}?handle={body['handle']}"))["products"][0]
        told.append(plain(made, body))
    assert told[0] == told[1]


def plain(made: Any, body: Json) -> Any:
    """A product without what differs from one to the other: ids, moments, and the names that were made up for it."""
    tag = body["handle"].removeprefix("shirt-")
    if isinstance(made, dict):
        gone = ("created_at", "updated_at")
        return {k: plain(v, body) for k, v in made.items() if not (k in gone or k == "id" or k.endswith("_id"))}
    if isinstance(made, list):
        return [plain(one, body) for one in made]
    return made.replace(tag, "TAG") if isinstance(made, str) else made
