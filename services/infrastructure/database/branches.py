"""Migrations of plug-ins: where they lie, and how the database tells them from ours."""

from dataclasses import dataclass
from pathlib import Path

VERSIONS_OF = "alembic_version_"


@dataclass(frozen=True, slots=True)
class Branch:
    """The migrations of a plug-in. They have a folder, a label (the plug-in's name) and a table of versions of their
    own, so that they can go without taking anything of ours along; `depends_on` is the migration of ours they need."""

    plugin: str
    folder: Path
    depends_on: str

    @property
    def version_table(self) -> str:
        return f"{VERSIONS_OF}{self.plugin}"
