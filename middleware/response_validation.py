"""For tests and development: every answer must be one that its row documents."""

from functools import cache

from aiohttp import web

from controllers.http import MISMATCHES, reply
from middleware.layers import Wire
from middleware.validation_errors import Validator
from routes.schemas.shared.common import ERROR, narrowed
from routes.table import Handler, Route, Schema, statuses
from utils.masking import log_masked

log = log_masked("pasar.contract")


ERRORS = Validator(ERROR)


@cache
def validators_of(row: Route) -> tuple[dict[int, Validator | None], Validator | None]:
    """What answers of the row are held to, by status, and what one is held to whose `fields` were chosen.

    Made when the row is first answered: most processes of a test run ask for a part of the rows.
    """
    known = {status: validator_of(schema) for status, schema in statuses(row).items()}
    return known, validator_of(narrowed(row.reply)) if row.fields is not None else known[row.status]


def validator_of(schema: Schema | None) -> Validator | None:
    if schema is None:
        return None
    return ERRORS if schema is ERROR else Validator(schema)


def narrows(request: web.Request) -> bool:
    """Does the query say which fields to show? Then the answer need not hold what others always do."""
    return "fields" in request.rel_url.raw_query_string


def layer(wire: Wire, row: Route, inner: Handler) -> Handler:
    """Turn an answer that the row does not document into a 500, and note it at app[MISMATCHES]."""
    found = wire.app[MISMATCHES]

    def fault(request: web.Request, response: web.StreamResponse) -> str | None:
        known, short = validators_of(row)
        if response.status not in known:
            return f"status {response.status} is not documented"
        validator = known[response.status]
        if response.status == row.status and narrows(request):
            validator = short
        if validator is None or not isinstance(response, web.Response) or not isinstance(response.body, bytes):
            return None
        return validator.mismatch(response.body)

    async def handle(request: web.Request) -> web.StreamResponse:
        response = await inner(request)
        wrong = fault(request, response)
        if wrong is None:
            return response
        found.append(f"{row.name} -> {response.status}: {wrong}")
        log.error("answer against the contract: %s", found[-1])
        return reply({"type": "unknown_error", "code": "reply_mismatch", "message": found[-1]}, 500)

    return handle
