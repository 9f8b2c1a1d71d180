"""Adapters of commerce modules, a slot a folder."""
