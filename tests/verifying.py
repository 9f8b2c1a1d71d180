"""People who apply to sell, and what they show until they are approved."""

from secrets import token_hex
from typing import Any

from models.file.upload import MOVE_QUOTA, OPEN_QUOTA
from models.schema.file import upload
from models.seller.kyc import document_owner
from services.deps import Deps
from tests.conftest import Client
from tests.people import registered
from tests.staff import Worker
from utils.clock import now
from utils.ids import new_id

Json = dict[str, Any]
FORMS: dict[str, Json] = {
    "legal_entity": {"type": "company", "legal_name": "PT Kopi Nusantara", "country_code": "ID"},
    "tax_id": {"number": "01.234.567.8-901.000", "country_code": "ID"},
    "representative": {"first_name": "Ayu", "last_name": "Lestari", "date_of_birth": "1990-04-01"},
    "identity_document": {"type": "passport", "number": "C7654321", "country_code": "ID"},
    "address_proof": {"type": "utility_bill", "issued_on": "2026-01-15"},
    "bank_account": {
        "holder": "PT Kopi Nusantara",
        "account_number": "1234567890",
        "bank_name": "Bank Satu",
        "country_code": "ID",
        "currency_code": "IDR",
    },
}
WITH_DOCUMENTS = ("identity_document", "address_proof")


async def applicant(client: Client, **said: Any) -> tuple[Worker, str]:
    """The owner of a seller that waits for approval, logged in; and the seller's id."""
    person = await registered(client, f"{token_hex(6)}@example.com", "seller")
    made = await person.ask("POST", "/vendor/sellers", {"name": "Waiting store", **said})
    await person.log_in()
    return Worker(client, person.token, made["member_id"], seller_id=made["seller"]["id"]), made["seller"]["id"]


async def document(deps: Deps, seller_id: str, content: bytes = b"RIFF----WEBP") -> str:
    """A document that is uploaded and confirmed; the three steps themselves are tested in test_kyc.py."""
    owner, document_id, key = document_owner(seller_id), new_id("upl"), token_hex(16)
    name = f"private/{key}/x-whole.webp"
    await deps.files.put(name, content, "image/webp")
    shown = [{"name": "whole", "key": name, "width": 10, "height": 10, "bytes": len(content)}]
    row: Json = {"id": document_id, "owner_id": owner.id, "key": key, "name": "a.jpg", "status": "ready", "widths": []}
    row |= {"announced_mime": "image/jpeg", "announced_bytes": 1, "held_bytes": len(content), "bytes": len(content)}
    row |= {"mime": "image/webp", "width": 10, "height": 10, "variants": shown, "expires_at": now()}
    async with deps.database.unit_of_work() as work:
        await work.execute(OPEN_QUOTA, {"owner_id": owner.id, "limit_bytes": 10**9})
        await work.execute(MOVE_QUOTA, {"owner": owner.id, "change": len(content)})
        await work.execute(upload.insert(), row)
    return document_id


async def submit_all(deps: Deps, owner: Worker) -> None:
    """The whole checklist, handed in."""
    for kind, form in FORMS.items():
        more = {"document_ids": [await document(deps, owner.seller_id)]} if kind in WITH_DOCUMENTS else {}
        await owner.post(f"/vendor/kyc/{kind}", {**form, **more})


async def verify_all(admin: Worker, seller_id: str) -> None:
    for kind in FORMS:
        await admin.post(f"/admin/sellers/{seller_id}/kyc/{kind}/verify")
