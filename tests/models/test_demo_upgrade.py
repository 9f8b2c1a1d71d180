"""A database of the demo, made before one word stood for who sells, moves on with all that it holds.

The dump has the demo marketplace with a day's business: an order of two sellers, one part of it delivered and asked to
be taken back, a cart that only wants completing, a guest's cart, staff, a suspended seller, and two events that the
outbox had not delivered yet.
"""

import asyncio
import gzip
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from services.deps import Deps
from services.identity import session
from services.infrastructure.database import migrations
from tests.buying import Buyer
from tests.conftest import Client, Server, in_server
from tests.people import Person
from tests.staff import NOBODYS, Worker, administrator
from tests.workflows.books import faults, open_books
from utils.config import Settings

Json = dict[str, Any]
DUMP = Path(__file__).parents[1] / "data" / "databases" / "demo" / "0022.sql.gz"
KEY = "pk_demo_pasar"
BUYERS_WORD = {"store_id": "the buyer's own word"}  # a key of theirs, not ours
# Names of the schema that hold a retired word; `enabled_in_store` speaks of the Store API.
LEFT_OVER = """
SELECT name FROM (
    SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION SELECT attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v')
    UNION SELECT conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION SELECT tgname FROM pg_trigger
    UNION SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosrc ~ '\\mstores?(_|\\M)'
) AS names WHERE name ~ '(^|_)stores?(_|$)|try_count|auth_redirect' AND name !~ 'enabled_in_store'
"""


async def ask(url: str, statement: str, *values: Any) -> list[Any]:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        return [row[0] for row in await connection.fetch(statement, *values)]
    finally:
        await connection.close()


async def restored(url: str) -> None:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        await connection.execute(gzip.decompress(DUMP.read_bytes()).decode())
    finally:
        await connection.close()


@pytest.fixture(scope="module")
def world(postgres: Server) -> tuple[str, Json]:
    """The dump, restored and upgraded, as the database that the module's own is a copy of."""
    name = f"{postgres.home.name}-demo_upgraded"
    if name not in in_server(postgres, "SELECT datname FROM pg_database"):
        in_server(postgres, f'CREATE DATABASE "{name}" TEMPLATE template0')
        asyncio.run(restored(postgres.url(name)))
        migrations.upgrade(postgres.url(name), lambda _: None)
    return name, {}


@pytest.fixture(scope="module")
async def admin(client: Client, deps: Deps) -> Worker:
    return await administrator(client, deps)


@pytest.fixture(scope="module")
async def owner(client: Client, deps: Deps, settings: Settings) -> Worker:
    """The owner that the first seller had before, logged in."""
    statement = "SELECT auth_identity_id FROM auth_actor JOIN member ON member.id = actor_id WHERE email = $1"
    (identity_id,) = await ask(settings.database_url, statement, "owner@example.com")
    async with deps.database.unit_of_work() as work:
        login = await session.create(
            work,
            deps.settings,
            identity_id=identity_id,
            actor_type="seller",
            provider="emailpass",
            rotating=False,
            visitor=NOBODYS,
        )
    return Worker(client, session.issue(deps.tokens, deps.settings, login).token)


@pytest.fixture(scope="module")
async def buyer(client: Client) -> Buyer:
    """The customer who bought before, logged in with the password of before."""
    ana = Person(client, "ana@example.com")
    await ana.log_in()
    return Buyer(client, {}, key=KEY, token=ana.token)


async def test_no_name_of_the_schema_is_left_over(settings: Settings) -> None:
    assert await ask(settings.database_url, LEFT_OVER) == []


async def test_sellers_are_those_of_before(buyer: Buyer, admin: Worker) -> None:
    shown = {each["handle"]: each for each in (await buyer.get("/store/sellers"))["sellers"]}
    assert sorted(shown) == ["batik-lestari", "cedar-and-stone", "nordlicht", "warung-gayo"]
    assert {handle for handle, each in shown.items() if each["status"] == "suspended"} == {"cedar-and-stone"}
    first = shown["warung-gayo"]
    assert (first["name"], first["address"]["city"]) == ("Warung Gayo", "Bandung")
    seen = (await admin.get(f"/admin/sellers/{shown['batik-lestari']['id']}"))["seller"]
    assert (seen["commission_rate"], [each["email"] for each in seen["members"]]) == (7.5, ["other@example.com"])
    log = (await admin.get(f"/admin/audit-log?seller_id={shown['cedar-and-stone']['id']}"))["audit_log"]
    assert [entry["action"] for entry in log] == ["store.suspend"]


async def test_an_order_is_that_of_before_for_buyer_and_seller(buyer: Buyer, owner: Worker, settings: Settings) -> None:
    (order_id,) = await ask(settings.database_url, "SELECT id FROM orders")
    order = (await buyer.get(f"/store/orders/{order_id}"))["order"]
    assert (order["total"], order["email"]) == (61.2, "ana@example.com")
    assert order["fulfillment_status"] == "partially_delivered"
    assert sorted(part["seller"]["handle"] for part in order["seller_orders"]) == ["batik-lestari", "warung-gayo"]
    assert {line["seller_id"] for line in order["items"]} == {part["seller"]["id"] for part in order["seller_orders"]}
    (mine,) = (await owner.get("/vendor/orders"))["orders"]
    assert mine["status"] == "delivered"
    changes = (await owner.get(f"/vendor/orders/{mine['id']}/changes"))["order_changes"]
    assert [change["kind"] for change in changes] == ["accepted", "packed", "shipped", "delivered"]
    (back,) = (await owner.get("/vendor/returns"))["returns"]
    assert (back["status"], back["seller_order_id"]) == ("requested", mine["id"])
    (seller,) = (await owner.get("/vendor/sellers"))["sellers"]
    assert (seller["handle"], seller["role"]) == ("warung-gayo", "owner")
    (invite,) = (await owner.get("/vendor/invites"))["invites"]
    assert invite["email"] == "friend@example.com"


async def test_a_cart_of_before_is_read_and_completed(client: Client, buyer: Buyer, settings: Settings) -> None:
    (cart_id,) = await ask(
        settings.database_url,
        "SELECT id FROM cart WHERE completed_at IS NULL AND document ->> 'email' IS NOT NULL",
    )
    cart = (await buyer.get(f"/store/carts/{cart_id}"))["cart"]
    assert (cart["total"], len(cart["items"]), cart["metadata"]) == (89.3, 2, BUYERS_WORD)
    handles = {each["id"]: each["handle"] for each in (await buyer.get("/store/sellers"))["sellers"]}
    assert sorted(handles[line["seller_id"]] for line in cart["items"]) == ["batik-lestari", "warung-gayo"]
    (guests,) = await ask(
        settings.database_url, "SELECT id FROM cart WHERE completed_at IS NULL AND document ->> 'email' IS NULL"
    )
    left = (await Buyer(client, {}, key=KEY).get(f"/store/carts/{guests}"))["cart"]
    assert (left["metadata"], handles[left["items"][0]["seller_id"]]) == ({"store_id": "kept"}, "warung-gayo")
    order = (await buyer.complete(cart_id))["order"]
    assert (order["total"], order["metadata"], len(order["seller_orders"])) == (89.3, BUYERS_WORD, 2)
    assert order["payment_collections"][0]["amount"] == 89.3


async def test_events_that_waited_are_delivered(client: Client, settings: Settings) -> None:
    waiting = "SELECT count(*) FROM outbox WHERE delivered_at IS NULL"
    for _ in range(200):
        if await ask(settings.database_url, waiting) == [0]:
            break
        await asyncio.sleep(0.05)
    assert await ask(settings.database_url, "SELECT DISTINCT last_error FROM outbox") == [None]
    mails = [path.read_text() for path in (settings.data_dir / "outbox").glob("*.json")]
    assert [mail for mail in mails if "third@example.com" in mail and "A look at the papers." in mail]
    assert [mail for mail in mails if "ana@example.com" in mail]


async def test_the_books_agree(client: Client, settings: Settings) -> None:
    connection = await open_books(settings.database_url.replace("+asyncpg", ""))
    try:
        assert await faults(connection) == []
    finally:
        await connection.close()


async def test_what_changes_is_still_told(buyer: Buyer, admin: Worker, settings: Settings) -> None:
    """The triggers of before work under their new names: counters, words of products, the last owner."""
    before = await ask(settings.database_url, "SELECT version FROM change_counter WHERE scope = 'sellers'")
    id_ = (await buyer.get("/store/sellers/nordlicht"))["seller"]["id"]
    await admin.post(f"/admin/sellers/{id_}", {"name": "Polarlicht"})
    after = await ask(settings.database_url, "SELECT version FROM change_counter WHERE scope = 'sellers'")
    assert after[0] > before[0]
    for _ in range(100):
        found = (await buyer.get("/store/products?q=polarlicht"))["products"]
        if found:
            break
        await asyncio.sleep(0.05)
    assert found
    with pytest.raises(asyncpg.CheckViolationError, match="would have no owner"):
        await ask(settings.database_url, "DELETE FROM seller_member")
