"""Customers, groups and addresses: rules and statements."""
