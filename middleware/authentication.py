"""Who calls: the publishable key of the storefront. A row says who may; one that says nothing is not mounted."""

from aiohttp import web

from middleware.pages import PUBLISHABLE_KEY
from middleware.wire import Wire
from models.access import Principal
from routes.table import CUSTOMER, PUBLIC, Handler, Route
from services.access import ACCESS
from utils.errors import AppError
from utils.http import PRINCIPAL

NOBODY = Principal()


class KeyRequired(AppError):
    code, kind = "publishable_key_required", "not_allowed"
    message = (
        "Publishable API key required in the request header: x-publishable-api-key. "
        "You can manage your keys in settings in the dashboard."
    )


class KeyInvalid(AppError):
    code, kind = "publishable_key_invalid", "not_allowed"
    message = "A valid publishable key is required to proceed with the request"


class Unauthorized(AppError):
    code, kind, message = "unauthorized", "unauthorized", "Unauthorized"


def layer(wire: Wire, row: Route, inner: Handler) -> Handler:
    """Put the principal of the key at request[PRINCIPAL]."""
    if row.who == PUBLIC:
        return inner
    deps = wire.deps
    customers_only = row.who == CUSTOMER

    async def handle(request: web.Request) -> web.StreamResponse:
        token = request.headers.get(PUBLISHABLE_KEY)
        if not token:
            raise KeyRequired()
        access = deps.snapshots.current(ACCESS)
        if access is None:
            async with deps.database.reading() as work:
                access = await work.snapshot(ACCESS)
        principal = access.principals.get(token)
        if principal is None:
            raise KeyInvalid()
        if customers_only and principal.customer_id is None:
            raise Unauthorized()
        request[PRINCIPAL] = principal
        return await inner(request)

    return handle
