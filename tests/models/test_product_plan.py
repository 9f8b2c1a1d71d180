"""From what is said of a product to the rows that go, change and come: whole lists, parts of them, and clashes."""

from typing import Any

import msgspec
import pytest

from models.pricing.price import Price
from models.pricing.rules import PriceRepeated
from models.product.plan import Axis, Change, Part, Plan, Wish, matched, plan_needs
from models.product.product import Image, Option, OptionValue, Product, StockNeed, Variant
from models.product.rules import (
    OptionTaken,
    OptionUnknown,
    OptionValueRepeated,
    OptionValueUnknown,
    OptionValueUsed,
)
from models.product.variant_plan import choices, plan_change, plan_prices
from models.schema.inventory import variant_inventory_item
from models.schema.pricing import price
from models.schema.product import (
    product,
    product_image,
    product_option,
    product_option_value,
    product_tag_product,
    product_variant,
    variant_option_value,
)
from utils.errors import NotFound

pytestmark = pytest.mark.pure
SIZES = {"S": "optval_s", "M": "optval_m"}


def filled(kind: type[Any], **known: Any) -> Any:
    """A struct of which only some fields matter."""
    empty = dict.fromkeys(kind.__struct_fields__)
    return kind(**{**empty, **known})


def option(option_id: str = "opt_size", title: str = "Size", values: dict[str, str] | None = None) -> Option:
    known = SIZES if values is None else values
    made = tuple(filled(OptionValue, id=v, value=k, rank=rank) for rank, (k, v) in enumerate(known.items()))
    return filled(Option, id=option_id, title=title, values=made)  # type: ignore[no-any-return]


def variant(variant_id: str, *values: str, sku: str | None = None, **more: Any) -> Variant:
    facts = {"allow_backorder": False, "manage_inventory": False, "requires_shipping": True, "variant_rank": 0}
    parts: dict[str, Any] = {"image_ids": (), "prices": (), "items": ()}
    known = {"id": variant_id, "title": " / ".join(values) or "Default", "sku": sku, "option_value_ids": values}
    return filled(Variant, **{**facts, **parts, **known, **more})  # type: ignore[no-any-return]


def shirt(**more: Any) -> Product:
    lists: dict[str, Any] = dict.fromkeys(("sales_channel_ids", "category_ids", "tag_ids"), ())
    parts = {"options": (option(),), "images": (), "variants": (variant("variant_s", "optval_s"),)}
    facts = {"title": "Shirt", "handle": "shirt", "status": "draft", "is_giftcard": False, "discountable": True}
    row = {"id": "prod_1", "seller_id": "sel_1", "version": 1}
    return filled(Product, **{**lists, **parts, **facts, **row, **more})  # type: ignore[no-any-return]


def planned(before: Product | None, **said: Any) -> Plan:
    plan = Plan("sel_1")
    parts = {name: said.pop(name) for name in ("options", "variants", "images") if name in said}
    plan_change(plan, Change(before, said, **parts))
    return plan


def rows(plan: Plan) -> dict[str, int]:
    """How many rows a plan writes, by kind."""
    kinds = {"gone": plan.gone, "changed": plan.changed, "fresh": plan.fresh}
    return {name: count for name, kind in kinds.items() if (count := sum(map(len, kind.values())))}


def whole(*entries: Any) -> Part:
    return Part(entries, whole=True)


def test_a_new_product_has_its_defaults_its_sellers_id_and_a_variant_by_its_values() -> None:
    axes = whole({"title": "Size", "values": ["S", "M"]})
    plan = planned(None, title="Shirt", options=axes, variants=whole({"sku": "SH-M", "options": {"Size": "M"}}))
    (made,) = plan.fresh[product]
    assert (made["seller_id"], made["status"], made["discountable"]) == ("sel_1", "draft", True)
    assert [(row["value"], row["rank"]) for row in plan.fresh[product_option_value]] == [("S", 0), ("M", 1)]
    (sold,) = plan.fresh[product_variant]
    assert (sold["title"], sold["product_id"], sold["seller_id"]) == ("M", made["id"], "sel_1")
    (link,) = plan.fresh[variant_option_value]
    assert link == {"variant_id": sold["id"], "option_value_id": plan.fresh[product_option_value][1]["id"]}
    assert plan.skus == {sold["id"]: "SH-M"}
    assert plan.wishes == [Wish(sold["id"], "SH-M", "Shirt")]
    assert set(rows(plan)) == {"fresh"}


def test_what_changes_nothing_writes_nothing() -> None:
    before = shirt(tag_ids=("tag_1",))
    same = whole({"id": "variant_s", "options": {"Size": "S"}})
    plan = planned(before, title="Shirt", tag_ids=["tag_1"], options=whole({"title": "Size"}), variants=same)
    assert rows(plan) == {}
    assert (plan.skus, plan.parked[product_variant], plan.renamed) == ({}, [], [])


def test_links_are_taken_once_and_only_what_differs_is_written() -> None:
    plan = planned(shirt(tag_ids=("tag_1", "tag_2")), tag_ids=["tag_3", "tag_2", "tag_3"])
    assert plan.gone[product_tag_product] == [{"product_id": "prod_1", "tag_id": "tag_1"}]
    assert plan.fresh[product_tag_product] == [{"product_id": "prod_1", "tag_id": "tag_3"}]


def image(image_id: str, rank: int) -> Image:
    return filled(Image, id=image_id, url=f"/{image_id}.webp", rank=rank)  # type: ignore[no-any-return]


def test_the_thumbnail_follows_the_images_unless_it_is_named() -> None:
    before = shirt(images=(image("img_1", 0), image("img_2", 1)), thumbnail="/img_1.webp")
    kept = whole({"id": "img_2"})
    plan = planned(before, images=kept)
    assert plan.changed[product][0]["thumbnail"] == "/img_2.webp"
    assert plan.gone[product_image] == [{"id": "img_1"}]
    assert plan.changed[product_image] == [{"id": "img_2", "alt": None, "metadata": None, "rank": 0}]
    assert planned(before, images=kept, thumbnail="/own.webp").changed[product][0]["thumbnail"] == "/own.webp"
    elsewhere = shirt(images=(image("img_1", 0),), thumbnail="/elsewhere.webp")
    assert planned(elsewhere, images=whole()).changed[product] == [], "a thumbnail that is no image of it stays"


def test_in_a_whole_list_rows_are_found_by_their_names_and_in_parts_by_ids_only() -> None:
    held = [option(), option("opt_cut", "Cut", {})]
    found = matched(held, whole({"title": "Cut"}, {"title": "Hue"}, {"title": "Size"}), "Product option", "title")
    assert [row.id if row else None for row, _ in found] == ["opt_cut", None, "opt_size"]
    found = matched(held, Part([{"title": "Cut"}], gone=["opt_size"]), "Product option", "title")
    assert [row.id if row else None for row, _ in found] == ["opt_cut", None]


@pytest.mark.parametrize(
    "part",
    [
        whole({"id": "foreign"}),
        whole({"id": "opt_size"}, {"id": "opt_size"}),
        Part(gone=["foreign"]),
        Part([{"id": "opt_size"}], gone=["opt_size"]),
    ],
)
def test_rows_of_other_products_and_rows_named_twice_are_missing(part: Part) -> None:
    with pytest.raises(NotFound):
        matched([option()], part, "Product option", "title")


def test_a_renamed_option_gives_up_its_title_before_another_takes_it() -> None:
    before = shirt(options=(option(), option("opt_cut", "Cut", {"Slim": "optval_slim"})), variants=())
    swapped = whole({"id": "opt_size", "title": "Cut"}, {"id": "opt_cut", "title": "Size"})
    plan = planned(before, options=swapped)
    assert plan.parked[product_option] == ["opt_size", "opt_cut"]
    assert [row["title"] for row in plan.changed[product_option]] == ["Cut", "Size"]


def test_two_options_of_one_title_and_two_equal_values_are_refused() -> None:
    with pytest.raises(OptionTaken):
        planned(None, options=whole({"title": "Size", "values": ["S"]}, {"title": "Size", "values": ["M"]}))
    with pytest.raises(OptionValueRepeated):
        planned(None, options=whole({"title": "Size", "values": ["S", "S"]}))


def test_a_new_option_gives_its_first_value_to_the_variants_that_were_there() -> None:
    plan = planned(shirt(), options=whole({"title": "Size"}, {"title": "Cut", "values": ["Slim", "Wide"]}))
    slim = plan.fresh[product_option_value][0]
    assert slim["value"] == "Slim"
    assert plan.fresh[variant_option_value] == [{"variant_id": "variant_s", "option_value_id": slim["id"]}]
    assert plan.gone[variant_option_value] == []


def test_a_value_that_a_variant_has_does_not_go_before_the_variant() -> None:
    with pytest.raises(OptionValueUsed, match="The value S"):
        planned(shirt(), options=whole({"title": "Size", "values": ["M"]}))
    plan = planned(shirt(), options=whole({"title": "Size", "values": ["M"]}), variants=whole())
    assert plan.gone[product_option_value] == [{"id": "optval_s"}]
    assert plan.gone[product_variant] == [{"id": "variant_s"}]


def test_choices_are_of_the_products_options_and_their_values() -> None:
    axes = [Axis("opt_size", "Size", SIZES, False)]
    held = variant("variant_s", "optval_s")
    assert choices(shirt(), held, {}, axes) == {"optval_s": "S"}
    assert choices(shirt(), held, {"Size": "M"}, axes) == {"optval_m": "M"}
    with pytest.raises(OptionUnknown):
        choices(shirt(), held, {"Hue": "Red"}, axes)
    with pytest.raises(OptionValueUnknown):
        choices(shirt(), held, {"Size": "XL"}, axes)


@pytest.mark.parametrize(
    ("old", "new", "parked", "takes", "renamed"),
    [
        (None, "A", False, True, False),
        ("A", None, True, False, False),
        ("A", "B", True, True, True),
        ("A", "A", False, False, False),
        (None, "", False, False, False),
    ],
)
def test_a_sku_is_given_up_before_it_is_taken(
    old: str | None, new: str | None, parked: bool, takes: bool, renamed: bool
) -> None:
    before = shirt(variants=(variant("variant_s", "optval_s", sku=old),))
    plan = planned(before, variants=Part([{"id": "variant_s", "sku": new}]))
    assert plan.parked[product_variant] == ["variant_s"] * parked
    assert plan.skus == ({"variant_s": new} if takes else {})
    assert plan.renamed == [{"variant_id": "variant_s", "was": old, "sku": new}] * renamed


def test_stock_needs_are_whole() -> None:
    held = variant("variant_s", items=(StockNeed("iitem_1", 1), StockNeed("iitem_2", 2)))
    plan = Plan("sel_1")
    plan_needs(plan, "variant_s", held, [{"inventory_item_id": "iitem_2", "required_quantity": 3}])
    assert plan.gone[variant_inventory_item] == [{"variant_id": "variant_s", "item_id": "iitem_1"}]
    assert [row["required_quantity"] for row in plan.changed[variant_inventory_item]] == [3]
    assert plan.fresh[variant_inventory_item] == []


def entry(amount: int, currency: str = "eur", **more: Any) -> dict[str, Any]:
    place = dict.fromkeys(("region_id", "min_quantity", "max_quantity"))
    return {"currency_code": currency, "amount": amount, **place, **more}


def priced(held: list[Price], *entries: dict[str, Any]) -> Plan:
    plan = Plan("sel_1")
    plan_prices(plan, "variant_s", held, entries)
    return plan


def test_a_price_keeps_its_row_where_its_place_is_named() -> None:
    held = [Price("price_1", "eur", 1000), Price("price_2", "usd", 1100)]
    plan = priced(held, entry(900), entry(1100, "usd"))
    assert plan.changed[price] == [{"id": "price_1", "amount": 900}]
    assert (plan.gone[price], plan.fresh[price]) == ([], [])


def test_prices_that_are_not_named_go_and_new_places_come() -> None:
    plan = priced([Price("price_1", "eur", 1000)], entry(500, min_quantity=10))
    assert plan.gone[price] == [{"id": "price_1"}]
    (made,) = plan.fresh[price]
    assert (made["amount"], made["min_quantity"], made["price_list_id"]) == (500, 10, None)
    assert made["id"] != "price_1"


def test_two_prices_may_change_places() -> None:
    held = [Price("price_1", "eur", 1000), Price("price_2", "usd", 1100)]
    plan = priced(held, entry(1000, "usd", id="price_1"), entry(1100, id="price_2"))
    assert plan.gone[price] == [{"id": "price_1"}, {"id": "price_2"}]
    assert [(row["id"], row["currency_code"]) for row in plan.fresh[price]] == [("price_1", "usd"), ("price_2", "eur")]


def test_a_row_that_moved_leaves_its_place_to_a_new_one() -> None:
    plan = priced([Price("price_1", "eur", 1000)], entry(800, "usd", id="price_1"), entry(700))
    usd, eur = plan.fresh[price]
    assert (usd["id"], usd["currency_code"]) == ("price_1", "usd")
    assert eur["id"] != "price_1"


def test_two_prices_of_one_place_and_foreign_prices_are_refused() -> None:
    with pytest.raises(PriceRepeated):
        priced([], entry(1), entry(2))
    with pytest.raises(NotFound):
        priced([], entry(1, id="price_foreign"))
    with pytest.raises(NotFound):
        priced([Price("price_1", "eur", 1)], entry(1, id="price_1"), entry(1, "usd", id="price_1"))


def test_rows_of_one_table_state_the_same_columns() -> None:
    before = shirt(variants=(variant("variant_s", "optval_s", sku="A"), variant("variant_m", "optval_m")))
    plan = planned(
        before,
        variants=Part(
            [{"id": "variant_s", "weight": 100}, {"id": "variant_m", "sku": "B"}, {"options": {"Size": "S"}}]
        ),
    )
    for kind in (plan.changed, plan.fresh):
        for table, made in kind.items():
            assert len({tuple(sorted(row)) for row in made}) <= 1, table.name
    assert len(plan.changed[product_variant]) == 2
    assert msgspec.structs.asdict(before)["title"] == "Shirt", "what is held stays as it was"
