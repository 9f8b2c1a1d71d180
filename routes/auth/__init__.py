"""Rows of logging in."""
