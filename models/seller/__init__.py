"""Sellers, their states, staff and checklist: rules and statements."""
