"""Plain text comes back as it was sent or is refused; descriptions are cleaned HTML with their plain text."""

from functools import partial
from typing import Any

import pytest

from services.deps import Deps
from services.seed.load import load
from services.seed.problems import SeedErrors
from tests.conftest import Client
from tests.people import registered
from tests.seller.goods import PRODUCTS, shirt
from tests.staff import Worker

PLAIN = [
    "Fish & Chips <3",
    "a & b",
    "<b>Bold</b>",
    "<script>alert(1)</script>",
    "&lt;b&gt;",
    "می\u200cخواهم",
    "👨\u200d👩\u200d👧",
]
HIDDEN = {
    "a\u0007b": "U+0007 (a control character)",
    "a\u009bb": "U+009B (a control character)",
    "a\u200bb": "U+200B (zero width space)",
    "a\ufeffb": "U+FEFF (zero width no-break space)",
    "a\u202eb": "U+202E (right-to-left override)",
    "a\u2066b": "U+2066 (left-to-right isolate)",
    "a\nb": "U+000A (a tab or line break)",
}
HTML = (
    "<p>Of <b>clay</b> &amp; love</p><script>alert(1)</script><img src=x onerror=alert(1)><a href='javascript:x'>y</a>"
)
CLEAN = '<p>Of <b>clay</b> &amp; love</p><a rel="noopener noreferrer">y</a>'
OWN = "/vendor/sellers/me"


def product_of(text: str) -> dict[str, Any]:
    sizes = [{"title": text, "options": {text: text}, "prices": [{"amount": 1, "currency_code": "eur"}]}]
    return shirt(title=text, subtitle=text, options=[{"title": text, "values": [text]}], variants=sizes)


@pytest.mark.parametrize("text", PLAIN)
async def test_plain_text_comes_back_as_it_was_sent(
    client: Client, deps: Deps, owner: Worker, admin: Worker, text: str
) -> None:
    made = (await owner.post(PRODUCTS, product_of(text)))["product"]
    assert (made["title"], made["subtitle"], made["variants"][0]["title"]) == (text, text, text)
    assert (made["options"][0]["title"], made["options"][0]["values"][0]["value"]) == (text, text)
    assert (await owner.post(OWN, {"name": text, "address": {"city": text}}))["seller"]["name"] == text
    for path, key, name in (
        ("product-categories", "product_category", "name"),
        ("collections", "collection", "title"),
        ("product-tags", "product_tag", "value"),
    ):
        row = (
            await admin.post(
                f"/admin/{path}", {name: text, **({} if "tags" in path else {"handle": f"h-{PLAIN.index(text)}"})}
            )
        )[key]
        assert row[name] == text
    person = await registered(client, f"plain{PLAIN.index(text)}@example.com")
    ask = partial(person.ask, x_publishable_api_key="pk_world_web")
    who = {"email": person.email, "first_name": text}
    made = (await ask("POST", "/store/customers", who))["customer"]
    assert made["first_name"] == text
    await person.log_in()
    said = {"first_name": text, "address_1": text, "city": text, "country_code": "de"}
    customer = (await ask("POST", "/store/customers/me/addresses", said))["customer"]
    assert customer["addresses"][0]["address_1"] == text


@pytest.mark.parametrize("text", HIDDEN)
async def test_hidden_signs_are_refused_by_name(client: Client, owner: Worker, admin: Worker, text: str) -> None:
    option = shirt(options=[{"title": "Size", "values": ["S", "M", "L"]}, {"title": text, "values": ["x"]}])
    for path, body, field in (
        (PRODUCTS, shirt(title=text), "title"),
        *([(PRODUCTS, option, "options.title")] if "\n" not in text else ()),  # options may have a second line
        (OWN, {"name": text}, "name"),
        (OWN, {"address": {"city": text}}, "address.city"),
    ):
        refused = await owner.post(path, body, 400)
        assert (refused["code"], refused["field"], refused["sign"]) == ("text_not_allowed", field, HIDDEN[text])
    for path, name in (("product-categories", "name"), ("collections", "title"), ("product-types", "value")):
        refused = await admin.post(f"/admin/{path}", {name: text}, 400)
        assert (refused["code"], refused["field"]) == ("text_not_allowed", name)


async def test_descriptions_of_products_sellers_and_categories_are_cleaned_alike(owner: Worker, admin: Worker) -> None:
    product = (await owner.post(PRODUCTS, shirt(description=HTML, metadata={"a": 1})))["product"]
    seller = (await owner.post(OWN, {"description": HTML, "metadata": {"a": 1}}))["seller"]
    body = {"name": "Rich", "description": HTML, "metadata": {"a": 1}}
    category = (await admin.post("/admin/product-categories", body))["product_category"]
    for one in (product, seller, category):
        assert (one["description"], one["metadata"]) == ("Of clay & love\ny", {"a": 1, "body_html": CLEAN})
    changed = (await owner.post(OWN, {"description": "Fish & Chips <3"}))["seller"]
    assert (changed["description"], changed["metadata"]) == ("Fish & Chips <3", {"a": 1})
    path = f"/admin/product-categories/{category['id']}"
    changed = (await admin.post(path, {"description": "a < b & c > d"}))["product_category"]
    assert (changed["description"], changed["metadata"]) == ("a < b & c > d", {"a": 1})
    changed = (await admin.post(path, {"metadata": {"body_html": HTML}}))["product_category"]
    assert changed["metadata"] == {"body_html": CLEAN}


async def test_a_seed_is_held_to_the_same_rule(deps: Deps, admin: Worker) -> None:
    async with deps.database.unit_of_work() as work:
        await load(work, {"categories": [{"handle": "seeded", "name": "<b> & co", "description": HTML}]})
    found = (await admin.get("/admin/product-categories?handle=seeded"))["product_categories"][0]
    assert (found["name"], found["description"]) == ("<b> & co", "Of clay & love\ny")
    assert found["metadata"] == {"body_html": CLEAN}
    for text in list(HIDDEN)[:-1]:
        async with deps.database.unit_of_work() as work:
            with pytest.raises(SeedErrors, match="U\\+"):
                await load(work, {"collections": [{"handle": "x", "title": text}]})
