"""The checklist of a seller: submitted by owners, checked by administrators, and seen by nobody else."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from yarl import URL

from models.schema.audit import audit_log
from models.schema.file import upload
from models.schema.seller import KINDS
from models.seller.kyc import mask
from services.deps import Deps
from services.workflows import process_upload
from tests.conftest import Client
from tests.staff import Worker, hire
from tests.uploads.pictures import jpeg, opened
from tests.verifying import FORMS, WITH_DOCUMENTS, applicant, document, submit_all, verify_all

Json = dict[str, Any]
SECRETS = ("01.234.567.8-901.000", "C7654321", "1234567890")


def by_kind(reply: Json) -> Json:
    return {item["kind"]: item for item in reply["kyc"]}


async def test_the_checklist_names_every_item_before_anything_is_submitted(client: Client) -> None:
    owner, _ = await applicant(client)
    reply = await owner.get("/vendor/kyc")
    assert [(item["kind"], item["status"]) for item in reply["kyc"]] == [(kind, "missing") for kind in KINDS]
    assert reply["is_complete"] is False


async def test_items_are_submitted_and_checked_until_the_list_is_complete(
    client: Client, deps: Deps, admin: Worker
) -> None:
    owner, seller_id = await applicant(client)
    await submit_all(deps, owner)
    assert {item["status"] for item in (await owner.get("/vendor/kyc"))["kyc"]} == {"submitted"}
    await verify_all(admin, seller_id)
    done = await owner.get("/vendor/kyc")
    assert {item["status"] for item in done["kyc"]} == {"verified"}
    assert done["is_complete"] is True
    assert (await admin.get(f"/admin/sellers/{seller_id}/kyc")) == done


async def test_numbers_are_masked_everywhere_but_where_an_administrator_asks_on_record(
    client: Client, deps: Deps, admin: Worker
) -> None:
    owner, seller_id = await applicant(client)
    await submit_all(deps, owner)
    shown = [await owner.get("/vendor/kyc"), await admin.get(f"/admin/sellers/{seller_id}/kyc")]
    assert by_kind(shown[0])["bank_account"]["data"]["account_number"] == "*******890"
    async with deps.database.reading() as work:
        noted = (await work.execute(select(audit_log).where(audit_log.c.seller_id == seller_id))).all()
    for secret in SECRETS:
        assert secret not in str(shown)
        assert secret not in str(noted)
    revealed = await admin.post(f"/admin/sellers/{seller_id}/kyc/bank_account/reveal")
    assert revealed["kyc_item"]["data"]["account_number"] == "1234567890"
    async with deps.database.reading() as work:
        reveals = select(audit_log).where(audit_log.c.seller_id == seller_id, audit_log.c.action == "kyc.reveal")
        found = (await work.execute(reveals)).one()
    assert (found.actor_id, found.after["revealed"]) == (admin.actor_id, "account_number")


def test_a_mask_never_shows_more_than_a_third() -> None:
    assert [mask(text) for text in ("1234", "123456", "123456789012345", "12")] == [
        "***4",
        "****56",
        "***********2345",
        "**",
    ]


async def test_a_verified_item_that_changes_waits_again(client: Client, deps: Deps, admin: Worker) -> None:
    owner, seller_id = await applicant(client)
    await submit_all(deps, owner)
    await verify_all(admin, seller_id)
    changed = await owner.post("/vendor/kyc/bank_account", {**FORMS["bank_account"], "account_number": "5555555555"})
    assert (changed["kyc_item"]["status"], changed["kyc_item"]["revision"]) == ("submitted", 2)
    assert (await admin.post(f"/admin/sellers/{seller_id}/approve", None, 409))["missing"] == ["bank_account"]


async def test_a_decision_is_about_what_was_looked_at(client: Client, admin: Worker) -> None:
    owner, seller_id = await applicant(client)
    path = f"/admin/sellers/{seller_id}/kyc/tax_id"
    assert (await admin.post(f"{path}/verify", None, 409))["code"] == "kyc_not_submitted"
    await owner.post("/vendor/kyc/tax_id", FORMS["tax_id"])
    await owner.post("/vendor/kyc/tax_id", FORMS["tax_id"])
    assert (await admin.post(f"{path}/verify", {"revision": 1}, 409))["code"] == "kyc_changed"
    assert (await admin.post(f"{path}/verify", {"revision": 2}))["kyc_item"]["status"] == "verified"
    assert (await admin.post(f"{path}/reject", {"reason": "Late"}, 409))["code"] == "kyc_not_submitted"


async def test_a_rejected_item_says_why_and_can_be_submitted_again(client: Client, admin: Worker) -> None:
    owner, seller_id = await applicant(client)
    await owner.post("/vendor/kyc/tax_id", FORMS["tax_id"])
    await admin.post(f"/admin/sellers/{seller_id}/kyc/tax_id/reject", {}, 400)
    await admin.post(f"/admin/sellers/{seller_id}/kyc/tax_id/reject", {"reason": "Unreadable"})
    item = by_kind(await owner.get("/vendor/kyc"))["tax_id"]
    assert (item["status"], item["note"]) == ("rejected", "Unreadable")
    again = (await owner.post("/vendor/kyc/tax_id", FORMS["tax_id"]))["kyc_item"]
    assert (again["status"], again["note"], again["reviewed_at"]) == ("submitted", None, None)


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("tax_id", {"number": None}),
        ("tax_id", {"number": "1" * 41}),
        ("representative", {"date_of_birth": "yesterday"}),
        ("bank_account", {"status": "verified"}),
        ("bank_account", {"account_number": "<script>"}),
        ("identity_document", {}),  # no documents
        ("identity_document", {"document_ids": []}),
    ],
)
async def test_a_form_that_is_not_filled_in_is_refused(client: Client, kind: str, change: Json) -> None:
    owner, _ = await applicant(client)
    await owner.post(f"/vendor/kyc/{kind}", {**FORMS[kind], **change}, 400)
    assert by_kind(await owner.get("/vendor/kyc"))[kind]["status"] == "missing"


async def test_documents_of_others_and_images_of_the_shop_are_none(client: Client, deps: Deps, owner: Worker) -> None:
    applying, _ = await applicant(client)
    other, other_id = await applicant(client)
    foreign = await document(deps, other_id)
    image = {"filename": "a.jpg", "mime_type": "image/jpeg", "size": 1000}
    of_shop = (await applying.post("/vendor/uploads", image))["upload"]["id"]
    form = FORMS["address_proof"]
    for wrong in (foreign, of_shop, "upl_none"):
        refused = await applying.post("/vendor/kyc/address_proof", {**form, "document_ids": [wrong]}, 404)
        assert refused["message"] == f"Upload with id: {wrong} was not found"
        await applying.get(f"/vendor/kyc-documents/{wrong}/content", 404)
        await applying.delete(f"/vendor/kyc-documents/{wrong}", 404)
    pending = (await applying.post("/vendor/kyc-documents", image))["document"]["id"]
    refused = await applying.post("/vendor/kyc/address_proof", {**form, "document_ids": [pending]}, 400)
    assert refused["code"] == "kyc_document_not_ready"
    assert by_kind(await applying.get("/vendor/kyc"))["address_proof"]["status"] == "missing"
    assert other.seller_id == other_id


async def test_a_document_has_no_public_address_and_is_shown_to_owners_and_administrators(
    client: Client, deps: Deps, admin: Worker
) -> None:
    owner, seller_id = await applicant(client)
    document_id = await document(deps, seller_id, b"RIFF-a-passport-WEBP")
    await owner.post("/vendor/kyc/identity_document", {**FORMS["identity_document"], "document_ids": [document_id]})
    path = f"/admin/sellers/{seller_id}/kyc-documents/{document_id}/content"
    for who, where in ((owner, f"/vendor/kyc-documents/{document_id}/content"), (admin, path)):
        shown = await who.send("GET", where)
        assert (shown.status, await shown.read()) == (200, b"RIFF-a-passport-WEBP")
        assert (shown.content_type, shown.headers["Cache-Control"]) == ("image/webp", "private, no-store")
    async with deps.database.reading() as work:
        stored = (await work.execute(select(upload.c.variants).where(upload.c.id == document_id))).scalar_one()
    assert (await client.get(f"/files/{stored[0]['key']}")).status == 404
    assert (await owner.get("/vendor/uploads"))["count"] == 0
    assert stored[0]["key"] not in str([await owner.get("/vendor/kyc"), await owner.get("/vendor/kyc-documents")])
    other, other_id = await applicant(client)
    await other.get(f"/vendor/kyc-documents/{document_id}/content", 404)
    await admin.get(f"/admin/sellers/{other_id}/kyc-documents/{document_id}/content", 404)


async def test_a_document_is_uploaded_checked_and_handed_in(client: Client, deps: Deps) -> None:
    owner, seller_id = await applicant(client)
    content = jpeg((64, 48))
    asked = {"filename": "pass.jpg", "mime_type": "image/jpeg", "size": len(content)}
    begun = await owner.post("/vendor/kyc-documents", asked)
    address = URL(begun["grant"]["url"]).relative()
    sent = await client.put(address, data=content, headers=begun["grant"]["headers"])
    assert sent.status == 200
    document_id = begun["document"]["id"]
    ready = (await owner.post(f"/vendor/kyc-documents/{document_id}/confirm"))["document"]
    assert (ready["status"], ready["mime_type"], ready["width"]) == ("ready", "image/webp", 64)
    await owner.post("/vendor/kyc/identity_document", {**FORMS["identity_document"], "document_ids": [document_id]})
    shown = await owner.send("GET", f"/vendor/kyc-documents/{document_id}/content")
    assert opened(await shown.read()).size == (64, 48)
    async with deps.database.reading() as work:
        files = (await work.execute(select(upload.c.variants).where(upload.c.id == document_id))).scalar_one()
    assert files
    for file in files:
        assert (await client.get(f"/files/{file['key']}")).status == 404
    async with deps.database.reading() as work:
        noted = select(audit_log.c.action).where(audit_log.c.seller_id == seller_id).order_by(audit_log.c.id)
        assert (await work.execute(noted)).scalars().all() == [
            *("store.apply", "kyc_document.begin", "kyc_document.confirm", "kyc.submit")
        ]


async def test_who_may_not_own_the_seller_sees_no_checklist(client: Client, deps: Deps, sellers: list[str]) -> None:
    for role, reads in (("manager", 200), ("catalogue", 403), ("orders", 403), ("support", 403)):
        worker = await hire(client, deps, seller_id=sellers[0], role=role)
        await worker.get("/vendor/kyc", reads)
        await worker.get("/vendor/kyc-documents", reads)
        await worker.post("/vendor/kyc/tax_id", FORMS["tax_id"], 403)


async def test_documents_that_an_item_shows_no_more_are_deleted(client: Client, deps: Deps) -> None:
    owner, seller_id = await applicant(client)
    old, new, spare = [await document(deps, seller_id) for _ in range(3)]
    form = FORMS["address_proof"]
    await owner.post("/vendor/kyc/address_proof", {**form, "document_ids": [old]})
    assert (await owner.delete(f"/vendor/kyc-documents/{old}", 409))["code"] == "kyc_document_in_use"
    taken = {**FORMS["identity_document"], "document_ids": [old]}
    assert (await owner.post("/vendor/kyc/identity_document", taken, 409))["code"] == "kyc_document_in_use"
    item = (await owner.post("/vendor/kyc/address_proof", {**form, "document_ids": [new]}))["kyc_item"]
    assert item["document_ids"] == [new]
    await owner.delete(f"/vendor/kyc-documents/{spare}")
    assert [each["id"] for each in (await owner.get("/vendor/kyc-documents"))["documents"]] == [new]
    await process_upload.sweep(deps)
    left = [stored.key async for stored in deps.files.listing("private")]
    async with deps.database.reading() as work:
        kept = (await work.execute(select(upload.c.variants).where(upload.c.id == new))).scalar_one()
        gone = (await work.execute(select(upload.c.id).where(upload.c.id.in_([old, spare])))).all()
    assert kept[0]["key"] in left
    assert not gone


async def test_a_form_names_its_documents_only_where_it_has_any() -> None:
    assert set(WITH_DOCUMENTS) < set(KINDS)
    assert set(FORMS) == set(KINDS)


async def test_the_checklist_of_another_seller_is_missing(client: Client, owner: Worker, other_owner: Worker) -> None:
    stranger = replace(owner, seller_id=other_owner.seller_id)
    await stranger.get("/vendor/kyc", 404)
    await stranger.post("/vendor/kyc/tax_id", FORMS["tax_id"], 404)
