"""API keys as administrators see them: a secret key is shown once, when it is made."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Text, bindparam, cast, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert

from models.schema.base import json_list, json_of
from models.schema.identity import api_key, api_key_sales_channel, api_key_use, sales_channel
from models.shared.list_sql import SqlList, fields_of, words
from utils.errors import AppError
from utils.sql import Prepared

SECRET, PUBLISHABLE = "secret", "publishable"
PREFIXES = {SECRET: "sk_", PUBLISHABLE: "pk_"}
TOKEN_BYTES = 32
MOST_CHANNELS = 100  # that a publishable key opens, by one request or file


class KeyInUse(AppError):
    code, kind = "api_key_not_revoked", "not_allowed"
    message = "Revoke the key first: then it can be deleted."


class KeyRevoked(AppError):
    code, kind = "api_key_revoked", "not_allowed"
    message = "The key was revoked already."


class WrongKeyType(AppError):
    code, kind = "api_key_type", "not_allowed"
    message = "Sales channels belong to publishable keys, scopes to secret ones."


class ScopesMissing(AppError):
    code, kind = "api_key_scopes_missing", "invalid"
    message = "A secret key has one scope at the least."


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key without its secret; `sales_channels` as id and name."""

    id: str
    type: str
    title: str
    token: str | None
    redacted: str | None
    scopes: list[str]
    created_by: str | None
    revoked_by: str | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    created_at: datetime
    updated_at: datetime
    sales_channels: tuple[Mapping[str, str], ...]

    def is_revoked(self, moment: datetime) -> bool:
        return self.revoked_at is not None and self.revoked_at <= moment


def new_token(kind: str) -> str:
    return PREFIXES[kind] + secrets.token_hex(TOKEN_BYTES)


def redacted(token: str) -> str:
    """What is shown of a key, to tell it from others."""
    return f"{token[:6]}***{token[-3:]}"


def read(row: Any) -> ApiKey:
    values: Mapping[str, Any] = row._mapping if hasattr(row, "_mapping") else dict(row.items())
    return ApiKey(**{**values, "sales_channels": tuple(orjson.loads(values["sales_channels"]))})


_channels = (
    select(json_list(func.json_agg(json_of(id=sales_channel.c.id, name=sales_channel.c.name))))
    .select_from(
        api_key_sales_channel.join(sales_channel, sales_channel.c.id == api_key_sales_channel.c.sales_channel_id)
    )
    .where(api_key_sales_channel.c.api_key_id == api_key.c.id)
    .correlate(api_key)
    .scalar_subquery()
)
_names = "id type title token redacted scopes created_by revoked_by revoked_at created_at updated_at".split()
_columns = (
    *(api_key.c[name] for name in _names),
    api_key_use.c.last_used_at,
    cast(_channels, Text).label("sales_channels"),
)
_used = api_key.outerjoin(api_key_use, api_key_use.c.api_key_id == api_key.c.id)
LISTED = select(*_columns).select_from(_used)
API_KEYS = SqlList(
    rows=_used,
    key=api_key.c.id,
    columns=_columns,
    fields={**fields_of(api_key.c), "q": words(api_key.c.title, api_key.c.redacted, api_key.c.token)},
    sorts=dict(api_key.c),
)
FIND = Prepared(LISTED.where(api_key.c.id == bindparam("key_id")))
LOCK = Prepared(select(api_key.c.id).where(api_key.c.id == bindparam("key_id")).with_for_update())
INSERT = Prepared(insert(api_key), "id", "type", "title", "token", "token_hash", "redacted", "scopes", "created_by")
CHANGE = Prepared(
    update(api_key).where(api_key.c.id == bindparam("key_id")).values(updated_at=func.now()), "title", "scopes"
)
REVOKE = Prepared(
    update(api_key)
    .where(api_key.c.id == bindparam("key_id"))
    .values(revoked_at=bindparam("ends_at", type_=api_key.c.revoked_at.type), updated_at=func.now()),
    "revoked_by",
)
DELETE = Prepared(delete(api_key).where(api_key.c.id == bindparam("key_id")))
CHANNELS_THERE = Prepared(
    select(sales_channel.c.id)
    .where(sales_channel.c.id == bindparam("ids", type_=ARRAY(Text)).any_())
    .order_by(sales_channel.c.id)
    .with_for_update(read=True, key_share=True)
)
ADD_CHANNEL = Prepared(upsert(api_key_sales_channel).on_conflict_do_nothing(), "api_key_id", "sales_channel_id")
REMOVE_CHANNELS = Prepared(
    delete(api_key_sales_channel).where(
        api_key_sales_channel.c.api_key_id == bindparam("key_id"),
        api_key_sales_channel.c.sales_channel_id == bindparam("ids", type_=ARRAY(Text)).any_(),
    )
)
_granted = select(api_key.c.scopes).where(
    api_key.c.id == bindparam("key_id"),
    api_key.c.type == SECRET,
    func.coalesce(api_key.c.revoked_at > func.now(), True),
)
GRANTS_OF = Prepared(_granted)
HOLD = Prepared(_granted.with_for_update(read=True))
# The key may be deleted at this moment: then there is nothing to note.
NOTE_USE = Prepared(
    upsert(api_key_use)
    .from_select(
        ["api_key_id", "last_used_at"],
        select(api_key.c.id, func.now())
        .where(api_key.c.id == bindparam("key_id"))
        .with_for_update(key_share=True, read=True),
    )
    .on_conflict_do_update(index_elements=[api_key_use.c.api_key_id], set_={"last_used_at": func.now()})
)

TOKENS_OF_TITLES = select(api_key.c.title, api_key.c.token).where(
    api_key.c.title == func.any(bindparam("titles", type_=ARRAY(Text))), api_key.c.type == PUBLISHABLE
)
LOAD_ACCESS = (
    select(
        api_key.c.id,
        api_key.c.token,
        api_key.c.token_hash,
        api_key.c.scopes,
        api_key.c.revoked_at,
        sales_channel.c.id.label("channel_id"),
    )
    .outerjoin(api_key_sales_channel, api_key_sales_channel.c.api_key_id == api_key.c.id)
    .outerjoin(
        sales_channel,
        (sales_channel.c.id == api_key_sales_channel.c.sales_channel_id) & sales_channel.c.is_disabled.is_(False),
    )
    .order_by(api_key.c.id, sales_channel.c.id)
)
