"""Administrators: one stays, nobody reaches above themselves, and a removal counts at once."""

import asyncio
from typing import Any

import asyncpg
import pytest
from sqlalchemy import func, select, text, update

from models.schema.audit import audit_log
from models.schema.identity import admin_user
from services.deps import Deps
from tests.conftest import Client
from tests.people import Person, letters, registered
from tests.staff import Worker, administrator, basic
from utils.config import Settings

USERS, INVITES = "/admin/users", "/admin/invites"


async def only(client: Client, deps: Deps, count: int = 1) -> list[Worker]:
    """As many administrators, and no others."""
    async with deps.database.unit_of_work() as work:
        fresh = [await administrator(client, deps) for _ in range(count)]
        ids = [each.actor_id for each in fresh]
        others = update(admin_user).where(admin_user.c.id.not_in(ids), admin_user.c.deleted_at.is_(None))
        await work.execute(others.values(deleted_at=admin_user.c.created_at))
    return fresh


async def admins(deps: Deps) -> set[str]:
    live = select(admin_user.c.id).where(admin_user.c.deleted_at.is_(None), admin_user.c.role == "admin")
    async with deps.database.reading() as work:
        return set((await work.execute(live)).scalars())


async def token_to(deps: Deps, email: str) -> str:
    for _ in range(200):
        found = [mail for mail in letters(deps.settings.data_dir / "outbox", email) if mail["template"] == "invite"]
        if found:
            return str(found[-1]["data"]["token"])
        await asyncio.sleep(0.02)
    raise AssertionError(f"{email} got no letter")


async def test_administrators_are_listed_and_found(client: Client, deps: Deps) -> None:
    boss, other = await only(client, deps, 2)
    helper = await administrator(client, deps, role="support", email="helper@example.com")
    listed = await boss.get(USERS)
    assert {u["id"]: u["role"] for u in listed["users"]} == {
        boss.actor_id: "admin",
        other.actor_id: "admin",
        helper.actor_id: "support",
    }
    assert (listed["count"], listed["limit"], listed["offset"]) == (3, 20, 0)
    assert [u["id"] for u in (await boss.get(f"{USERS}?role=support"))["users"]] == [helper.actor_id]
    assert [u["id"] for u in (await boss.get(f"{USERS}?q=helper"))["users"]] == [helper.actor_id]
    assert (await boss.get(f"{USERS}?created_at[$gt]=2100-01-01T00:00:00Z"))["users"] == []
    assert len((await boss.get(f"{USERS}?order=-email&limit=2&offset=2"))["users"]) == 1
    assert (await boss.get(f"{USERS}/{helper.actor_id}?fields=email"))["user"] == {
        "id": helper.actor_id,
        "email": "helper@example.com",
    }
    assert (await helper.get(f"{USERS}/me"))["user"]["id"] == helper.actor_id
    assert (await boss.get(f"{USERS}/user_none", 404))["code"] == "not_found"


async def test_support_reads_and_changes_nobody_but_themselves(client: Client, deps: Deps) -> None:
    (boss,) = await only(client, deps)
    helper = await administrator(client, deps, role="support")
    for method, path, body in (
        ("POST", f"{USERS}/{boss.actor_id}", {"first_name": "X"}),
        ("POST", f"{USERS}/{helper.actor_id}", {"role": "admin"}),
        ("DELETE", f"{USERS}/{boss.actor_id}", None),
        ("POST", INVITES, {"email": "x@example.com"}),
    ):
        assert (await helper.ask(method, path, body, 403))["code"] == "forbidden"
    me = (await helper.post(f"{USERS}/me", {"first_name": "Hal", "avatar_url": "https://cdn.example/a.png"}))["user"]
    assert (me["first_name"], me["avatar_url"], me["role"]) == ("Hal", "https://cdn.example/a.png", "support")
    for bad in ({"role": "admin"}, {"email": "x@example.com"}, {"avatar_url": "javascript:alert(1)"}):
        assert (await helper.post(f"{USERS}/me", bad, 400))["type"] == "invalid_data"


async def test_nobody_removes_or_demotes_themselves(client: Client, deps: Deps) -> None:
    boss, _ = await only(client, deps, 2)
    assert (await boss.delete(f"{USERS}/{boss.actor_id}", 400))["code"] == "own_account"
    assert (await boss.post(f"{USERS}/{boss.actor_id}", {"role": "support"}, 400))["code"] == "own_account"
    assert (await boss.post(f"{USERS}/{boss.actor_id}", {"role": "admin", "first_name": "B"}))["user"]


async def test_of_two_who_remove_each_other_at_once_one_stays(client: Client, deps: Deps) -> None:
    for body in (None, {"role": "support"}):
        for _ in range(5):
            one, two = await only(client, deps, 2)
            method = "DELETE" if body is None else "POST"
            sent = [a.send(method, f"{USERS}/{b.actor_id}", body) for a, b in ((one, two), (two, one))]
            statuses = sorted(reply.status for reply in await asyncio.gather(*sent))
            assert statuses[0] == 200
            assert statuses[1] in (401, 403, 409)
            assert len(await admins(deps)) == 1


async def test_the_last_admin_stays_whoever_asks(client: Client, deps: Deps) -> None:
    (boss,) = await only(client, deps)
    key = (await boss.post("/admin/api-keys", {"title": "all", "type": "secret"}))["api_key"]["token"]
    robot = Worker(client, "")
    by_key = basic(key)
    assert (await robot.delete(f"{USERS}/{boss.actor_id}", 400, authorization=by_key))["code"] == "last_admin"
    demoted = await robot.post(f"{USERS}/{boss.actor_id}", {"role": "support"}, 400, authorization=by_key)
    assert demoted["code"] == "last_admin"
    assert (await robot.get(f"{USERS}/me", 400, authorization=by_key))["code"] == "not_a_person"
    for change in ({"role": "support"}, {"deleted_at": admin_user.c.created_at}):
        with pytest.raises(asyncpg.CheckViolationError, match="no administrator"):
            async with deps.database.unit_of_work() as work:
                await work.execute(update(admin_user).values(**change))


async def test_a_key_with_less_power_does_not_reach_admins(client: Client, deps: Deps) -> None:
    boss, other = await only(client, deps, 2)
    helper = await administrator(client, deps, role="support")
    body = {"title": "staff", "type": "secret", "scopes": ["users:read", "users:write"]}
    by_key = basic((await boss.post("/admin/api-keys", body))["api_key"]["token"])
    robot = Worker(client, "")
    for refused in (
        await robot.delete(f"{USERS}/{other.actor_id}", 403, authorization=by_key),
        await robot.post(f"{USERS}/{helper.actor_id}", {"role": "admin"}, 403, authorization=by_key),
        await robot.post(INVITES, {"email": "x@example.com", "role": "admin"}, 403, authorization=by_key),
        await robot.delete(f"{USERS}/{helper.actor_id}", 403, authorization=by_key),
    ):
        assert refused["code"] == "grants_exceeded"


async def test_a_removal_ends_logins_in_every_process(
    client: Client, deps: Deps, settings: Settings, start_shop: Any
) -> None:
    (boss,) = await only(client, deps)
    elsewhere = await start_shop(settings)
    person = await registered(client, "gone@example.com")
    await boss.post(INVITES, {"email": "gone@example.com"})
    person.actor = "user"
    await person.register()
    await person.ask("POST", f"{INVITES}/accept", {"token": await token_to(deps, "gone@example.com")})
    await person.log_in()
    user_id = (await person.ask("GET", f"{USERS}/me"))["user"]["id"]
    there = Person(elsewhere, person.email, token=person.token)
    await there.ask("GET", f"{USERS}/me")
    assert (await boss.delete(f"{USERS}/{user_id}")) == {"id": user_id, "object": "user", "deleted": True}
    await person.ask("GET", f"{USERS}/me", status=401)
    await there.ask("POST", f"{USERS}/me", {"first_name": "X"}, status=401)
    await there.ask("GET", "/auth/sessions", status=401)
    await person.log_in()
    await person.ask("GET", f"{USERS}/me", status=401)
    person.actor = "customer"
    await person.log_in()
    await boss.get(f"{USERS}/{user_id}", 404)
    # Invited anew, the same person is an administrator again.
    assert (await boss.post(INVITES, {"email": "gone@example.com"}))["invite"]["accepted"] is False


async def test_changes_are_in_the_audit_log(client: Client, deps: Deps) -> None:
    boss, other = await only(client, deps, 2)
    await boss.post(f"{USERS}/{other.actor_id}", {"role": "support", "last_name": "L"})
    await boss.delete(f"{USERS}/{other.actor_id}")
    async with deps.database.reading() as work:
        about = audit_log.c.entity_id == other.actor_id
        found = (await work.execute(select(audit_log).where(about).order_by(audit_log.c.id))).all()
    assert [(f.actor_id, f.action, f.before and f.before["role"]) for f in found] == [
        (boss.actor_id, "user.update", "admin"),
        (boss.actor_id, "user.delete", "support"),
    ]
    assert found[0].after == {"role": "support", "last_name": "L"}


async def test_an_invite_makes_an_administrator_once(client: Client, deps: Deps) -> None:
    (boss,) = await only(client, deps)
    made = (await boss.post(INVITES, {"email": "New@Example.com", "role": "support", "metadata": {"a": 1}}))["invite"]
    assert (made["email"], made["accepted"], made["role"], made["metadata"]) == (
        "new@example.com",
        False,
        "support",
        {"a": 1},
    )
    assert "token" not in made
    assert (await boss.post(INVITES, {"email": "new@example.com"}, 422))["code"] == "invite_exists"
    token = await token_to(deps, "new@example.com")
    new = await registered(client, "new@example.com", "user")
    await new.ask("GET", f"{USERS}/me", status=401)
    stranger = await registered(client, "stranger@example.com", "user")
    refused = await stranger.ask("POST", f"{INVITES}/accept", {"token": token}, 400)
    assert refused["code"] == "invite_email_mismatch"
    seller = await registered(client, "new2@example.com", "seller")
    await seller.ask("POST", f"{INVITES}/accept", {"token": token}, 401)
    # As clients of the Admin API send it.
    body = {"email": "new@example.com", "first_name": "Nia"}
    paths = [f"{INVITES}/accept?token={token}"] * 4
    replies = await asyncio.gather(*(new.send("POST", path, body) for path in paths))
    assert sorted(reply.status for reply in replies) == [200, 400, 400, 400]
    await new.log_in()
    me = (await new.ask("GET", f"{USERS}/me"))["user"]
    assert (me["email"], me["role"], me["first_name"]) == ("new@example.com", "support", "Nia")
    assert (await boss.get(f"{INVITES}/{made['id']}"))["invite"]["accepted"] is True
    assert (await boss.post(INVITES, {"email": "new@example.com"}, 422))["code"] == "user_exists"
    assert (await new.ask("POST", f"{INVITES}/accept", {}, 400))["code"] == "invite_invalid"


async def test_invites_are_listed_sent_again_and_revoked(client: Client, deps: Deps) -> None:
    (boss,) = await only(client, deps)
    made = (await boss.post(INVITES, {"email": "later@example.com"}))["invite"]
    first = await token_to(deps, "later@example.com")
    assert made["id"] in {each["id"] for each in (await boss.get(f"{INVITES}?q=later"))["invites"]}
    await boss.post(f"{INVITES}/{made['id']}/resend")
    later = await registered(client, "later@example.com", "user")
    assert (await later.ask("POST", f"{INVITES}/accept", {"token": first}, 400))["code"] == "invite_invalid"
    assert (await boss.delete(f"{INVITES}/{made['id']}"))["object"] == "invite"
    assert (await boss.get(f"{INVITES}?q=later"))["count"] == 0
    await boss.delete(f"{INVITES}/{made['id']}", 404)


async def test_who_is_being_removed_makes_no_invite_and_no_key(client: Client, deps: Deps) -> None:
    boss, *leaving = await only(client, deps, 3)
    await boss.post(INVITES, {"email": "first-of-all@example.com", "role": "support"})
    locks = ("SELECT 1 FROM attempt_count FOR UPDATE", "LOCK TABLE admin_user IN EXCLUSIVE MODE")
    wanted = (
        (INVITES, {"email": "late@example.com", "role": "admin"}),
        ("/admin/api-keys", {"title": "late", "type": "secret"}),
    )
    for worker, lock, (path, body) in zip(leaving, locks, wanted, strict=True):
        async with deps.database.unit_of_work() as work:
            await work.execute(text(lock))
            late = asyncio.create_task(worker.send("POST", path, body))
            await asyncio.sleep(0.3)
            assert not late.done()
            await work.execute(
                update(admin_user).where(admin_user.c.id == worker.actor_id).values(deleted_at=func.now())
            )
        reply = await late
        assert (reply.status, (await reply.json())["code"]) == (409, "own_role_changed")


async def test_a_key_that_loses_scopes_leaves_no_open_invite(client: Client, deps: Deps) -> None:
    (boss,) = await only(client, deps)
    key = (await boss.post("/admin/api-keys", {"title": "all", "type": "secret"}))["api_key"]
    invited = {"email": "by-key@example.com", "role": "admin"}
    await Worker(client, "").post(INVITES, invited, authorization=basic(key["token"]))
    await boss.post(f"/admin/api-keys/{key['id']}", {"title": "still all"})
    assert (await boss.get(f"{INVITES}?q=by-key"))["count"] == 1
    await boss.post(f"/admin/api-keys/{key['id']}", {"scopes": ["orders:read"]})
    assert (await boss.get(f"{INVITES}?q=by-key"))["count"] == 0
