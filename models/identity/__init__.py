"""Principals, identities, API keys and administrators: rules and statements."""
