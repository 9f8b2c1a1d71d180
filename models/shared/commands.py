"""Commands: the validated body of a request as a struct. UNSET is what the request does not name."""

from typing import Any, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

T = TypeVar("T")
Metadata = dict[str, Any] | None
MOST_KEYS = 100  # of metadata and other free data


class Command(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """What a request asks for. Subclasses state `kw_only=True` again, since it holds for a class's own fields alone."""

    def changes(self) -> dict[str, Any]:
        """The named fields by name, nested commands as they are."""
        pairs = ((name, getattr(self, name)) for name in self.__struct_fields__)
        return {name: value for name, value in pairs if value is not UNSET}

    def plain(self) -> dict[str, Any]:
        """The named fields by name, nested commands as dicts of their named fields."""
        fields: dict[str, Any] = msgspec.to_builtins(self)
        return fields


class LinkCommand(Command, kw_only=True, frozen=True):
    """Ids of rows to link to a row, and of rows to unlink from it."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


def given(value: T | UnsetType, default: T) -> T:
    """The value, or the default where the request does not name it."""
    return default if value is UNSET else value
