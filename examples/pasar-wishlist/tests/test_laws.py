"""The rows keep the laws of the server's own: contract, generated bad bodies, authorization."""

from pathlib import Path

import pytest
from pasar_wishlist import PLUGIN

from pasar.testing import Person, Shop, Things, contract, matrix, table_faults

README = Path(__file__).parents[1] / "README.md"


@pytest.fixture(scope="module")
def things(shop: Shop, people: dict[str, Person]) -> Things:
    """A list with a product on it for each customer."""
    product = shop.ids["products"]["elbe-mug"]
    lists, items = {}, {}
    for group in ("customer_a", "customer_b"):
        who = people[group]
        lists[group] = shop.ask("POST", "/store/wishlists", {"name": "Mine"}, who)["wishlist"]["id"]
        path = f"/store/wishlists/{lists[group]}/items"
        items[group] = shop.ask("POST", path, {"product_id": product}, who)["wishlist"]["items"][0]["id"]
    return Things(
        ids={"/store/wishlists/{id}": lists, "/store/wishlists/{id}/items/{item_id}": items},
        bodies={"POST /store/wishlists/{id}/items": {"product_id": product}},
    )


def test_rows_settings_and_events_keep_the_contract() -> None:
    assert contract.faults(PLUGIN, README) == []


def test_migrations_make_the_tables_that_are_declared(shop: Shop) -> None:
    assert table_faults(shop, PLUGIN) == []


def test_generated_bad_bodies_are_refused(shop: Shop, people: dict[str, Person], things: Things) -> None:
    assert matrix.bad_body_faults(shop, PLUGIN, people, things) == []


def test_everybody_gets_what_is_theirs_and_nothing_else(shop: Shop, people: dict[str, Person], things: Things) -> None:
    assert matrix.faults(shop, PLUGIN, people, things) == []
