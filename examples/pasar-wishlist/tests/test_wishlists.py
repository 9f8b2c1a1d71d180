"""Wishlists over HTTP."""

from typing import Any

import pytest
from pasar_wishlist.config import WishlistSettings

from pasar.testing import Shop


@pytest.fixture(scope="module")
def plugin_settings() -> dict[str, Any]:
    return {"wishlist": WishlistSettings(lists=2, items=2)}


def test_a_customer_makes_renames_fills_and_removes_a_list(shop: Shop) -> None:
    who, product = shop.customer(), shop.ids["products"]["elbe-mug"]
    made = shop.ask("POST", "/store/wishlists", {"name": "Birthday"}, who)["wishlist"]
    path = f"/store/wishlists/{made['id']}"
    assert shop.ask("POST", path, {"name": "Christmas"}, who)["wishlist"]["name"] == "Christmas"
    filled = shop.ask("POST", f"{path}/items", {"product_id": product}, who)["wishlist"]
    assert [item["product_id"] for item in filled["items"]] == [product]
    again = shop.ask("POST", f"{path}/items", {"product_id": product}, who)["wishlist"]
    assert again["items"] == filled["items"], "a product stands on a list once"
    assert shop.ask("GET", "/store/wishlists", who=who)["wishlists"] == [again]
    assert shop.ask("DELETE", f"{path}/items/{filled['items'][0]['id']}", who=who)["wishlist"]["items"] == []
    shop.ask("DELETE", path, who=who)
    shop.ask("GET", path, who=who, status=404)


def test_names_and_numbers_have_limits(shop: Shop) -> None:
    who, handles = shop.customer(), ("elbe-mug", "gayo-washed", "harbour-lamp")
    first = shop.ask("POST", "/store/wishlists", {"name": "One"}, who)["wishlist"]["id"]
    assert shop.ask("POST", "/store/wishlists", {"name": "One"}, who, 422)["code"] == "wishlist_name_taken"
    shop.ask("POST", "/store/wishlists", {"name": "Two"}, who)
    assert shop.ask("POST", "/store/wishlists", {"name": "Three"}, who, 400)["code"] == "too_many_wishlists"
    assert shop.ask("POST", f"/store/wishlists/{first}", {"name": "Two"}, who, 422)["code"] == "wishlist_name_taken"
    path = f"/store/wishlists/{first}/items"
    *fitting, last = (shop.ids["products"][handle] for handle in handles)
    for product in fitting:
        shop.ask("POST", path, {"product_id": product}, who)
    assert shop.ask("POST", path, {"product_id": last}, who, 400)["code"] == "wishlist_full"
    shop.ask("POST", path, {"product_id": "prod_none"}, who, 404)


def test_administrators_see_all_lists_and_support_too(shop: Shop) -> None:
    who = shop.customer()
    made = shop.ask("POST", "/store/wishlists", {"name": "Seen"}, who)["wishlist"]
    for role in ("admin", "support"):
        found = shop.ask("GET", "/admin/wishlists?limit=100", who=shop.administrator(role))["wishlists"]
        assert {**made, "customer_id": who.id} in found
    shop.ask("GET", "/admin/wishlists", who=shop.staff("nordlicht"), status=401)
