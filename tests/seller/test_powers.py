"""What staff and administrators may do: their role, the seller's state, and how soon a change of either counts."""

from typing import Any

import asyncpg
import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from models.identity.principal import Principal
from models.schema.audit import audit_log
from models.schema.roles import OF_SELLER_ROLE, SELLER_GRANTS, SELLER_STATES, in_state
from models.schema.seller import seller, seller_member
from models.shared.ownership import OWNED
from services.audit import log as audit_log_service
from services.deps import Deps
from services.shared.ownership import ensure_owned
from tests.conftest import Client
from tests.people import registered
from tests.staff import administrator, hire
from utils.config import Settings
from utils.errors import NotFound

UPLOAD = {"filename": "a.jpg", "mime_type": "image/jpeg", "size": 1000}
UPLOADS = "/vendor/uploads"


async def set_state(deps: Deps, seller_id: str, status: str) -> None:
    async with deps.database.unit_of_work() as work:
        await work.execute(update(seller).where(seller.c.id == seller_id).values(status=status))


async def test_a_member_acts_for_the_only_seller_or_for_the_one_that_is_named(
    client: Client, deps: Deps, sellers: list[str]
) -> None:
    member = await hire(client, deps, seller_id=sellers[0], role="catalogue")
    assert (await member.post(UPLOADS, UPLOAD))["upload"]["status"] == "pending"
    assert (await member.get(UPLOADS, x_seller_id=""))["count"] == 1
    await hire(client, deps, seller_id=sellers[1])
    async with deps.database.unit_of_work() as work:
        more = {"seller_id": sellers[1], "member_id": member.actor_id, "role": "catalogue"}
        await work.execute(insert(seller_member), more)
    unnamed = await member.post(UPLOADS, UPLOAD, 400, x_seller_id="")
    assert unnamed["code"] == "seller_unnamed"
    assert unnamed["seller_ids"] == sorted(sellers[:2])
    assert (await member.get(UPLOADS, x_seller_id=sellers[1]))["count"] == 0


async def test_an_idempotency_key_counts_for_one_seller(client: Client, deps: Deps, sellers: list[str]) -> None:
    member = await hire(client, deps, seller_id=sellers[0])
    async with deps.database.unit_of_work() as work:
        row = {"seller_id": sellers[1], "member_id": member.actor_id, "role": "owner"}
        await work.execute(insert(seller_member), row)
    body = {"email": "once-each@example.com", "role": "orders"}
    made = [
        (await member.post("/vendor/invites", body, x_seller_id=each, idempotency_key="one-key"))["invite"]
        for each in (sellers[0], sellers[1], sellers[0])
    ]
    assert [each["seller_id"] for each in made] == [sellers[0], sellers[1], sellers[0]]
    assert made[0]["id"] == made[2]["id"]


async def test_a_seller_of_others_and_one_that_is_not_there_answer_alike(
    client: Client, deps: Deps, sellers: list[str]
) -> None:
    member = await hire(client, deps, seller_id=sellers[0])
    foreign = await member.get(UPLOADS, 404, x_seller_id=sellers[1])
    missing = await member.get(UPLOADS, 404, x_seller_id="sel_none")
    assert foreign == missing
    assert foreign["code"] == "seller_not_found"


@pytest.mark.parametrize("role", OF_SELLER_ROLE)
async def test_a_role_opens_what_it_includes(client: Client, deps: Deps, sellers: list[str], role: str) -> None:
    member = await hire(client, deps, seller_id=sellers[0], role=role)
    for method, body, grant in (("GET", None, "catalogue:read"), ("POST", UPLOAD, "catalogue:write")):
        reply = await member.send(method, UPLOADS, body)
        assert (reply.status < 300) == (grant in OF_SELLER_ROLE[role]), (role, grant, await reply.json())
        if reply.status >= 300:
            assert (reply.status, (await reply.json())["code"]) == (403, "forbidden")


async def test_nobody_who_is_no_member_gets_in(client: Client, deps: Deps, sellers: list[str]) -> None:
    for actor in ("customer", "seller", "affiliate", "user"):
        person = await registered(client, f"{actor}-outside@example.com", actor)
        assert (await person.ask("GET", UPLOADS, None, 401, x_seller_id=sellers[0]))["message"] == "Unauthorized"
    user = await administrator(client, deps)
    assert (await user.get(UPLOADS, 401, x_seller_id=sellers[0]))["message"] == "Unauthorized"


async def test_the_state_of_the_seller_limits_every_role(client: Client, deps: Deps, sellers: list[str]) -> None:
    owner = await hire(client, deps, seller_id=sellers[0])
    try:
        for status in SELLER_STATES:
            await set_state(deps, sellers[0], status)
            reply = await owner.send("POST", UPLOADS, UPLOAD)
            allowed = "catalogue:write" in in_state(SELLER_GRANTS, status)
            assert reply.status == (200 if allowed else 403), (status, await reply.json())
            if not allowed:
                assert (await reply.json())["code"] == "store_state_forbids"
            await owner.get(UPLOADS)
    finally:
        await set_state(deps, sellers[0], "open")


async def test_a_removed_role_counts_at_the_next_write_in_every_process(
    client: Client, deps: Deps, sellers: list[str], settings: Settings, start_shop: Any
) -> None:
    other = await start_shop(settings)
    member = await hire(client, deps, seller_id=sellers[0], role="manager")
    elsewhere = await hire(other, deps, seller_id=sellers[0], role="manager")
    elsewhere.token = member.token
    await elsewhere.post(UPLOADS, UPLOAD)
    await elsewhere.get(UPLOADS)
    async with deps.database.unit_of_work() as work:
        mine = seller_member.c.member_id == member.actor_id
        await work.execute(update(seller_member).where(mine).values(role="support"))
    assert (await elsewhere.post(UPLOADS, UPLOAD, 403))["code"] == "forbidden"
    async with deps.database.unit_of_work() as work:
        await work.execute(delete(seller_member).where(mine))
    await elsewhere.post(UPLOADS, UPLOAD, 404)
    await member.post(UPLOADS, UPLOAD, 404)


async def test_a_seller_with_staff_keeps_an_owner(client: Client, deps: Deps, sellers: list[str]) -> None:
    owner = await hire(client, deps, seller_id=sellers[2])
    await hire(client, deps, seller_id=sellers[2], role="manager")
    mine = seller_member.c.member_id == owner.actor_id
    for leave in (delete(seller_member).where(mine), update(seller_member).where(mine).values(role="orders")):
        with pytest.raises(asyncpg.CheckViolationError, match="would have no owner"):
            async with deps.database.unit_of_work() as work:
                await work.execute(leave)
    second = await hire(client, deps, seller_id=sellers[2])
    async with deps.database.unit_of_work() as work:
        await work.execute(delete(seller_member).where(mine))
    assert second.actor_id


async def test_the_audit_log_only_grows(client: Client, deps: Deps, sellers: list[str]) -> None:
    async with deps.database.unit_of_work() as work:
        terms = {"action": "store.suspend", "entity": "store", "entity_id": sellers[0]}
        await audit_log_service.record(
            work, who=audit_log_service.SYSTEM, **terms, before={"status": "open"}, after={"status": "suspended"}
        )
    async with deps.database.reading() as work:
        found = (await work.execute(select(audit_log).where(audit_log.c.entity_id == sellers[0]))).one()
    assert (found.actor_type, found.before, found.after) == ("system", {"status": "open"}, {"status": "suspended"})
    for change in (delete(audit_log), update(audit_log).values(action="nothing")):
        with pytest.raises(IntegrityError, match="append-only"):
            async with deps.database.unit_of_work() as work:
                await work.execute(change)


async def test_ids_of_another_seller_are_missing(deps: Deps, sellers: list[str], ids: dict[str, Any]) -> None:
    mine, foreign = Principal(kind="seller", seller_id=sellers[0]), Principal(kind="seller", seller_id=sellers[1])
    async with deps.database.reading() as work:
        for kind in OWNED:
            owned = OWNED[kind]
            held = (
                await work.execute(select(owned.table.c.id).where(owned.seller_id == sellers[0]).limit(3))
            ).scalars()
            found = [*held.all(), None]
            await ensure_owned(work, who=mine, kind=kind, ids=found)
            for given in (*found[:-1], "none"):
                with pytest.raises(NotFound, match=str(given)):
                    await ensure_owned(work, who=foreign, kind=kind, ids=[given])
