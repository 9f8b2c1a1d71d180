"""A provider that is away, slow, or says what cannot be believed: 503 with a code, and nothing else suffers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from time import monotonic
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import func, select

from benchmarks.process import free_port
from controllers.http import DEPS
from models.schema.identity import auth_identity, authorization_request
from services.deps import Deps
from services.infrastructure.http import client as http_client
from services.infrastructure.http.client import Outbound, OutboundFailed
from tests.auth.conftest import shop_of
from tests.auth.oidc import CLIENT_ID, CLIENT_SECRET, PAGE, FakeIssuer, begin, come_back, forget
from tests.conftest import Client
from tests.people import Person, letters, registered
from tests.waiting import until
from utils.config import Settings

AWAY = "auth_provider_unavailable"


@pytest.fixture(scope="module")
async def issuer() -> AsyncIterator[FakeIssuer]:
    made = FakeIssuer()
    async with made.server:
        yield made


def with_google(settings: Settings, address: str) -> Settings:
    provider: Any = {"google_client_id": CLIENT_ID, "google_client_secret": CLIENT_SECRET, "google_issuer": address}
    return replace(settings, auth_callback_urls=(PAGE,), **provider)


@pytest.fixture(scope="module")
async def started(settings: Settings, issuer: FakeIssuer) -> AsyncIterator[Client]:
    async with TestClient(TestServer(shop_of(with_google(settings, issuer.issuer)))) as started:
        yield started


@pytest.fixture
def shop(started: Client, issuer: FakeIssuer) -> Client:
    """A shop whose provider is honest, and which remembers nothing of it."""
    issuer.reset()
    forget(started.app[DEPS])
    return started


def busy(shop: Client) -> int:
    """Connections to the database that requests use."""
    return shop.app[DEPS].database.busy


@asynccontextmanager
async def patience(shop: Client, seconds: float = 60.0) -> AsyncIterator[None]:
    """The shop waits for its provider for as long as a busy machine needs for what comes meanwhile, or so long."""
    provider: Any = shop.app[DEPS].auth_providers["google"]
    usual, provider.outbound = provider.outbound, Outbound(total_seconds=seconds)
    try:
        yield
    finally:
        await provider.outbound.close()
        provider.outbound = usual


async def sent(shop: Client, issuer: FakeIssuer, **wish: Any) -> dict[str, str]:
    asked = parse_qs(urlsplit((await begin(shop, **wish))["location"]).query)
    issuer.nonce = asked["nonce"][0]
    return {"code": "code-1", "state": asked["state"][0]}


async def test_without_its_settings_there_is_no_such_door(client: Client) -> None:
    async with client.get("/auth/customer/providers") as reply:
        assert [each["id"] for each in (await reply.json())["providers"]] == ["emailpass"]
    assert (await begin(client, status=401))["code"] == "auth_provider_unknown"
    assert (await come_back(client, {"state": "x"}, status=401))["code"] == "auth_provider_unknown"


async def test_a_provider_that_is_away_is_told_and_found_again(settings: Settings) -> None:
    port = free_port()
    app = shop_of(with_google(settings, f"http://127.0.0.1:{port}"))
    async with TestClient(TestServer(app)) as shop:
        assert (await begin(shop, status=503))["code"] == AWAY
        async with app[DEPS].database.reading() as work:
            assert (await work.execute(select(func.count()).select_from(authorization_request))).scalar_one() == 0
        async with FakeIssuer(port).server:
            assert "location" in await begin(shop)


async def test_a_provider_that_takes_calls_and_never_answers_costs_seconds_and_no_connection(
    settings: Settings,
) -> None:
    hold, ended = asyncio.Event(), asyncio.Event()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await hold.wait()
        writer.close()
        ended.set()

    tarpit = await asyncio.start_server(take, "127.0.0.1", 0)
    port = tarpit.sockets[0].getsockname()[1]
    app = shop_of(with_google(settings, f"http://127.0.0.1:{port}"))
    async with TestClient(TestServer(app)) as shop:
        await app[DEPS].changes.connected.wait()
        start = monotonic()
        waiting = [asyncio.create_task(begin(shop, status=503)) for _ in range(20)]
        await until(lambda: busy(shop) == 0)
        assert {said["code"] for said in await asyncio.gather(*waiting)} == {AWAY}
        assert monotonic() - start < 3 * http_client.TOTAL_SECONDS, "they wait for one call, not one after the other"
    hold.set()
    await ended.wait()
    tarpit.close()


async def test_the_exchange_is_outside_of_any_transaction_and_bounded(shop: Client, issuer: FakeIssuer) -> None:
    await shop.app[DEPS].changes.connected.wait()
    answered = issuer.hold["token"] = asyncio.Event()
    async with patience(shop):
        coming = asyncio.create_task(come_back(shop, await sent(shop, issuer)))
        await until(lambda: issuer.count("token") == 1)
        await until(lambda: busy(shop) == 0)
        assert not coming.done()
        answered.set()
        assert "token" in await coming
    answered.clear()
    async with patience(shop, 0.5):
        assert (await come_back(shop, await sent(shop, issuer), status=503))["code"] == AWAY


@pytest.mark.parametrize(
    "lie",
    [
        {"issuer": "https://accounts.evil.example"},
        {"token_endpoint": "https://evil.example/token"},
        {"jwks_uri": "http://169.254.169.254/latest"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": None},
        {"token_endpoint": 5},
        {"id_token_signing_alg_values_supported": ["HS256", "none"]},
        {"padding": "x" * (http_client.LARGEST_REPLY + 1)},
    ],
)
async def test_a_discovery_document_that_leads_elsewhere_is_not_followed(
    shop: Client, issuer: FakeIssuer, lie: dict[str, Any]
) -> None:
    issuer.discovery = lie
    assert (await begin(shop, status=503))["code"] == AWAY
    issuer.discovery = {}
    assert "location" in await begin(shop), "what was not believed is not kept"


@pytest.mark.parametrize(
    ("status", "body", "answer"),
    [
        (400, {"error": "invalid_grant"}, (401, "login_refused")),
        (401, {"error": "invalid_client"}, (503, AWAY)),
        (400, {"error": "unauthorized_client"}, (503, AWAY)),
        (429, {"error": "slow_down"}, (503, AWAY)),
        (500, {}, (503, AWAY)),
        (302, {}, (503, AWAY)),
        (200, {"padding": "x" * (http_client.LARGEST_REPLY + 1)}, (503, AWAY)),
    ],
)
async def test_who_is_to_blame_for_a_failed_exchange(
    shop: Client, issuer: FakeIssuer, status: int, body: dict[str, Any], answer: tuple[int, str]
) -> None:
    query = await sent(shop, issuer)
    issuer.token_status, issuer.tokens = status, body
    assert (await come_back(shop, query, status=answer[0]))["code"] == answer[1]


async def test_a_reply_that_is_no_json_object_is_no_answer() -> None:
    async def say(request: web.Request) -> web.Response:
        if request.path == "/moved":
            raise web.HTTPFound("/list")
        return web.Response(text="[1]" if request.path == "/list" else "<html>")

    app = web.Application()
    app.router.add_get("/{any}", say)
    client = Outbound()
    async with TestServer(app) as server:
        for path in ("/list", "/page", "/moved"):
            with pytest.raises(OutboundFailed):
                await client.get(str(server.make_url(path)))
    await client.close()


async def test_one_new_face_that_comes_in_many_times_at_once_is_one_person(shop: Client, issuer: FakeIssuer) -> None:
    issuer.claims = {"sub": "many-at-once"}
    deps: Deps = shop.app[DEPS]
    async with deps.database.reading() as work:
        before = (await work.execute(select(func.count()).select_from(auth_identity))).scalar_one()

    trips = []
    for n in range(8):
        query = await sent(shop, issuer)
        issuer.nonces[f"code-{n}"] = issuer.nonce
        trips.append({**query, "code": f"code-{n}"})
    told = await asyncio.gather(*(come_back(shop, trip) for trip in trips))
    people = {claims.identity_id for claims in (deps.tokens.read(said["token"]) for said in told) if claims}
    assert len(people) == 1
    async with deps.database.reading() as work:
        after = (await work.execute(select(func.count()).select_from(auth_identity))).scalar_one()
    assert after == before + 1


async def linked(shop: Client, issuer: FakeIssuer, person: Person) -> None:
    """The provider's account of whoever `issuer` answers for logs the person in as well."""
    bearer = {"authorization": f"Bearer {person.token}"}
    await come_back(shop, await sent(shop, issuer, link=True, headers=bearer), headers=bearer)


async def identity(shop: Client, issuer: FakeIssuer) -> str:
    """Who somebody is that comes in by the provider."""
    said = await come_back(shop, await sent(shop, issuer))
    claims = shop.app[DEPS].tokens.read(said["token"])
    assert claims is not None
    return claims.identity_id


async def reset(shop: Client, settings: Settings, person: Person, count: int = 1) -> str:
    """The owner of the address chooses a new password by mail; who they are."""
    await person.send("POST", f"{person.door}/reset-password", {"identifier": person.email}, authorization="")
    outbox = settings.data_dir / "outbox"
    while len(mails := letters(outbox, person.email)) < count:
        await asyncio.sleep(0.02)
    owner = Person(shop, person.email, "chosen by the owner")
    token = f"Bearer {mails[-1]['data']['token']}"
    await owner.ask("POST", f"{owner.door}/update", {"password": owner.password}, authorization=token)
    await owner.log_in()
    claims = shop.app[DEPS].tokens.read(owner.token)
    assert claims is not None
    return claims.identity_id


async def test_who_registered_with_anothers_address_keeps_no_way_in(
    shop: Client, issuer: FakeIssuer, settings: Settings
) -> None:
    squatter = await registered(shop, "vic@example.com")
    issuer.claims = {"sub": "squatter", "email": "squatter@provider.example"}
    await linked(shop, issuer, squatter)
    owner = await reset(shop, settings, squatter)
    assert await identity(shop, issuer) != owner
    # From then on the address is proven: what was linked since ends with the next reset, for it may be a thief's.
    issuer.claims = {"sub": "vic", "email": "vic@provider.example"}
    proven = Person(shop, squatter.email, "chosen by the owner")
    await proven.log_in()
    await linked(shop, issuer, proven)
    assert await identity(shop, issuer) == owner
    assert await reset(shop, settings, squatter, 2) == owner
    issuer.claims = {"sub": "vic", "email": "vic@provider.example"}
    assert await identity(shop, issuer) != owner


async def test_what_was_linked_before_the_last_proof_by_mail_stays_through_a_reset(
    shop: Client, issuer: FakeIssuer, settings: Settings
) -> None:
    person = await registered(shop, "uli@example.com")
    owner = await reset(shop, settings, person)
    proven = Person(shop, person.email, "chosen by the owner")
    await proven.log_in()
    issuer.claims = {"sub": "uli", "email": "uli@provider.example"}
    await linked(shop, issuer, proven)
    await proven.ask("POST", "/auth/verification/request", {"entity_id": person.email, "entity_type": "email"}, 201)
    while len(mails := letters(settings.data_dir / "outbox", person.email)) < 2:
        await asyncio.sleep(0.02)
    await proven.ask("POST", "/auth/verification/confirm", {"code": mails[-1]["data"]["token"]})
    assert await reset(shop, settings, person, 3) == owner
    assert await identity(shop, issuer) == owner


async def test_a_login_that_ends_while_the_provider_is_asked_links_nothing(
    shop: Client, issuer: FakeIssuer, settings: Settings
) -> None:
    squatter = await registered(shop, "wim@example.com")
    issuer.claims = {"sub": "slow squatter"}
    bearer = {"authorization": f"Bearer {squatter.token}"}
    query = await sent(shop, issuer, link=True, headers=bearer)
    answered = issuer.hold["token"] = asyncio.Event()
    async with patience(shop):
        late = asyncio.create_task(come_back(shop, query, status=401, headers=bearer))
        await until(lambda: issuer.count("token") == 1)
        owner = await reset(shop, settings, squatter)
        assert not late.done()
        answered.set()
        assert (await late)["message"] == "Unauthorized"
    assert await identity(shop, issuer) != owner
