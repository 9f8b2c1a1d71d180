"""Imports from other systems: product catalogues as CSV."""

from services.imports.csv_rows import Fault, UnreadableCsv
from services.imports.images import LIMIT_BYTES
from services.imports.run import Importer, ImportRefused, Order, Result

__all__ = ["LIMIT_BYTES", "Fault", "ImportRefused", "Importer", "Order", "Result", "UnreadableCsv"]
