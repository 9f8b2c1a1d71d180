"""API keys: publishable ones for storefronts, secret ones for programs that act as an administrator."""

from controllers.admin import api_key
from models.identity.admin_user import GrantsExceeded, PowerLost
from models.identity.api_key import KeyInUse, KeyRevoked, ScopesMissing, WrongKeyType
from routes.schemas.admin import api_key as s
from routes.schemas.shared import common as c
from routes.table import USER, delete, get, post

ONE = c.single("api_key", s.KEY)
_about = {"who": USER, "tag": "API keys", "fields": s.FIELDS}
_reads, _writes = {**_about, "grant": "keys:read"}, {**_about, "grant": "keys:write"}

ROUTES = [
    get(
        "/admin/api-keys",
        api_key.list_keys,
        **_reads,
        summary="List the API keys",
        query=s.LIST,
        reply=c.page("api_keys", s.KEY),
    ),
    post(
        "/admin/api-keys",
        api_key.create,
        **_writes,
        summary="Make an API key; the token of a secret one is in this answer and in no other",
        body=s.CREATE,
        reply=ONE,
        secret=True,
        errors=(GrantsExceeded, PowerLost, ScopesMissing, WrongKeyType),
    ),
    get("/admin/api-keys/{id}", api_key.retrieve, **_reads, summary="Read an API key", reply=ONE, errors=(404,)),
    post(
        "/admin/api-keys/{id}",
        api_key.change,
        **_writes,
        summary="Change an API key's title or scopes",
        body=s.CHANGE,
        reply=ONE,
        errors=(404, GrantsExceeded, PowerLost, ScopesMissing, WrongKeyType),
    ),
    delete(
        "/admin/api-keys/{id}",
        api_key.remove,
        who=USER,
        grant="keys:write",
        tag="API keys",
        summary="Delete an API key that was revoked",
        reply=c.deleted("api_key"),
        errors=(404, KeyInUse),
    ),
    post(
        "/admin/api-keys/{id}/revoke",
        api_key.revoke,
        **_writes,
        summary="Revoke an API key, at once or in some seconds",
        body=s.REVOKE,
        reply=ONE,
        errors=(404, KeyRevoked),
    ),
    post(
        "/admin/api-keys/{id}/sales-channels",
        api_key.link_channels,
        **_writes,
        summary="Add sales channels to a publishable key, or remove them",
        body=s.LINK,
        reply=ONE,
        errors=(404, WrongKeyType),
    ),
]
