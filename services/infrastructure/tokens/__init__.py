"""Signed tokens and password hashes."""
