"""OpenAPI 3.1 printed from the rows: the dicts that validate are the dicts that document."""

import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from routes.table import (
    ANYONE,
    APPLICANT,
    AUTH,
    CUSTOMER,
    IDENTITY,
    INVITEE,
    MEMBER,
    PUBLIC,
    REGISTRANT,
    SELLER,
    USER,
    Route,
    Schema,
    statuses,
)

VERSION = "1"
PARAM = re.compile(r"{(\w+)(?::[^}]*)?}")

KEY: Schema = {"type": "apiKey", "in": "header", "name": "x-publishable-api-key", "description": "A storefront's key."}
SESSION: Schema = {"type": "apiKey", "in": "cookie", "name": "connect.sid", "description": "A session's cookie."}
SECRET_KEY: Schema = {"type": "http", "scheme": "basic", "description": "A secret key as the name; no password."}
BEARER: Schema = {"type": "http", "scheme": "bearer", "description": "The token of a login."}
SECURITY: dict[str, list[Schema]] = {
    PUBLIC: [],
    ANYONE: [{"publishableKey": []}],
    CUSTOMER: [{"publishableKey": [], "customer": []}],
    REGISTRANT: [{"publishableKey": [], "customer": []}],
    AUTH: [{}, {"customer": []}, {"cookie": []}],
    **{who: [{"customer": []}, {"cookie": []}] for who in (IDENTITY, APPLICANT, MEMBER, SELLER, INVITEE)},
    USER: [{"customer": []}, {"cookie": []}, {"secretKey": []}],
}
SELLER_ID: Schema = {
    "name": "X-Seller-Id",
    "in": "header",
    "required": False,
    "description": "The store that the request acts for, where the member works for several.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 128},
}
IDEMPOTENCY: Schema = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Carry this request out once: a repetition with the same key gets the first answer.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]{1,255}$"},
}
ID_PARAM: Schema = {"type": "string", "minLength": 1, "maxLength": 128}
NOTES = {
    204: "Done; no body.",
    400: "The request is not valid, or the publishable key is missing or unknown.",
    401: "Nobody is logged in who may do this, or what was shown to log in is wrong.",
    403: "Your role, your key or the state of the store does not allow it.",
    404: "Not there, or not yours.",
    408: "The body did not arrive in time.",
    409: "In conflict with another request; try again.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "The Idempotency-Key was used for another request, or the payment was refused.",
    429: "Too many requests; see Retry-After.",
    431: "Too many headers.",
    500: "A fault of the server; the answer names the request.",
    503: "Not able to answer now; see Retry-After.",
}


class Components:
    """Schemas with a title, told once and referred to."""

    def __init__(self) -> None:
        self.schemas: dict[str, Any] = {}
        self._owners: dict[str, Any] = {}

    def lift(self, schema: Any) -> Any:
        """The schema with titled ones replaced by references; two different schemas of one title are an error."""
        if isinstance(schema, list | tuple):
            return [self.lift(item) for item in schema]
        if not isinstance(schema, Mapping):
            return schema
        title = schema.get("title")
        if not isinstance(title, str):
            return {key: self.lift(value) for key, value in schema.items()}
        if title not in self._owners:
            self._owners[title] = schema
            self.schemas[title] = {key: self.lift(value) for key, value in schema.items()}
        elif self._owners[title] is not schema and self._owners[title] != schema:
            raise ValueError(f"two different schemas are called {title}")
        return {"$ref": f"#/components/schemas/{title}"}


def document(rows: Iterable[Route], base_url: str = "") -> dict[str, Any]:
    """The document of the rows. Hidden rows (assets of the reference page) are left out."""
    components = Components()
    paths: dict[str, dict[str, Any]] = {}
    shown = [row for row in rows if not row.hidden]
    for row in shown:
        paths.setdefault(PARAM.sub(r"{\1}", row.path), {})[row.method.lower()] = operation(row, components)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Pasar", "version": VERSION, "summary": "A marketplace that speaks the Store API."},
        "servers": [{"url": base_url or "/"}],
        "tags": [{"name": tag} for tag in dict.fromkeys(tag_of(row) for row in shown)],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "publishableKey": KEY,
                "customer": BEARER,
                "cookie": SESSION,
                "secretKey": SECRET_KEY,
            },
            "schemas": dict(sorted(components.schemas.items())),
        },
    }


def markdown(rows: Iterable[Route]) -> str:
    """The rows as the page `docs/routes.md`."""
    shown = [row for row in rows if not row.hidden]
    lines = [
        "# Routes",
        "",
        "Printed by `python app.py routes --markdown`; a test keeps it true. The schemas: `/openapi.json`, and to",
        "read `/docs`. Callers: public = no key; anyone = a storefront's publishable key;",
        "customer = and a customer's token; registrant = and a token of somebody who may become one; auth = no key, a",
        "token where there is one; identity = any token; applicant, invitee = a token of somebody who is a seller's",
        "member, an administrator, or is about to be; member = a seller's member; seller, user = a member for one of",
        "their stores (`X-Seller-Id`), an administrator or a secret key, who is granted what stands behind the colon.",
    ]
    for tag in dict.fromkeys(tag_of(row) for row in shown):
        lines += [
            "",
            f"## {tag}",
            "",
            "| route | what it does | caller | ready page until a change of |",
            "|---|---|---|---|",
        ]
        lines += [
            f"| `{row.name}` | {row.summary} | {caller_of(row)} | {', '.join(row.cached or ()) or '-'} |"
            for row in shown
            if tag_of(row) == tag
        ]
    return "\n".join(lines) + "\n"


def caller_of(row: Route) -> str:
    """Who may call, and with which grant."""
    return f"{row.who}: {row.grant}" if row.grant else str(row.who)


def tag_of(row: Route) -> str:
    return row.tag or "Service"


def operation_id(row: Route) -> str:
    parts = [part.strip("{}") for part in re.split(r"[/\-.]", row.path) if part]
    return "_".join([row.method.lower(), *parts])


def operation(row: Route, components: Components) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": operation_id(row),
        "summary": row.summary,
        "tags": [tag_of(row)],
        "security": SECURITY[row.who or ANYONE],
        "parameters": [*path_parameters(row), *query_parameters(row, components)],
        "responses": {str(status): response(row, status, components) for status in sorted(statuses(row))},
    }
    if row.grant:
        found["description"] = f"Needs the grant `{row.grant}`."
    if row.takes_key:
        found["parameters"].append(IDEMPOTENCY)
    if row.who == SELLER:
        found["parameters"].append(SELLER_ID)
    for name, text in row.headers.items():
        found["parameters"].append({**SELLER_ID, "name": name, "description": text})
    if row.body is not None:
        required = bool(row.body.get("required"))
        found["requestBody"] = {
            "required": required,
            "content": {"application/json": {"schema": components.lift(row.body)}},
        }
    return {key: value for key, value in found.items() if value != [] or key == "security"}


def path_parameters(row: Route) -> list[Schema]:
    common = {"in": "path", "required": True, "schema": ID_PARAM}
    return [{"name": name, **common, "description": row.params.get(name, "An id.")} for name in PARAM.findall(row.path)]


def query_parameters(row: Route, components: Components) -> list[Schema]:
    schema = row.full_query()
    required = set(schema.get("required", ()))
    found: list[Schema] = []
    for name, inner in schema["properties"].items():
        parameter: dict[str, Any] = {
            "name": name,
            "in": "query",
            "required": name in required,
            "schema": components.lift(inner),
        }
        if inner.get("type") == "object":
            parameter |= {"style": "deepObject", "explode": True}
        elif inner.get("type") == "array":
            parameter |= {"style": "form", "explode": True, "description": f"Also as `{name}[]=` or `{name}[0]=`."}
        found.append(parameter)
    return found


def response(row: Route, status: int, components: Components) -> Schema:
    schema = statuses(row)[status]
    note = NOTES.get(status) or HTTPStatus(status).phrase
    if schema is None and (status == row.status and row.media != "application/json"):
        return {"description": note, "content": {row.media: {"schema": {"type": "string"}}}}
    return {"description": note, "content": {"application/json": {"schema": components.lift(schema or {})}}}
