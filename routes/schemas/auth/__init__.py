"""JSON Schemas of logging in."""
