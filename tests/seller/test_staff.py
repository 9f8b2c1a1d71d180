"""Staff of a seller: who may change whom, and that a seller keeps an owner whatever happens at once."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import and_, select

from models.schema.audit import audit_log
from models.schema.seller import seller_member
from pasar.testing.people import employ
from services.deps import Deps
from tests.conftest import Client
from tests.staff import Worker, affiliate, hire
from utils.config import Settings
from utils.ids import new_id

MEMBERS = "/vendor/members"


async def fresh_seller(client: Client, deps: Deps, sellers: list[str], n: int = 2) -> tuple[str, Worker]:
    """A seller whose only owner is the returned one."""
    owner = await hire(client, deps, seller_id=sellers[n])
    others = and_(seller_member.c.seller_id == sellers[n], seller_member.c.member_id != owner.actor_id)
    async with deps.database.unit_of_work() as work:
        await work.execute(seller_member.delete().where(others))
    return sellers[n], owner


async def role_of(deps: Deps, worker: Worker) -> str | None:
    mine = seller_member.c.member_id == worker.actor_id
    async with deps.database.reading() as work:
        found: str | None = (await work.execute(select(seller_member.c.role).where(mine))).scalar_one_or_none()
    return found


async def test_staff_are_listed_for_their_seller_alone(
    client: Client, deps: Deps, sellers: list[str], other_owner: Worker
) -> None:
    seller_id, owner = await fresh_seller(client, deps, sellers)
    clerk = await hire(client, deps, seller_id=seller_id, role="orders", email="clerk@example.com")
    listed = await owner.get(MEMBERS)
    assert {(m["id"], m["role"], m["is_me"]) for m in listed["members"]} == {
        (owner.actor_id, "owner", True),
        (clerk.actor_id, "orders", False),
    }
    assert listed["count"] == 2
    assert [m["id"] for m in (await owner.get(f"{MEMBERS}?role=orders"))["members"]] == [clerk.actor_id]
    assert [m["id"] for m in (await owner.get(f"{MEMBERS}?q=CLERK"))["members"]] == [clerk.actor_id]
    assert (await owner.get(f"{MEMBERS}?q=%25"))["count"] == 0
    assert [m["role"] for m in (await owner.get(f"{MEMBERS}?order=role&limit=1"))["members"]] == ["orders"]
    assert (await owner.get(f"{MEMBERS}/{clerk.actor_id}"))["member"]["email"] == "clerk@example.com"
    assert (await clerk.get(MEMBERS, 403))["code"] == "forbidden"
    assert clerk.actor_id not in {m["id"] for m in (await other_owner.get(MEMBERS))["members"]}


async def test_a_list_costs_as_many_statements_however_long_it_is(
    client: Client, deps: Deps, sellers: list[str], count_statements: Any
) -> None:
    seller_id, owner = await fresh_seller(client, deps, sellers)
    await owner.get(MEMBERS)
    with count_statements() as few:
        await owner.get(MEMBERS)
    async with deps.database.unit_of_work() as work:
        for _ in range(10):
            await employ(work, seller_id, new_id("mem"), "support")
    await owner.get(MEMBERS)
    with count_statements() as many:
        assert (await owner.get(MEMBERS))["count"] == 11
    assert len(of_the_list(many)) == len(of_the_list(few)) == 2


def of_the_list(statements: list[str]) -> list[str]:
    """Without the login's, which is read again whenever the notice of the hirings comes."""
    return [statement for statement in statements if "FROM login_session" not in statement]


async def test_members_of_another_seller_are_missing(
    client: Client, deps: Deps, sellers: list[str], owner: Worker, other_owner: Worker
) -> None:
    for method, body in (("GET", None), ("POST", {"role": "orders"}), ("DELETE", None)):
        foreign = await owner.ask(method, f"{MEMBERS}/{other_owner.actor_id}", body, 404)
        missing = await owner.ask(method, f"{MEMBERS}/mem_none", body, 404)
        assert foreign["code"] == missing["code"] == "not_found"
        assert foreign["message"].replace(other_owner.actor_id, "mem_none") == missing["message"]
    assert await role_of(deps, other_owner) == "owner"


async def test_a_manager_neither_makes_nor_touches_owners(client: Client, deps: Deps, sellers: list[str]) -> None:
    seller_id, owner = await fresh_seller(client, deps, sellers)
    manager = await hire(client, deps, seller_id=seller_id, role="manager")
    clerk = await hire(client, deps, seller_id=seller_id, role="orders")
    assert (await manager.post(f"{MEMBERS}/{clerk.actor_id}", {"role": "catalogue"}))["member"]["role"] == "catalogue"
    for method, whom, body in (
        ("POST", clerk, {"role": "owner"}),
        ("POST", manager, {"role": "owner"}),
        ("POST", owner, {"role": "support"}),
        ("DELETE", owner, None),
    ):
        refused = await manager.ask(method, f"{MEMBERS}/{whom.actor_id}", body, 403)
        assert refused["code"] == "owners_only"
    assert [await role_of(deps, each) for each in (owner, manager, clerk)] == ["owner", "manager", "catalogue"]
    assert (await owner.post(f"{MEMBERS}/{manager.actor_id}", {"role": "owner"}))["member"]["role"] == "owner"
    assert (await clerk.post(f"{MEMBERS}/{owner.actor_id}", {"role": "support"}, 403))["code"] == "forbidden"
    assert (await owner.post(f"{MEMBERS}/{clerk.actor_id}", {"role": "king"}, 400))["type"] == "invalid_data"


async def test_the_last_owner_stays(client: Client, deps: Deps, sellers: list[str]) -> None:
    seller_id, owner = await fresh_seller(client, deps, sellers)
    await hire(client, deps, seller_id=seller_id, role="manager")
    assert (await owner.delete(f"{MEMBERS}/me", 400))["code"] == "last_owner"
    assert (await owner.delete(f"{MEMBERS}/{owner.actor_id}", 400))["code"] == "last_owner"
    assert (await owner.post(f"{MEMBERS}/{owner.actor_id}", {"role": "manager"}, 400))["code"] == "last_owner"
    assert (await owner.post(f"{MEMBERS}/{owner.actor_id}", {"role": "owner"}))["member"]["role"] == "owner"
    await hire(client, deps, seller_id=seller_id)
    assert (await owner.delete(f"{MEMBERS}/me"))["deleted"] is True
    assert await role_of(deps, owner) is None


@pytest.mark.parametrize("way", ["leave", "demote", "remove each other"])
async def test_of_two_owners_who_go_at_once_one_stays(client: Client, deps: Deps, sellers: list[str], way: str) -> None:
    for _ in range(5):
        seller_id, one = await fresh_seller(client, deps, sellers)
        two = await hire(client, deps, seller_id=seller_id)
        if way == "leave":
            sent = [each.send("DELETE", f"{MEMBERS}/me") for each in (one, two)]
        elif way == "demote":
            sent = [each.send("POST", f"{MEMBERS}/{each.actor_id}", {"role": "support"}) for each in (one, two)]
        else:
            sent = [a.send("DELETE", f"{MEMBERS}/{b.actor_id}") for a, b in ((one, two), (two, one))]
        statuses = sorted(reply.status for reply in await asyncio.gather(*sent))
        assert statuses[0] == 200
        # Who comes second finds the seller with one owner, or is already none of its staff.
        assert statuses[1] in (400, 404, 409)
        async with deps.database.reading() as work:
            owners = select(seller_member.c.role).where(
                seller_member.c.seller_id == seller_id, seller_member.c.role == "owner"
            )
            assert len((await work.execute(owners)).all()) == 1


async def test_everybody_may_leave_and_keeps_the_hat(client: Client, deps: Deps, sellers: list[str]) -> None:
    seller_id, _ = await fresh_seller(client, deps, sellers)
    for role in ("manager", "catalogue", "orders", "support"):
        worker = await hire(client, deps, seller_id=seller_id, role=role)
        assert await worker.delete(f"{MEMBERS}/me") == {"id": worker.actor_id, "object": "member", "deleted": True}
        assert (await worker.delete(f"{MEMBERS}/me", 404))["code"] == "seller_not_found"
        assert (await worker.get("/vendor/me"))["member"]["sellers"] == []


async def test_a_removal_counts_at_once_in_every_process(
    client: Client, deps: Deps, sellers: list[str], settings: Settings, start_shop: Any
) -> None:
    other = await start_shop(settings)
    seller_id, owner = await fresh_seller(client, deps, sellers)
    manager = await hire(client, deps, seller_id=seller_id, role="manager")
    elsewhere = Worker(other, manager.token, manager.actor_id, manager.identity_id, seller_id)
    await elsewhere.get(MEMBERS)
    await owner.post(f"{MEMBERS}/{manager.actor_id}", {"role": "support"})
    assert (await elsewhere.post(f"{MEMBERS}/{owner.actor_id}", {"role": "support"}, 403))["code"] == "forbidden"
    assert (await manager.get(MEMBERS, 403))["code"] == "forbidden"
    await owner.delete(f"{MEMBERS}/{manager.actor_id}")
    await elsewhere.delete(f"{MEMBERS}/me", 404)
    await manager.get(MEMBERS, 404)


async def test_changes_of_staff_are_in_the_audit_log(client: Client, deps: Deps, sellers: list[str]) -> None:
    seller_id, owner = await fresh_seller(client, deps, sellers)
    clerk = await hire(client, deps, seller_id=seller_id, role="orders", email="logged@example.com")
    await owner.post(f"{MEMBERS}/{clerk.actor_id}", {"role": "support"})
    await owner.delete(f"{MEMBERS}/{clerk.actor_id}")
    async with deps.database.reading() as work:
        about = audit_log.c.entity_id == clerk.actor_id
        found = (await work.execute(select(audit_log).where(about).order_by(audit_log.c.id))).all()
    assert [(f.action, f.actor_id, f.seller_id, f.before, f.after) for f in found] == [
        ("member.update", owner.actor_id, seller_id, {"role": "orders"}, {"role": "support"}),
        ("member.remove", owner.actor_id, seller_id, {"email": "logged@example.com", "role": "support"}, None),
    ]


async def test_a_member_sees_and_changes_their_own_profile(client: Client, deps: Deps, sellers: list[str]) -> None:
    clerk = await hire(client, deps, seller_id=sellers[1], role="support", email="me@example.com")
    seen = (await clerk.get("/vendor/me", x_seller_id=""))["member"]
    assert (seen["id"], seen["email"]) == (clerk.actor_id, "me@example.com")
    assert [(s["id"], s["role"], s["status"]) for s in seen["sellers"]] == [(sellers[1], "support", "open")]
    assert seen["sellers"][0]["grants"] == ["catalogue:read", "chat:read", "chat:write", "orders:read", "store:read"]
    changed = (await clerk.post("/vendor/me", {"first_name": "Ana", "metadata": {"a": 1}}))["member"]
    assert (changed["first_name"], changed["metadata"]) == ("Ana", {"a": 1})
    kept = (await clerk.post("/vendor/me", {"phone": "+62 1"}))["member"]
    assert (kept["first_name"], kept["phone"], kept["metadata"]) == ("Ana", "+62 1", {"a": 1})
    for bad in ({"email": "other@example.com"}, {"role": "owner"}, {"first_name": 1}):
        assert (await clerk.post("/vendor/me", bad, 400))["type"] == "invalid_data"
    assert (await (await affiliate(client, deps)).get("/vendor/me", 401))["message"] == "Unauthorized"
