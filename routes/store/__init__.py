"""The storefront's rows."""
