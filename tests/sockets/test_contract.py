"""The tables of events, and what is printed from them."""

import inspect
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from pasar.testing.contract import unbounded
from routes import EVENTS, PUSHES, ROUTES
from routes.asyncapi import channel_of, document, key_of, markdown
from routes.events import Event, Push
from routes.table import LOGGED_IN
from tests.clients.packages import install
from tests.conftest import Client

ROOT = Path(__file__).resolve().parents[2]
SPECIFICATION = ROOT / "tests" / "clients" / "node_modules" / "@asyncapi" / "specs" / "schemas" / "3.0.0.json"
every_event = pytest.mark.parametrize("row", EVENTS, ids=lambda row: row.name)


@every_event
def test_an_event_says_what_it_does_for_whom(row: Event) -> None:
    assert row.who in LOGGED_IN
    assert row.summary
    assert row.namespace.startswith("/")
    assert inspect.iscoroutinefunction(row.controller)
    assert row.controller.__module__.startswith("controllers.")
    assert 0 < row.seconds <= 15  # a client that sends nothing meanwhile is still there


@every_event
def test_an_event_refuses_with_the_codes_of_the_route_of_the_same_controller(row: Event) -> None:
    operations = document(EVENTS, PUSHES)["operations"]
    told = operations[f"{channel_of(row.namespace)}_{key_of(row)}"]["x-codes"]
    assert told == sorted({error.code for error in row.errors})
    controller: Any = row.controller
    for route in ROUTES:
        if route.handler is controller:
            assert told == sorted({error.code for error in route.errors if not isinstance(error, int)})


@every_event
def test_schemas_are_schemas_and_input_has_bounds(row: Event) -> None:
    for schema in (row.body, row.reply):
        jsonschema.Draft202012Validator.check_schema(schema)
    assert not unbounded(row.body)


@every_event
def test_a_reply_cannot_be_taken_for_an_error(row: Event) -> None:
    assert "code" not in row.reply["properties"]
    assert row.reply["additionalProperties"] is False


@every_event
def test_every_event_is_documented(row: Event) -> None:
    assert f"| `{row.event}` | {row.summary} |" in (ROOT / "docs" / "events.md").read_text()


@pytest.mark.parametrize("push", PUSHES, ids=lambda push: push.name)
def test_what_the_server_says_has_a_schema_and_is_documented(push: Push) -> None:
    jsonschema.Draft202012Validator.check_schema(push.payload)
    assert push.payload["additionalProperties"] is False
    assert f"| `{push.event}` | {push.summary} |" in (ROOT / "docs" / "events.md").read_text()


def test_the_events_page_is_as_printed() -> None:
    page = (ROOT / "docs" / "events.md").read_text()
    assert page.rstrip().endswith(markdown(EVENTS, PUSHES).rstrip()), "put in: python app.py asyncapi --markdown"


def test_the_document_is_asyncapi() -> None:
    install()
    specification = json.loads(SPECIFICATION.read_text())
    validator = jsonschema.Draft7Validator(specification)
    made = json.loads(json.dumps(document(EVENTS, PUSHES)))
    assert [error.message for error in validator.iter_errors(made)] == []
    del made["info"]["title"]
    assert list(validator.iter_errors(made))


def references(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [value["$ref"]] if "$ref" in value else [r for inner in value.values() for r in references(inner)]
    return [r for inner in value for r in references(inner)] if isinstance(value, list) else []


def test_every_reference_of_the_document_leads_somewhere() -> None:
    made = document(EVENTS, PUSHES)
    for reference in references(made):
        found: Any = made
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]
        assert found
    assert len(made["operations"]) == len(EVENTS) + len(PUSHES)


async def test_the_document_is_served(client: Client) -> None:
    answer = await client.get("/asyncapi.json")
    assert answer.headers["Content-Type"].startswith("application/json")
    assert await answer.json() == json.loads(json.dumps(document(EVENTS, PUSHES)))
