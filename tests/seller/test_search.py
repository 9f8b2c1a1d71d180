"""Text as people write it: found without accents and within what has no blanks, sorted by its letters."""

from typing import Any
from urllib.parse import quote

import pytest

from tests.conftest import Client
from tests.seller.goods import PRODUCTS, shirt
from tests.staff import Worker

KEY = {"x-publishable-api-key": "pk_world_web"}
GOODS = {
    "wine-1": {"title": "Château Côtes de Gironde"},
    "toy-1": {"title": "Größe Übermut"},
    "spread-1": {"title": "Spread", "description": "Pâte à tartiner"},
    "poster-1": {"title": "東京タワーのポスター"},
    "cup-1": {"title": "青い陶器の湯呑み"},
    "cup-2": {"title": "Łódź mugs Ølkrus"},
    "thai-1": {"title": "เสื้อยืดผ้าฝ้าย"},
    "korean-1": {"title": "한국어책방"},
    "berry-1": {"title": "Berry İkram ΟΔΥΣΣΕΎΣ"},
}
SEARCHES = {
    "château": ["wine-1"],
    "chateau": ["wine-1"],
    "cha\u0302teau": ["wine-1"],
    "cotes": ["wine-1"],
    "CÔTES": ["wine-1"],
    "ubermut": ["toy-1"],
    "grosse": ["toy-1"],
    "größe": ["toy-1"],
    "pate": ["spread-1"],
    "pâte": ["spread-1"],
    "東京": ["poster-1"],
    "ポスター": ["poster-1"],
    "ﾎﾟｽﾀｰ": ["poster-1"],
    "タワー": ["poster-1"],
    "湯呑み": ["cup-1"],
    "陶器": ["cup-1"],
    "赤い": [],
    "京東": [],
    "スタポス": [],
    "lodz": ["cup-2"],
    "ｍｕｇ": ["cup-2"],
    "mug olkrus": ["cup-2"],
    "ยืด": ["thai-1"],
    "국어": ["korean-1"],
    "berries": ["berry-1"],
    "ikram": ["berry-1"],
    "οδυσσευς": ["berry-1"],
}
TITLES = ["Zebra", "Äpfel", "apple", "Birne", "Ähre", "zucchini", "Ölkanne", "Orange"]
ORDER = ["Ähre", "Äpfel", "apple", "Birne", "Ölkanne", "Orange", "Zebra", "zucchini"]


async def seen(client: Client, path: str) -> dict[str, Any]:
    reply = await client.get(path, headers=KEY)
    found: dict[str, Any] = await reply.json()
    assert reply.status == 200, found
    return found


@pytest.fixture(scope="module")
async def goods(owner: Worker) -> None:
    for handle, said in GOODS.items():
        await owner.post(PRODUCTS, shirt(handle=handle, **said))


@pytest.mark.parametrize("q", SEARCHES)
async def test_products_are_found_however_their_words_are_typed(
    client: Client, owner: Worker, admin: Worker, goods: None, q: str
) -> None:
    made = set(GOODS)
    for found in (
        await seen(client, f"/store/products?q={quote(q)}&limit=100"),
        await owner.get(f"{PRODUCTS}?q={quote(q)}&limit=100"),
        await admin.get(f"/admin/products?q={quote(q)}&limit=100"),
    ):
        assert [one["handle"] for one in found["products"] if one["handle"] in made] == SEARCHES[q]


async def test_products_are_found_by_the_name_of_their_seller(
    client: Client, owner: Worker, admin: Worker, goods: None, sellers: list[str]
) -> None:
    await admin.post(f"/admin/sellers/{sellers[0]}", {"name": "Façade Brûlée"})
    found = await seen(client, "/store/products?q=facade+brulee+chateau")
    assert [one["handle"] for one in found["products"]] == ["wine-1"]
    await admin.post(f"/admin/sellers/{sellers[0]}", {"name": "Smørgås"})
    assert (await seen(client, "/store/products?q=facade+brulee"))["count"] == 0
    found = await seen(client, "/store/products?q=chateau+smorgas")
    assert [one["handle"] for one in found["products"]] == ["wine-1"]
    assert [one["id"] for one in (await seen(client, "/store/sellers?q=smorgas"))["sellers"]] == [sellers[0]]
    assert [one["id"] for one in (await admin.get("/admin/sellers?q=SMORGAS"))["sellers"]] == [sellers[0]]


NAMED = {
    "product-categories": ("product_categories", "name", True),
    "collections": ("collections", "title", True),
    "product-tags": ("product_tags", "value", True),
    "product-types": ("product_types", "value", True),
    "customer-groups": ("customer_groups", "name", False),
    "sales-channels": ("sales_channels", "name", False),
}


@pytest.mark.parametrize("path", NAMED)
async def test_rows_are_found_and_sorted_alike_in_the_database_and_in_memory(
    client: Client, admin: Worker, path: str
) -> None:
    key, name, is_public = NAMED[path]
    for title in [*TITLES, "Łódź", "東京タワー"]:
        await admin.post(f"/admin/{path}", {name: f"{title} zz"})
    lists = [admin.get] + ([lambda url: seen(client, url.replace("/admin/", "/store/"))] if is_public else [])
    for listed in lists:
        for q, wanted in (("ahre zz", ["Ähre zz"]), ("LODZ", ["Łódź zz"]), ("タワー", ["東京タワー zz"]), ("赤い", [])):
            found = await listed(f"/admin/{path}?q={quote(q)}&limit=100")
            assert [one[name] for one in found[key]] == wanted
        pages: list[str] = []
        for offset in range(0, 12, 3):
            found = await listed(f"/admin/{path}?q=zz&order={name}&limit=3&offset={offset}")
            pages += [one[name] for one in found[key]]
        first = [f"{title} zz" for title in ORDER]
        assert pages == [*first[:4], "Łódź zz", *first[4:], "東京タワー zz"]
        found = await listed(f"/admin/{path}?q=zz&order=-{name}&limit=100")
        assert [one[name] for one in found[key]] == pages[::-1]


async def test_products_stand_in_the_order_of_their_letters_on_pages_that_do_not_overlap(
    client: Client, owner: Worker, admin: Worker
) -> None:
    for title in [*TITLES, "apple", "apple"]:
        await owner.post(PRODUCTS, shirt(title=title, subtitle="qqsorted"))
    wanted = [*ORDER[:2], "apple", "apple", *ORDER[2:]]

    async def pages(listed: Any, order: str) -> list[dict[str, Any]]:
        url = f"?q=qqsorted&order={order}&limit=3&offset="
        return [one for offset in range(0, 12, 3) for one in (await listed(f"{url}{offset}"))["products"]]

    for listed in (
        lambda url: seen(client, "/store/products" + url),
        lambda url: owner.get(PRODUCTS + url),
        lambda url: admin.get("/admin/products" + url),
    ):
        ascending, descending = await pages(listed, "title"), await pages(listed, "-title")
        assert [one["title"] for one in ascending] == wanted
        assert len({one["id"] for one in ascending}) == 10
        assert descending == ascending[::-1]
