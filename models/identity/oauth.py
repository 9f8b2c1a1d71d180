"""OAuth logins: authorization requests on their way, and the identities that providers know."""

from sqlalchemy import Text, bindparam, cast, func, insert, or_, select, update

from models.identity import account
from models.schema.identity import auth_redirect, provider_identity
from utils.sql import Prepared

INSERT = Prepared(
    insert(auth_redirect),
    *"id provider actor_type callback_url is_rotating binding_hash link_identity_id address expires_at".split(),
)
USE = Prepared(
    update(auth_redirect)
    .where(
        auth_redirect.c.id == bindparam("row_id"),
        auth_redirect.c.provider == bindparam("by"),
        auth_redirect.c.actor_type == bindparam("actor"),
        auth_redirect.c.binding_hash.is_not_distinct_from(
            bindparam("binding", type_=auth_redirect.c.binding_hash.type)
        ),
        or_(
            auth_redirect.c.link_identity_id.is_(None),
            auth_redirect.c.link_identity_id == bindparam("identity_id", type_=Text),
        ),
        auth_redirect.c.used_at.is_(None),
        auth_redirect.c.expires_at > func.now(),
    )
    .values(used_at=func.now())
    .returning(
        auth_redirect.c.callback_url,
        auth_redirect.c.is_rotating,
        auth_redirect.c.link_identity_id,
        auth_redirect.c.address,
    )
)
INSERT_PROVIDER_IDENTITY = Prepared(
    account.INSERT_PROVIDER_IDENTITY,
    *("id", "auth_identity_id", "provider", "entity_id", "user_metadata", "verified_at"),
)
UPDATE_PROVIDER_IDENTITY = Prepared(
    update(provider_identity)
    .where(provider_identity.c.provider == bindparam("by"), provider_identity.c.entity_id == bindparam("entity"))
    .values(
        user_metadata=bindparam("told", type_=provider_identity.c.user_metadata.type),
        verified_at=bindparam("moment", type_=provider_identity.c.verified_at.type),
        updated_at=func.now(),
    )
)
USER_METADATA = Prepared(
    select(cast(provider_identity.c.user_metadata, Text).label("told"))
    .where(
        provider_identity.c.auth_identity_id == bindparam("identity_id"),
        provider_identity.c.provider == bindparam("provider"),
    )
    .order_by(provider_identity.c.updated_at.desc())
    .limit(1)
)
