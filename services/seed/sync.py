"""Where the loaders of products and their prices find `sync`: it moved to services/shared/sync.py."""

from models.shared.kinds import Kind
from services.shared.sync import Row, Tally

__all__ = ["Kind", "Row", "Tally"]
