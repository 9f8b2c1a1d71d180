"""What sellers put up in the tests of the catalogue: a body, and uploads that are ready."""

from secrets import token_hex
from typing import Any

from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import insert as upsert

from models.schema.file import upload, upload_quota
from services.deps import Deps
from tests.conftest import Client
from utils.clock import now
from utils.ids import new_id

Json = dict[str, Any]
PRODUCTS = "/vendor/products"


def shirt(**said: Any) -> Json:
    """A product of two variants that can be sold at once."""
    tag = token_hex(4)
    sizes = [
        {"sku": f"SH-{tag}-{size}", "options": {"Size": size}, "prices": [{"amount": 19.9, "currency_code": "eur"}]}
        for size in ("S", "M")
    ]
    body = {"title": f"Shirt {tag}", "options": [{"title": "Size", "values": ["S", "M", "L"]}], "variants": sizes}
    return {"status": "published", **body, **said}


async def ready_upload(deps: Deps, seller_id: str, *, status: str = "ready") -> tuple[str, str]:
    """An upload of the seller as it is after it was confirmed: its id and the address of its image."""
    key, upload_id = token_hex(16), new_id("upl")
    file = f"images/{key}/1-full.webp"
    made = {"bytes": 10, "mime": "image/webp", "width": 8, "height": 8}
    made["variants"] = [{"name": "full", "key": file, "width": 8, "height": 8, "bytes": 10}]
    row = {"id": upload_id, "seller_id": seller_id, "key": key, "name": "a.jpg", "status": status, "held_bytes": 10}
    row |= {"announced_mime": "image/jpeg", "announced_bytes": 10, "widths": [], "expires_at": now()}
    async with deps.database.unit_of_work() as work:
        quota = {"owner_id": seller_id, "limit_bytes": 10**9, "used_bytes": 10}
        more = {"used_bytes": upload_quota.c.used_bytes + 10}
        known = upsert(upload_quota).on_conflict_do_update(index_elements=["owner_id"], set_=more)
        await work.execute(known, quota)
        await work.execute(insert(upload), {**row, **(made if status == "ready" else {})})
    return upload_id, deps.files.url(file)


async def shelf(client: Client, product_id: str, region_id: str, status: int = 200) -> Json:
    """The product as buyers see it."""
    path = f"/store/products/{product_id}?region_id={region_id}"
    reply = await client.get(path, headers={"x-publishable-api-key": "pk_world_web"})
    payload: Json = await reply.json()
    assert reply.status == status, payload
    found: Json = payload.get("product", payload)
    return found
