"""Where a cart goes, as far as the prices of products depend on it."""

from sqlalchemy import bindparam, select

from models.customer.customer import is_open_to
from models.schema.cart import cart
from utils.sql import Prepared

_address = cart.c.document["shipping_address"]
PLACE_OF_CART = Prepared(
    select(
        cart.c.region_id,
        _address["country_code"].as_string().label("country_code"),
        _address["province"].as_string().label("province"),
    ).where(cart.c.id == bindparam("cart_id"), is_open_to(cart.c.customer_id))
)
