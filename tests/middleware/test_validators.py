"""What is refused has faults, and what is taken has none, or a refusal could not be explained."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from middleware.validation_errors import InvalidRequest, Validator
from routes import ROUTES
from tests.middleware.probe import ROWS

BORDERS: list[Any] = [
    *(None, True, False, 0, 1, -1, 2**31, 2**31 - 1, 10**18, -(10**18), 1.0, 2.5, -0.0, 1e300),
    *("", "a", "A" * 129, "A" * 1001, "x" * 20_001, "\u00df", "\U0001f600" * 64, "e\u0301", "\x7f", "\u2028"),
    *("a@b.cc", "a@b", "@b.cc", "a b@c.dd", "a@b..cc", "a@b.c\n", "usd", "USD", "usd\n", "us", "DE"),
    *(
        "2024-02-29",
        "2023-02-29",
        "2024-01-01T10:00:00Z",
        "2024-01-01T25:00:00Z",
        "2024-01-01T10:00:00.123456789Z",
        "2024",
    ),
    *([], {}, [[]], [{}], {"": 1}, {"a": {"b": None}}),
]
NAMES = [
    "$eq",
    "$gte",
    "id",
    "title",
    "email",
    "metadata",
    "quantity",
    "city",
    "country_code",
    "items",
    "__proto__",
    "",
]


def shaped(schema: Mapping[str, Any], depth: int = 0) -> st.SearchStrategy[Any]:
    """Values near a schema: mostly of its shape, with borders and strangers in every place."""
    anything = st.sampled_from(BORDERS)
    options = schema.get("anyOf")
    if options:
        return st.one_of(anything, *(shaped(option, depth) for option in options))
    if "enum" in schema:
        return st.one_of(st.sampled_from(list(schema["enum"])), anything)
    properties: Mapping[str, Any] = schema.get("properties", {})
    if properties and depth < 3:
        known = {name: shaped(inner, depth + 1) for name, inner in properties.items()}
        strange = st.dictionaries(st.sampled_from(NAMES), anything, max_size=1)
        required = {name: known.pop(name) for name in schema.get("required", ())}
        likely = st.fixed_dictionaries(required, optional=known)
        return st.one_of(anything, likely, st.builds(lambda a, b: {**a, **b}, likely, strange))
    if "items" in schema and depth < 3:
        return st.one_of(anything, st.lists(shaped(schema["items"], depth + 1), max_size=4))
    return anything


SCHEMAS = {
    f"{row.name} {part}": schema
    for row in (*ROWS, *ROUTES)
    for part, schema in (("query", row.full_query()), ("body", row.full_body()))
    if schema.get("properties")
}


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_refusal_has_faults_and_words(name: str) -> None:
    validator = Validator(SCHEMAS[name])

    @settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(shaped(SCHEMAS[name]))
    def agree(value: Any) -> None:
        faults = validator.faults(value)
        assert validator.valid(value) == (not faults), value
        if faults:
            with pytest.raises(InvalidRequest, match=r"Invalid request: \S|is not valid"):
                validator.check(value)

    agree()


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string", "pattern": "^[A-Za-z]{3}$"}, "usd\n"),
        ({"type": "string", "maxLength": 1}, "\U0001f600"),
        ({"type": "string", "maxLength": 1}, "e\u0301"),
        ({"type": "string", "format": "email"}, "a@b.cc\n"),
        ({"type": "string", "format": "date-time"}, "2024-02-30"),
        ({"type": "integer"}, 1.0),
        ({"type": "integer", "maximum": 2**31 - 1}, 10**18),
        ({"type": "number", "minimum": 0}, -0.0),
        ({"enum": [1]}, True),
        ({"enum": [0]}, False),
        ({"const": 1}, 1.0),
    ],
)
def test_borders_are_refused_with_faults_or_taken_without(schema: dict[str, Any], value: Any) -> None:
    validator = Validator(schema)
    assert validator.valid(value) == (not validator.faults(value))
