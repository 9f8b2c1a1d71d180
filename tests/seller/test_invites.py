"""Invites to a seller's staff: the letter alone holds the token, and the token is good once, for its address."""

import asyncio
from typing import Any

from sqlalchemy import func, select, text, update

from models.schema.identity import auth_actor, provider_identity
from models.schema.seller import invite, seller
from services.deps import Deps
from tests.conftest import Client
from tests.people import Person, registered
from tests.staff import Worker, administrator, hire, letter_to

INVITES = "/vendor/invites"
ACCEPT = f"{INVITES}/accept"


async def invited(deps: Deps, owner: Worker, email: str, role: str = "orders") -> tuple[str, str]:
    """An invite's id and the token of its letter."""
    made = (await owner.post(INVITES, {"email": email, "role": role}))["invite"]
    return made["id"], await letter_to(deps, email)


async def registered_seller(client: Client, email: str) -> Person:
    return await registered(client, email, "seller")


async def test_who_is_invited_registers_accepts_and_works(
    client: Client, deps: Deps, sellers: list[str], owner: Worker
) -> None:
    made = (await owner.post(INVITES, {"email": "Ana@Example.com", "role": "catalogue"}))["invite"]
    assert (made["email"], made["role"], made["accepted"]) == ("ana@example.com", "catalogue", False)
    assert (made["seller_id"], made["invited_by"]) == (sellers[0], owner.actor_id)
    assert "token" not in made
    token = await letter_to(deps, "ana@example.com")
    ana = await registered_seller(client, "ana@example.com")
    joined = await ana.ask("POST", ACCEPT, {"token": token, "first_name": "Ana"})
    assert (joined["seller_id"], joined["member"]["first_name"]) == (sellers[0], "Ana")
    assert [s["role"] for s in joined["member"]["sellers"]] == ["catalogue"]
    await ana.log_in()
    assert (await ana.ask("GET", "/vendor/uploads"))["count"] == 0
    assert (await ana.ask("GET", "/vendor/members", status=403))["code"] == "forbidden"
    assert (await owner.get(f"{INVITES}/{made['id']}"))["invite"]["accepted"] is True
    assert joined["member"]["id"] in {m["id"] for m in (await owner.get("/vendor/members"))["members"]}
    async with deps.database.reading() as work:
        about = provider_identity.c.entity_id == "ana@example.com"
        assert (await work.execute(select(provider_identity.c.verified_at).where(about))).scalar_one() is not None


async def test_a_token_is_good_once_also_at_once(client: Client, deps: Deps, owner: Worker) -> None:
    _, token = await invited(deps, owner, "bo@example.com")
    bo = await registered_seller(client, "bo@example.com")
    replies = await asyncio.gather(*(bo.send("POST", ACCEPT, {"token": token}) for _ in range(5)))
    assert sorted(reply.status for reply in replies) == [200, 400, 400, 400, 400]
    again = await bo.ask("POST", ACCEPT, {"token": token}, 400)
    assert again["code"] == "invite_invalid"


async def test_what_is_not_a_good_token_answers_alike(
    client: Client, deps: Deps, sellers: list[str], owner: Worker, admin: Worker
) -> None:
    cy = await registered_seller(client, "cy@example.com")
    revoked_id, revoked = await invited(deps, owner, "cy@example.com")
    await owner.delete(f"{INVITES}/{revoked_id}")
    expired_id, _ = await invited(deps, owner, "cy@example.com")
    expired = await letter_to(deps, "cy@example.com", 2)
    async with deps.database.unit_of_work() as work:
        await work.execute(update(invite).where(invite.c.id == expired_id).values(expires_at=func.now()))
    await admin.post("/admin/invites", {"email": "cy@example.com"})
    of_users = await letter_to(deps, "cy@example.com", 3)
    assert len({revoked, expired, of_users}) == 3
    forged = f"{expired_id}-1.{'A' * 32}"
    wrong_use = deps.tokens.of_row("reset", f"{expired_id}-1")
    answers = []
    for token in (revoked, expired, of_users, forged, wrong_use, "x", ".", expired_id):
        answers.append(await cy.ask("POST", ACCEPT, {"token": token}, 400))
        await forget_tries(deps)
    assert {answer["code"] for answer in answers} == {"invite_invalid"}
    assert len({answer["message"] for answer in answers}) == 1
    for bad in ({}, {"token": ""}, {"token": 1}, {"token": "x", "role": "owner"}):
        assert (await cy.ask("POST", ACCEPT, bad, 400))["type"] == "invalid_data"
    # An expired invite makes room for a new one.
    assert (await owner.post(INVITES, {"email": "cy@example.com", "role": "orders"}))["invite"]["id"] != expired_id


async def forget_tries(deps: Deps) -> None:
    async with deps.database.unit_of_work() as work:
        await work.execute(text("DELETE FROM attempt_count"))


async def test_a_letter_is_of_no_use_to_another_address(client: Client, deps: Deps, owner: Worker) -> None:
    _, token = await invited(deps, owner, "dan@example.com")
    thief = await registered_seller(client, "thief@example.com")
    assert (await thief.ask("POST", ACCEPT, {"token": token}, 400))["code"] == "invite_email_mismatch"
    buyer = await registered(client, "dan@example.com", "customer")
    assert (await buyer.ask("POST", ACCEPT, {"token": token}, 401))["message"] == "Unauthorized"
    assert (await buyer.ask("POST", ACCEPT, {"token": token}, 401, authorization=""))["message"] == "Unauthorized"
    buyer.actor = "seller"
    await buyer.register()
    await buyer.ask("POST", ACCEPT, {"token": token})


async def test_tokens_cannot_be_guessed_for_long(client: Client, deps: Deps, owner: Worker) -> None:
    await forget_tries(deps)
    _, token = await invited(deps, owner, "eve@example.com")
    eve = await registered_seller(client, "eve@example.com")
    statuses = [(await eve.send("POST", ACCEPT, {"token": f"guess {n}"})).status for n in range(12)]
    assert statuses == [400] * 10 + [429] * 2
    assert (await eve.ask("POST", ACCEPT, {"token": token}, 429))["code"] == "too_many_tries"
    await forget_tries(deps)
    await eve.ask("POST", ACCEPT, {"token": token})


async def test_sending_again_makes_the_earlier_letter_void(client: Client, deps: Deps, owner: Worker) -> None:
    await forget_tries(deps)
    invite_id, first = await invited(deps, owner, "fay@example.com")
    sent = (await owner.post(f"{INVITES}/{invite_id}/resend"))["invite"]
    assert sent["id"] == invite_id
    second = await letter_to(deps, "fay@example.com", 2)
    assert first != second
    fay = await registered_seller(client, "fay@example.com")
    assert (await fay.ask("POST", ACCEPT, {"token": first}, 400))["code"] == "invite_invalid"
    await fay.ask("POST", ACCEPT, {"token": second})
    assert (await owner.post(f"{INVITES}/{invite_id}/resend", None, 400))["code"] == "invite_closed"


async def test_one_member_may_work_for_several_sellers(
    client: Client, deps: Deps, sellers: list[str], owner: Worker, other_owner: Worker
) -> None:
    _, first = await invited(deps, owner, "gus@example.com")
    await other_owner.post(INVITES, {"email": "gus@example.com", "role": "support"})
    second = await letter_to(deps, "gus@example.com", 2)
    gus = await registered_seller(client, "gus@example.com")
    # Both with the token of the registration, at once: one person, not two.
    joined = await asyncio.gather(*(gus.ask("POST", ACCEPT, {"token": each}) for each in (first, second)))
    assert len({each["member"]["id"] for each in joined}) == 1
    await gus.log_in()
    mine = (await gus.ask("GET", "/vendor/me"))["member"]["sellers"]
    assert {(s["id"], s["role"]) for s in mine} == {(sellers[0], "orders"), (sellers[1], "support")}
    async with deps.database.reading() as work:
        actors = select(func.count()).where(auth_actor.c.actor_id == joined[0]["member"]["id"])
        assert (await work.execute(actors)).scalar_one() == 1


async def test_one_open_invite_an_address_and_none_for_staff(
    client: Client, deps: Deps, sellers: list[str], owner: Worker, other_owner: Worker
) -> None:
    await forget_tries(deps)
    body = {"email": "hal@example.com", "role": "orders"}
    replies = await asyncio.gather(*(owner.send("POST", INVITES, body) for _ in range(4)))
    assert sorted(reply.status for reply in replies) == [200, 422, 422, 422]
    assert (await other_owner.post(INVITES, body))["invite"]["seller_id"] == sellers[1]
    await forget_tries(deps)
    assert (await owner.post(INVITES, {**body, "email": "HAL@example.com"}, 422))["code"] == "invite_exists"
    await hire(client, deps, seller_id=sellers[0], role="orders", email="ida@example.com")
    taken = await owner.post(INVITES, {"email": "ida@example.com", "role": "support"}, 422)
    assert taken["code"] == "already_member"


async def test_nobody_invites_above_themselves(client: Client, deps: Deps, sellers: list[str], owner: Worker) -> None:
    manager = await hire(client, deps, seller_id=sellers[0], role="manager")
    clerk = await hire(client, deps, seller_id=sellers[0], role="orders")
    body = {"email": "jo@example.com", "role": "owner"}
    assert (await clerk.post(INVITES, body, 403))["code"] == "forbidden"
    assert (await manager.post(INVITES, body, 403))["code"] == "owners_only"
    invite_id = (await owner.post(INVITES, body))["invite"]["id"]
    assert (await manager.post(f"{INVITES}/{invite_id}/resend", None, 403))["code"] == "owners_only"
    assert (await manager.delete(f"{INVITES}/{invite_id}", 403))["code"] == "owners_only"
    assert (await manager.post(INVITES, {"email": "kay@example.com", "role": "manager"}))["invite"]
    for bad in ({"email": "x", "role": "orders"}, {"email": "x@example.com", "role": "admin"}, {"email": "x@y.zz"}):
        assert (await owner.post(INVITES, bad, 400))["type"] == "invalid_data"


async def test_invites_of_others_are_missing(
    client: Client, deps: Deps, owner: Worker, other_owner: Worker, admin: Worker
) -> None:
    of_users = (await admin.post("/admin/invites", {"email": "lea@example.com"}))["invite"]["id"]
    mine = (await owner.post(INVITES, {"email": "lea@example.com", "role": "orders"}))["invite"]["id"]
    for worker, invite_id, base in ((other_owner, mine, INVITES), (owner, of_users, INVITES), (admin, mine, "/admin")):
        path = f"{'/admin/invites' if base == '/admin' else base}/{invite_id}"
        for method, url in (("GET", path), ("DELETE", path), ("POST", f"{path}/resend")):
            assert (await worker.ask(method, url, None, 404))["code"] == "not_found"
    listed = await owner.get(f"{INVITES}?email=lea@example.com")
    assert [each["id"] for each in listed["invites"]] == [mine]
    assert (await other_owner.get(f"{INVITES}?email=lea@example.com"))["count"] == 0
    assert (await owner.delete(f"{INVITES}/{mine}"))["deleted"] is True
    await owner.get(f"{INVITES}/{mine}", 404)
    assert (await owner.get(f"{INVITES}?q=lea@"))["count"] == 0


async def test_who_loses_power_leaves_no_open_invite(client: Client, deps: Deps, sellers: list[str]) -> None:
    boss = await hire(client, deps, seller_id=sellers[2])
    second = await hire(client, deps, seller_id=sellers[2])
    _, token = await invited(deps, second, "mia@example.com", "owner")
    await boss.delete(f"/vendor/members/{second.actor_id}")
    mia = await registered_seller(client, "mia@example.com")
    assert (await mia.ask("POST", ACCEPT, {"token": token}, 400))["code"] == "invite_invalid"


async def test_who_is_losing_power_invites_nobody_any_more(client: Client, deps: Deps, sellers: list[str]) -> None:
    boss = await hire(client, deps, seller_id=sellers[2])
    second = await hire(client, deps, seller_id=sellers[2])
    sent, _ = await invited(deps, boss, "uwe@example.com", "owner")
    for method, path, body in (
        ("POST", INVITES, {"email": "val@example.com", "role": "owner"}),
        ("POST", f"{INVITES}/{sent}/resend", None),
    ):
        # The request has passed the doors and waits: its sender is demoted before it goes on.
        async with deps.database.unit_of_work() as work:
            await work.execute(text("SELECT 1 FROM attempt_count FOR UPDATE"))
            late = asyncio.create_task(second.send(method, path, body))
            await asyncio.sleep(0.3)
            assert not late.done()
            await boss.post(f"/vendor/members/{second.actor_id}", {"role": "support"})
        reply = await late
        assert (reply.status, (await reply.json())["code"]) == (409, "own_role_changed")
        await boss.post(f"/vendor/members/{second.actor_id}", {"role": "owner"})
    assert (await boss.get(f"{INVITES}?email=val@example.com"))["count"] == 0


async def test_an_invite_is_accepted_while_its_sender_is_removed(
    client: Client, deps: Deps, sellers: list[str]
) -> None:
    boss = await hire(client, deps, seller_id=sellers[1])
    for turn in range(8):
        second = await hire(client, deps, seller_id=sellers[1])
        _, token = await invited(deps, second, f"wu{turn}@example.com")
        wu = await registered_seller(client, f"wu{turn}@example.com")
        accepted, removed = await asyncio.gather(
            wu.send("POST", ACCEPT, {"token": token}), boss.send("DELETE", f"/vendor/members/{second.actor_id}")
        )
        assert accepted.status in (200, 400)
        assert removed.status == 200, "neither waits for the other for ever"


async def test_a_closed_seller_takes_nobody_on(client: Client, deps: Deps, sellers: list[str]) -> None:
    boss = await hire(client, deps, seller_id=sellers[2])
    _, token = await invited(deps, boss, "ned@example.com")
    ned = await registered_seller(client, "ned@example.com")
    for status, expected in (("closed", 400), ("rejected", 400), ("suspended", 200)):
        async with deps.database.unit_of_work() as work:
            await work.execute(update(seller).where(seller.c.id == sellers[2]).values(status=status))
        assert (await ned.send("POST", ACCEPT, {"token": token})).status == expected
    async with deps.database.unit_of_work() as work:
        await work.execute(update(seller).where(seller.c.id == sellers[2]).values(status="open"))


async def test_an_address_is_not_flooded(client: Client, deps: Deps, owner: Worker) -> None:
    statuses: list[Any] = []
    for _ in range(7):
        reply = await owner.send("POST", INVITES, {"email": "oto@example.com", "role": "orders"})
        statuses.append(reply.status)
        if reply.status == 200:
            await owner.delete(f"{INVITES}/{(await reply.json())['invite']['id']}")
    assert statuses == [200] * 5 + [429] * 2
    made = (await owner.post(INVITES, {"email": "ott@example.com", "role": "orders"}))["invite"]
    again = [(await owner.send("POST", f"{INVITES}/{made['id']}/resend")).status for _ in range(6)]
    assert again == [200] * 4 + [429] * 2, "sending again is a letter like any other"


async def test_administrators_are_no_sellers(client: Client, deps: Deps, sellers: list[str]) -> None:
    user = await administrator(client, deps)
    assert (await user.get(INVITES, 401, x_seller_id=sellers[0]))["message"] == "Unauthorized"
    assert (await user.post(ACCEPT, {"token": "x"}, 401))["message"] == "Unauthorized"
