"""The audit log: administrators read all of it, a seller's staff what was done there."""

from typing import Any

from models.identity.principal import Principal
from services.audit import log as audit_log
from services.deps import Deps
from tests.conftest import Client
from tests.staff import Worker, administrator, hire

LOG, OWN = "/admin/audit-log", "/vendor/audit-log"
UPLOAD = {"filename": "a.jpg", "mime_type": "image/jpeg", "size": 1000}


async def note(deps: Deps, who: Principal, action: str, seller_id: str | None = None, **values: Any) -> None:
    async with deps.database.unit_of_work() as work:
        terms: dict[str, Any] = {
            "action": action,
            "entity": action.split(".", maxsplit=1)[0],
            "entity_id": f"{action}_1",
        }
        await audit_log.record(work, who=who, seller_id=seller_id, **terms, **values)


async def actions(worker: Worker, path: str) -> list[str]:
    return [each["action"] for each in (await worker.get(path))["audit_log"]]


async def test_an_entry_tells_who_did_what_in_which_request(client: Client, deps: Deps) -> None:
    admin = await administrator(client, deps, email="eve@example.com")
    reply = await admin.send("POST", "/admin/product-tags", {"value": "seen"})
    tag_id = (await reply.json())["product_tag"]["id"]
    await admin.post(f"/admin/product-tags/{tag_id}", {"value": "seen twice"})
    last, first = (await admin.get(f"{LOG}?entity=product_tag&entity_id={tag_id}"))["audit_log"]
    assert (last["action"], last["before"], last["after"]) == (
        "product_tag.update",
        {"value": "seen"},
        {"value": "seen twice"},
    )
    assert last["actor"] == {"type": "user", "id": admin.actor_id, "email": "eve@example.com"}
    assert first["request_id"] == reply.headers["x-request-id"]
    assert first["created_at"].endswith("Z")


async def test_pages_follow_each_other_while_more_is_written(client: Client, deps: Deps, admin: Worker) -> None:
    who = Principal(kind="user", actor_id="user_pager")
    for number in range(5):
        await note(deps, who, f"page.n{number}")
    query = f"{LOG}?actor_id=user_pager&limit=2"
    first = await admin.get(query)
    await note(deps, who, "page.late")
    second = await admin.get(f"{query}&cursor={first['next_cursor']}")
    third = await admin.get(f"{query}&cursor={second['next_cursor']}")
    pages = [[each["action"] for each in page["audit_log"]] for page in (first, second, third)]
    assert pages == [["page.n4", "page.n3"], ["page.n2", "page.n1"], ["page.n0"]]
    assert third["next_cursor"] is None


async def test_entries_are_filtered(deps: Deps, admin: Worker, sellers: list[str]) -> None:
    await note(deps, Principal(kind="seller", actor_id="mem_f", request_id="req_f"), "filter.one", sellers[0])
    await note(deps, Principal(kind="user", actor_id="user_f", api_key_id="apk_f"), "filter.two", sellers[1])
    for query, expected in (
        ("entity=filter", ["filter.two", "filter.one"]),
        ("actor_id=mem_f", ["filter.one"]),
        ("entity=filter&actor_type=user", ["filter.two"]),
        (f"entity=filter&seller_id={sellers[1]}", ["filter.two"]),
        ("action=filter.one", ["filter.one"]),
        ("entity_id=filter.two_1", ["filter.two"]),
        ("request_id=req_f", ["filter.one"]),
        ("api_key_id=apk_f", ["filter.two"]),
        ("entity=filter&created_at[$lt]=2020-01-01T00:00:00Z", []),
    ):
        assert await actions(admin, f"{LOG}?{query}") == expected, query
    for wrong in ("cursor=x", "limit=0", "unknown=1", "created_at[$gt]=yesterday"):
        await admin.get(f"{LOG}?{wrong}", 400)


async def test_staff_see_what_was_done_for_their_seller_and_nothing_else(
    client: Client, deps: Deps, sellers: list[str]
) -> None:
    mine = await hire(client, deps, seller_id=sellers[0], email="boss@example.com")
    other = await hire(client, deps, seller_id=sellers[1])
    for worker in (mine, other):
        await note(deps, Principal(kind="seller", actor_id=worker.actor_id, seller_id=worker.seller_id), "own.thing")
    ruled = Principal(kind="user", actor_id="user_x", api_key_id="apk_x")
    await note(deps, ruled, "own.ruling", sellers[0])
    ruling, thing = (await mine.get(f"{OWN}?entity=own"))["audit_log"]
    assert thing["actor"] == {"type": "seller", "id": mine.actor_id, "email": "boss@example.com"}
    assert (ruling["actor"], ruling["api_key_id"]) == ({"type": "user", "id": None, "email": None}, None)
    assert len((await other.get(f"{OWN}?entity=own"))["audit_log"]) == 1
    await mine.get(f"{OWN}?seller_id={sellers[1]}", 400)
    await mine.get(OWN, 404, x_seller_id=sellers[1])


async def test_roles_without_a_look_at_the_staff_do_not_read_it(
    client: Client, deps: Deps, sellers: list[str], owner: Worker
) -> None:
    orders = await hire(client, deps, seller_id=sellers[0], role="orders")
    await orders.get(OWN, 403)
    await owner.get(LOG, 401)
    support = await administrator(client, deps, role="support")
    await support.get(LOG)
