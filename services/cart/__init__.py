"""Carts: their lines, what they say of the buyer, and a guest's cart that a customer takes over."""
