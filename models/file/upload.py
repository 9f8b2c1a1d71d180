"""Uploads: files that people hand in, from the leave to send them until they are kept or refused; and their quotas."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    Integer,
    Text,
    bindparam,
    cast,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert

from models.schema.file import PENDING, READY, REFUSED, upload, upload_quota
from models.schema.product import product, product_image, product_variant
from models.schema.seller import seller
from utils.errors import AppError, NotFound
from utils.sql import Prepared

MADE_AS = "image/webp"
LEAST_HELD_BYTES = 64 * 1024  # what an upload counts for while it is pending: rows are not free either


class UploadRefused(AppError):
    code, kind = "upload_refused", "invalid"
    message = "The upload was refused: {reason}"


class UploadExpired(AppError):
    code, kind = "upload_expired", "conflict"
    message = "The time for this upload is over. Begin a new one."


class QuotaExceeded(AppError):
    code, kind = "upload_quota_exceeded", "conflict"
    message = "There is no room for {bytes} more bytes of files; delete some first."


class UploadIsLogo(AppError):
    code, kind = "upload_is_logo", "conflict"
    message = "The store {store_id} shows this image as its logo. Choose another logo first."


class UploadInUse(AppError):
    code, kind = "upload_in_use", "conflict"
    message = "The product {product_id} shows this image. Take it from there first."


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose uploads: a seller's, or somebody else's by id. Never nobody's."""

    seller_id: str | None = None
    owner_id: str | None = None

    def __post_init__(self) -> None:
        if bool(self.seller_id) == bool(self.owner_id):
            raise ValueError("an upload has exactly one owner")

    @property
    def id(self) -> str:
        return self.seller_id or self.owner_id or ""

    @property
    def noun(self) -> str:
        """What the audit log calls an upload of this owner."""
        return "kyc_document" if self.is_private else "upload"

    @property
    def is_private(self) -> bool:
        """Are the files for nobody but those whom a route lets see them? (models/seller/kyc.py)"""
        return self.id.startswith("kyc:")


@dataclass(frozen=True, slots=True)
class Variant:
    """One file of an upload that is ready."""

    name: str
    key: str
    width: int
    height: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Upload:
    """One upload; sizes in bytes and pixels."""

    id: str
    owner: Owner
    key: str
    name: str
    status: str
    announced_mime: str
    announced_bytes: int
    widths: tuple[int, ...]
    held_bytes: int
    bytes: int | None
    mime: str | None
    width: int | None
    height: int | None
    variants: tuple[Variant, ...]
    reason: str | None
    expires_at: datetime
    created_at: datetime
    updated_at: datetime

    @property
    def source(self) -> str:
        """Key of what the client sends; it is never served."""
        return f"{INCOMING}/{self.key}"

    @property
    def folder(self) -> str:
        return f"{PRIVATE if self.owner.is_private else IMAGES}/{self.key}"

    def key_of(self, name: str, attempt: str) -> str:
        """Where an image lies. Each attempt has names of its own: what a row names is never written again."""
        return f"{self.folder}/{attempt}-{name}.webp"

    def require_open(self, moment: datetime) -> None:
        """UploadRefused or UploadExpired unless it may still be confirmed."""
        if self.status == REFUSED:
            raise UploadRefused(reason=self.reason)
        if self.status == PENDING and self.expires_at < moment:
            raise UploadExpired()


INCOMING, IMAGES, PRIVATE = "incoming", "images", "private"
FOLDERS = (INCOMING, IMAGES, PRIVATE)


def read(row: Any) -> Upload:
    """An upload from a row of COLUMNS."""
    values: Mapping[str, Any] = dict(row.items())
    variants = orjson.loads(values["variants"]) if values["variants"] is not None else []
    return Upload(
        owner=Owner(values["seller_id"], values["owner_id"]),
        widths=tuple(orjson.loads(values["widths"])),
        variants=tuple(Variant(**each) for each in variants),
        **{name: value for name, value in values.items() if name not in TAKEN_APART},
    )


def files_of(variants: str) -> frozenset[str]:
    """The keys that a row's variants name."""
    return frozenset(each["key"] for each in orjson.loads(variants))


TAKEN_APART = ("seller_id", "owner_id", "widths", "variants")
COLUMNS = [cast(column, Text).label(column.name) if isinstance(column.type, JSONB) else column for column in upload.c]
OWNED = func.coalesce(upload.c.seller_id, upload.c.owner_id) == bindparam("owner")

INSERT = Prepared(
    insert(upload).returning(*COLUMNS),
    *("id", "seller_id", "owner_id", "key", "name", "announced_mime", "announced_bytes", "widths", "held_bytes"),
    "expires_at",
)
FIND = Prepared(select(*COLUMNS).where(upload.c.id == bindparam("upload_id"), OWNED))
# It is about to be shown: it is not deleted before the transaction ends.
FIND_KEPT = Prepared(
    select(*COLUMNS).where(upload.c.id == bindparam("upload_id"), OWNED).with_for_update(read=True, key_share=True)
)
FIND_LOCKED = Prepared(select(*COLUMNS).where(upload.c.id == bindparam("upload_id"), OWNED).with_for_update())
LIST = Prepared(
    select(*COLUMNS)
    .where(OWNED)
    .order_by(upload.c.created_at.desc(), upload.c.id.desc())
    .limit(bindparam("most", type_=Integer))
    .offset(bindparam("skip", type_=Integer))
)
COUNT = Prepared(select(func.count()).select_from(upload).where(OWNED))
MAKE_READY = Prepared(
    update(upload)
    .where(upload.c.id == bindparam("upload_id"), upload.c.status == PENDING)
    .values(status=READY, mime=MADE_AS, updated_at=func.now())
    .returning(*COLUMNS),
    *("held_bytes", "bytes", "width", "height", "variants"),
)
REFUSE = Prepared(
    update(upload)
    .where(upload.c.id == bindparam("upload_id"), upload.c.status == PENDING)
    .values(status=REFUSED, held_bytes=0, updated_at=func.now())
    .returning(*COLUMNS),
    "reason",
)
# Nothing was sent yet: it takes no room until it is confirmed.
RELEASE = Prepared(
    update(upload)
    .where(
        upload.c.id == bindparam("upload_id"),
        upload.c.status == PENDING,
        upload.c.held_bytes == bindparam("held", type_=BigInteger),
    )
    .values(held_bytes=0, updated_at=func.now())
    .returning(upload.c.id)
)
EXPIRED_OF = Prepared(
    select(*COLUMNS)
    .where(OWNED, upload.c.status == PENDING, upload.c.expires_at < bindparam("before"))
    .order_by(upload.c.id)
    .with_for_update(skip_locked=True)
)
EXPIRED = Prepared(
    select(*COLUMNS)
    .where(upload.c.status == PENDING, upload.c.expires_at < bindparam("before"))
    .order_by(upload.c.id)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(skip_locked=True)
)
# Addresses of an upload's files hold its random key. Who shows one locks the upload (models/product/write.py).
_shown = (
    func.strpos(product.c.thumbnail, bindparam("key")) > 0,
    select(product_image.c.id)
    .where(product_image.c.product_id == product.c.id, func.strpos(product_image.c.url, bindparam("key")) > 0)
    .exists(),
    select(product_variant.c.id)
    .where(product_variant.c.product_id == product.c.id, func.strpos(product_variant.c.thumbnail, bindparam("key")) > 0)
    .exists(),
)
SHOWN_BY = Prepared(
    select(product.c.id)
    .where(product.c.seller_id == bindparam("owner"), product.c.deleted_at.is_(None), or_(*_shown))
    .limit(1)
)
LOGO_OF = Prepared(
    select(seller.c.id).where(seller.c.id == bindparam("owner"), func.strpos(seller.c.logo, bindparam("key")) > 0)
)
DELETE = Prepared(delete(upload).where(upload.c.id == bindparam("upload_id")))
KEPT = Prepared(
    select(upload.c.key, upload.c.status, cast(upload.c.variants, Text).label("variants")).where(
        upload.c.key == func.any(bindparam("keys")), upload.c.status != REFUSED
    )
)

OPEN_QUOTA = Prepared(upsert(upload_quota).on_conflict_do_nothing(), "owner_id", "limit_bytes")
# `change` bytes more (or fewer) while the quota has room; no row comes back where it has not.
MOVE_QUOTA = Prepared(
    update(upload_quota)
    .where(
        upload_quota.c.owner_id == bindparam("owner"),
        upload_quota.c.used_bytes + bindparam("change", type_=BigInteger) <= upload_quota.c.limit_bytes,
    )
    .values(used_bytes=upload_quota.c.used_bytes + bindparam("change", type_=BigInteger), updated_at=func.now())
    .returning(upload_quota.c.used_bytes)
)


def missing(upload_id: str) -> NotFound:
    return NotFound(what="Upload", id=upload_id)
