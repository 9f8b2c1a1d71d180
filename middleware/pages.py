"""Ready bytes: an answer made before is sent again, until a scope that its row names has changed."""

from aiohttp import hdrs, web
from multidict import CIMultiDictProxy, istr

from controllers.http import JSON_HEADERS, NOTE, PRINCIPAL
from middleware.layers import Wire
from routes.table import ANYONE, Handler, Route
from services.identity.api_access import ACCESS

PUBLISHABLE_KEY = istr("X-Publishable-Api-Key")
LOCALE = istr("X-Medusa-Locale")
NO_GROUPS: tuple[str, ...] = ()
LONGEST_TARGET = 2048  # longer addresses are answered, but not kept


def early(wire: Wire, row: Route, inner: Handler) -> Handler:
    """Answer who shows no login before asking who calls: a page is there only if its key was found good.

    With a login, or anything that may be one, the groups are found out first.
    """
    if row.cached is None or row.who != ANYONE:
        return inner
    find = wire.deps.pages.find

    async def handle(request: web.Request) -> web.StreamResponse:
        headers = request.headers
        if hdrs.AUTHORIZATION not in headers and hdrs.COOKIE not in headers:
            page = find((request.raw_path, headers.get(PUBLISHABLE_KEY), NO_GROUPS, headers.get(LOCALE)))
            if page is not None:
                return web.Response(body=page.body, headers=JSON_HEADERS)
        return await inner(request)

    return handle


def ends_by_itself(wire: Wire, headers: CIMultiDictProxy[str]) -> bool:
    """Is the key one that was revoked ahead of time? No change tells of its end, so its pages are not kept."""
    access = wire.deps.snapshots.current(ACCESS)
    return access is None or headers.get(PUBLISHABLE_KEY) in access.ends


def layer(wire: Wire, row: Route, inner: Handler) -> Handler:
    """Answer from the page cache. All that the row's answers depend on is in the key; a revoked key moves "access".

    Of a person that is the groups, which decide prices: all who are in the same ones, or in none, share a page.
    """
    if row.cached is None:
        return inner
    cache = wire.deps.pages
    scopes = (*row.cached, "access")

    async def handle(request: web.Request) -> web.StreamResponse:
        headers = request.headers
        target = request.raw_path
        key = (target, headers.get(PUBLISHABLE_KEY), request[PRINCIPAL].group_ids, headers.get(LOCALE))
        body = cache.get(key)
        if body is not None:
            return web.Response(body=body, headers=JSON_HEADERS)
        mark = cache.mark(scopes)
        response = await inner(request)
        made = response.body if isinstance(response, web.Response) else None
        is_fit = response.status == 200 and len(target) <= LONGEST_TARGET and not ends_by_itself(wire, headers)
        if is_fit and isinstance(made, bytes):
            cache.put(key, made, mark, request.get(NOTE))
        return response

    return handle
