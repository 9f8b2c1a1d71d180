"""The examples, installed by pip into a clean environment: a server serves them, and their own tests pass there."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from benchmarks.process import ServerProcess
from tests.conftest import Server, in_server
from tests.people import PASSWORD
from tests.plugins.conftest import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.embedded, pytest.mark.timeout(600)]
KEY = {"x-publishable-api-key": "pk_demo_pasar"}
Json = dict[str, Any]


@pytest.fixture(scope="module")
def server(python_with_examples: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    data = tmp_path_factory.mktemp("installed") / "data"
    settings = {"PASAR_CHECK_REPLIES": "on", "PASAR_WISHLIST_LISTS": "1", "PASAR_BADGES_REFRESH_SECONDS": "1"}
    running = ServerProcess(data, settings, command=("app.py", "serve"), python=str(python_with_examples))
    try:
        running.start()
        yield running
    finally:
        running.stop()


@pytest.fixture
async def client(server: ServerProcess) -> Any:
    async with aiohttp.ClientSession(server.base, headers=KEY) as session:
        yield session


async def ask(client: Any, method: str, path: str, body: Any = None, token: str = "", status: int = 200) -> Json:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    async with client.request(method, path, json=body, headers=headers) as reply:
        said: Json = await reply.json()
        assert reply.status == status, (path, reply.status, said)
        return said


async def test_customers_keep_wishlists(client: Any, server: ServerProcess) -> None:
    who = {"email": "wisher@example.com", "password": PASSWORD}
    token = (await ask(client, "POST", "/auth/customer/emailpass/register", who))["token"]
    await ask(client, "POST", "/store/customers", {"email": who["email"]}, token)
    token = (await ask(client, "POST", "/auth/customer/emailpass", who))["token"]
    made = (await ask(client, "POST", "/store/wishlists", {"name": "Birthday"}, token))["wishlist"]
    product = (await ask(client, "GET", "/store/products?limit=1&fields=id"))["products"][0]["id"]
    path = f"/store/wishlists/{made['id']}"
    filled = (await ask(client, "POST", f"{path}/items", {"product_id": product}, token))["wishlist"]
    assert [item["product_id"] for item in filled["items"]] == [product]
    refused = await ask(client, "POST", "/store/wishlists", {"name": "Another"}, token, 400)
    assert refused["code"] == "too_many_wishlists", "PASAR_WISHLIST_LISTS is 1"
    await ask(client, "GET", "/store/wishlists", status=401)
    assert server.run("wishlist-report").split() == ["1", product]


async def test_products_wear_badges(client: Any, server: ServerProcess) -> None:
    server.run("badges-refresh")
    product = (await ask(client, "GET", "/store/products?limit=1&fields=id"))["products"][0]["id"]
    worn = (await ask(client, "GET", f"/store/products/{product}/badges"))["badges"]
    assert worn == [{"id": "new", "label": "New"}]


async def test_their_rows_and_settings_are_listed_with_ours(client: Any, server: ServerProcess) -> None:
    document = await ask(client, "GET", "/openapi.json")
    rows = server.run("routes")
    for path in ("/store/wishlists/{id}/items", "/admin/wishlists", "/store/products/{id}/badges"):
        assert path in document["paths"]
        assert path in rows
    assert "lists that a customer may have" in server.run("settings")
    assert "plug-in badges: products wear badges" in server.log_end()


def test_a_setting_that_nobody_reads_stops_the_start(server: ServerProcess) -> None:
    wrong = ServerProcess(server.data_dir, {"PASAR_WISHLIST_LIST": "1"}, python=server.python)
    with pytest.raises(RuntimeError, match="PASAR_WISHLIST_LIST is not a setting, but PASAR_WISHLIST_LISTS is"):
        wrong.run("settings")


@pytest.fixture
def database(postgres: Server) -> Iterator[str]:
    """An empty database."""
    name = f"{postgres.home.name}-installed"
    in_server(postgres, f'CREATE DATABASE "{name}"')
    yield postgres.url(name)
    in_server(postgres, f'DROP DATABASE "{name}" WITH (FORCE)')


def test_its_tables_stay_when_it_goes_and_are_removed_on_demand(
    python_with_examples: Path, tmp_path: Path, database: str
) -> None:
    """Without the plug-in the server runs on the database; with it again, its tables can be dropped."""
    given = {"DATABASE_URL": database}
    both = ServerProcess(tmp_path / "data", given, python=str(python_with_examples))
    told = both.run("migrate")
    assert "migrated to wishlist_0001: Wishlists and what is on them." in told
    assert "migrated to badges_0001" in told
    alone = ServerProcess(tmp_path / "data", given)
    told = alone.run("migrate")
    for name in ("badges", "wishlist"):
        assert f"the database keeps the tables of the plug-in {name}, which is not installed" in told
    with pytest.raises(RuntimeError, match="No plug-in badges with tables is installed"):
        alone.run("migrate", "--remove-plugin", "badges")
    assert "the plug-in wishlist is up to date (wishlist_0001)" in both.run("migrate")
    assert "the tables of the plug-in badges are gone" in both.run("migrate", "--remove-plugin", "badges")
    assert "plug-in badges" not in alone.run("migrate")
    assert "migrated to badges_0001" in both.run("migrate")


@pytest.mark.parametrize("name", ["pasar-wishlist", "pasar-badges"])
def test_their_own_tests_pass_there(python_with_examples: Path, postgres: Server, name: str) -> None:
    """Contract, generated bad bodies, the authorization matrix, and what they do."""
    env = {key: value for key, value in os.environ.items() if not key.startswith(("PASAR_", "PYTEST_", "TEST_"))}
    env["DATABASE_URL"] = postgres.url()
    done = subprocess.run(
        [str(python_with_examples), "-m", "pytest", "-q", f"examples/{name}"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    assert " passed" in done.stdout
    assert "skipped" not in done.stdout
