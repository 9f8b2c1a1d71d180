"""OpenAPI 3.1 printed from the rows: the dicts that validate are the dicts that document."""

import re
from collections.abc import Iterable
from typing import Any

from routes.components import Components
from routes.examples import example, of_body, of_reply
from routes.schemas.shared.common import ERROR
from routes.table import (
    ANYONE,
    APPLICANT,
    AUTH,
    CUSTOMER,
    IDENTITY,
    INVITEE,
    MEMBER,
    PARTICIPANT,
    PUBLIC,
    REGISTRANT,
    SELLER,
    USER,
    Route,
    Schema,
    codes,
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
    **{who: [{"customer": []}, {"cookie": []}] for who in (IDENTITY, APPLICANT, MEMBER, INVITEE)},
    **{
        who: [{"customer": [], "sellerId": []}, {"customer": []}, {"cookie": [], "sellerId": []}, {"cookie": []}]
        for who in (SELLER, PARTICIPANT)
    },
    USER: [{"customer": []}, {"cookie": []}, {"secretKey": []}],
}
SELLER_ID: Schema = {
    "type": "apiKey",
    "in": "header",
    "name": "X-Seller-Id",
    "description": "The store that the request acts for, where the member works for several.",
}
IDEMPOTENCY: Schema = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {
        "type": "string",
        "minLength": 1,
        "maxLength": 255,
        "pattern": "^[!-~]{1,255}$",
        "description": "Carry this request out once: a repetition with the same key gets the first answer.",
    },
}
ID_PARAM: Schema = {"type": "string", "minLength": 1, "maxLength": 128}
ABOUT = (
    "Required properties of answers are those of answers without `fields`, which may leave any of them out. "
    "Amounts are in major units. A list in a query is written `id=a&id=b`, `id[]=a` or `id[0]=a`."
)
NOTES = {204: "Done; no body."}


def document(rows: Iterable[Route]) -> dict[str, Any]:
    """The document of the rows. Hidden rows (assets of the reference page) are left out."""
    components = Components(rows := [*rows])
    paths: dict[str, dict[str, Any]] = {}
    shown = [row for row in rows if not row.hidden]
    for row in shown:
        paths.setdefault(PARAM.sub(r"{\1}", row.path), {})[row.method.lower()] = operation(row, components)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Pasar",
            "version": VERSION,
            "summary": "A marketplace that speaks the Store API.",
            "description": ABOUT,
        },
        "servers": [{"url": "/", "description": "Where this document came from."}],
        "tags": [{"name": tag} for tag in dict.fromkeys(tag_of(row) for row in shown)],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "publishableKey": KEY,
                "customer": BEARER,
                "cookie": SESSION,
                "secretKey": SECRET_KEY,
                "sellerId": SELLER_ID,
            },
            **components.told(),
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
        "their stores (`X-Seller-Id`), an administrator or a secret key, who is granted what stands behind the colon;",
        "participant = a customer with an account, or such a member.",
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


def camel(text: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"\W|_", text) if word)


def name_of(row: Route) -> str:
    """The operation's name as names of schemas begin: `PostStoreCartsId`."""
    return camel(operation_id(row))


def example_of(row: Route) -> Any:
    """The answer, or for what is told of many rows alike the example of them all."""
    alike = (row.reply or {}).get("x-told")
    return of_reply(row) if alike is None else example(alike)


def answer_name(row: Route) -> str:
    return "DeletedAnswer" if row.reply is not None and "x-told" in row.reply else f"{name_of(row)}Answer"


def operation(row: Route, components: Components) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": operation_id(row),
        "summary": f"{row.summary} (grant {row.grant})" if row.grant else row.summary,
        "tags": [tag_of(row)],
        "security": SECURITY[row.who or ANYONE],
        "parameters": [*path_parameters(row, components), *query_parameters(row, components)],
        "responses": responses(row, components),
        # Which of the refusals it may answer with.
        "x-statuses": [status for status in sorted(statuses(row)) if status >= 400],
        "x-codes": codes(row.errors),
    }
    if row.takes_key:
        found["parameters"].append(components.parameter(IDEMPOTENCY))
    for name, text in row.headers.items():
        schema = {**ID_PARAM, "description": text}
        found["parameters"].append({"name": name, "in": "header", "required": False, "schema": schema})
    if row.body is not None:
        required = bool(row.body.get("required"))
        found["requestBody"] = {
            "required": required,
            "content": {"application/json": components.media(row.full_body(), f"{name_of(row)}Body", of_body(row))},
        }
        found["requestBody"] = components.body(f"{name_of(row)}Body", found["requestBody"], row.body)
    return {key: value for key, value in found.items() if value != [] or key == "security"}


def path_parameters(row: Route, components: Components) -> list[Schema]:
    found: list[Schema] = []
    for name in PARAM.findall(row.path):
        schema = {**ID_PARAM, "description": row.params.get(name, "An id.")}
        found.append(components.parameter({"name": name, "in": "path", "required": True, "schema": schema}))
    return found


def query_parameters(row: Route, components: Components) -> list[Schema]:
    schema = row.full_query()
    required = set(schema.get("required", ()))
    found: list[Schema] = []
    for name, inner in schema["properties"].items():
        parameter: dict[str, Any] = {
            "name": name,
            "in": "query",
            "required": name in required,
            "schema": components.lift(inner, name_of(row) + camel(name)),
        }
        # The reference page sends what it shows, and makes up conditions where the document gives none.
        if inner.get("type") == "object":
            parameter |= {"style": "deepObject", "explode": True, "example": {}}
        elif inner.get("type") == "array":
            parameter |= {"style": "form", "explode": True}
            if inner["items"].get("type") == "object":
                parameter["example"] = []
        found.append(components.parameter(parameter))
    return found


def responses(row: Route, components: Components) -> Schema:
    """The answers by status; refusals, which all look alike, under one name."""
    found = {str(status): response(row, status, components) for status in sorted(statuses(row)) if status < 400}
    refused = {"schema": components.lift(ERROR, "")}
    found["default"] = components.response("Refused", "`code` says why, `message` what to do next.", refused)
    return found


def response(row: Route, status: int, components: Components) -> Schema:
    schema = statuses(row)[status]
    note = NOTES.get(status, "")  # that it went well is told by the status
    if schema is None and (status == row.status and row.media != "application/json"):
        return {"description": note, "content": {row.media: {"schema": {"type": "string"}}}}
    shown = components.media(schema or {}, f"{name_of(row)}Reply", example_of(row) if schema else None)
    return components.response(answer_name(row), note, shown, schema or {})
