"""Statements of session cookies, where PostgreSQL keeps them."""

from sqlalchemy import bindparam, delete, func, insert, select

from models.schema.identity import session_cookie
from utils.sql import Prepared

PUT = Prepared(insert(session_cookie), "token_hash", "session_id", "expires_at")
GET = Prepared(
    select(session_cookie.c.session_id).where(
        session_cookie.c.token_hash == bindparam("token_hash"), session_cookie.c.expires_at > func.now()
    )
)
DELETE = Prepared(delete(session_cookie).where(session_cookie.c.token_hash == bindparam("token_hash")))
