"""Rows of the server itself: health, contract, files."""
