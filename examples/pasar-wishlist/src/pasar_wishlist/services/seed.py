"""The section `wishlists` of a seed file."""

from typing import Any

from sqlalchemy import insert, select

from pasar.data import new_id
from pasar_wishlist.models.wishlist import wishlist, wishlist_item

TEXT = {"type": "string", "minLength": 1, "maxLength": 200}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "A customer's list.",
    "additionalProperties": False,
    "required": ["customer", "name"],
    "properties": {
        "customer": {**TEXT, "description": "The customer's e-mail address."},
        "name": {**TEXT, "description": "The list's name."},
        "products": {"type": "array", "items": TEXT, "description": "Handles of products.", "uniqueItems": True},
    },
}


def survey(survey: Any, path: str, entry: dict[str, Any]) -> None:
    """Customer and products must be there."""
    survey.refer("customers", entry["customer"], f"{path}.customer")
    survey.refer_all("products", entry.get("products", ()), f"{path}.products")


async def load(loading: Any, entries: list[dict[str, Any]]) -> None:
    """Make the lists that are not there, and put the products on them that are not on them."""
    for entry in entries:
        customer_id = loading.names.id("customers", entry["customer"])
        mine = (wishlist.c.customer_id == customer_id) & (wishlist.c.name == entry["name"])
        list_id = (await loading.work.execute(select(wishlist.c.id).where(mine))).scalar_one_or_none()
        if list_id is None:
            list_id = new_id("wish")
            row = {"id": list_id, "customer_id": customer_id, "name": entry["name"]}
            await loading.work.execute(insert(wishlist), row)
        held = select(wishlist_item.c.product_id).where(wishlist_item.c.wishlist_id == list_id)
        products = {loading.names.id("products", handle) for handle in entry.get("products", ())}
        for product_id in sorted(products - set((await loading.work.execute(held)).scalars())):
            row = {"id": new_id("witem"), "wishlist_id": list_id, "product_id": product_id}
            await loading.work.execute(insert(wishlist_item), row)
        loading.names.made("wishlists", f"{entry['customer']}/{entry['name']}", list_id)
