"""Statements that find the places a person has logged in from, the latest MOST of them."""

from sqlalchemy import Text, bindparam, cast, null, select, union_all

from models.identity.session import LIVE
from models.schema.identity import auth_token, login_session, provider_identity
from utils.sql import Prepared

MOST = 20

_of_email = (provider_identity.c.provider == "emailpass") & (provider_identity.c.entity_id == bindparam("email"))

_sessions = (
    select(login_session.c.address, login_session.c.device_hash)
    .join(provider_identity, provider_identity.c.auth_identity_id == login_session.c.auth_identity_id)
    .where(_of_email, LIVE, login_session.c.device_hash.is_not(None))
    .order_by(login_session.c.created_at.desc())
    .limit(MOST)
)

_resets = (
    select(auth_token.c.data["address"].astext, cast(null(), login_session.c.device_hash.type))
    .join(provider_identity, provider_identity.c.auth_identity_id == auth_token.c.auth_identity_id)
    .where(_of_email, auth_token.c.purpose == "reset", auth_token.c.used_at.is_not(None))
    .where(auth_token.c.data["address"].astext.is_not(None))
    .order_by(auth_token.c.used_at.desc())
    .limit(1)
)
OF_EMAIL = Prepared(union_all(_sessions.subquery().select(), _resets.subquery().select()))
OF_IDENTITY = Prepared(
    select(login_session.c.address, login_session.c.device_hash)
    .where(
        login_session.c.auth_identity_id == bindparam("identity_id", type_=Text),
        LIVE,
        login_session.c.device_hash.is_not(None),
        login_session.c.mfa_completed_at.is_not(None),
    )
    .order_by(login_session.c.created_at.desc())
    .limit(MOST)
)
