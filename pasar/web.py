"""The wire, for plug-ins: rows of routes and their schemas, and what a controller finds in a request."""

from controllers.http import BODY, CLAIM, DEPS, FIELDS, PRINCIPAL, QUERY, reply
from routes.events import Event, event
from routes.schemas.shared import common as schemas
from routes.table import (
    ANYONE,
    AUTH,
    CUSTOMER,
    IDENTITY,
    MEMBER,
    PUBLIC,
    SELLER,
    USER,
    Route,
    delete,
    get,
    post,
    put,
)
from services.call import Call
from utils.clock import to_iso as iso
from utils.errors import AppError, NotFound
from utils.fields import FieldSet

__all__ = [
    "ANYONE",
    "AUTH",
    "BODY",
    "CLAIM",
    "CUSTOMER",
    "DEPS",
    "FIELDS",
    "IDENTITY",
    "MEMBER",
    "PRINCIPAL",
    "PUBLIC",
    "QUERY",
    "SELLER",
    "USER",
    "AppError",
    "Call",
    "Event",
    "FieldSet",
    "NotFound",
    "Route",
    "delete",
    "event",
    "get",
    "iso",
    "post",
    "put",
    "reply",
    "schemas",
]
