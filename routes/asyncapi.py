"""AsyncAPI 3.0 printed from the rows of socket events: the dicts that validate are the dicts that document."""

from collections.abc import Iterable
from typing import Any

from routes.events import CONNECT, OPTIONS, Event, Push, table_of
from routes.examples import example
from routes.openapi import VERSION
from routes.schemas.shared.common import ERROR
from routes.table import Schema, codes

ABOUT = (
    "Socket.IO (protocol 5 over Engine.IO 4) at /socket.io/. A client connects to a namespace with the token of a "
    'login: `io(url + "/chat", {auth: {token}})`; a refusal is the message `refused` in its `connect_error`. '
    "Every event is acknowledged with its reply, or with the body of an error, which alone has a `code`."
)
LOGIN: Schema = {
    "type": "apiKey",
    "in": "password",
    "description": "The token of a login, the same as in REST, as `token` of what the client connects with.",
}
SERVER: Schema = {
    "host": "{host}",
    "pathname": "/socket.io/",
    "protocol": "wss",
    "description": "Where this document came from.",
    "variables": {"host": {"description": "Name and port of the server.", "default": "localhost:8000"}},
    "security": [{"$ref": "#/components/securitySchemes/login"}],
}


def document(rows: Iterable[Event], pushes: Iterable[Push] = ()) -> dict[str, Any]:
    """The document of the rows: a channel a namespace, an operation an event, in either direction."""
    tables = table_of(rows)
    messages: dict[str, Any] = {
        "refused": message("Refused", "`code` says why, `message` what to do next.", ERROR),
        "connect": message("Connect", "What a client sends when it connects to a namespace.", CONNECT),
    }
    channels: dict[str, Any] = {}
    operations: dict[str, Any] = {}
    for namespace, table in tables.items():
        channel = channel_of(namespace)
        shown = channels[channel] = {
            "address": namespace,
            "description": f"The namespace {namespace}.",
            "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in ("connect", "refused")},
        }
        for row in table.values():
            for name, one in messages_of(row).items():
                messages[f"{channel}_{name}"] = one
                shown["messages"][name] = {"$ref": f"#/components/messages/{channel}_{name}"}
            operations[f"{channel}_{key_of(row)}"] = operation(row, channel)
    for push in pushes:
        channel, name = channel_of(push.namespace), f"told_{key_of(push)}"
        if push.namespace not in tables:
            continue
        messages[f"{channel}_{name}"] = message(push.event, push.summary, push.payload)
        channels[channel]["messages"][name] = {"$ref": f"#/components/messages/{channel}_{name}"}
        operations[f"{channel}_{name}"] = push_operation(push, channel, name)
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Pasar", "version": VERSION, "description": ABOUT},
        "defaultContentType": "application/json",
        "servers": {"here": SERVER},
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages, "securitySchemes": {"login": LOGIN}},
    }


def channel_of(namespace: str) -> str:
    return namespace.strip("/").replace("/", "_")


def key_of(row: Event | Push) -> str:
    """The event's name as keys of the document are written."""
    return row.event.replace(":", "_")


def message(title: str, summary: str, payload: Schema) -> dict[str, Any]:
    shown = {"payload": example(payload)}
    return {"name": title, "title": title, "summary": summary, "payload": payload, "examples": [shown]}


def messages_of(row: Event) -> dict[str, Any]:
    """The event as it is sent, and its acknowledgement."""
    sent = message(row.event, row.summary, row.body)
    if row.idempotent:
        sent |= {"headers": OPTIONS, "description": "The headers are a second argument, behind the body."}
    reply = message(f"{row.event}_reply", f"Reply: {row.summary}", row.reply)
    return {key_of(row): sent, f"{key_of(row)}_reply": reply}


def operation(row: Event, channel: str) -> dict[str, Any]:
    """The server receives the event, and replies with its acknowledgement."""
    place = f"#/channels/{channel}"
    answers = [{"$ref": f"{place}/messages/{name}"} for name in (f"{key_of(row)}_reply", "refused")]
    return {
        "action": "receive",
        "channel": {"$ref": place},
        "summary": row.summary,
        "description": f"For: {caller_of(row)}. Rate class: {row.rate}. Deadline: {row.seconds:g} s.",
        "security": [{"$ref": "#/components/securitySchemes/login"}],
        "messages": [{"$ref": f"{place}/messages/{key_of(row)}"}],
        "reply": {"channel": {"$ref": place}, "messages": answers},
        "x-codes": codes(row.errors),
    }


def push_operation(push: Push, channel: str, name: str) -> dict[str, Any]:
    """The server sends it to whom it concerns; nothing is answered."""
    place = f"#/channels/{channel}"
    return {
        "action": "send",
        "channel": {"$ref": place},
        "summary": push.summary,
        "security": [{"$ref": "#/components/securitySchemes/login"}],
        "messages": [{"$ref": f"{place}/messages/{name}"}],
    }


def caller_of(row: Event) -> str:
    return f"{row.who}: {row.grant}" if row.grant else str(row.who)


def markdown(rows: Iterable[Event], pushes: Iterable[Push] = ()) -> str:
    """The tables of docs/events.md, one or two a namespace."""
    lines: list[str] = []
    told = [*pushes]
    for namespace, table in table_of(rows).items():
        lines += [
            f"## {namespace}",
            "",
            "| event | what it does | caller | body | reply | rate class | idempotency key |",
            "|---|---|---|---|---|---|---|",
        ]
        lines += [
            f"| `{row.event}` | {row.summary} | {caller_of(row)} | {keys_of(row.body)} | {keys_of(row.reply)} "
            f"| {row.rate} | {'yes' if row.idempotent else 'no'} |"
            for row in table.values()
        ]
        lines += ["", *push_table([push for push in told if push.namespace == namespace])]
    return "\n".join(lines)


def push_table(pushes: list[Push]) -> list[str]:
    """What the server says by itself in a namespace."""
    if not pushes:
        return []
    rows = [f"| `{push.event}` | {push.summary} | {keys_of(push.payload)} |" for push in pushes]
    title = f"What the server tells in {pushes[0].namespace} by itself:"
    return [title, "", "| event | when | payload |", "|---|---|---|", *rows, ""]


def keys_of(schema: Schema) -> str:
    """The keys of an object; what may be left out has a question mark."""
    required = schema.get("required", ())
    return ", ".join(f"`{key}{'' if key in required else '?'}`" for key in schema.get("properties", {})) or "-"
