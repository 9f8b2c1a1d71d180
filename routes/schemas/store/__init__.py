"""JSON Schemas of the storefront's rows."""
