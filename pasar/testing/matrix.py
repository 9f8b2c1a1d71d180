"""The authorization matrix: every row, every kind of caller, ids of their own, of others, and of nobody.

What is refused is refused with one status a reason; an id of somebody else answers exactly as one that is not there.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from models.schema.roles import Grants, Rights
from pasar.plugin import Plugin
from pasar.testing.contract import bad_bodies, least
from pasar.testing.people import Person
from pasar.testing.shop import Reply, Shop
from routes import table as t
from routes.openapi import PARAM
from routes.table import Route

MISSING = "none_01ARZ3NDEKTSV4RRFFQ69G5FAV"
CHANGING = re.compile(r'"request_id":"[^"]*"|"\d{4}-\d\d-\d\dT[\d:.]+Z"')
SELLERS = {"seller_a": "nordlicht", "seller_b": "warung-gayo"}  # of the demo
Ids = Mapping[str, str]


@dataclass(frozen=True)
class Caller:
    """One kind of caller. `group` is whose things are their own; `actor_type` what their login is."""

    name: str
    group: str = ""
    actor_type: str = ""
    person: Person | None = None
    grants: Grants = frozenset()


@dataclass(frozen=True, kw_only=True)
class Things:
    """What the rows of a plug-in name.

    `ids` has for each path with a parameter at its end whose thing is which, by group: customer_a, customer_b,
    seller_a, seller_b, admin, or `*` for what is everybody's. `bodies` are bodies by row (`POST /store/wishlists`)
    where the least that the schema takes does not do, or functions that make them for a group.
    `answers` are statuses beyond the usual that a row may give somebody who may call it.
    """

    ids: Mapping[str, Ids] = field(default_factory=dict)
    bodies: Mapping[str, Any] = field(default_factory=dict)
    answers: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


def may(row: Route, actor_type: str, grants: Grants) -> bool:
    """Is the row for people of this actor type with these grants at all, whatever id they name?"""
    match row.who:
        case t.PUBLIC | t.ANYONE | t.AUTH:
            return True
        case t.CUSTOMER | t.REGISTRANT:
            return actor_type == "customer"
        case t.IDENTITY:
            return actor_type not in ("", "key")
        case t.APPLICANT | t.MEMBER:
            return actor_type == "seller"
        case t.INVITEE:
            return actor_type == "user"
        case t.SELLER | t.USER:
            actor_types = ("seller",) if row.who == t.SELLER else ("user", "key")
            return actor_type in actor_types and row.grant in grants
        case t.PARTICIPANT:
            return actor_type == "customer" or (actor_type == "seller" and row.grant in grants)
    raise AssertionError(f"{row.name} is for somebody whom the matrix does not know: {row.who}")


def refusals(row: Route, actor_type: str) -> tuple[int, ...]:
    """The statuses that keep them out: nobody who may ever do this, or somebody who may not do this one."""
    actor_types = {t.SELLER: ("seller",), t.PARTICIPANT: ("seller",), t.USER: ("user", "key")}.get(row.who or "", ())
    return (403,) if actor_type in actor_types else (401,)


def callers(shop: Shop, people: Mapping[str, Person]) -> list[Caller]:
    """Every kind: nobody, a token that is none, `people` by group, every role of both sellers and of the platform."""
    rights: Rights = shop.deps.rights
    found = [Caller("nobody"), Caller("a false token", person=Person("x.y.z", "", "", ""))]
    found += [Caller(name, name, "customer", people[name]) for name in ("customer_a", "customer_b")]
    for group, handle in SELLERS.items():
        for role in rights.of_seller_role:
            person = people[group] if role == "owner" else shop.staff(handle, role)
            found.append(Caller(f"{group} {role}", group, "seller", person, rights.of_member(role, "open")))
    for role, grants in rights.of_user_role.items():
        person = people["admin"] if role == "admin" else shop.administrator(role)
        found.append(Caller(f"administrator {role}", "admin", "user", person, grants))
    return found


def make_people(shop: Shop) -> dict[str, Person]:
    """Somebody for every group that may own a thing."""
    people = {name: shop.customer() for name in ("customer_a", "customer_b")}
    people |= {group: shop.staff(handle) for group, handle in SELLERS.items()}
    return {**people, "admin": shop.administrator()}


def faults(shop: Shop, plugin: Plugin, people: Mapping[str, Person], things: Things) -> list[str]:
    """Every answer that is not as the row says; nothing that the requests write stays."""
    known, found = callers(shop, people), []
    for row in plugin.routes:
        for parameter in PARAM.finditer(row.path):
            if row.path[: parameter.end()] not in things.ids:
                found.append(f"{row.name}: say in Things.ids whose {row.path[: parameter.end()]} is which")
    if found:
        return found
    with shop.dry():
        for row in plugin.routes:
            for caller in known:
                found += [f"{row.name}, {caller.name}: {fault}" for fault in row_faults(shop, row, caller, things)]
    return found


def row_faults(shop: Shop, row: Route, caller: Caller, things: Things) -> list[str]:
    """One row, one caller: their own things, then one parameter after the other of others and of nobody."""
    found: list[str] = []
    answers: dict[str, set[tuple[int, str]]] = {}
    for sort, name, ids in choices(row, caller.group, things):
        got = ask(shop, row, caller, ids, things)
        allowed: tuple[int, ...] = refusals(row, caller.actor_type)
        if may(row, caller.actor_type, caller.grants):
            usual = (200, 201, 204) if sort == "own" else (404,)
            allowed = (*usual, *things.answers.get(row.name, ()))
        if got.status not in allowed:
            found.append(f"{sort} {name}: {got.status}, not {allowed}: {got.text[:200]}")
        if name:
            text = got.text
            for value in ids.values():
                text = text.replace(value, "ID")
            answers.setdefault(name, set()).add((got.status, CHANGING.sub("", text)))
    return found + [f"foreign and missing {name} differ" for name, seen in answers.items() if len(seen) > 1]


def choices(row: Route, group: str, things: Things) -> list[tuple[str, str, Ids]]:
    """(own | foreign | missing, parameter, ids)."""
    held = {match[1]: things.ids[row.path[: match.end()]] for match in PARAM.finditer(row.path)}
    own = {name: ids.get(group) or ids.get("*") for name, ids in held.items()}
    foreign = {name: next((v for k, v in ids.items() if k not in ("*", group)), None) for name, ids in held.items()}
    stand_in = {name: value or foreign[name] or MISSING for name, value in own.items()}
    found: list[tuple[str, str, Ids]] = [("own", "", stand_in)] if all(own.values()) else []
    for name in held:
        other = foreign[name]
        if other is not None:
            found.append(("foreign", name, {**stand_in, name: other}))
        found.append(("missing", name, {**stand_in, name: MISSING}))
    return found


def body_of(row: Route, group: str, things: Things) -> Any:
    """A body that the row takes; None for rows that take none."""
    if row.body is None:
        return None
    written = things.bodies.get(row.name)
    return written(group) if callable(written) else least(row.body) if written is None else written


def ask(shop: Shop, row: Route, caller: Caller, ids: Ids, things: Things) -> Reply:
    path = PARAM.sub(lambda match: ids[match[1]], row.path)
    return shop.send(row.method, path, body_of(row, caller.group, things), caller.person)


def bad_body_faults(shop: Shop, plugin: Plugin, people: Mapping[str, Person], things: Things) -> list[str]:
    """Generated bodies that the schema refuses, sent by somebody who may call: each gets a 400 with a code."""
    known, found = callers(shop, people), []
    with shop.dry():
        for row in plugin.routes:
            caller = next((each for each in known if may(row, each.actor_type, each.grants)), None)
            if row.body is None or caller is None:
                continue
            (_, _, ids), *_ = choices(row, caller.group, things) or [("", "", {})]
            path = PARAM.sub(lambda match, ids=ids: ids[match[1]], row.path)  # type: ignore[misc]
            for body in bad_bodies(row.full_body(), body_of(row, caller.group, things)):
                got = shop.send(row.method, path, body, caller.person)
                if got.status != 400 or not got.json.get("code"):
                    found.append(f"{row.name} with {str(body)[:100]}: {got.status} {got.text[:200]}")
    return found
