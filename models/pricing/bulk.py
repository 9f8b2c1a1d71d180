"""Price lists, campaigns and promotions as files state them: what their rows are found by."""

from functools import cache

from models.pricing.rules import PLACE
from models.schema.pricing import campaign, price, price_list, promotion
from models.shared.kinds import Kind

PRICE_LIST = Kind(price_list, "title", ("title",), "plist")
LIST_PRICE = Kind(price, "price_list_id", ("price_list_id", "variant_id", *PLACE), "price")
CAMPAIGN = Kind(campaign, "identifier", ("identifier",), "procamp")
PROMOTION = Kind(promotion, "code", ("code",), "promo")


@cache
def prices_of_list(list_id: str) -> Kind:
    """The prices of one list, found by their variants."""
    return Kind(price, "variant_id", ("variant_id", *PLACE), "price", only=price.c.price_list_id == list_id)
