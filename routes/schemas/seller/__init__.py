"""Sellers' rows on the wire."""
