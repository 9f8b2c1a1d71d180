"""API keys: a secret one is shown once, does what its scopes say and nothing else, and ends when it is revoked."""

import asyncio
from base64 import b64encode
from typing import Any

import pytest
from sqlalchemy import func, literal_column, select, text, update

from models.schema.audit import audit_log
from models.schema.identity import api_key, api_key_use, sales_channel
from models.schema.journal import outbox
from services.deps import Deps
from services.identity.api_access import KeyUses
from tests.conftest import Client
from tests.staff import Worker, administrator, basic
from utils.config import Settings

KEYS = "/admin/api-keys"
USERS = "/admin/users"


async def made(admin: Worker, *scopes: str, **more: Any) -> dict[str, Any]:
    body = {"title": "robot", "type": "secret", "scopes": list(scopes)} | more
    key: dict[str, Any] = (await admin.post(KEYS, body))["api_key"]
    return key


async def with_key(client: Client, header: str, method: str, path: str, body: Any = None) -> int:
    reply = await client.request(method, path, json=body, headers={"authorization": header})
    return reply.status


async def test_a_secret_key_is_shown_once(client: Client, deps: Deps, admin: Worker) -> None:
    key = await made(admin, "users:read", "orders:read")
    token = key["token"]
    assert token.startswith("sk_")
    assert len(token) == 3 + 64
    assert (key["type"], key["scopes"], key["created_by"]) == ("secret", ["orders:read", "users:read"], admin.actor_id)
    assert key["redacted"] == f"{token[:6]}***{token[-3:]}"
    again = (await admin.get(f"{KEYS}/{key['id']}"))["api_key"]
    assert again["token"] == again["redacted"] == key["redacted"]
    assert (again["last_used_at"], again["revoked_at"], again["sales_channels"]) == (None, None, [])
    replies = [await admin.send("GET", KEYS), await admin.send("GET", f"{KEYS}?q={token}")]
    assert not any([token in await reply.text() for reply in replies])
    # Nor is it kept: not with the key, not in the log, not under an Idempotency-Key.
    await admin.post(KEYS, {"title": "t", "type": "secret"}, idempotency_key="once")
    async with deps.database.reading() as work:
        for table in (api_key, audit_log, outbox):
            rows = select(func.count()).where(literal_column(f"{table.name}::text").contains(token))
            assert (await work.execute(rows.select_from(table))).scalar_one() == 0
        kept = await work.execute(text("SELECT count(*) FROM idempotency_key"))
        assert kept.scalar_one() == 0, "the row takes no Idempotency-Key"


async def test_a_key_does_what_its_scopes_say(client: Client, admin: Worker) -> None:
    key = basic((await made(admin, "users:read", "keys:read"))["token"])
    assert await with_key(client, key, "GET", USERS) == 200
    assert await with_key(client, key, "GET", KEYS) == 200
    for method, path, body in (
        ("POST", KEYS, {"title": "x", "type": "publishable"}),
        ("POST", f"{USERS}/{admin.actor_id}", {"first_name": "X"}),
        ("DELETE", f"{USERS}/{admin.actor_id}", None),
    ):
        assert await with_key(client, key, method, path, body) == 403
    # It is no person: neither a seller, nor an identity, nor somebody to be invited.
    for method, path, body in (
        ("GET", "/vendor/me", None),
        ("GET", "/vendor/uploads", None),
        ("GET", "/auth/sessions", None),
        ("POST", "/admin/invites/accept", {"token": "x"}),
    ):
        assert await with_key(client, key, method, path, body) == 401


async def test_reading_with_a_key_costs_no_statement_of_its_own(
    client: Client, admin: Worker, count_statements: Any
) -> None:
    key = basic((await made(admin, "users:read"))["token"])
    for _ in range(2):
        await with_key(client, key, "GET", USERS)
    with count_statements() as statements:
        await with_key(client, key, "GET", USERS)
    assert len(statements) == 2, "the page and the count"


async def test_what_is_no_good_key_is_nobody(client: Client, admin: Worker) -> None:
    token = (await made(admin, "users:read"))["token"]
    publishable = (await admin.post(KEYS, {"title": "shop", "type": "publishable"}))["api_key"]["token"]
    raw = b64encode(f"{token}".encode()).decode()
    assert await with_key(client, basic(token), "GET", USERS) == 200
    assert await with_key(client, f"Basic {raw}", "GET", USERS) == 200
    for header in (
        basic(""),
        basic("", token),
        basic(token, "password"),
        basic(publishable),
        basic(f"sk_{'0' * 64}"),
        basic(token[:-1]),
        basic(f"{token} "),
        basic(token.upper()),
        f"Basic {token}",
        f"Bearer {token}",
        "Basic",
        "Basic ",
        "Basic ====",
        "Basic \u00e4",
        f"Basic {'A' * 5000}",
    ):
        assert await with_key(client, header, "GET", USERS) == 401, header
    hashed = basic((await admin.get(KEYS))["api_keys"][0]["redacted"])
    assert await with_key(client, hashed, "GET", USERS) == 401
    storefront = await client.get("/store/regions", headers={"x-publishable-api-key": token})
    assert storefront.status == 400


async def test_nobody_gives_a_key_more_than_they_have(client: Client, deps: Deps, admin: Worker) -> None:
    helper = await administrator(client, deps, role="support")
    assert (await helper.post(KEYS, {"title": "x", "type": "secret"}, 403))["code"] == "forbidden"
    parent = await made(admin, "keys:read", "keys:write", "orders:read")
    robot, by_key = Worker(client, ""), basic(parent["token"])
    body = {"title": "child", "type": "secret"}
    more = await robot.post(KEYS, {**body, "scopes": ["orders:read", "users:write"]}, 403, authorization=by_key)
    assert more["code"] == "grants_exceeded"
    child = (await robot.post(KEYS, {**body, "scopes": ["orders:read"]}, authorization=by_key))["api_key"]
    assert (child["scopes"], child["created_by"]) == (["orders:read"], parent["id"])
    like_its_maker = (await robot.post(KEYS, body, authorization=by_key))["api_key"]
    assert like_its_maker["scopes"] == ["keys:read", "keys:write", "orders:read"]
    wider = await robot.post(
        f"{KEYS}/{child['id']}", {"scopes": ["orders:read", "users:read"]}, 403, authorization=by_key
    )
    assert wider["code"] == "grants_exceeded"
    await admin.post(f"{KEYS}/{child['id']}", {"scopes": ["orders:read", "users:read"]})
    # What it had already it keeps, whoever changes it.
    kept = await robot.post(f"{KEYS}/{child['id']}", {"title": "t", "scopes": ["users:read"]}, authorization=by_key)
    assert (kept["api_key"]["title"], kept["api_key"]["scopes"]) == ("t", ["users:read"])
    async with deps.database.reading() as work:
        about = (audit_log.c.entity_id == child["id"]) & (audit_log.c.action == "api_key.create")
        logged = (await work.execute(select(audit_log).where(about))).one()
    assert (logged.actor_type, logged.actor_id, logged.api_key_id) == ("user", None, parent["id"])


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"title": "x", "type": "secret", "scopes": []}, "api_key_scopes_missing"),
        ({"title": "x", "type": "publishable", "scopes": ["orders:read"]}, "api_key_type"),
        ({"title": "x", "type": "secret", "scopes": ["everything"]}, None),
        ({"title": "", "type": "secret"}, None),
        ({"title": "x"}, None),
        ({"title": "x", "type": "secret", "token": "sk_mine"}, None),
    ],
)
async def test_a_key_that_cannot_be_is_refused(admin: Worker, body: dict[str, Any], code: str | None) -> None:
    refused = await admin.post(KEYS, body, 400)
    assert code is None or refused["code"] == code


async def test_a_revoked_key_is_dead_at_once_in_every_process(
    client: Client, admin: Worker, settings: Settings, start_shop: Any
) -> None:
    other = await start_shop(settings)
    key = await made(admin, "users:read", "keys:read", "keys:write")
    header = basic(key["token"])
    for shop in (client, other):
        assert await with_key(shop, header, "GET", USERS) == 200
    revoked = (await admin.post(f"{KEYS}/{key['id']}/revoke"))["api_key"]
    assert (revoked["revoked_by"], bool(revoked["revoked_at"])) == (admin.actor_id, True)
    # A write asks the database, whatever this process has heard.
    assert await with_key(other, header, "POST", KEYS, {"title": "x", "type": "publishable"}) == 401
    assert await with_key(client, header, "GET", USERS) == 401
    for _ in range(100):
        if await with_key(other, header, "GET", USERS) == 401:
            break
        await asyncio.sleep(0.02)
    assert await with_key(other, header, "GET", USERS) == 401
    assert (await admin.post(f"{KEYS}/{key['id']}/revoke", None, 400))["code"] == "api_key_revoked"
    assert (await admin.delete(f"{KEYS}/{key['id']}"))["object"] == "api_key"
    await admin.get(f"{KEYS}/{key['id']}", 404)


async def test_a_write_asks_the_database_even_where_nothing_was_heard(
    client: Client, deps: Deps, admin: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await made(admin, "keys:read", "keys:write")
    header, body = basic(key["token"]), {"title": "x", "type": "publishable"}
    assert await with_key(client, header, "POST", KEYS, body) == 200
    assert await with_key(client, header, "GET", KEYS) == 200
    monkeypatch.setattr(deps.snapshots, "observe", lambda _: None)
    async with deps.database.unit_of_work() as work:
        await work.execute(update(api_key).where(api_key.c.id == key["id"]).values(revoked_at=func.now()))
    assert await with_key(client, header, "GET", KEYS) == 200, "the notice was not heard, or this shows nothing"
    assert await with_key(client, header, "POST", KEYS, body) == 401


async def test_a_key_may_be_revoked_ahead_of_time(client: Client, admin: Worker) -> None:
    secret = await made(admin, "users:read")
    shop = (await admin.post(KEYS, {"title": "shop", "type": "publishable"}))["api_key"]

    async def statuses() -> tuple[int, int]:
        regions = await client.get("/store/regions", headers={"x-publishable-api-key": shop["token"]})
        return await with_key(client, basic(secret["token"]), "GET", USERS), regions.status

    for key in (secret, shop):
        await admin.post(f"{KEYS}/{key['id']}/revoke", {"revoke_in": 3600})
    assert await statuses() == (200, 200)
    assert (await admin.delete(f"{KEYS}/{secret['id']}", 400))["code"] == "api_key_not_revoked"
    for key in (secret, shop):
        await admin.post(f"{KEYS}/{key['id']}/revoke", {"revoke_in": 1})
    assert await statuses() == (200, 200)
    await asyncio.sleep(1.1)
    assert await statuses() == (401, 400)


async def test_the_last_use_is_known(client: Client, deps: Deps, admin: Worker) -> None:
    key = await made(admin, "users:read")
    await with_key(client, basic(key["token"]), "GET", USERS)
    used = (await admin.get(f"{KEYS}/{key['id']}"))["api_key"]["last_used_at"]
    assert used is not None
    await with_key(client, basic(key["token"]), "GET", USERS)
    assert (await admin.get(f"{KEYS}/{key['id']}"))["api_key"]["last_used_at"] == used
    deps.snapshots.cache(KeyUses).noted.clear()
    async with deps.database.reading() as work:
        before = await work.execute(text("SELECT version FROM change_counter WHERE scope = 'access'"))
        version = before.scalar_one()
        await with_key(client, basic(key["token"]), "GET", USERS)
        after = await work.execute(text("SELECT version FROM change_counter WHERE scope = 'access'"))
        assert after.scalar_one() == version, "a use makes nobody load the keys anew"
        times = await work.execute(select(func.count()).where(api_key_use.c.api_key_id == key["id"]))
        assert times.scalar_one() == 1
    assert (await admin.get(f"{KEYS}/{key['id']}"))["api_key"]["last_used_at"] > used


async def test_a_publishable_key_opens_its_sales_channels(client: Client, deps: Deps, admin: Worker) -> None:
    async with deps.database.reading() as work:
        channels = [str(row) for row in (await work.execute(select(sales_channel.c.id).limit(1))).scalars()]
    key = (await admin.post(KEYS, {"title": "web", "type": "publishable"}))["api_key"]
    assert key["token"].startswith("pk_")
    assert key["scopes"] == []
    path, headers = f"{KEYS}/{key['id']}/sales-channels", {"x-publishable-api-key": key["token"]}
    assert (await (await client.get("/store/products", headers=headers)).json()).get("count", 0) == 0
    linked = (await admin.post(path, {"add": channels * 2}))["api_key"]
    assert [channel["id"] for channel in linked["sales_channels"]] == channels
    assert (await (await client.get("/store/products", headers=headers)).json())["count"] > 0
    assert (await admin.post(path, {"add": ["sc_none"]}, 404))["code"] == "not_found"
    assert (await admin.post(path, {"remove": [*channels, "sc_none"]}))["api_key"]["sales_channels"] == []
    assert (await (await client.get("/store/products", headers=headers)).json()).get("count", 0) == 0
    secret = await made(admin, "users:read")
    refused = await admin.post(f"{KEYS}/{secret['id']}/sales-channels", {"add": channels}, 400)
    assert refused["code"] == "api_key_type"
    await admin.post(f"{KEYS}/{key['id']}/revoke")
    assert (await client.get("/store/products", headers=headers)).status == 400


async def test_keys_are_listed_and_found(client: Client, admin: Worker) -> None:
    key = await made(admin, "users:read", title="One of a kind 50%")
    assert [each["id"] for each in (await admin.get(f"{KEYS}?q=of+50%25"))["api_keys"]] == [key["id"]]
    secrets = (await admin.get(f"{KEYS}?type=secret&limit=100"))["api_keys"]
    assert {each["type"] for each in secrets} == {"secret"}
    assert (await admin.get(f"{KEYS}?title=One+of+a+kind+50%25&fields=title"))["api_keys"] == [
        {"id": key["id"], "title": "One of a kind 50%"}
    ]
    assert (await admin.get(f"{KEYS}?order=title&limit=0"))["api_keys"] == []
    assert (await admin.get(f"{KEYS}?order=token_hash", 400))["type"] == "invalid_data"
    for method, path in (("GET", ""), ("POST", ""), ("DELETE", ""), ("POST", "/revoke"), ("POST", "/sales-channels")):
        assert (await admin.ask(method, f"{KEYS}/apk_none{path}", None, 404))["code"] == "not_found"
