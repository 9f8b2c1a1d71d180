"""Each row's body has a command, and the two say the same: names, what is required, types."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import inspect

from routes import ROUTES
from routes.table import Route

TABLES = sorted(file.stem for file in Path(__file__).parent.glob("commands_*.py"))
COMMANDS: dict[tuple[str, str], type[msgspec.Struct]] = {
    (method, path): command
    for table in TABLES
    for method, path, command in import_module(f"tests.routes.{table}").COMMANDS
}
WITH_BODY = [row for row in ROUTES if row.body is not None and row.body.get("properties")]
OF_TYPES: dict[type[inspect.Type], frozenset[str]] = {
    inspect.StrType: frozenset({"string"}),
    inspect.EnumType: frozenset({"string"}),
    inspect.LiteralType: frozenset({"string"}),
    inspect.DateTimeType: frozenset({"string"}),
    inspect.IntType: frozenset({"integer"}),
    inspect.FloatType: frozenset({"number"}),
    inspect.DecimalType: frozenset({"number"}),
    inspect.BoolType: frozenset({"boolean"}),
    inspect.NoneType: frozenset({"null"}),
    inspect.ListType: frozenset({"array"}),
    inspect.VarTupleType: frozenset({"array"}),
    inspect.SetType: frozenset({"array"}),
    inspect.FrozenSetType: frozenset({"array"}),
    inspect.DictType: frozenset({"object"}),
    inspect.StructType: frozenset({"object"}),
}


def kinds(schema: Mapping[str, Any]) -> set[str]:
    """The JSON types that a schema lets through."""
    if "anyOf" in schema or "oneOf" in schema:
        return {kind for one in schema.get("anyOf", schema.get("oneOf", ())) for kind in kinds(one)}
    if "type" not in schema:
        values = schema.get("enum", [schema["const"]] if "const" in schema else [])
        return {"string" if isinstance(value, str) else "null" for value in values}
    kind = schema["type"]
    return {kind} if isinstance(kind, str) else set(kind)


def options(schema: Mapping[str, Any], kind: str) -> list[Mapping[str, Any]]:
    """The parts of the schema that are of one JSON type."""
    inner = schema.get("anyOf", schema.get("oneOf"))
    if inner is None:
        return [schema] if kind in kinds(schema) else []
    return [part for one in inner for part in options(one, kind)]


def members(kind: inspect.Type) -> list[inspect.Type]:
    return list(kind.types) if isinstance(kind, inspect.UnionType) else [kind]


def differences(schema: Mapping[str, Any], kind: inspect.Type, at: str, default: Any = ...) -> Iterator[str]:
    """What a schema lets through and its type does not, or the other way round."""
    parts = members(kind)
    if any(isinstance(part, inspect.AnyType) for part in parts):
        return
    taken = {name for part in parts for name in OF_TYPES[type(part)]}
    told = kinds(schema)
    if default is None:
        told |= {"null"}  # what is absent is None in the command
    if "number" in told & taken:
        told, taken = told - {"integer"}, taken - {"integer"}
    if told != taken:
        yield f"{at}: the schema takes {sorted(told)}, the command {sorted(taken)}"
    for part in parts:
        if isinstance(part, inspect.StructType):
            (inner,) = options(schema, "object")
            yield from of_struct(inner, part, at)
        elif isinstance(part, inspect.ListType | inspect.VarTupleType | inspect.SetType):
            (inner,) = options(schema, "array")
            yield from differences(inner["items"], part.item_type, f"{at}[]")


def of_struct(schema: Mapping[str, Any], struct: inspect.StructType, at: str) -> Iterator[str]:
    properties = schema["properties"]
    fields = {field.encode_name: field for field in struct.fields}
    if surplus := properties.keys() ^ fields.keys():
        yield f"{at}: only one of the two has {sorted(surplus)}"
    required = {name for name, field in fields.items() if field.required}
    if required != set(schema.get("required", ())):
        yield f"{at}: the schema requires {sorted(schema.get('required', ()))}, the command {sorted(required)}"
    for name in properties.keys() & fields.keys():
        yield from differences(properties[name], fields[name].type, f"{at}.{name}", fields[name].default)


@pytest.mark.parametrize("key", sorted(COMMANDS), ids=" ".join)
def test_a_command_takes_what_the_schema_of_its_row_lets_through(key: tuple[str, str]) -> None:
    (row,) = [row for row in ROUTES if (row.method, row.path) == key]
    struct = inspect.type_info(COMMANDS[key])
    assert isinstance(struct, inspect.StructType)
    assert list(of_struct(row.full_body(), struct, row.name)) == []


@pytest.mark.parametrize("row", WITH_BODY, ids=lambda row: row.name)
def test_a_row_with_a_body_has_a_command(row: Route) -> None:
    assert (row.method, row.path) in COMMANDS
