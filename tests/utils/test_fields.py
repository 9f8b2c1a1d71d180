"""The `fields` language: what a caller asks for, held to what a route allows."""

from typing import Any

import pytest

from routes.schemas.fields import catalogue
from routes.schemas.store import cart as cart_schemas
from routes.schemas.store import transaction as order_schemas
from utils.fields import FieldSet, FieldsTooDeep, paths

pytestmark = pytest.mark.pure

THINGS = FieldSet(
    relations="parts(maker(home) price) owner",
    defaults="id title *parts owner(name)",
    extra="secret data parts(size maker(name) price) @owner(age) parts(maker) parts(maker(home))",
    depth=2,
)
THING: dict[str, Any] = {
    "id": "t1",
    "title": "T",
    "secret": 1,
    "hidden": 2,
    "data": {"a": {"b": 1}},
    "none": None,
    "parts": [{"id": "p1", "size": 3, "price": {"amount": 5}, "maker": {"id": "m1", "name": "M", "home": {"id": "h"}}}],
    "owner": {"id": "o1", "name": "O", "age": 40, "phone": "1"},
}
PART = {"id": "p1", "size": 3}


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        (None, {"id": "t1", "title": "T", "parts": [PART], "owner": {"id": "o1", "name": "O"}}),
        ("", {"id": "t1", "title": "T", "parts": [PART], "owner": {"id": "o1", "name": "O"}}),
        (",,", {"id": "t1", "title": "T", "parts": [PART], "owner": {"id": "o1", "name": "O"}}),
        ("title", {"id": "t1", "title": "T"}),
        ("title, secret", {"id": "t1", "title": "T", "secret": 1}),
        ("id, +secret", {"id": "t1", "secret": 1}),
        ("+secret,-parts,-owner", {"id": "t1", "title": "T", "secret": 1}),
        (" secret,-parts,-owner", {"id": "t1", "title": "T", "secret": 1}),
        ("-title,-parts,-owner.name", {"id": "t1"}),
        ("id,*owner", {"id": "t1", "owner": {"id": "o1", "name": "O", "age": 40, "phone": "1"}}),
        ("id,owner.*", {"id": "t1", "owner": {"id": "o1", "name": "O", "age": 40, "phone": "1"}}),
        ("id,+*owner", {"id": "t1", "owner": {"id": "o1", "name": "O", "age": 40, "phone": "1"}}),
        ("id,owner.age", {"id": "t1", "owner": {"id": "o1", "age": 40}}),
        ("id,parts.size", {"id": "t1", "parts": [PART]}),
        ("id,parts.price", {"id": "t1", "parts": [{"id": "p1", "price": {"amount": 5}}]}),
        ("id,*parts.price", {"id": "t1", "parts": [{"id": "p1", "price": {"amount": 5}}]}),
        ("id,*parts,parts.maker.name", {"id": "t1", "parts": [{**PART, "maker": {"id": "m1", "name": "M"}}]}),
        ("id,hidden,owner.phone,parts.maker.name.x,nonsense", {"id": "t1"}),
        ("nonsense", {"id": "t1"}),
        ("*title,id", {"id": "t1", "title": "T"}),
        ("*data,id", {"id": "t1", "data": {"a": {"b": 1}}}),
        ("id,none", {"id": "t1"}),
        ("__class__,id", {"id": "t1"}),
    ],
)
def test_what_is_asked_is_shown_as_far_as_it_is_allowed(asked: str | None, shown: dict[str, Any]) -> None:
    assert THINGS.select(asked)(THING) == shown


def test_absent_stays_absent_and_null_stays_null() -> None:
    select = FieldSet(relations="owner", defaults="id note missing *owner").select(None)
    assert select({"id": "1", "note": None, "owner": None}) == {"id": "1", "note": None, "owner": None}


def test_more_relations_than_allowed_in_one_path_are_refused() -> None:
    with pytest.raises(FieldsTooDeep, match=r"parts\.maker\.home"):
        THINGS.select("parts.maker.home")


def test_equal_choices_are_one_selection_and_the_table_of_them_is_bounded() -> None:
    assert THINGS.select("id,title") is THINGS.select("title,id")
    for n in range(2000):
        THINGS.select(f"id,x{n}")
    assert len(THINGS._by_text) <= 512


def test_a_selection_tells_what_it_wants_and_can_be_widened() -> None:
    plain = THINGS.select("title")
    assert not plain.wants("parts.price")
    wide = plain.adding("parts.price")
    assert wide.wants("parts.price")
    assert wide.wants("parts")
    assert wide(THING) == {"id": "t1", "title": "T", "parts": [{"id": "p1", "price": {"amount": 5}}]}
    assert wide is plain.adding("parts.price")


def test_the_notation_names_paths() -> None:
    assert paths("a b(c *d(e)) *f(g) @h(i)") == ["a", "b.c", "*b.d", "b.d.e", "*f", "f.g", "h", "h.i"]


# What the official storefronts and the SDK's own examples ask for; nothing of it may be stripped.
CART = (
    "*items, *region, *items.product, *items.variant, *items.thumbnail, *items.metadata, +items.total, *promotions, "
    "+shipping_methods.name"
)
PRODUCT = "*variants.calculated_price,+variants.inventory_quantity,*variants.images,+metadata,+tags,*variants.options,"
CATEGORIES = "*category_children, *products, *parent_category, *parent_category.parent_category"
ORDER = "*payment_collections.payments,*items,*items.metadata,*items.variant,*items.product"


@pytest.mark.parametrize(
    ("fields", "asked"),
    [
        (cart_schemas.FIELDS, CART),
        (cart_schemas.FIELDS, "id,region_id"),
        (catalogue.PRODUCT, PRODUCT),
        (catalogue.PRODUCT, "handle"),
        (catalogue.COLLECTION, "id, handle, title"),
        (catalogue.COLLECTION, "*products"),
        (catalogue.CATEGORY, CATEGORIES),
        (catalogue.OPTION, "*values"),
        (order_schemas.FIELDS, ORDER),
    ],
)
def test_nothing_that_the_storefronts_ask_for_is_stripped(fields: FieldSet, asked: str) -> None:
    wanted = {entry.strip().lstrip("+*") for entry in asked.split(",") if entry.strip()}
    missing = {path for path in wanted if not fields.select(asked).wants(path)}
    assert not missing
