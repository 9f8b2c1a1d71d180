"""OAuth logins: authorization requests on their way, and the identities that providers know."""

from sqlalchemy import Text, bindparam, cast, func, insert, or_, select, update

from models.identity import account
from models.schema.identity import authorization_request, provider_identity
from utils.sql import Prepared

INSERT = Prepared(
    insert(authorization_request),
    *"id provider actor_type callback_url is_rotating binding_hash link_identity_id address expires_at".split(),
)
USE = Prepared(
    update(authorization_request)
    .where(
        authorization_request.c.id == bindparam("row_id"),
        authorization_request.c.provider == bindparam("by"),
        authorization_request.c.actor_type == bindparam("actor"),
        authorization_request.c.binding_hash.is_not_distinct_from(
            bindparam("binding", type_=authorization_request.c.binding_hash.type)
        ),
        or_(
            authorization_request.c.link_identity_id.is_(None),
            authorization_request.c.link_identity_id == bindparam("identity_id", type_=Text),
        ),
        authorization_request.c.used_at.is_(None),
        authorization_request.c.expires_at > func.now(),
    )
    .values(used_at=func.now())
    .returning(
        authorization_request.c.callback_url,
        authorization_request.c.is_rotating,
        authorization_request.c.link_identity_id,
        authorization_request.c.address,
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
