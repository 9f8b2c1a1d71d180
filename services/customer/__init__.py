"""Customers: accounts, addresses, groups."""
