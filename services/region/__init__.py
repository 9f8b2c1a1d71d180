"""Regions and taxes."""
