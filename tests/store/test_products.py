"""What buyers get of products: key sets, filters, prices, stock, errors."""

from typing import Any
from urllib.parse import quote

import pytest


def words(text: str) -> set[str]:
    return set(text.split())


PRODUCT_KEYS = words(
    """id title subtitle description handle is_giftcard discountable thumbnail collection_id type_id
    weight length height width hs_code origin_country mid_code material created_at updated_at type collection
    options tags images variants categories status external_id deleted_at"""
)
STAMPED = {"metadata", "created_at", "updated_at", "deleted_at"}
VARIANT_KEYS = STAMPED | words(
    """id title sku barcode ean upc allow_backorder manage_inventory hs_code origin_country mid_code
    material weight length height width variant_rank thumbnail product_id options"""
)
PRICE_KEYS = words(
    """id is_calculated_price_price_list is_calculated_price_tax_inclusive calculated_amount
    is_original_price_price_list is_original_price_tax_inclusive original_amount currency_code calculated_price
    original_price"""
)


@pytest.fixture(scope="module")
def europe(ids: dict[str, Any]) -> str:
    found: str = ids["regions"]["Europe"]
    return found


async def product(ask: Any, handle: str, query: str = "") -> dict[str, Any]:
    body = await ask(f"/store/products?handle={handle}&{query}")
    assert body["count"] == 1
    found: dict[str, Any] = body["products"][0]
    return found


async def handles(ask: Any, query: str) -> set[str]:
    return {one["handle"] for one in (await ask(f"/store/products?{query}"))["products"]}


async def test_a_product_has_the_keys_that_clients_know(ask: Any) -> None:
    shirt = await product(ask, "linen-shirt")
    assert set(shirt) == PRODUCT_KEYS
    assert set(shirt["type"]) == STAMPED | {"id", "value", "external_id"}
    assert set(shirt["collection"]) == STAMPED | {"id", "title", "handle", "external_id"}
    assert set(shirt["tags"][0]) == STAMPED | {"id", "value", "external_id"}
    assert set(shirt["images"][0]) == STAMPED | {"id", "url", "rank", "product_id"}
    assert set(shirt["options"][0]) == STAMPED | {"id", "title", "is_exclusive", "values"}
    assert set(shirt["options"][0]["values"][0]) == STAMPED | {"id", "value", "rank", "option_id"}
    assert [v["sku"] for v in shirt["variants"]] == ["AUR-LS-S", "AUR-LS-M", "AUR-LS-L"]
    assert set(shirt["variants"][0]) == VARIANT_KEYS
    chosen = shirt["variants"][0]["options"][0]
    assert set(chosen) == STAMPED | {"id", "value", "rank", "option_id", "option"}
    assert set(chosen["option"]) == STAMPED | {"id", "title", "is_exclusive"}


async def test_categories_are_absent_when_there_are_none_unless_asked_for(ask: Any) -> None:
    assert "categories" not in await product(ask, "gift-card")
    assert (await product(ask, "gift-card", "fields=*categories"))["categories"] == []


async def test_internal_and_inactive_categories_are_not_shown(ask: Any) -> None:
    guide = await product(ask, "field-guide", "fields=*categories")
    assert [one["handle"] for one in guide["categories"]] == ["stationery"]


async def test_list_and_retrieve_give_the_same_product(ask: Any, ids: dict[str, Any]) -> None:
    shirt = await product(ask, "linen-shirt")
    assert (await ask(f"/store/products/{ids['products']['linen-shirt']}"))["product"] == shirt


async def test_only_published_products_of_the_keys_channels_are_listed(ask: Any) -> None:
    found = await handles(ask, "limit=100")
    assert "secret-stove" not in found
    assert "wholesale-crate" not in found
    assert "dusty-clock" in found, "a suspended store stays listed"
    crate = await ask("/store/products?handle=wholesale-crate", key="pk_world_wholesale")
    assert crate["count"] == 1


@pytest.mark.parametrize("handle", ["secret-stove", "wholesale-crate"])
async def test_products_that_are_not_sold_here_are_not_found(ask: Any, ids: dict[str, Any], handle: str) -> None:
    product_id = ids["products"][handle]
    error = await ask(f"/store/products/{product_id}", status=404)
    assert (error["type"], error["message"]) == ("not_found", f"Product with id: {product_id} was not found")


async def test_a_key_without_channel_is_told_so(ask: Any) -> None:
    error = await ask("/store/products", status=400, key="pk_world_nothing")
    assert error["type"] == "invalid_data"
    assert error["message"] == "Publishable key needs to have a sales channel configured"


async def test_filters(ask: Any, ids: dict[str, Any]) -> None:
    shirt, tote = ids["products"]["linen-shirt"], ids["products"]["batik-tote"]
    assert await handles(ask, f"id[0]={shirt}&id[1]={tote}") == {"linen-shirt", "batik-tote"}
    assert await handles(ask, f"collection_id[0]={ids['collections']['makers']}") == {"wool-scarf", "batik-tote"}
    assert await handles(ask, f"category_id={ids['categories']['coffee']}") == {"kopi-gayo"}
    assert await handles(ask, f"category_id={ids['categories']['staff-picks']}") == set()
    assert await handles(ask, f"type_id={ids['types']['Book']}") == {"field-guide"}
    assert await handles(ask, f"tag_id={ids['tags']['outdoor']}") == {"field-guide", "trail-bottle"}
    assert await handles(ask, "is_giftcard=true") == {"gift-card"}
    borneo = {"batik-tote", "kopi-gayo", "rattan-chair"}
    assert await handles(ask, f"seller_id={ids['stores']['borneo']}") == borneo
    assert await handles(ask, "seller_id=borneo") == borneo
    assert await handles(ask, "variants[sku]=AUR-WS") == {"wool-scarf"}
    assert await handles(ask, "variants[options][value]=Indigo") == {"batik-tote"}
    assert await handles(ask, "$or[0][handle]=tea-mug&$or[1][title]=Cosy Set") == {"tea-mug", "cosy-set"}
    assert await handles(ask, "created_at[$lt]=2000-01-01T00:00:00Z") == set()
    assert "tea-mug" in await handles(ask, "created_at[$gte]=2000-01-01T00:00:00Z")


async def test_a_product_is_found_by_the_value_of_its_option(ask: Any) -> None:
    values = {v["value"]: v["id"] for o in (await product(ask, "batik-tote"))["options"] for v in o["values"]}
    assert await handles(ask, f"option_value_id[0]={values['Red']}") == {"batik-tote"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("linen shirt", {"linen-shirt"}),
        ("batik", {"batik-tote"}),
        ("rat", {"rattan-chair"}),
        ("horn butt", {"linen-shirt"}),
        ("butt horn", set()),
        ("o'neil & | ! (", set()),
    ],
)
async def test_search_takes_whole_words_and_the_beginning_of_the_last(ask: Any, text: str, expected: set[str]) -> None:
    assert await handles(ask, f"q={quote(text)}") == expected


async def test_order_limit_and_offset(ask: Any) -> None:
    body = await ask("/store/products?order=-title&limit=3&offset=1&fields=title")
    titles = [one["title"] for one in body["products"]]
    assert titles == sorted(titles, reverse=True)
    assert (len(titles), body["limit"], body["offset"]) == (3, 3, 1)
    assert body["count"] == len(await handles(ask, "limit=100"))
    beyond = await ask("/store/products?offset=1000")
    assert (beyond["products"], beyond["count"]) == ([], body["count"])


async def test_an_order_that_is_not_on_the_list_is_refused(ask: Any) -> None:
    error = await ask("/store/products?order=nonsense", status=400)
    assert (error["type"], error["message"]) == ("invalid_data", "Order field nonsense is not valid")


async def test_a_region_brings_prices_whatever_the_fields_say(ask: Any, europe: str) -> None:
    mug = await product(ask, "tea-mug", f"region_id={europe}&fields=id")
    assert set(mug) == {"id", "variants"}
    shown = mug["variants"][0]["calculated_price"]
    assert set(shown) == PRICE_KEYS
    assert (shown["calculated_amount"], shown["original_amount"], shown["currency_code"]) == (9.99, 9.99, "eur")
    assert set(shown["calculated_price"]) == {"id", "price_list_id", "price_list_type", "min_quantity", "max_quantity"}
    assert "calculated_price" not in (await product(ask, "tea-mug"))["variants"][0]


async def test_a_sale_is_shown_beside_the_price_before(ask: Any, europe: str) -> None:
    bottle = (await product(ask, "trail-bottle", f"region_id={europe}"))["variants"][0]["calculated_price"]
    assert (bottle["calculated_amount"], bottle["original_amount"]) == (18.9, 22.5)
    assert bottle["calculated_price"]["price_list_type"] == "sale"
    assert bottle["original_price"]["price_list_id"] is None


async def test_prices_with_and_without_tax_when_the_country_is_known(ask: Any, europe: str) -> None:
    guide = (await product(ask, "field-guide", f"region_id={europe}&country_code=de"))["variants"][0]
    shown = guide["calculated_price"]
    assert shown["is_calculated_price_tax_inclusive"] is True
    assert shown["calculated_amount"] == shown["calculated_amount_with_tax"] == 12.84
    assert shown["calculated_amount_without_tax"] == 12
    mug = (await product(ask, "tea-mug", f"region_id={europe}&country_code=de"))["variants"][0]["calculated_price"]
    assert (mug["calculated_amount_with_tax"], mug["calculated_amount_without_tax"]) == (11.89, 9.99)


async def test_a_country_names_its_region(ask: Any) -> None:
    shown = (await product(ask, "tea-mug", "country_code=jp&fields=*variants.calculated_price"))["variants"][0]
    assert shown["calculated_price"]["calculated_amount"] == 1601


async def test_a_carts_region_and_address_decide_the_prices(ask: Any, client: Any, europe: str) -> None:
    body = {"region_id": europe, "shipping_address": {"country_code": "at"}}
    made = await client.post("/store/carts", json=body, headers={"x-publishable-api-key": "pk_world_web"})
    cart_id = (await made.json())["cart"]["id"]
    mug = await product(ask, "tea-mug", f"cart_id={cart_id}&fields=*variants.calculated_price")
    shown = mug["variants"][0]["calculated_price"]
    assert (shown["currency_code"], shown["calculated_amount_with_tax"]) == ("eur", 11.99)


async def test_a_variant_without_price_in_the_region_has_none(ask: Any, ids: dict[str, Any]) -> None:
    card = await product(ask, "gift-card", f"region_id={ids['regions']['Japan']}")
    assert card["variants"][0]["calculated_price"] is None


async def test_prices_without_a_region_are_refused(ask: Any) -> None:
    error = await ask("/store/products?fields=*variants.calculated_price", status=400)
    assert error["message"] == "Missing required pricing context to calculate prices - region_id"
    error = await ask("/store/products?region_id=reg_none", status=400)
    assert error["message"] == "Region with id reg_none not found when populating the pricing context"


async def test_quantities_on_request(ask: Any) -> None:
    shirt = await product(ask, "linen-shirt", "fields=%2Bvariants.inventory_quantity")
    assert [v["inventory_quantity"] for v in shirt["variants"]] == [25, 1, 0]
    tote = await product(ask, "batik-tote", "fields=%2Bvariants.inventory_quantity")
    assert [v["inventory_quantity"] for v in tote["variants"]] == [100, 7]
    cosy = await product(ask, "cosy-set", "fields=%2Bvariants.inventory_quantity")
    assert cosy["variants"][0]["inventory_quantity"] == 50, "two mugs in each set"
    guide = await product(ask, "field-guide", "fields=%2Bvariants.inventory_quantity")
    assert "inventory_quantity" not in guide["variants"][0]


async def test_the_storefronts_own_fields(ask: Any, europe: str) -> None:
    fields = "*variants.calculated_price,%2Bvariants.inventory_quantity,*variants.images,%2Bmetadata,%2Btags,"
    shirt = await product(ask, "linen-shirt", f"region_id={europe}&fields={fields}")
    assert set(shirt) == PRODUCT_KEYS | {"metadata"}
    assert shirt["metadata"] == {"care": "Wash at 30"}
    first, second, _ = shirt["variants"]
    assert len(first["images"]) == 2, "without images of its own it shows all"
    assert [i["url"].rpartition("/")[2] for i in second["images"]] == ["linen-shirt-back.svg"]


async def test_a_products_seller(ask: Any, ids: dict[str, Any]) -> None:
    mug = await product(ask, "tea-mug", "fields=id,*seller")
    assert (mug["seller"]["id"], mug["seller"]["handle"]) == (ids["stores"]["aurora"], "aurora")


async def test_variants(ask: Any, ids: dict[str, Any], europe: str) -> None:
    body = await ask(f"/store/product-variants?sku=BOR-BT-RED&region_id={europe}")
    assert (body["count"], body["limit"]) == (1, 20)
    red = body["variants"][0]
    assert set(red) == VARIANT_KEYS | {"product", "images", "calculated_price"}
    assert red["product"] == {"id": ids["products"]["batik-tote"], "type_id": ids["types"]["Bag"]}
    assert red["calculated_price"]["calculated_amount"] == 11.9
    alone = await ask(f"/store/product-variants/{red['id']}?region_id={europe}")
    assert alone["variant"] == red
    error = await ask("/store/product-variants/variant_none", status=404)
    assert error["message"] == "Product variant with id: variant_none was not found"
    assert (await ask("/store/product-variants?sku=CAS-DRAFT"))["count"] == 0


async def test_options(ask: Any) -> None:
    body = await ask("/store/product-options?title=Weight")
    assert body["count"] == 1
    weight = body["product_options"][0]
    assert set(weight) == STAMPED | {"id", "title", "is_exclusive", "values"}
    assert [v["value"] for v in weight["values"]] == ["250 g", "1 kg"]
    assert (await ask(f"/store/product-options/{weight['id']}"))["product_option"] == weight
    shared = (await ask("/store/product-options?is_exclusive=false&fields=*values"))["product_options"]
    assert [(option["title"], option["is_exclusive"]) for option in shared] == [("Colour", False)]
    error = await ask("/store/product-options/opt_none", status=404)
    assert error["message"] == "Product option with id: opt_none was not found"


@pytest.mark.parametrize(
    "query",
    [
        "status=draft",
        "nonsense=1",
        "limit=-1",
        "limit=abc",
        "created_at[$gte]=yesterday",
        "created_at[$gte]=2016-12-31T23:59:60Z",
        "created_at[$gte]=0001-01-01T00:00:00%2B14:00",
    ],
)
async def test_bad_queries_are_refused(ask: Any, query: str) -> None:
    assert (await ask(f"/store/products?{query}", status=400))["type"] == "invalid_data"
