"""Shipping options and quotes: rules and statements."""
