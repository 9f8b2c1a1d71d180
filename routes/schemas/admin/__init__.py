"""Administrators' rows on the wire."""
