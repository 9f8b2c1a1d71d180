"""Shipping: options, profiles, and quotes for carts."""
