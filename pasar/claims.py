"""What may be there once only: whoever brings it a second time stops the start, and both are named."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any

from controllers.cli.arguments import COMMANDS
from middleware import STACK
from models.schema.base import metadata
from models.schema.roles import SELLER_GRANTS, USER_GRANTS
from pasar.own_settings import variables
from pasar.plugin import Plugin, PluginError
from routes import EVENTS, ROUTES
from routes.openapi import PARAM
from routes.table import Route
from services import background
from services.deps import LOGIN, PAYMENT, SLOTS
from services.providers.login.slot import PROVIDER_IDS
from services.providers.payment import payment_providers
from services.seed.format import SECTIONS
from services.subscriptions import SUBSCRIPTIONS
from utils.config import PLAIN_NAMES, Settings, variable

NAME = re.compile(r"[a-z][a-z0-9_]{1,30}")
Claim = tuple[str, str]
OURS = "Pasar"


def check(plugins: Iterable[Plugin]) -> None:
    """PluginError when two bring the same, or one what is ours."""
    held: dict[Claim, str] = dict.fromkeys(own_claims(), OURS)
    for plugin in plugins:
        if not NAME.fullmatch(plugin.name):
            rule = "take 2 to 31 small letters, digits and `_`, a letter first"
            raise PluginError(f"A plug-in cannot be called {plugin.name!r}: {rule}.")
        whose = f"the plug-in {plugin.name}"
        for claim in claims(plugin):
            other = held.setdefault(claim, whose)
            if other is not whose:
                what, name = claim
                both = f"{other} and {whose}" if other is OURS else f"{whose} and {other}"
                raise PluginError(f"Both {both} bring the {what} {name}: remove one of them, or rename it there.")
            if claim[0] in REPEATED and list(claims(plugin)).count(claim) > 1:
                raise PluginError(f"{whose.capitalize()} brings the {claim[0]} {claim[1]} twice.")


REPEATED = frozenset("route provider grant task command".split())


def place(row: Route) -> str:
    """Verb and path without the names of parameters, which tell no two routes apart."""
    return f"{row.method} {PARAM.sub('{}', row.path)}"


def layer_name(layer: Any) -> str:
    return str(layer.__module__.rpartition(".")[2])


def own_claims() -> Iterator[Claim]:
    """What this server brings itself."""
    yield from (("route", place(row)) for row in ROUTES)
    yield from (("event", topic) for topic in SUBSCRIPTIONS)
    yield from (("socket event", row.name) for row in EVENTS)
    yield from (("layer", layer_name(layer)) for layer in STACK)
    yield from (("task", name) for name, _ in background.TASKS)
    yield from (("slot", name) for name in SLOTS)
    yield from (("provider", f"{PAYMENT}/{key}") for key in payment_providers())
    yield from (("provider", f"{LOGIN}/{key}") for key in PROVIDER_IDS)
    yield from (("grant", f"seller {name}") for name in SELLER_GRANTS)
    yield from (("grant", f"user {name}") for name in USER_GRANTS)
    yield from (("table", name) for name in metadata.tables)
    yield from (("setting", name) for name in (*PLAIN_NAMES, *(variable(item.name) for item in fields(Settings))))
    yield from (("command", name) for name in COMMANDS)
    yield from (("section", name) for name in SECTIONS)


def claims(plugin: Plugin) -> Iterator[Claim]:
    """What a plug-in brings."""
    yield "name", plugin.name
    yield from (("route", place(row)) for row in plugin.routes)
    yield from (("event", topic_of(kind)) for kind in plugin.emits)
    yield from (("socket event", row.name) for row in plugin.events)
    yield from (("layer", layer.name) for layer in plugin.layers)
    yield from (("task", task.name) for task in plugin.tasks)
    yield from (("slot", slot.name) for slot in plugin.slots)
    yield from (("provider", f"{row.slot}/{row.id}") for row in plugin.providers)
    yield from (("workflow", workflow.name) for workflow in plugin.workflows)
    yield from (("grant", f"{grant.actor} {grant.name}") for grant in plugin.grants)
    yield from (("table", table.name) for table in plugin.tables)
    yield from (("setting", name) for name in variables(plugin))
    yield from (("command", command.name) for command in plugin.commands)
    yield from (("section", section.name) for section in plugin.sections)


def topic_of(kind: type) -> str:
    """The name under which an event stands in the outbox."""
    topic = getattr(kind, "topic", None)
    if not isinstance(topic, str):
        raise PluginError(f"{kind.__name__} is no class of events: it has no `topic`.")
    return topic
