"""Uploads: rules and statements."""
