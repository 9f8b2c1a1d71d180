"""Schemas of wishlists."""

from pasar.web import schemas as s

NAME = {"type": "string", "minLength": 1, "maxLength": 100}
LIST = s.query(
    limit={"type": "integer", "minimum": 0, "maximum": 100, "default": 50},
    offset={"type": "integer", "minimum": 0, "maximum": s.INT_MAX, "default": 0},
)
CREATE = s.body(required=("name",), name=NAME)
ADD_ITEM = s.body(required=("product_id",), product_id=s.ID)
ITEM = s.entity("WishlistItem", id=s.STRING, product_id=s.STRING, created_at=s.MOMENT)
_parts = {
    "id": s.STRING,
    "name": s.STRING,
    "items": s.array(ITEM),
    "created_at": s.MOMENT,
    "updated_at": s.MOMENT,
}
WISHLIST = s.entity("Wishlist", **_parts)
ADMIN_WISHLIST = s.entity("AdminWishlist", **_parts, customer_id=s.STRING)
