"""Categories, collections, tags and types as buyers get them."""

from typing import Any

import pytest

FILED = {"id", "external_id", "created_at", "updated_at", "deleted_at"}
CATEGORY = FILED | {"name", "description", "handle", "rank", "parent_category_id", "metadata"}
NEIGHBOUR = CATEGORY | {"mpath", "is_active", "is_internal"}


async def category(ask: Any, handle: str, query: str = "") -> dict[str, Any]:
    found: dict[str, Any] = (await ask(f"/store/product-categories?handle={handle}&{query}"))["product_categories"][0]
    return found


async def test_categories_with_parent_and_children(ask: Any) -> None:
    apparel = await category(ask, "apparel")
    assert set(apparel) == CATEGORY | {"parent_category", "category_children"}
    assert apparel["parent_category"] is None
    assert {child["handle"] for child in apparel["category_children"]} == {"shirts", "accessories"}
    assert set(apparel["category_children"][0]) == NEIGHBOUR
    shirts = await category(ask, "shirts")
    assert shirts["parent_category"]["handle"] == "apparel"
    assert set(shirts["parent_category"]) == NEIGHBOUR


async def test_inactive_and_internal_categories_are_hidden(ask: Any, ids: dict[str, Any]) -> None:
    body = await ask("/store/product-categories?limit=100")
    handles = {one["handle"] for one in body["product_categories"]}
    assert body["count"] == len(handles)
    assert not handles & {"staff-picks", "archive"}
    await ask(f"/store/product-categories/{ids['categories']['archive']}", status=404)


async def test_an_unknown_category_is_not_found(ask: Any) -> None:
    error = await ask("/store/product-categories/pcat_none", status=404)
    assert error["message"] == "Product category with id: pcat_none was not found"


async def test_the_storefronts_category_tree(ask: Any) -> None:
    fields = "*category_children, *products, *parent_category, *parent_category.parent_category"
    body = await ask(f"/store/product-categories?limit=100&fields={fields}")
    coffee = next(one for one in body["product_categories"] if one["handle"] == "coffee")
    assert [one["handle"] for one in coffee["products"]] == ["kopi-gayo"]
    assert "variants" not in coffee["products"][0]
    assert coffee["parent_category"]["parent_category"] is None


async def test_whole_trees(ask: Any) -> None:
    roots = await ask("/store/product-categories?parent_category_id=null&include_descendants_tree=true")
    food = next(one for one in roots["product_categories"] if one["handle"] == "food")
    assert food["category_children"][0]["category_children"] == []
    coffee = await category(ask, "coffee", "include_ancestors_tree=true")
    assert coffee["parent_category"]["parent_category"] is None


async def test_collections(ask: Any, ids: dict[str, Any]) -> None:
    body = await ask("/store/collections")
    assert (body["count"], body["limit"], body["offset"]) == (2, 10, 0)
    assert set(body["collections"][0]) == FILED | {"title", "handle", "metadata"}
    named = await ask("/store/collections?fields=id, handle, title&order=-title")
    assert [set(one) for one in named["collections"]] == [{"id", "handle", "title"}] * 2
    assert [one["title"] for one in named["collections"]] == ["Summer", "Makers"]
    summer = (await ask("/store/collections?handle=summer&fields=*products"))["collections"][0]
    assert {one["handle"] for one in summer["products"]} == {"linen-shirt", "trail-bottle"}
    single = (await ask(f"/store/collections/{ids['collections']['summer']}"))["collection"]
    assert single["handle"] == "summer"


@pytest.mark.parametrize(
    ("path", "plural", "single", "value"),
    [
        ("product-tags", "product_tags", "product_tag", "outdoor"),
        ("product-types", "product_types", "product_type", "Book"),
    ],
)
async def test_tags_and_types_come_with_their_products(
    ask: Any, path: str, plural: str, single: str, value: str
) -> None:
    body = await ask(f"/store/{path}?value={value}")
    assert body["count"] == 1
    found = body[plural][0]
    assert set(found) == FILED | {"value", "metadata", "products"}
    assert "field-guide" in {one["handle"] for one in found["products"]}
    assert (await ask(f"/store/{path}/{found['id']}"))[single] == found
    assert (await ask(f"/store/{path}?q={value[:3].lower()}"))["count"] == 1


@pytest.mark.parametrize(
    ("path", "name"),
    [("collections", "Collection"), ("product-tags", "Product tag"), ("product-types", "Product type")],
)
async def test_unknown_ids_are_not_found(ask: Any, path: str, name: str) -> None:
    error = await ask(f"/store/{path}/none", status=404)
    assert (error["type"], error["message"]) == ("not_found", f"{name} with id: none was not found")


async def test_products_inside_take_two_statements_for_any_number_of_rows(ask: Any, count_statements: Any) -> None:
    await ask("/store/product-tags")
    with count_statements() as statements:
        await ask("/store/product-tags?limit=2")
    assert len(statements) <= 2, statements
