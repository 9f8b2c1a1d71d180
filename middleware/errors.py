"""The one place where an error becomes a status and a body."""

import logging
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web_protocol import RequestHandler

from controllers.http import REQUEST_ID, reply
from middleware.layers import Wire
from routes.table import Handler, Route
from utils.errors import AppError
from utils.masking import log_masked
from utils.sql import is_away

log = log_masked("pasar.errors")

RETRY_SECONDS = "1"
UNKNOWN = {"type": "unknown_error", "code": "unknown_error", "message": "An unknown error occurred."}


class RouteUnknown(AppError):
    code, kind = "route_not_found", "missing"
    message = "There is no route {method} {path}"


class MethodUnknown(AppError):
    code, kind = "method_not_allowed", "method"
    message = "{method} is not allowed here; allowed: {allow}"


class Unavailable(AppError):
    code, kind = "unavailable", "unavailable"
    message = "The server cannot answer at the moment. Try again shortly."


class Refused(AppError):
    """A refusal of the HTTP library itself, in our form."""

    code, kind = "refused", "invalid"

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.http_status = status

    @property
    def status(self) -> int:
        return self.http_status


def layer(wire: Wire, row: Route, inner: Handler) -> Handler:
    """Answer every exception: a known one as its class says, any other as a 500 that tells nothing but the id."""

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            return await inner(request)
        except web.HTTPException as error:
            return answer(Refused(error.status, error.text or error.reason))
        except Exception as error:
            refusal = refusal_of(error, f"request {request[REQUEST_ID]}", row.name)
            return answer(refusal) if refusal is not None else reply(unknown(request[REQUEST_ID]), 500)

    return handle


def refusal_of(error: Exception, call: str, name: str) -> AppError | None:
    """The refusal that an exception stands for; None for what nobody foresaw. What is no refusal is logged.

    `call` says in the log which request, event, job or command it was, `name` of which row.
    """
    if isinstance(error, AppError):
        return error
    if is_away(error):
        log.warning("%s: the database is away: %s", call, error)
        return Unavailable()
    log.error("%s %s failed", call, name, exc_info=error)
    return None


def unknown(request_id: str) -> dict[str, Any]:
    """The body for what nobody foresaw: it tells nothing but where to look in the log."""
    return {**UNKNOWN, "request_id": request_id}


def told(error: Exception, call: str, name: str, request_id: str) -> tuple[int, dict[str, Any]]:
    """Status and body of any exception, for wires that have no headers."""
    refusal = refusal_of(error, call, name)
    return (refusal.status, refusal.body()) if refusal is not None else (500, unknown(request_id))


def quiet(record: logging.LogRecord) -> bool:
    """For the HTTP library's logger: bytes that are no HTTP are worth a line, not a traceback."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, HttpProcessingError):
        record.exc_info, record.exc_text = None, None
        record.levelno, record.levelname = logging.INFO, "INFO"
        record.msg, record.args = "malformed HTTP: %s", (type(error).__name__,)
    return True


class MalformedRequest(AppError):
    code, kind = "request_malformed", "invalid"
    message = "The request could not be read as HTTP ({reason}). Send a shorter or a well-formed one."


def speak_json() -> None:
    """What is no HTTP is answered in the form of all errors; the library says it in plain text."""
    RequestHandler.handle_error = handle_error  # type: ignore[method-assign, assignment]


library_handle_error = RequestHandler.handle_error


def handle_error(
    handler: RequestHandler, request: web.BaseRequest, status: int = 500, exc: Any = None, message: Any = None
) -> web.StreamResponse:
    response = library_handle_error(handler, request, status, exc, message)
    error = MalformedRequest(reason=type(exc).__name__)
    if status != error.status:
        return response
    told_so = answer(error)
    told_so.force_close()
    return told_so


def answer(error: AppError) -> web.Response:
    """The error's reply. Nobody being logged in is told by the message only, as clients of the Store API know it."""
    status = error.status
    body: dict[str, Any] = {"message": error.text} if error.code == "unauthorized" else error.body()
    response = reply(body, status)
    if "retry_after" in error.facts:
        response.headers["Retry-After"] = str(error.facts["retry_after"])
    elif status == 503:
        response.headers["Retry-After"] = RETRY_SECONDS
    if "allow" in error.facts:
        response.headers["Allow"] = str(error.facts["allow"])
    if status in (408, 413):
        response.force_close()
    return response
