"""A marketplace in which everybody owns something, and nothing changes: what a request writes is rolled back."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from models.schema.identity import login_session
from models.schema.order import order_line
from services.deps import Deps
from services.identity import reauthentication, session
from services.infrastructure.database import database as engine
from services.infrastructure.database.database import UnitOfWork
from tests.buying import Buyer, member
from tests.conftest import Client
from tests.matrix import office
from tests.matrix.people import Knocker, of_seller, of_user
from tests.matrix.samples import Samples
from tests.matrix.shop import furnish
from tests.staff import Worker, administrator, affiliate, hire
from utils.config import Settings

Json = dict[str, Any]
GROUPS = {"seller_a": "aurora", "seller_b": "borneo"}
BOUGHT = {"aurora": "aurora/AUR-WS", "borneo": "borneo/BOR-BT-RED"}
NOTED = "SELECT count(*) FROM audit_log WHERE xmin = pg_current_xact_id()::xid"
ROLES = ("owner", "manager", "catalogue", "orders", "support")


@pytest.fixture(scope="module")
def seed_file() -> Path | None:
    return Path(__file__).parents[1] / "data" / "world.yaml"


@pytest.fixture(scope="module")
def settings(settings: Settings) -> Settings:
    """The matrix asks thousands of times from one address."""
    return replace(settings, login_tries_per_address=1_000_000)


@pytest.fixture(scope="module", autouse=True)
def all_proof_is_fresh() -> Iterator[None]:
    """The whole matrix takes longer than a proof counts; what is refused then is told by tests/auth."""
    usual, reauthentication.FRESH = reauthentication.FRESH, timedelta(days=1)
    yield
    reauthentication.FRESH = usual


@pytest.fixture(scope="module")
async def buyers(client: Client, ids: Json) -> dict[str, Buyer]:
    return {f"customer_{name}": await member(client, ids, f"{name}@example.com") for name in "ab"}


@pytest.fixture(scope="module")
async def samples(client: Client, deps: Deps, ids: Json, buyers: dict[str, Buyer]) -> Samples:
    """Something of every kind for everybody who may own one."""
    made = Samples()
    for kind, key in (("region", "Europe"), ("collection", "summer"), ("category", "apparel")):
        plural = {"category": "categories"}.get(kind, f"{kind}s")
        made.add(kind, "*", ids[plural][key])
    made.add("currency", "*", "eur")
    made.add("sales_channel", "*", ids["sales_channels"]["Web"])
    made.add("challenge", "*", "none")
    for handle in ("aurora",):
        made.add("seller", "*", ids["stores"][handle])
    await of_the_shop_window(client, made, ids)
    for group, buyer in buyers.items():
        await of_a_customer(buyer, deps, made, group)
    admin = await administrator(client, deps)
    await office.furnish(client, deps, admin, made)
    for group, handle in GROUPS.items():
        owner = await hire(client, deps, seller_id=ids["stores"][handle])
        made.add("return_option", group, await way_back(owner, made, ids, handle))
        made.add("return_place", group, next(v for k, v in ids["stock_locations"].items() if k.startswith(handle)))
        await furnish(owner, deps, Buyer(client, ids), made, group, BOUGHT[handle])
    await chats(client, buyers, made, ids)
    made.add("product_to_publish", "*", made.ids["product"]["seller_a"])
    return made


async def chats(client: Client, buyers: dict[str, Buyer], made: Samples, ids: Json) -> None:
    """A conversation of each customer with a seller, and somebody whom only the second seller may write to."""
    path = "/chat/conversations"
    for (name, buyer), (group, handle) in zip(buyers.items(), GROUPS.items(), strict=True):
        talk = (await buyer.post(path, {"seller_id": ids["stores"][handle]}))["conversation"]
        line = {"cid": f"cid-of-{name}", "body": {"text": "hello"}}
        message = (await buyer.post(f"{path}/{talk['id']}/messages", line))["message"]
        for owner in (name, group):
            made.add("conversation", owner, talk["id"])
            made.add("chat_message", owner, message["id"])
        if group == "seller_a":
            made.add("chat_customer", group, talk["customer_id"])
    third = await member(client, ids, "c@example.com")
    await third.complete((await third.ready((BOUGHT["borneo"], 1)))["id"])
    # Opened here, for nothing that the matrix begins is kept.
    opened = await third.post(path, {"seller_id": ids["stores"]["borneo"]})
    made.add("chat_customer", "seller_b", opened["conversation"]["customer_id"])
    await buyers["customer_b"].post(path, {"seller_id": made.ids["seller"]["*"]})


async def of_the_shop_window(client: Client, made: Samples, ids: Json) -> None:
    """What every visitor may look at."""
    visitor = Buyer(client, ids)
    product = (await visitor.get("/store/products?handle=linen-shirt&fields=*options,*variants"))["products"][0]
    made.add("listed_product", "*", product["id"])
    made.add("listed_variant", "*", ids["variants"][BOUGHT["aurora"]])
    made.add("listed_option", "*", product["options"][0]["id"])
    for kind, path in (("tag", "product-tags"), ("type", "product-types"), ("return_reason", "return-reasons")):
        found = await visitor.get(f"/store/{path}")
        made.add(kind, "*", found[path.replace("-", "_")][0]["id"])
    options = ids["shipping_options"]
    made.add("listed_shipping_option", "*", options["aurora/Berlin/Parcel/World/Standard"])
    made.add("buyers_return_option", "*", options["aurora/Berlin/Parcel/World/Return"])
    made.add("profile", "*", ids["shipping_profiles"]["Default"])


async def of_a_customer(buyer: Buyer, deps: Deps, made: Samples, group: str) -> None:
    """A delivered order, a cart that could be completed, an address, a login, a factor."""
    order = (await buyer.complete((await buyer.ready((BOUGHT["aurora"], 2)))["id"]))["order"]
    async with deps.database.unit_of_work() as work:
        steps = dict.fromkeys(("fulfilled_quantity", "shipped_quantity", "delivered_quantity"), order_line.c.quantity)
        await work.execute(update(order_line).where(order_line.c.order_id == order["id"]).values(steps))
    cart = await buyer.ready((BOUGHT["aurora"], 1))
    whole = (await buyer.get(f"/store/carts/{cart['id']}"))["cart"]
    address = (await buyer.post("/store/customers/me/addresses", {"city": "Berlin"}))["customer"]["addresses"][0]
    logins = (await buyer.get("/auth/sessions"))["sessions"]
    factor = (await buyer.post("/auth/mfa/factors", {"provider": "totp"}))["mfa_factor"]
    owned = {"order": order["id"], "bought_line": order["items"][0]["id"], "cart": cart["id"], "factor": factor["id"]}
    owned |= {"cart_line": whole["items"][0]["id"], "payment_collection": whole["payment_collection"]["id"]}
    owned |= {"address": address["id"], "session": logins[-1]["id"]}
    for kind, value in owned.items():
        made.add(kind, group, value)


async def way_back(owner: Worker, made: Samples, ids: Json, handle: str) -> str:
    """A shipping option by which the seller takes goods back."""
    zones = ids["service_zones"]
    body = {
        "name": "Way back",
        "service_zone_id": next(value for key, value in zones.items() if key.startswith(f"{handle}/")),
        "shipping_profile_id": made.ids["profile"]["*"],
        "type": {"code": "return", "label": "Return"},
        "prices": [{"amount": 0, "currency_code": "eur"}],
        "is_return": True,
        "enabled_in_store": False,
    }
    return str((await owner.post("/vendor/shipping-options", body))["shipping_option"]["id"])


@pytest.fixture(scope="module")
async def knockers(client: Client, deps: Deps, ids: Json, buyers: dict[str, Buyer]) -> list[Knocker]:
    """The kinds of principals. Members of both sellers in every role, and the owner of a suspended seller."""
    sellers = ids["stores"]
    found = [Knocker("anonymous", client)]
    for group, buyer in buyers.items():
        found.append(Knocker(group, client, group, "customer", buyer.token))
    for group, handle in GROUPS.items():
        for role in ROLES:
            worker = await hire(client, deps, seller_id=sellers[handle], role=role)
            found.append(Knocker(f"{group} {role}", client, group, "seller", worker.token, of_seller(role)))
    closed = await hire(client, deps, seller_id=sellers["dormant"])
    found.append(
        Knocker("suspended seller", client, "suspended", "seller", closed.token, of_seller("owner", "suspended"))
    )
    found.append(Knocker("affiliate", client, "", "affiliate", (await affiliate(client, deps)).token))
    for role in ("admin", "support"):
        user = await administrator(client, deps, role=role)
        found.append(Knocker(role, client, "admin", "user", user.token, of_user(role)))
    found += [await ended(client, deps, name, sellers["aurora"]) for name in ("expired", "revoked")]
    return found


async def ended(client: Client, deps: Deps, name: str, seller_id: str) -> Knocker:
    """An owner's token that was good once."""
    worker: Worker = await hire(client, deps, seller_id=seller_id)
    async with deps.database.unit_of_work() as work:
        mine = login_session.c.auth_identity_id == worker.identity_id
        if name == "revoked":
            await session.revoke_all(work, identity_id=worker.identity_id, reason="the matrix wants it")
        else:
            await work.execute(update(login_session).where(mine).values(expires_at=login_session.c.created_at))
    return Knocker(name, client, token=worker.token)


@dataclass
class Dry:
    """How many rows of the audit log each transaction would have written, since it was last looked at."""

    noted: list[int] = field(default_factory=list)


@pytest.fixture
async def dry(monkeypatch: pytest.MonkeyPatch, samples: Samples, knockers: list[Knocker]) -> Dry:
    """From here on every transaction is rolled back where it would commit."""
    seen = Dry()

    async def undo(work: UnitOfWork) -> None:
        seen.noted.append(await work.raw.fetchval(NOTED))
        await work.raw.execute("ROLLBACK")

    monkeypatch.setattr(engine, "commit", undo)
    return seen
