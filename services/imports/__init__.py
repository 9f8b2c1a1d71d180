"""Imports from other systems: product catalogues as CSV."""

from services.imports.formats import FORMATS
from services.imports.images import LIMIT_BYTES
from services.imports.places import ImportRefused, Order
from services.imports.rows import Fault, UnreadableCsv
from services.imports.run import Importer, Result

__all__ = ["FORMATS", "LIMIT_BYTES", "Fault", "ImportRefused", "Importer", "Order", "Result", "UnreadableCsv"]
