"""Registering, logging in, and staying logged in."""

import asyncio
import json
from typing import Any

import pytest
from sqlalchemy import delete, insert, select

from models.schema.customer import customer as customer_table
from models.schema.customer import customer_group, customer_group_customer
from models.schema.identity import provider_identity
from models.schema.journal import idempotency_key
from services.deps import Deps
from services.identity import account
from services.identity.account import AlreadyLinked
from tests.auth.conftest import customer, give_actor, me
from tests.conftest import Client
from tests.middleware.probe import KEY
from tests.people import Person, registered
from tests.waiting import until


async def test_who_registers_gets_a_token_and_may_log_in(client: Client) -> None:
    ana = await registered(client, "ana@example.com")
    assert (await ana.whose())["sessions"][0]["is_current"]
    first = ana.token
    said = await ana.log_in()
    assert set(said) == {"token"}
    assert ana.token != first


async def test_words_and_statuses_are_those_that_storefronts_compare(client: Client) -> None:
    eva = await registered(client, "eva@example.com")
    again = await eva.send("POST", f"{eva.door}/register", {"email": "Eva@Example.com", "password": "another one 77"})
    assert (again.status, again.reason) == (401, "Unauthorized")
    assert await again.json() == {
        "type": "unauthorized",
        "code": "identity_exists",
        "message": "Identity with email already exists",
    }
    wrong = await Person(client, eva.email, "nonsense").log_in(401)
    assert wrong["message"] == "Invalid email or password"
    for body, message in (
        ({}, "Password should be a string"),
        ({"email": "a@b.example"}, "Password should be a string"),
        ({"password": "long enough 1"}, "Email should be a string"),
    ):
        for path in (eva.door, f"{eva.door}/register"):
            assert (await eva.ask("POST", path, body, 401))["message"] == message
    unknown = await eva.ask("POST", "/auth/customer/nope", eva.credentials(), 401)
    assert unknown["message"].startswith("Unable to retrieve the auth provider with id: nope")
    assert (await eva.ask("POST", "/auth/martian/emailpass", eva.credentials(), 400))["code"] == "actor_type_unknown"
    back = await eva.ask("GET", "/auth/customer/emailpass/callback", status=401)
    assert back["message"] == "Callback authentication not implemented for provider emailpass"


async def test_a_registration_is_no_customer_until_it_is_linked(client: Client, deps: Deps) -> None:
    bo = await registered(client, "bo@example.com")
    assert await me(bo) == 401
    assert await me(bo, "POST", "/store/customers") == 200
    customer_id = await give_actor(deps, bo)
    assert await me(bo) == 401, "the token of a registration stays one"
    assert (await bo.ask("POST", "/auth/token/refresh"))["token"] != bo.token
    bo.token = (await bo.ask("POST", "/auth/token/refresh"))["token"]
    assert await me(bo) == 200
    await bo.log_in()
    assert await me(bo) == 200
    claims = deps.tokens.read(bo.token)
    assert claims is not None
    assert claims.whole["app_metadata"] == {"customer_id": customer_id}
    assert claims.whole["exp"] - claims.whole["iat"] == 86_400
    assert set(claims.whole) >= {"actor_id", "actor_type", "auth_identity_id", "auth_provider", "user_metadata"}


async def test_one_identity_wears_several_hats_and_each_opens_its_own_doors(client: Client, deps: Deps) -> None:
    cy = await registered(client, "cy@example.com")
    await give_actor(deps, cy)
    await cy.log_in()
    seller = await registered(client, "cy@example.com", actor="seller")
    assert await me(seller, path="/vendor/me") == 401
    await give_actor(deps, seller, "seller")
    await seller.log_in()
    for path, wanted in (("/store/me", (200, 401)), ("/vendor/me", (401, 200)), ("/admin/me", (401, 401))):
        assert (await me(cy, path=path), await me(seller, path=path)) == wanted
    with pytest.raises(AlreadyLinked):
        await give_actor(deps, seller, "seller")


async def test_taking_a_hat_off_counts_at_once(client: Client, deps: Deps) -> None:
    dan = await registered(client, "dan@example.com")
    customer_id = await give_actor(deps, dan)
    await dan.log_in()
    assert await me(dan) == 200
    async with deps.database.unit_of_work() as work:
        await account.unlink_actor(work, actor_type="customer", actor_id=customer_id)
    assert (await me(dan), await me(dan, "POST")) == (401, 401)


@pytest.mark.parametrize("password", ["short", "password123", "aaaaaaaaaaaa", "x" * 129])
async def test_a_weak_password_is_refused_before_anything_is_looked_up(client: Client, password: str) -> None:
    for email in ("fay@example.com", "nobody@example.com"):
        assert (await Person(client, email, password).register(400))["code"] == "password_weak"
    assert (await Person(client, "Fay@example.com", "fay@example.com").register(400))["code"] == "password_weak"


async def test_registrations_at_once_make_one_identity(client: Client, deps: Deps) -> None:
    people = [Person(client, "gil@example.com", f"password of {n}") for n in range(8)]
    replies = [await person.send("POST", f"{person.door}/register", person.credentials()) for person in people[:1]]
    replies += await asyncio.gather(*(p.send("POST", f"{p.door}/register", p.credentials()) for p in people[1:]))
    assert [reply.status for reply in replies].count(200) == 1
    async with deps.database.reading() as work:
        rows = await work.execute(select(provider_identity).where(provider_identity.c.entity_id == "gil@example.com"))
        assert len(rows.all()) == 1


async def test_the_groups_of_a_customer_are_exact(client: Client, deps: Deps) -> None:
    hal = await registered(client, "hal@example.com")
    customer_id = await give_actor(deps, hal)
    await hal.log_in()
    assert await me(hal) == 200
    async with deps.database.unit_of_work() as work:
        await work.execute(insert(customer_table), {"id": customer_id, "email": hal.email, "has_account": True})
        await work.execute(insert(customer_group), {"id": "cusgroup_1", "name": "VIP"})
        row = {"customer_id": customer_id, "group_id": "cusgroup_1"}
        await work.execute(insert(customer_group_customer), row)

    async def is_told() -> bool:
        told = await hal.ask("GET", "/store/me", x_publishable_api_key=KEY)
        return (told["customer_id"], told["group_ids"]) == (customer_id, ["cusgroup_1"])

    assert await until(is_told)


async def test_ready_pages_are_kept_by_groups_and_end_with_them(client: Client, deps: Deps) -> None:
    kim, lee = await registered(client, "kim@example.com"), await customer(client, "lee@example.com")
    customer_id = await give_actor(deps, kim)
    await kim.log_in()
    async with deps.database.unit_of_work() as work:
        await work.execute(insert(customer_table), {"id": customer_id, "email": kim.email, "has_account": True})
        await work.execute(insert(customer_group), {"id": "cusgroup_2", "name": "Friends"})
        row = {"customer_id": customer_id, "group_id": "cusgroup_2"}
        await work.execute(insert(customer_group_customer), row)
    cookie = (await kim.send("POST", "/auth/session")).headers["Set-Cookie"].partition(";")[0]
    client.session.cookie_jar.clear()

    async def prices(**headers: str) -> Any:
        sent = {"x-publishable-api-key": KEY, **headers}
        return (await (await client.get("/store/prices", headers=sent)).json())["group_ids"]

    async def are_kims(*groups: str) -> bool:
        return list(await prices(authorization=f"Bearer {kim.token}")) == [*groups]

    assert await until(lambda: are_kims("cusgroup_2"))
    for _ in range(2):
        assert await prices() == []
        assert await prices(authorization=f"Bearer {kim.token}") == ["cusgroup_2"]
        assert await prices(cookie=cookie) == ["cusgroup_2"]
        assert await prices(authorization=f"Bearer {lee.token}") == []
    async with deps.database.unit_of_work() as work:
        await work.execute(delete(customer_group_customer))
    assert await until(are_kims)
    assert await prices(authorization=f"Bearer {kim.token}") == []
    assert await prices(cookie=cookie) == []


async def test_providers_are_listed(client: Client) -> None:
    said = await Person(client, "").ask("GET", "/auth/customer/providers")
    assert [set(provider) for provider in said["providers"]] == [{"id", "identifier", "display_name", "flow"}]


async def test_no_token_is_kept_under_an_idempotency_key(client: Client, deps: Deps) -> None:
    ida = await registered(client, "ida@example.com")
    said = [await ida.ask("POST", ida.door, ida.credentials(), idempotency_key="same-key-1") for _ in range(2)]
    assert said[0]["token"] != said[1]["token"]
    async with deps.database.reading() as work:
        assert not (await work.execute(select(idempotency_key))).all()


async def test_a_valid_token_costs_a_reading_request_no_query(client: Client, count_statements: Any) -> None:
    jo = await customer(client, "jo@example.com")
    assert await me(jo) == 200
    with count_statements() as statements:
        for _ in range(5):
            assert await me(jo) == 200
    assert statements == []


@pytest.mark.parametrize(
    "email", ["a\x00b@example.com", "\ud800@example.com", "a" * 300, "", " ", "x", "İ@example.com"]
)
async def test_strange_addresses_and_passwords_are_refused_and_break_nothing(client: Client, email: str) -> None:
    for password in ("correct horse", "correct\x00horse", "correct \ud800 horse", "пароль из слов"):
        body = json.dumps({"email": email, "password": password})
        for path in ("/auth/customer/emailpass", "/auth/customer/emailpass/register"):
            reply = await client.post(path, data=body, headers={"content-type": "application/json"})
            assert reply.status in (200, 400, 401, 429), await reply.text()
            if path.endswith("register") and email != "İ@example.com":
                assert reply.status != 200
