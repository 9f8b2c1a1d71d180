"""The contract: path, query and body are what the row's schemas say before a controller sees them."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from aiohttp import hdrs, web

from controllers.http import BODY, FIELDS, QUERY, RAW
from middleware.layers import Wire
from middleware.validation_errors import InvalidRequest, Validator
from routes.table import Handler, Route
from utils.errors import AppError
from utils.fields import Selection
from utils.query import coercer, parse
from utils.strict_json import parse as parse_json
from utils.text import take_in

QUERIES_HELD = 1024  # parsed query strings kept by row
LONGEST_HELD = 2048
LONGEST_PARAM = 128

Parsed = tuple[Mapping[str, Any], Selection | None]


class MediaTypeUnsupported(AppError):
    code, kind = "media_type_unsupported", "unsupported"
    message = "The body must be JSON: send Content-Type: application/json"


def layer(wire: Wire, row: Route, inner: Handler) -> Handler:
    """Put the checked query, body and field selection where controllers find them."""
    read_query = query_reader(row)
    read_body = body_reader(row) if row.method in ("POST", "DELETE") and not row.streams else None
    has_params = "{" in row.path

    async def handle(request: web.Request) -> web.StreamResponse:
        if has_params:
            for value in request.match_info.values():
                if len(value) > LONGEST_PARAM or not value.isprintable():
                    raise InvalidRequest("Invalid request: a part of the path is not an id")
        query, selection = read_query(request.raw_path.partition("?")[2])
        request[QUERY] = query
        if selection is not None:
            request[FIELDS] = selection
        if read_body is not None:
            request[BODY] = read_body(request)
        return await inner(request)

    return handle


def query_reader(row: Route) -> Callable[[str], Parsed]:
    """Reads a raw query string. What it found is kept, so that a string seen before costs one look-up."""
    schema = row.full_query()
    validator, coerce, fields = Validator(schema), coercer(schema), row.fields
    held: dict[str, Parsed] = {}

    def read(raw: str) -> Parsed:
        found = held.get(raw)
        if found is not None:
            return found
        query = coerce(parse(raw.partition("#")[0]))
        validator.check(query)
        selection = fields.select(query.pop("fields", None)) if fields is not None else None
        found = MappingProxyType(query), selection
        if len(raw) <= LONGEST_HELD:
            if len(held) >= QUERIES_HELD:
                del held[next(iter(held))]
            held[raw] = found
        return found

    return read


def body_reader(row: Route) -> Callable[[web.Request], dict[str, Any]]:
    """Reads a body. None at all counts as an empty object, which the schema may or may not take."""
    validator = Validator(row.full_body())

    def read(request: web.Request) -> dict[str, Any]:
        raw = request[RAW]
        value: Any = {}
        if raw:
            if not is_json(request.headers.get(hdrs.CONTENT_TYPE, "")):
                raise MediaTypeUnsupported()
            value = parse_json(raw)
        checked: dict[str, Any] = checked_by(validator, value)
        return checked

    return read


def checked_by(validator: Validator, value: Any) -> Any:
    """A value from outside in the form that the house keeps; InvalidRequest unless it is valid."""
    validator.check(value)
    return take_in(value)


def is_json(content_type: str) -> bool:
    media, _, parameters = content_type.lower().partition(";")
    charset = parameters.strip()
    return media.strip() == "application/json" and charset in ("", "charset=utf-8", 'charset="utf-8"')
