"""Second factors, recovery codes and challenges: statements."""

from sqlalchemy import Text, and_, bindparam, cast, delete, func, insert, select, update

from models.schema.identity import auth_token, login_session, mfa_factor, recovery_code
from utils.sql import Prepared

CHALLENGE = "mfa"
MOST_TRIES = 5  # wrong codes that a challenge takes
FACTOR = (mfa_factor.c.auth_identity_id == bindparam("identity_id"), mfa_factor.c.id == bindparam("factor_id"))
LIST = Prepared(
    select(mfa_factor).where(mfa_factor.c.auth_identity_id == bindparam("identity_id")).order_by(mfa_factor.c.id)
)
ENABLED = Prepared(
    select(mfa_factor).where(
        mfa_factor.c.auth_identity_id == bindparam("identity_id"), mfa_factor.c.status == "enabled"
    )
)
FIND = Prepared(select(mfa_factor).where(*FACTOR))
INSERT = Prepared(insert(mfa_factor), *("id", "auth_identity_id", "provider", "label", "sealed_secret"))
DELETE_PENDING = Prepared(
    delete(mfa_factor).where(
        mfa_factor.c.auth_identity_id == bindparam("identity_id"), mfa_factor.c.status == "pending"
    )
)
ENABLE = Prepared(
    update(mfa_factor)
    .where(*FACTOR, mfa_factor.c.status == "pending")
    .values(status="enabled", enabled_at=func.now(), updated_at=func.now(), last_step=bindparam("step"))
    .returning(mfa_factor.c.id)
)
USE_STEP = Prepared(
    update(mfa_factor)
    .where(*FACTOR, mfa_factor.c.status == "enabled", mfa_factor.c.last_step < bindparam("step"))
    .values(last_step=bindparam("step"))
    .returning(mfa_factor.c.id)
)
SEAL = Prepared(
    update(mfa_factor)
    .where(mfa_factor.c.id == bindparam("factor_id"))
    .values(sealed_secret=bindparam("sealed", type_=mfa_factor.c.sealed_secret.type))
)
DELETE = Prepared(delete(mfa_factor).where(*FACTOR).returning(mfa_factor.c.id))
DELETE_ALL = Prepared(delete(mfa_factor).where(mfa_factor.c.auth_identity_id == bindparam("identity_id")))
DELETE_SINCE = Prepared(
    delete(mfa_factor).where(
        mfa_factor.c.auth_identity_id == bindparam("identity_id"),
        func.coalesce(mfa_factor.c.enabled_at, func.now()) > bindparam("moment", type_=mfa_factor.c.enabled_at.type),
    )
)
DELETE_CODES_SINCE = Prepared(
    delete(recovery_code).where(
        recovery_code.c.auth_identity_id == bindparam("identity_id"),
        recovery_code.c.created_at > bindparam("moment", type_=recovery_code.c.created_at.type),
    )
)
HAS_SHOWN = Prepared(
    select(login_session.c.id).where(
        login_session.c.id == bindparam("session_id"), login_session.c.mfa_completed_at > bindparam("since")
    )
)
DELETE_CODES = Prepared(delete(recovery_code).where(recovery_code.c.auth_identity_id == bindparam("identity_id")))
INSERT_CODE = Prepared(insert(recovery_code), "auth_identity_id", "code_hash")
USE_CODE = Prepared(
    update(recovery_code)
    .where(
        recovery_code.c.auth_identity_id == bindparam("identity_id"),
        recovery_code.c.code_hash == bindparam("hash"),
        recovery_code.c.used_at.is_(None),
    )
    .values(used_at=func.now())
    .returning(recovery_code.c.code_hash)
)
INSERT_CHALLENGE = Prepared(
    insert(auth_token), *("id", "auth_identity_id", "purpose", "entity_id", "data", "expires_at")
)
_OPEN = and_(
    auth_token.c.id == bindparam("token_id"),
    auth_token.c.purpose == CHALLENGE,
    auth_token.c.used_at.is_(None),
    auth_token.c.expires_at > func.now(),
)

# The try is counted in a transaction of its own, before the code is looked at.
COUNT_ATTEMPT = Prepared(
    update(auth_token)
    .where(_OPEN, auth_token.c.attempts < MOST_TRIES)
    .values(attempts=auth_token.c.attempts + 1)
    .returning(auth_token.c.auth_identity_id, cast(auth_token.c.data, Text).label("terms"))
)
CLOSE_CHALLENGE = Prepared(update(auth_token).where(_OPEN).values(used_at=func.now()).returning(auth_token.c.id))
