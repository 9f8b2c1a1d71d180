"""Currencies and countries."""
