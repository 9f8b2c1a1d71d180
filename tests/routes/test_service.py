"""The server's own routes, and paths that try to reach a row by another name."""

import re
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from yarl import URL

from services import health
from services.deps import Deps

Client = TestClient[Any, Any]


async def test_health_and_readiness_are_told(client: Client) -> None:
    for path, status in (("/health", "ok"), ("/ready", "ready")):
        answer = await client.get(path)
        assert answer.status == 200
        assert await answer.json() == {"status": status}


async def test_a_draining_process_is_alive_but_not_ready(client: Client, deps: Deps) -> None:
    deps.lifecycle.draining = True
    try:
        answer = await client.get("/ready")
        assert (answer.status, (await answer.json())["code"]) == (503, "not_ready")
        assert answer.headers["Retry-After"] == "1"
        assert (await client.get("/health")).status == 200
    finally:
        deps.lifecycle.draining = False


async def test_without_its_database_a_process_is_not_ready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    async def gone(work: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(health, "ping", gone)
    answer = await client.get("/ready")
    assert answer.status == 503
    assert "database" in (await answer.json())["message"]


async def test_the_document_is_served(client: Client) -> None:
    answer = await client.get("/openapi.json")
    assert answer.headers["Content-Type"].startswith("application/json")
    assert (await answer.json())["openapi"] == "3.1.0"


async def test_the_reference_page_loads_nothing_from_elsewhere(client: Client) -> None:
    answer = await client.get("/docs")
    page = await answer.text()
    policy = answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    linked = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(linked) == 3
    assert not re.search(r"<script(?![^>]*src=)", page)
    for path in linked:
        assert path.startswith("/docs/assets/")
        file = await client.get(path)
        assert file.status == 200
        assert file.headers["X-Content-Type-Options"] == "nosniff"
        assert file.headers["Content-Type"].split(";")[0] in ("text/css", "text/javascript")


async def test_the_reference_page_fills_in_no_conditions_of_its_own(client: Client) -> None:
    document = await (await client.get("/openapi.json")).json()
    parts = document["components"]

    def told(part: dict[str, Any]) -> dict[str, Any]:
        kind, name = part["$ref"].split("/")[2:] if "$ref" in part else ("", "")
        return told(parts[kind][name]) if name else part

    shown: list[Any] = []
    for parameter in map(told, document["paths"]["/store/regions"]["get"]["parameters"]):
        schema = told(parameter["schema"])
        if schema["type"] == "object" or told(schema.get("items", {})).get("type") == "object":
            shown.append((parameter["name"], parameter.get("example")))
    assert shown == [("created_at", {}), ("updated_at", {}), ("$and", []), ("$or", [])]


@pytest.mark.parametrize(
    "name",
    [
        "..%2f..%2fapp.py",
        "swagger_bundle.js",
        "scalar.js",
        "__init__.py",
        "%2e%2e",
        "swagger-ui.js%00",
        "SWAGGER-UI.JS",
    ],
)
async def test_no_other_file_is_served(client: Client, name: str) -> None:
    answer = await client.get(URL(f"/docs/assets/{name}", encoded=True))
    assert answer.status in (400, 404)


MANGLED = [
    "/store/products/",
    "/store//products",
    "//store/products",
    "/STORE/products",
    "/store/Products",
    "/store/products;x=1",
    "/store/products%20",
    "/store/products%00",
    "/store/./products/..%2fcarts",
    "/store/products.json",
    "/store%2fproducts",
    "/%73tore/products/",
    "/store\\products",
    "/store/products/%2e%2e/regions",
    "/admin",
    "/admin/users/",
    "/admin//users",
    "//admin/users",
    "/ADMIN/users",
    "/admin/Users",
    "/admin/users;x=1",
    "/admin/users%00",
    "/admin%2fusers",
    "/%61dmin/users/",
    "/store/../admin/users/",
    "/store/..%2fadmin/users",
    "/vendor/..%2fadmin/users",
    "/admin\\users",
    "//admin",
    "/store/../admin",
    "/store/..%2fadmin",
    "/.env",
    "/docs/",
    "/health/",
]


@pytest.mark.parametrize("path", MANGLED)
async def test_a_mangled_path_reaches_nothing_without_a_key(client: Client, path: str) -> None:
    answer = await client.session.get(f"{client.make_url('/')}"[:-1] + path.replace("\\", "%5c"))
    assert answer.status in (400, 404)
    assert (await answer.json())["type"] in ("not_found", "invalid_data", "not_allowed")


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"])
async def test_a_method_cannot_be_put_on_by_a_header(client: Client, header: str) -> None:
    answer = await client.get("/health", headers={header: "DELETE"})
    assert answer.status == 200
