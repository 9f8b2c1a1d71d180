"""The totals of carts, orders and their parts: one list of names for schemas and field sets."""

from routes.schemas.shared import common as c

PART = (
    "total subtotal tax_total discount_total discount_subtotal discount_tax_total "
    "original_total original_subtotal original_tax_total"
)
CART = (
    "total subtotal tax_total discount_total discount_subtotal discount_tax_total original_total original_tax_total "
    "item_total item_subtotal item_tax_total item_discount_total "
    "original_item_total original_item_subtotal original_item_tax_total "
    "shipping_total shipping_subtotal shipping_tax_total shipping_discount_total "
    "original_shipping_total original_shipping_subtotal original_shipping_tax_total "
    "credit_line_total credit_line_subtotal credit_line_tax_total"
)
ORDER = CART.replace(" item_discount_total", "").replace(" shipping_discount_total", "") + " original_subtotal"
SELLER_ORDER = " ".join(
    kind if not group else kind.replace("original_", f"original_{group}_") if "original" in kind else f"{group}_{kind}"
    for group in ("", "item", "shipping")
    for kind in PART.split()
)


def amounts(names: str) -> dict[str, c.Schema]:
    """Schemas of amounts by name."""
    return dict.fromkeys(names.split(), c.AMOUNT)
