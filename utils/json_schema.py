"""JSON Schema: whether a value is valid, and what is wrong with one that is not, by one validator.

The words for people are written where they are told (requests, seed files); here a fault is what the schema says of it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

Node = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """One keyword of a schema that a value does not meet."""

    keyword: str
    path: tuple[str | int, ...]
    value: Any
    limit: Any  # what the keyword asks for
    schema: Node  # where it stands
    missing: str | None  # the property that a `required` misses
    branches: list[list["Fault"]]  # of anyOf and oneOf: what each of their schemas finds

    @property
    def order(self) -> int:
        """The keyword's place among those of its schema."""
        return list(self.schema).index(self.keyword)


class Schema:
    """A schema, compiled."""

    def __init__(self, given: Node, formats: dict[str, Callable[..., bool]] | None = None) -> None:
        self.source: Node = dict(given)
        self._compiled = jsonschema_rs.Draft202012Validator(
            self.source, formats=formats, validate_formats=bool(formats)
        )
        self.is_valid: Callable[[Any], bool] = self._compiled.is_valid

    def faults(self, value: Any) -> Iterator[Fault]:
        """What is wrong, in no order that a reader could rely on."""
        return (self._read(error) for error in self._compiled.iter_errors(value))

    def _read(self, error: Any) -> Fault:
        *way, keyword = error.schema_path  # through what the schema refers to
        schema: Any = self.source
        for part in way:
            schema = schema[part]
        return Fault(
            keyword=keyword,
            path=tuple(error.instance_path),
            value=error.instance,
            limit=schema[keyword],
            schema=schema,
            missing=getattr(error.kind, "property", None),
            branches=[[self._read(each) for each in branch] for branch in getattr(error.kind, "context", ())],
        )
