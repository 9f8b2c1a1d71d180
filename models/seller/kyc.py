"""What a seller must show before it opens: items of a checklist, each checked by an administrator.

Numbers that identify people and accounts stay here: on the wire they are masked, and no log holds them.
"""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import (
    Text,
    bindparam,
    cast,
    delete,
    exists,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.dialects.postgresql import insert as upsert

from models.file.upload import Owner
from models.schema.base import json_of
from models.schema.file import upload
from models.schema.seller import kyc_document, kyc_item
from utils.errors import AppError
from utils.sql import Prepared

WITH_DOCUMENTS = ("identity_document", "address_proof")
SECRET = {"tax_id": "number", "identity_document": "number", "bank_account": "account_number"}
SHOWN_DIGITS = 4


class NothingSubmitted(AppError):
    code, kind = "kyc_not_submitted", "conflict"
    message = "There is nothing to check: the item {item} is {status}."


class ItemChanged(AppError):
    code, kind = "kyc_changed", "conflict"
    message = "The item {item} was submitted again meanwhile (revision {revision}): look at it once more."


class DocumentNotReady(AppError):
    code, kind = "kyc_document_not_ready", "invalid"
    message = "The document {id} is {status}: upload and confirm it first."


class DocumentTaken(AppError):
    code, kind = "kyc_document_in_use", "conflict"
    message = "The document {id} belongs to an item of the checklist: submit that item with other documents first."


class Item(msgspec.Struct):
    """An item of a seller's checklist as it was submitted and judged."""

    seller_id: str
    kind: str
    status: str
    data: dict[str, Any]
    revision: int
    note: str | None
    submitted_at: datetime
    reviewed_at: datetime | None
    reviewed_by: str | None
    created_at: datetime
    updated_at: datetime
    document_ids: list[str] = []

    @property
    def masked(self) -> dict[str, Any]:
        """The data with its identifying number cut down to the last digits."""
        name = SECRET.get(self.kind)
        return {key: mask(value) if key == name else value for key, value in self.data.items()}

    def check_reviewable(self, revision: int | None) -> None:
        """ItemChanged, or NothingSubmitted unless it waits for a decision."""
        if revision is not None and revision != self.revision:
            raise ItemChanged(item=self.kind, revision=self.revision)
        if self.status != "submitted":
            raise NothingSubmitted(item=self.kind, status=self.status)


def mask(number: str) -> str:
    """The last digits at most, and never more than a third of the number."""
    shown = min(SHOWN_DIGITS, len(number) // 3)
    return "*" * (len(number) - shown) + number[len(number) - shown :]


def document_owner(seller_id: str) -> Owner:
    """Whose the uploads are that a seller shows for its checklist: not among those for its shop."""
    return Owner(owner_id=f"kyc:{seller_id}")


_document_ids = (
    select(func.json_agg(aggregate_order_by(kyc_document.c.upload_id, kyc_document.c.rank)))
    .where(kyc_document.c.seller_id == kyc_item.c.seller_id, kyc_document.c.kind == kyc_item.c.kind)
    .correlate(kyc_item)
    .scalar_subquery()
)
_whole = json_of(kyc_item, document_ids=func.coalesce(_document_ids, literal_column("'[]'::json")))
_of_seller = kyc_item.c.seller_id == bindparam("of_seller", type_=Text)
_of_kind = kyc_item.c.kind == bindparam("of_kind", type_=Text)
ITEMS = Prepared(select(cast(_whole, Text)).where(_of_seller))
ITEM = Prepared(select(cast(_whole, Text)).where(_of_seller, _of_kind))
_submitted = upsert(kyc_item)
SUBMIT = Prepared(
    _submitted.on_conflict_do_update(
        index_elements=["seller_id", "kind"],
        set_={
            "status": "submitted",
            "data": _submitted.excluded.data,
            "revision": kyc_item.c.revision + 1,
            "note": None,
            "submitted_at": _submitted.excluded.submitted_at,
            "reviewed_at": None,
            "reviewed_by": None,
            "updated_at": func.now(),
        },
    ),
    *("seller_id", "kind", "data", "submitted_at"),
)
REVIEW = Prepared(
    update(kyc_item).where(_of_seller, _of_kind).values(updated_at=func.now()),
    *("status", "note", "reviewed_at", "reviewed_by"),
)
ATTACH = Prepared(
    upsert(kyc_document).on_conflict_do_nothing().returning(kyc_document.c.upload_id),
    *("upload_id", "seller_id", "kind", "rank"),
)
DETACH = Prepared(
    delete(kyc_document).where(
        kyc_document.c.seller_id == bindparam("of_seller"), kyc_document.c.kind == bindparam("of_kind")
    )
)
IS_TAKEN = Prepared(
    select(
        exists().where(
            kyc_document.c.upload_id == bindparam("upload_id"), kyc_document.c.seller_id == bindparam("owner")
        )
    )
)
DOCUMENTS = Prepared(
    select(upload.c.id, upload.c.status)
    .where(upload.c.id == bindparam("ids", type_=ARRAY(Text)).any_(), upload.c.owner_id == bindparam("owner"))
    .order_by(upload.c.id)
    .with_for_update()
)

_decode = msgspec.json.Decoder(Item)


def read_item(loaded: str) -> Item:
    """An Item from the text that ITEMS gives."""
    return _decode.decode(loaded)
