"""The reference page and its first request, as a newcomer tries them: from any name of the machine."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from utils.config import Settings

Client = TestClient[Any, Any]
KEY = re.compile(r'data-publishable-key="([^"]*)"')
HOSTS = ("localhost", "127.0.0.1")


@pytest.fixture(scope="module")
def seed_file() -> Path | None:
    return Path(__file__).parents[1] / "data" / "world.yaml"


async def page(client: Client, host: str) -> tuple[str, str]:
    """The text of the page and its policy."""
    answer = await client.session.get(f"http://{host}:{client.port}/docs")
    assert answer.status == 200
    return await answer.text(), answer.headers["Content-Security-Policy"]


def followed(document: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    """What a reference leads to."""
    while "$ref" in told:
        kind, name = told["$ref"].split("/")[-2:]
        told = document["components"][kind][name]
    return told


def prefilled(document: dict[str, Any], operation: dict[str, Any]) -> dict[str, str]:
    """The query as the page fills it in: with defaults."""
    found: dict[str, str] = {}
    for parameter in (followed(document, told) for told in operation.get("parameters", ())):
        value = followed(document, parameter["schema"]).get("default")
        assert parameter.get("example") in (None, {}, [])  # nothing of an empty one is sent
        if value is not None:
            found[parameter["name"]] = str(value)
    return found


@pytest.mark.parametrize("host", HOSTS)
async def test_the_page_may_ask_the_host_that_it_came_from(client: Client, host: str) -> None:
    _, policy = await page(client, host)
    assert "connect-src 'self';" in policy
    served = await client.session.get(f"http://{host}:{client.port}/openapi.json")
    assert [server["url"] for server in (await served.json())["servers"]] == ["/"]


@pytest.mark.parametrize("host", HOSTS)
async def test_the_first_request_that_the_page_offers_answers_200(client: Client, host: str) -> None:
    base = f"http://{host}:{client.port}"
    text, _ = await page(client, host)
    found = KEY.search(text)
    assert found is not None
    document = await (await client.session.get(f"{base}/openapi.json")).json()
    first = document["tags"][0]["name"]
    path, operation = next(
        (path, methods["get"])
        for path, methods in document["paths"].items()
        if "get" in methods and methods["get"]["tags"] == [first]
    )
    server = document["servers"][0]["url"].rstrip("/")
    headers = {document["components"]["securitySchemes"]["publishableKey"]["name"]: found[1]}
    answer = await client.session.get(f"{base}{server}{path}", params=prefilled(document, operation), headers=headers)
    body = await answer.json()
    assert answer.status == 200, body
    assert body["count"] > 0


async def test_parameters_of_several_conditions_are_offered_without_one(client: Client) -> None:
    document = await (await client.get("/openapi.json")).json()
    deep = [each for each in document["components"]["parameters"].values() if each.get("style") == "deepObject"]
    assert deep
    assert [each["name"] for each in deep if each["example"] != {}] == []


async def test_a_key_is_shown_in_development_only(
    settings: Settings, client: Client, start_shop: Callable[..., Awaitable[Client]]
) -> None:
    assert settings.in_development
    assert 'data-publishable-key="pk_' in (await page(client, "localhost"))[0]
    live = await start_shop(replace(settings, mode="production"))
    assert 'data-publishable-key=""' in (await page(live, "localhost"))[0]
