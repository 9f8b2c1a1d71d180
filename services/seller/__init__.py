"""Sellers: their profile, lifecycle, checklist, staff and invites."""
