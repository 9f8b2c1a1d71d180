"""The laws of the tables, over all rows."""

import inspect
import json
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError
from openapi_spec_validator import validate

from controllers.system.service import ASSETS, content
from pasar.testing.contract import kinds, nodes, unbounded
from routes import ROUTES
from routes.openapi import PARAM, document, markdown
from routes.schemas.shared import common as c
from routes.table import PUBLIC, WHO, Route, get, mount, statuses
from utils.errors import KINDS, AppError
from utils.formats import FORMATS

pytestmark = pytest.mark.pure

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = document(ROUTES)


def name_of(row: Route) -> str:
    return row.name


every_row = pytest.mark.parametrize("row", ROUTES, ids=name_of)


@every_row
def test_a_row_says_what_it_does_for_whom_and_what_it_answers(row: Route) -> None:
    assert row.who in WHO
    assert row.summary
    assert row.hidden or row.tag or row.who == PUBLIC
    assert inspect.iscoroutinefunction(row.handler)
    assert row.handler.__module__.startswith("controllers.")
    assert row.reply is not None or row.media != "application/json"


@every_row
def test_schemas_are_schemas(row: Route) -> None:
    for schema in (row.full_query(), row.full_body(), *filter(None, statuses(row).values())):
        if schema is not c.ERROR:
            Draft202012Validator.check_schema(schema)


@every_row
def test_formats_are_those_that_both_validators_check_alike(row: Route) -> None:
    used = {
        node["format"]
        for schema in (row.full_query(), row.full_body())
        for _, node in nodes(schema)
        if "format" in node
    }
    assert used <= set(FORMATS)


def test_what_is_no_schema_is_noticed() -> None:
    Draft202012Validator.check_schema(c.ERROR)
    with pytest.raises(SchemaError):
        Draft202012Validator.check_schema({"type": "text"})


@every_row
def test_input_has_bounds_everywhere(row: Route) -> None:
    assert not unbounded(row.full_query())
    assert not unbounded(row.full_body())


@pytest.mark.parametrize(
    "open_schema",
    [
        {"type": "object", "properties": {}},
        c.body(a={"type": "object", "additionalProperties": True}),
        c.body(a={"type": "string"}),
        c.body(a={"type": "integer", "minimum": 0}),
        c.body(a=c.array(c.ID)),
        c.body(a={"anyOf": [{"type": "number"}, c.NULL]}),
        c.body(a={}),
    ],
)
def test_a_schema_without_bounds_is_noticed(open_schema: dict[str, Any]) -> None:
    assert unbounded(open_schema)


@every_row
def test_a_reply_names_every_key(row: Route) -> None:
    loose = [
        path
        for path, node in nodes(row.reply)
        if "object" in kinds(node) and "additionalProperties" not in node and "properties" in node
    ]
    assert not loose


@every_row
def test_documented_errors_are_known_kinds(row: Route) -> None:
    for error in row.errors:
        if not isinstance(error, int):
            assert issubclass(error, AppError)
            assert error.kind in KINDS
    assert {row.status, 400, 429, 500, 503} <= set(statuses(row))


def resolved(node: dict[str, Any]) -> Any:
    """What a reference within the document leads to."""
    found: Any = node
    while "$ref" in found:
        place: Any = DOCUMENT
        for part in found["$ref"].removeprefix("#/").split("/"):
            place = place[part]
        found = place
    return found


@every_row
def test_the_document_tells_of_the_row(row: Route) -> None:
    if row.hidden:
        return
    told = DOCUMENT["paths"][PARAM.sub(r"{\1}", row.path)][row.method.lower()]
    parameters = {(p["in"], p["name"]): p for p in map(resolved, told.get("parameters", ()))}
    assert {("path", name) for name in PARAM.findall(row.path)} <= set(parameters)
    assert all(p["required"] and p["schema"]["description"] for (place, _), p in parameters.items() if place == "path")
    assert {("query", name) for name in row.full_query()["properties"]} <= set(parameters)
    assert (("header", "Idempotency-Key") in parameters) == row.takes_key
    assert ("requestBody" in told) == (row.body is not None)
    shown = {int(status) for status in told["responses"] if status != "default"}
    assert shown | {*told["x-statuses"]} == set(statuses(row))
    assert {error.code for error in row.errors if not isinstance(error, int)} == {*told.get("x-codes", ())}
    assert "default" in told["responses"]
    assert bool(told["security"]) == (row.who != PUBLIC)


def test_no_two_rows_share_a_name_or_an_operation() -> None:
    assert len({row.name for row in ROUTES}) == len(ROUTES)
    operations = [operation["operationId"] for path in DOCUMENT["paths"].values() for operation in path.values()]
    assert len(set(operations)) == len(operations)


def test_a_row_that_does_not_say_who_may_call_is_not_mounted() -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.Response()

    with pytest.raises(ValueError, match="does not say who"):
        mount(web.Application(), [get("/store/forgotten", handler)], lambda row: row.handler)


def test_the_document_is_valid_openapi_3_1() -> None:
    assert DOCUMENT["openapi"].startswith("3.1")
    validate(json.loads(json.dumps(DOCUMENT)))


def test_two_schemas_of_one_title_are_refused() -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.Response()

    rows = [
        get(f"/{n}", handler, who=PUBLIC, reply=c.single("a", c.entity("Same", **{n: c.STRING})))
        for n in ("one", "two")
    ]
    with pytest.raises(ValueError, match="Same"):
        document(rows)


def test_the_routes_page_is_as_printed() -> None:
    assert (ROOT / "docs" / "routes.md").read_text() == markdown(ROUTES), (
        "run: python app.py routes --markdown > docs/routes.md"
    )


@pytest.mark.parametrize("name", ASSETS)
def test_the_reference_pages_files_come_with_the_installation(name: str) -> None:
    assert len(content(name)) > 10_000
