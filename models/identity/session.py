"""Login sessions: their statements, and the two structs that name a login and where it comes from."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, case, delete, exists, func, insert, or_, select, update

from models.schema.customer import customer_group_customer
from models.schema.identity import (
    admin_user,
    attempt_count,
    auth_actor,
    auth_token,
    authorization_request,
    login_session,
    mfa_factor,
    session_cookie,
)
from models.schema.seller import seller, seller_member
from utils.sql import Prepared

GROUPS = func.array(
    select(customer_group_customer.c.group_id)
    .where(customer_group_customer.c.customer_id == auth_actor.c.actor_id)
    .order_by(customer_group_customer.c.group_id)
    .scalar_subquery()
)

# Each as `seller role status`: none of the three has a space in it.
MEMBERSHIPS = func.array(
    select(seller_member.c.seller_id + " " + seller_member.c.role + " " + seller.c.status)
    .join(seller, seller.c.id == seller_member.c.seller_id)
    .where(seller_member.c.member_id == auth_actor.c.actor_id)
    .order_by(seller_member.c.seller_id)
    .scalar_subquery()
)
USER_ROLE = (
    select(admin_user.c.role)
    .where(admin_user.c.id == auth_actor.c.actor_id, admin_user.c.deleted_at.is_(None))
    .scalar_subquery()
)
WITH_ACTOR = login_session.outerjoin(
    auth_actor,
    and_(
        auth_actor.c.auth_identity_id == login_session.c.auth_identity_id,
        auth_actor.c.actor_type == login_session.c.actor_type,
    ),
)
HAS_MFA = exists().where(
    mfa_factor.c.auth_identity_id == login_session.c.auth_identity_id, mfa_factor.c.status == "enabled"
)
LOAD = Prepared(
    select(
        login_session,
        auth_actor.c.actor_id,
        case((login_session.c.actor_type == "customer", GROUPS)).label("group_ids"),
        case((login_session.c.actor_type == "seller", MEMBERSHIPS)).label("memberships"),
        case((login_session.c.actor_type == "user", USER_ROLE)).label("user_role"),
        HAS_MFA.label("has_mfa"),
    )
    .select_from(WITH_ACTOR)
    .where(login_session.c.id == bindparam("session_id"))
)
INSERT = Prepared(
    insert(login_session),
    *"id auth_identity_id actor_type provider kind expires_at last_seen_at mfa_completed_at".split(),
    *("address", "user_agent", "device_hash"),
)
NOTE_SEEN = Prepared(
    update(login_session).where(login_session.c.id == bindparam("session_id")).values(last_seen_at=func.now())
)
ROTATE = Prepared(
    update(login_session)
    .where(
        login_session.c.id == bindparam("session_id"),
        login_session.c.generation == bindparam("given"),
        login_session.c.kind == "rotating",
        login_session.c.revoked_at.is_(None),
        login_session.c.expires_at > func.now(),
    )
    .values(generation=login_session.c.generation + 1, rotated_at=func.now(), last_seen_at=func.now())
    .returning(login_session.c.generation)
)
LIVE = and_(login_session.c.revoked_at.is_(None), login_session.c.expires_at > func.now())
IS_LIVE = Prepared(select(login_session.c.id).where(login_session.c.id == bindparam("session_id"), LIVE))
LIST = Prepared(
    select(login_session)
    .where(login_session.c.auth_identity_id == bindparam("identity_id"), LIVE)
    .order_by(login_session.c.last_seen_at.desc(), login_session.c.id)
    .limit(100)
)
REVOKE_VALUES = {"revoked_at": func.now(), "revoked_reason": bindparam("reason")}
REVOKE = Prepared(
    update(login_session)
    .where(
        login_session.c.id == bindparam("session_id"),
        login_session.c.auth_identity_id == bindparam("identity_id"),
        login_session.c.revoked_at.is_(None),
    )
    .values(**REVOKE_VALUES)
    .returning(login_session.c.id)
)
REVOKE_ALL = Prepared(
    update(login_session)
    .where(
        login_session.c.auth_identity_id == bindparam("identity_id"),
        login_session.c.revoked_at.is_(None),
        or_(
            bindparam("actor_type", None, type_=login_session.c.actor_type.type).is_(None),
            login_session.c.actor_type == bindparam("actor_type", None),
        ),
        login_session.c.id != bindparam("but", ""),
    )
    .values(**REVOKE_VALUES)
    .returning(login_session.c.id)
)
COMPLETE_MFA = Prepared(
    update(login_session).where(login_session.c.id == bindparam("session_id")).values(mfa_completed_at=func.now())
)
DELETE_ENDED = (
    delete(login_session).where(login_session.c.expires_at < bindparam("before")),
    delete(session_cookie).where(session_cookie.c.expires_at < bindparam("before")),
    delete(auth_token).where(auth_token.c.expires_at < bindparam("before")),
    delete(attempt_count).where(attempt_count.c.ends_at < bindparam("before")),
)
DELETE_ENDED_REDIRECTS = delete(authorization_request).where(authorization_request.c.expires_at < func.now())


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where a login comes from, for the list that its owner sees."""

    address: str
    user_agent: str
    device: str | None = None  # the secret of the device's cookie


@dataclass(frozen=True, slots=True)
class Login:
    """A row of the list of logins."""

    id: str
    actor_type: str
    provider: str
    kind: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    address: str | None
    user_agent: str | None


LATEST_PROOF = Prepared(
    select(
        func.greatest(login_session.c.created_at, login_session.c.proven_at, login_session.c.mfa_completed_at).label(
            "shown_at"
        ),
        login_session.c.mfa_completed_at,
        HAS_MFA.label("has_mfa"),
    ).where(login_session.c.id == bindparam("session_id"))
)
NOTE_PROOF = Prepared(
    update(login_session).where(login_session.c.id == bindparam("session_id")).values(proven_at=func.now())
)
