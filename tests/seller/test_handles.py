"""Handles of every writing: made in ASCII of a title, kept as they are sent, and found by that."""

from typing import Any
from unicodedata import normalize
from urllib.parse import quote

import pytest

from tests.conftest import Client
from tests.seller.goods import PRODUCTS, shirt
from tests.seller.test_search import seen
from tests.staff import Worker
from tests.verifying import applicant

MADE = {
    "陶器の湯呑み": "taoqinotangtunmi",
    "Кружка синяя": "kruzhka-sinyaya",
    "حقيبة جلدية": "hqybh-jldyh",
    "Łódź kubek": "lodz-kubek",
    "Bøtte": "botte",
}
SENT = ["陶器の湯呑み", "кружка-синяя", "حقيبة-جلدية", "łódź-kubek", "bøtte-2"]
KINDS = {"collections": ("collection", "title"), "product-categories": ("product_category", "name")}


@pytest.mark.parametrize("title", MADE)
async def test_a_handle_is_made_of_a_title_in_any_writing(owner: Worker, admin: Worker, title: str) -> None:
    made = (await owner.post(PRODUCTS, shirt(title=title)))["product"]
    assert made["handle"] == MADE[title]
    for path, (key, name) in KINDS.items():
        assert (await admin.post(f"/admin/{path}", {name: title}))[key]["handle"] == MADE[title]


async def test_titles_that_sound_alike_get_different_handles(owner: Worker, admin: Worker) -> None:
    made = [(await owner.post(PRODUCTS, shirt(title=title)))["product"]["handle"] for title in ("東京", "东京")]
    assert made == ["dongjing", "dongjing-2"]
    for path, (key, name) in KINDS.items():
        rows = [(await admin.post(f"/admin/{path}", {name: title}))[key]["handle"] for title in ("東京", "东京")]
        assert rows == ["dongjing", "dongjing-2"]
        assert (await admin.post(f"/admin/{path}", {name: "東京"}, 422))["code"] == "handle_taken"


@pytest.mark.parametrize("handle", SENT)
async def test_a_handle_of_any_letters_is_kept_and_found_composed_or_not(
    client: Client, owner: Worker, admin: Worker, handle: str
) -> None:
    sent = normalize("NFD", handle)
    made = (await owner.post(PRODUCTS, shirt(handle=sent)))["product"]
    assert made["handle"] == handle
    for spelled in (handle, sent):
        assert [p["id"] for p in (await seen(client, f"/store/products?handle={quote(spelled)}"))["products"]] == [
            made["id"]
        ]
    for path, (key, name) in KINDS.items():
        row = (await admin.post(f"/admin/{path}", {name: f"Of {handle}", "handle": sent}))[key]
        for listed in (admin.get, lambda url: seen(client, url.replace("/admin/", "/store/"))):
            found: dict[str, Any] = await listed(f"/admin/{path}?handle={quote(sent)}")
            assert [one["id"] for rows in found.values() if isinstance(rows, list) for one in rows] == [row["id"]]


@pytest.mark.parametrize("handle", ["Łódź", "a b", "ł--ó", "-ł", "ł\u200bó", "ł/ó", "ł_ó", "「ł」"])
async def test_what_is_no_handle_is_refused(owner: Worker, admin: Worker, handle: str) -> None:
    assert (await owner.post(PRODUCTS, shirt(handle=handle), 400))["code"] == "invalid_request"
    assert (await admin.post("/admin/collections", {"title": "X", "handle": handle}, 400))["code"] == "invalid_request"


async def test_sellers_have_handles_of_any_writing(client: Client, admin: Worker) -> None:
    waiting, _ = await applicant(client, name="Łódź Ceramika")
    assert (await waiting.get("/vendor/sellers/me"))["seller"]["handle"] == "lodz-ceramika"
    changed = (await waiting.post("/vendor/sellers/me", {"handle": "łódź-ceramika"}))["seller"]
    assert changed["handle"] == "łódź-ceramika"
    found = await admin.get(f"/admin/sellers?handle={quote('łódź-ceramika')}")
    assert [one["id"] for one in found["sellers"]] == [changed["id"]]
