"""Borders between callers: keys, channels, groups, origins, logins and tokens, with what must come out of each."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from middleware.limits import client_address
from models.order.transfer import hash_of
from models.schema.roles import OF_SELLER_ROLE, OF_USER_ROLE, STATE_WRITES
from services.infrastructure.database.database import Database
from tests.buying import Buyer, Json, customer_id, join_group, member
from tests.conftest import Client
from tests.waiting import until
from tests.workflows.books import open_books
from utils.config import Settings

KEY, COFFEE, MUG, SHIRT = "pk_world_web", "borneo/BOR-KG-250", "aurora/AUR-MUG", "aurora/AUR-LS-S"
SELLER_WRITES = "store ownership staff catalogue inventory shipping orders chat".split()


@pytest.fixture(scope="module")
def seed_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small world, with a second, dearer standard option of the first seller, and a cheaper one of the second."""
    text = (Path(__file__).parents[1] / "data" / "world.yaml").read_text()
    express = "                  - name: Express\n"
    more = (
        "                  - {name: N, type: {code: standard, label: Standard}, profile: Default, prices: {eur: P}}\n"
    )
    first, second, rest = text.split(express, 2)
    dear, cheap = more.replace("N,", "Dear,").replace("P}", "9}"), more.replace("N,", "Cheap,").replace("P}", "6.5}")
    path = tmp_path_factory.mktemp("seed") / "options.yaml"
    path.write_text(express.join((first + dear, second + cheap, rest)))
    return path


@pytest.fixture
def buyer(client: Client, ids: dict[str, Any]) -> Buyer:
    return Buyer(client, ids)


@pytest.fixture
async def rows(settings: Settings) -> AsyncIterator[asyncpg.Connection]:
    opened = await open_books(settings.database_url.replace("+asyncpg", ""))
    yield opened
    await opened.close()


def grants(*areas: str) -> set[str]:
    """`orders` for reading, `orders!` for both."""
    found = {f"{area.rstrip('!')}:read" for area in areas}
    return found | {f"{area.rstrip('!')}:write" for area in areas if area.endswith("!")}


def test_roles_with_a_seller_may_do_this_and_nothing_else() -> None:
    assert {role: set(given) for role, given in OF_SELLER_ROLE.items()} == {
        "owner": grants("store!", "ownership!", "staff!", "catalogue!", "inventory!", "shipping!", "orders!", "chat!"),
        "manager": grants("store!", "ownership", "staff!", "catalogue!", "inventory!", "shipping!", "orders!", "chat!"),
        "catalogue": grants("store", "catalogue!", "inventory!", "shipping"),
        "orders": grants("store", "catalogue", "inventory", "shipping", "orders!", "chat!"),
        "support": grants("store", "catalogue", "orders", "chat!"),
    }


def test_roles_of_administrators_may_do_this_and_nothing_else() -> None:
    areas = ("stores", "users", "keys", "regions", "channels", "catalogue", "customers", "orders", "audit")
    assert {role: set(given) for role, given in OF_USER_ROLE.items()} == {
        "admin": grants(*(f"{area}!" for area in areas)),
        "support": grants(*areas),
    }


def test_states_of_a_seller_let_these_writes_through_and_no_others() -> None:
    found = {state: {g for g in given if g.endswith(":write")} for state, given in STATE_WRITES.items()}
    assert found == {
        "pending": {f"{area}:write" for area in SELLER_WRITES if area not in ("orders", "chat")},
        "open": {f"{area}:write" for area in SELLER_WRITES},
        "suspended": {"store:write", "ownership:write", "staff:write", "orders:write", "chat:write"},
        "rejected": {"store:write", "ownership:write"},
        "closed": {"ownership:write", "orders:write", "chat:write"},
    }


@pytest.mark.parametrize("who", ["a guest", "a customer"])
async def test_an_idempotency_key_of_one_cart_never_answers_for_another(
    who: str, client: Client, buyer: Buyer, ids: dict[str, Any]
) -> None:
    if who == "a customer":
        buyer = await member(client, ids, "two-carts@example.com")
    first, second = await buyer.ready((MUG, 1)), await buyer.ready((MUG, 1))
    order = (await buyer.complete(first["id"], idempotency_key="complete"))["order"]
    reply = await buyer.send("POST", f"/store/carts/{second['id']}/complete", idempotency_key="complete")
    said = await reply.json()
    assert order["id"] not in str(said)
    if reply.status == 200:
        assert said["order"]["id"] != order["id"]
    else:
        assert (reply.status, said["code"]) == (422, "idempotency_key_reused")
    again = await buyer.complete(first["id"], idempotency_key="complete")
    assert again["order"]["id"] == order["id"]
    assert (await buyer.complete(second["id"]))["order"]["id"] != order["id"]


async def test_combined_shipping_takes_the_cheapest_option_of_the_type_for_each_seller(buyer: Buyer) -> None:
    cart = await buyer.cart((SHIRT, 1), ("borneo/BOR-BT-RED", 1))
    await buyer.post(f"/store/carts/{cart['id']}", {"shipping_address": {"country_code": "de"}})
    offers = await buyer.options(cart["id"])
    standard = next(offer for offer in offers if offer["type"]["code"] == "standard")
    # 5 of 5 and 9; 6.5 of 7 and 6.5.
    assert standard["amount"] == 11.5
    sent = await buyer.post(f"/store/carts/{cart['id']}/shipping-methods", {"option_id": standard["id"]})
    assert sent["cart"]["shipping_total"] == 13.69  # with 19 % each


async def test_a_guest_who_types_a_members_address_pays_what_guests_pay(
    client: Client, buyer: Buyer, ids: dict[str, Any], database: Database
) -> None:
    vip = await member(client, ids, "vip@example.com")
    members = await join_group(database, vip, ids["customer_groups"]["VIP"])
    mine = await vip.cart((COFFEE, 1))
    assert mine["items"][0]["unit_price"] == 6.66
    plain = (await buyer.cart((COFFEE, 1)))["items"][0]["unit_price"]
    assert plain > 6.66
    guest = await buyer.cart((COFFEE, 1), email="VIP@example.com")
    assert guest["items"][0]["unit_price"] == plain
    changed = await buyer.post(f"/store/carts/{guest['id']}", {"email": "vip@example.com"})
    assert changed["cart"]["items"][0]["unit_price"] == plain
    again = (await buyer.get(f"/store/carts/{guest['id']}"))["cart"]
    assert (again["items"][0]["unit_price"], again["customer_id"] == members) == (plain, False)


async def test_a_guest_with_capital_letters_is_the_same_guest(buyer: Buyer) -> None:
    first = await buyer.cart((MUG, 1), email="Guest.One@Example.com")
    second = await buyer.cart((MUG, 1), email="guest.one@example.com")
    assert (first["email"], first["customer_id"]) == ("guest.one@example.com", second["customer_id"])


async def test_a_cart_is_sold_in_a_channel_of_its_key(buyer: Buyer, ids: dict[str, Any]) -> None:
    body = {"region_id": ids["regions"]["Europe"], "sales_channel_id": ids["sales_channels"]["Wholesale"]}
    assert (await buyer.post("/store/carts", body, 400))["code"] == "sales_channel_invalid"
    cart = (await buyer.post("/store/carts", {"region_id": ids["regions"]["Europe"]}))["cart"]
    assert cart["sales_channel_id"] == ids["sales_channels"]["Web"]
    said = {"sales_channel_id": ids["sales_channels"]["Wholesale"]}
    assert (await buyer.post(f"/store/carts/{cart['id']}", said, 400))["code"] == "sales_channel_invalid"


@pytest.mark.parametrize(
    ("proxies", "header", "address"),
    [
        (0, "198.51.100.7", "192.0.2.1"),
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "203.0.113.99, 198.51.100.7", "198.51.100.7"),
        (2, "203.0.113.99, 198.51.100.7, 10.0.0.1", "198.51.100.7"),
        (3, "198.51.100.7, 10.0.0.1", "192.0.2.1"),
        (1, "198.51.100.7, ", "192.0.2.1"),
    ],
)
def test_the_client_is_whom_the_outermost_trusted_proxy_saw(proxies: int, header: str, address: str) -> None:
    from multidict import CIMultiDict

    class Request:
        remote = "192.0.2.1"
        headers = CIMultiDict({"X-Forwarded-For": header})

    assert client_address(Request(), proxies) == address  # type: ignore[arg-type]


async def cookie_of(buyer: Buyer, client: Client) -> dict[str, str]:
    reply = await buyer.send("POST", "/auth/session")
    assert reply.status == 200
    cookie = reply.headers["Set-Cookie"].partition(";")[0]
    client.session.cookie_jar.clear()
    return {"x-publishable-api-key": KEY, "cookie": cookie}


async def test_only_our_own_pages_write_with_the_cookie(client: Client, ids: dict[str, Any]) -> None:
    sent = await cookie_of(await member(client, ids, "cookie@example.com"), client)
    host = f"{client.host}:{client.port}"

    async def write(**headers: str) -> int:
        path, body = "/store/customers/me", {"first_name": "Ida"}
        given = {**sent, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return (await client.post(path, json=body, headers=given)).status

    assert await write(origin=f"http://{host}") == 200
    assert await write() == 200
    strangers = [
        f"http://evil-{host}",
        f"http://{host}.evil",
        f"http://{host}.evil.example",
        f"http://evil.example/{host}",
        f"http://{host}@evil.example",
        f"http://evil.example#{host}",
        f"http://evil.example?{host}",
        "null",
        "",
        "http://localhost:3000.evil.example",
    ]
    assert {origin: await write(origin=origin) for origin in strangers} == dict.fromkeys(strangers, 401)
    assert [await write(sec_fetch_site=site) for site in ("same-origin", "same-site", "none", "cross-site")] == [
        *(200, 200, 200, 401)
    ]


async def test_any_origin_may_call_without_credentials_only(settings: Settings, start_shop: Any) -> None:
    shop = await start_shop(replace(settings, store_cors=("*",), auth_cors=("*",)))
    asked = {"origin": "https://anywhere.example", "access-control-request-method": "POST"}
    for path in ("/store/carts", "/auth/customer/emailpass"):
        reply = await shop.options(path, headers=asked)
        assert reply.headers["Access-Control-Allow-Origin"] == "https://anywhere.example"
        assert "Access-Control-Allow-Credentials" not in reply.headers
    seen = await shop.get("/store/regions", headers={"origin": asked["origin"], "x-publishable-api-key": KEY})
    assert (seen.status, "Access-Control-Allow-Credentials" in seen.headers) == (200, False)


async def test_a_write_asks_whether_the_login_was_ended_though_no_notice_came(
    client: Client, ids: dict[str, Any], rows: asyncpg.Connection
) -> None:
    by_token, by_cookie = [await member(client, ids, f"ended-{n}@example.com") for n in range(2)]
    sent = await cookie_of(by_cookie, client)
    path, body = "/store/customers/me", {"first_name": "Ida"}
    assert (await by_token.send("GET", path)).status == 200
    assert (await client.get(path, headers=sent)).status == 200
    await rows.execute("SET session_replication_role = replica")  # no trigger, so no notice
    await rows.execute("UPDATE login_session SET revoked_at = now() WHERE revoked_at IS NULL")
    assert (await by_token.send("GET", path)).status == 200, "reads go by what the process holds"
    assert (await client.post(path, json=body, headers=sent)).status == 401
    assert (await by_token.send("POST", path, body)).status == 401


async def has_token(rows: asyncpg.Connection, order_id: str) -> bool:
    return await rows.fetchval("SELECT token_hash FROM order_transfer WHERE order_id = $1", order_id) is not None


@pytest.mark.parametrize("left", ["1 minute", "-1 second"])
async def test_a_transfer_token_ends(
    left: str, client: Client, buyer: Buyer, ids: dict[str, Any], rows: asyncpg.Connection
) -> None:
    cart = await buyer.ready((MUG, 1))
    order: Json = (await buyer.complete(cart["id"]))["order"]
    asker = await member(client, ids, f"asker{len(left)}@example.com")
    await asker.post(f"/store/orders/{order['id']}/transfer/request", {})
    assert await until(lambda: has_token(rows, order["id"])), "the letter sets a token of its own, after the answer"
    await rows.execute(
        "UPDATE order_transfer SET token_hash = $2, expires_at = now() + $3::text::interval WHERE order_id = $1",
        *(order["id"], hash_of(f"token {left}"), left),
    )
    path, said = f"/store/orders/{order['id']}/transfer/accept", {"token": f"token {left}"}
    if left.startswith("-"):
        assert (await buyer.post(path, said, 400))["code"] == "order_transfer_token_invalid"
    else:
        assert (await buyer.post(path, said))["order"]["id"] == order["id"]
        owner = await rows.fetchval("SELECT customer_id FROM orders WHERE id = $1", order["id"])
        assert owner == await customer_id(asker)
        assert (await buyer.post(path, said, 400))["code"] == "order_transfer_token_invalid", "it is used up"
