"""Sections of a seed file that plug-ins bring, beside those of this server: their format and what loads them."""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

Schema = dict[str, Any]
Survey = Callable[[Any, str, Any], None]
Load = Callable[[Any, list[Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True, eq=False)
class Section:
    """A list of entries under `name`; `schema` is that of one entry.

    `survey(survey, path, entry)` looks at an entry before anything is written: `survey.refer("products", handle, path)`
    for what must be there, `survey.problem(path, message, hint)` for what cannot be. `load(loading, entries)` writes
    them after everything of this server: `loading.work` is the transaction, `loading.names.id("products", handle)` the
    id of what was referred to, and `loading.names.made(name, key, id)` tells of a row in the answer of `seed --ids`.
    """

    name: str
    about: str
    schema: Schema
    load: Load
    survey: Survey | None = None


class Sections:
    """The sections of plug-ins in a process; none by default."""

    def __init__(self, sections: Iterable[Section] = ()) -> None:
        self.sections = tuple(sections)

    def __iter__(self) -> Iterator[Section]:
        return iter(self.sections)
