"""Seed files: a marketplace stated as one document, and its loading.

`read` a file, `load` it within a unit of work; `SeedErrors` lists everything that is wrong with it.
"""

from services.seed.format import SCHEMA, schema_of
from services.seed.load import Report, check, load, load_checked, size
from services.seed.problems import Problem, SeedErrors
from services.seed.read import read
from services.shared.seed_sections import Section, Sections

__all__ = [
    "SCHEMA",
    "Problem",
    "Report",
    "Section",
    "Sections",
    "SeedErrors",
    "check",
    "load",
    "load_checked",
    "read",
    "schema_of",
    "size",
]
