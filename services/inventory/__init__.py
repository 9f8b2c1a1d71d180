"""Stock: items, locations, levels, holds of carts, reservations of orders."""
