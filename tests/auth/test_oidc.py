"""Logins on another provider's page, through a certified OpenID provider."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import web
from sqlalchemy import func, select, update

from app import create_app
from models.identity.session import Visitor
from models.schema.identity import authorization_request, provider_identity
from services.deps import Deps
from services.identity import session
from services.identity.rate_limit import TooManyAttempts
from services.workflows import log_in_with_provider as flow
from services.workflows.log_in import Attempt
from tests.auth.oidc import CLIENT_ID, CLIENT_SECRET, OTHER_PAGE, PAGE, Browser, begin, come_back, log_in, real_provider
from tests.auth.test_mfa import answer, code
from tests.conftest import Client
from tests.middleware.probe import KEY
from tests.people import Person, registered
from utils.clock import now
from utils.config import Settings

KEYED = {"x-publishable-api-key": KEY}


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with real_provider() as address:
        yield address


@pytest.fixture(scope="module")
def settings(settings: Settings, issuer: str) -> Settings:
    return replace(
        settings,
        google_client_id=CLIENT_ID,
        google_client_secret=CLIENT_SECRET,
        google_issuer=issuer,
        auth_callback_urls=(PAGE, OTHER_PAGE),
    )


@pytest.fixture(scope="module")
async def app(settings: Settings) -> web.Application:
    return create_app(settings)


def claims(deps: Deps, said: dict[str, Any]) -> dict[str, Any]:
    read = deps.tokens.read(said["token"])
    assert read is not None
    return dict(read.whole)


async def become_customer(client: Client, token: str, email: str, status: int = 200) -> dict[str, Any]:
    headers = {**KEYED, "authorization": f"Bearer {token}"}
    async with client.post("/store/customers", json={"email": email}, headers=headers) as reply:
        said: dict[str, Any] = await reply.json()
        assert reply.status == status, said
        return said


async def test_the_provider_is_listed_when_it_is_set_up(client: Client) -> None:
    async with client.get("/auth/customer/providers") as reply:
        listed = {each["id"]: each["flow"] for each in (await reply.json())["providers"]}
    assert listed == {"emailpass": "form", "google": "redirect"}


async def test_a_new_face_becomes_a_customer_with_the_address_that_the_provider_verified(
    client: Client, deps: Deps
) -> None:
    said = await log_in(client, "ann")
    told = claims(deps, said)
    assert (told["actor_id"], told["actor_type"], told["auth_provider"]) == ("", "customer", "google")
    assert told["user_metadata"]["email"] == "ann@provider.example"
    assert told["user_metadata"]["name"] == "ann Öz"
    foreign = await become_customer(client, said["token"], "somebody@else.example", 400)
    assert foreign["code"] == "customer_email_mismatch"
    made = await become_customer(client, said["token"], "Ann@Provider.example")
    again = await log_in(client, "ann")
    assert claims(deps, again)["app_metadata"] == {"customer_id": made["customer"]["id"]}
    headers = {**KEYED, "authorization": f"Bearer {again['token']}"}
    async with client.get("/store/customers/me", headers=headers) as reply:
        assert (await reply.json())["customer"]["email"] == "ann@provider.example"


async def test_sellers_come_in_by_the_same_door_of_their_own(client: Client, deps: Deps) -> None:
    seller = claims(deps, await log_in(client, "sam", "seller", callback_url=OTHER_PAGE))
    assert (seller["actor_type"], seller["actor_id"]) == ("seller", "")
    buyer = claims(deps, await log_in(client, "sam"))
    assert buyer["auth_identity_id"] == seller["auth_identity_id"], "one person"


async def test_a_seller_is_written_to_at_the_address_that_the_provider_verified(client: Client) -> None:
    shop = {"name": "Sam's", "currency_code": "eur"}
    sam = Person(client, "sam", actor="seller", token=(await log_in(client, "sam", "seller"))["token"])
    made = await sam.ask("POST", "/vendor/sellers", shop)
    assert made["seller"]["email"] == "sam@provider.example"
    sam.token = (await log_in(client, "sam", "seller"))["token"]
    assert (await sam.ask("GET", "/vendor/me"))["member"]["email"] == "sam@provider.example"
    una = Person(client, "una", token=(await log_in(client, "unverified-una", "seller"))["token"])
    assert (await una.ask("POST", "/vendor/sellers", shop, 400))["code"] == "email_unverified"


async def test_an_address_that_the_provider_has_not_verified_makes_no_customer(client: Client) -> None:
    said = await log_in(client, "unverified-una")
    refused = await become_customer(client, said["token"], "unverified-una@provider.example", 400)
    assert refused["code"] == "email_unverified"


async def test_an_account_with_a_password_is_not_entered_because_of_its_address(client: Client, deps: Deps) -> None:
    owner = await registered(client, "vic@provider.example")
    await become_customer(client, owner.token, owner.email)
    said = await log_in(client, "vic")
    mine, theirs = claims(deps, said), deps.tokens.read(owner.token)
    assert theirs is not None
    assert mine["auth_identity_id"] != theirs.identity_id
    assert mine["actor_id"] == ""
    await become_customer(client, said["token"], owner.email, 422)


async def test_who_is_logged_in_may_link_and_then_uses_both_ways(client: Client, deps: Deps) -> None:
    lin = await registered(client, "lin@home.example")
    made = await become_customer(client, lin.token, lin.email)
    await lin.log_in()
    bearer = {"authorization": f"Bearer {lin.token}"}
    assert (await begin(client, link=True, status=401))["message"] == "Unauthorized"
    query = await Browser("lin").go((await begin(client, link=True, headers=bearer))["location"])
    assert (await come_back(client, query, status=401))["code"] == "login_state_invalid", "nobody in particular"
    other = await registered(client, "other@home.example")
    await come_back(client, query, status=401, headers={"authorization": f"Bearer {other.token}"})
    await come_back(client, query, headers=bearer)
    told = claims(deps, await log_in(client, "lin"))
    assert told["app_metadata"] == {"customer_id": made["customer"]["id"]}
    taken = {"authorization": f"Bearer {other.token}"}
    query = await Browser("lin").go((await begin(client, link=True, headers=taken))["location"])
    assert (await come_back(client, query, status=422, headers=taken))["code"] == "provider_account_taken"


async def test_the_second_factor_stands_before_this_login_too(client: Client, deps: Deps) -> None:
    mia = Person(client, "mia")
    mia.token = (await log_in(client, "mia"))["token"]
    started = await mia.ask("POST", "/auth/mfa/factors", {"provider": "totp"})
    assert "mia%40provider.example" in started["otpauth_url"] or "mia@provider.example" in started["otpauth_url"]
    path = f"/auth/mfa/factors/{started['mfa_factor']['id']}/verify"
    await mia.ask("POST", path, {"code": code(started["secret"], -1)})
    half = await log_in(client, "mia")
    assert half["mfa_required"]
    assert deps.tokens.read(half["token"]) is None, "it opens nothing"
    whole = await answer(mia, half, code=code(started["secret"]))
    told = claims(deps, whole)
    assert told["auth_provider"] == "google"
    assert told["user_metadata"]["email"] == "mia@provider.example"


async def test_a_rotating_login_is_asked_for_when_it_begins(client: Client) -> None:
    said = await log_in(client, "rob", rotating=True)
    assert set(said) == {"token", "refresh_token", "expires_in"}


async def test_the_doors_answer_by_get_and_the_callback_by_post(client: Client) -> None:
    async with client.get("/auth/customer/google", params={"callback_url": PAGE, "rotating": "true"}) as reply:
        location = (await reply.json())["location"]
        assert reply.headers["Cache-Control"] == "no-store"
    query = await Browser("gus").go(location)
    async with client.post("/auth/customer/google/callback", params=query) as reply:
        assert reply.status == 200
        assert "refresh_token" in await reply.json()
    query = await Browser("gus").go((await begin(client))["location"])
    async with client.post("/auth/customer/google/callback", json=query) as reply:
        assert reply.status == 200


async def test_nothing_is_registered_and_no_password_changed_at_this_provider(client: Client) -> None:
    for path, body in (
        ("register", {"email": "a@b.example", "password": "long enough 1"}),
        ("reset-password", {"identifier": "a@b.example"}),
        ("update", {"password": "long enough 1"}),
    ):
        async with client.post(f"/auth/customer/google/{path}", json=body) as reply:
            assert (reply.status, (await reply.json())["code"]) == (401, "provider_without_password")


async def test_only_listed_pages_are_led_back_to(client: Client) -> None:
    first = parse_qs(urlsplit((await begin(client))["location"]).query)
    assert first["redirect_uri"] == [PAGE]
    for page in ("https://evil.example/", f"{PAGE}/more", f"{PAGE}?x=1", PAGE.upper(), ""):
        assert (await begin(client, callback_url=page, status=400))["code"] == "callback_url_not_allowed"


async def test_a_state_is_good_once_for_its_actor_and_for_ten_minutes(client: Client, deps: Deps) -> None:
    query = await Browser("sid").go((await begin(client))["location"])
    assert (await come_back(client, query, "seller", 401))["code"] == "login_state_invalid"
    await come_back(client, query)
    assert (await come_back(client, query, status=401))["code"] == "login_state_invalid", "used"
    query = await Browser("sid").go((await begin(client))["location"])
    async with deps.database.unit_of_work() as work:
        await work.execute(update(authorization_request).values(expires_at=now() - timedelta(seconds=1)))
    assert (await come_back(client, query, status=401))["code"] == "login_state_invalid", "ended"
    for state in ("", "x", f"{query['state'][:-1]}~", query["state"].partition(".")[0]):
        said = await come_back(client, {**query, "state": state}, status=401)
        assert said["code"] == "login_state_invalid"
    async with deps.database.unit_of_work() as work:
        await session.prune(work)
        assert (await work.execute(select(func.count()).select_from(authorization_request))).scalar_one() == 0


async def test_a_code_is_good_once_and_for_its_own_trip(client: Client) -> None:
    first = await Browser("kit").go((await begin(client))["location"])
    await come_back(client, first)
    second = await Browser("kit").go((await begin(client))["location"])
    said = await come_back(client, {**second, "code": first["code"]}, status=401)
    assert said["code"] == "login_refused"
    third, fourth = [await Browser("kit").go((await begin(client))["location"]) for _ in range(2)]
    said = await come_back(client, {**third, "code": fourth["code"]}, status=401)
    assert said["code"] == "login_refused", "another trip's verifier"


async def test_a_bound_login_is_finished_by_its_own_browser_only(client: Client) -> None:
    secret = "what only this browser knows"
    query = await Browser("bea").go((await begin(client, binding=secret))["location"])
    for binding in ({}, {"binding": secret.upper()}):
        assert (await come_back(client, {**query, **binding}, status=401))["code"] == "login_state_invalid"
    await come_back(client, {**query, "binding": secret})
    query = await Browser("bea").go((await begin(client))["location"])
    await come_back(client, {**query, "binding": secret}, status=401)


async def test_who_gives_up_at_the_provider_is_told_so(client: Client) -> None:
    query = await Browser("ned").go((await begin(client))["location"], gives_up=True)
    assert query["error"] == "access_denied"
    assert (await come_back(client, query, status=401))["code"] == "login_denied"
    assert (await come_back(client, query, status=401))["code"] == "login_state_invalid"


async def test_secrets_of_a_trip_stand_in_no_table(client: Client, deps: Deps) -> None:
    said = await begin(client)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(said["location"]).query).items()}
    assert asked["code_challenge_method"] == "S256"
    async with deps.database.reading() as work:
        rows = repr((await work.execute(select(authorization_request))).all())
    assert asked["state"].partition(".")[0] in rows
    for word in (asked["state"].partition(".")[2], asked["nonce"], asked["code_challenge"]):
        assert word not in rows


async def test_people_who_never_come_back_are_counted(client: Client, deps: Deps) -> None:
    few = replace(deps.settings, login_tries_per_address=3)
    shop = replace(deps, settings=few)
    attempt = Attempt("customer", "google", None, None, Visitor("203.0.113.9", ""))
    for _ in range(3):
        await flow.begin(shop, attempt, flow.Wish(), None)
    with pytest.raises(TooManyAttempts):
        await flow.begin(shop, attempt, flow.Wish(), None)


async def test_what_the_provider_tells_is_kept_as_it_is_told_last(client: Client, deps: Deps) -> None:
    await log_in(client, "ivy")
    async with deps.database.unit_of_work() as work:
        mine = provider_identity.c.entity_id == "ivy"
        await work.execute(update(provider_identity).where(mine).values(user_metadata={"email": "old"}))
    assert claims(deps, await log_in(client, "ivy"))["user_metadata"]["email"] == "ivy@provider.example"
