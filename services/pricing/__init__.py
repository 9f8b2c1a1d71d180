"""Totals of carts, and the redemption of promotions."""
