"""The tables of this server and those of the plug-ins as one: what `create_app` and the commands work with."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
from sqlalchemy import ForeignKeyConstraint, UniqueConstraint

from middleware import STACK
from middleware.layers import Layer as LayerBuilder
from models.schema.roles import OF_SELLER_ROLE, OF_USER_ROLE, STATE_WRITES, Rights
from pasar import own_settings
from pasar.claims import check, layer_name, topic_of
from pasar.plugin import Command, Grant, Plugin, PluginError, React
from routes import EVENTS, ROUTES
from routes.events import Event
from routes.schemas.admin.api_key import SCOPES, scopes_of
from routes.table import Route
from services.deps import SLOTS, Deps, Extensions
from services.infrastructure.database.branches import Branch


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """Everything that is served, run and asked for on the command line."""

    plugins: tuple[Plugin, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    routes: tuple[Route, ...] = tuple(ROUTES)
    events: tuple[Event, ...] = tuple(EVENTS)
    stack: tuple[LayerBuilder, ...] = STACK
    extensions: Extensions = field(default_factory=Extensions)
    branches: tuple[Branch, ...] = ()
    commands: tuple[Command, ...] = ()


def registry(plugins: Iterable[Plugin], values: Mapping[str, Any] | None = None) -> Registry:
    """The registry of these plug-ins; PluginError when they cannot be used, or not with each other.

    `values` are their settings by name; the defaults of those that it does not name.
    """
    found = tuple(plugins)
    check(found)
    defaults = {each.name: each.settings() for each in found if each.settings is not None}
    known = {**defaults, **(values or {})}
    rights = rights_of(found)
    return Registry(
        plugins=found,
        values=known,
        routes=rows_of(found, rights),
        events=(*EVENTS, *(row for each in found for row in each.events)),
        stack=stack_of(found),
        extensions=extensions_of(found, known, rights),
        branches=tuple(
            Branch(each.name, each.migrations.folder, each.migrations.depends_on) for each in found if each.migrations
        ),
        commands=tuple(command for each in found for command in each.commands),
    )


def rows_of(plugins: tuple[Plugin, ...], rights: Rights) -> tuple[Route, ...]:
    """Our rows and theirs. Ours that take grants of secret keys take those of plug-ins, too."""
    ours = ROUTES
    if rights.user != Rights().user:
        more = scopes_of(rights.user)
        ours = [replace(row, body=with_scopes(row.body, more)) if row.body else row for row in ROUTES]
    return (*ours, *(row for plugin in plugins for row in plugin.routes))


def with_scopes(body: Mapping[str, Any], more: Mapping[str, Any]) -> Mapping[str, Any]:
    properties = body.get("properties", {})
    if properties.get("scopes") is not SCOPES:
        return body
    return {**body, "properties": {**properties, "scopes": more}}


def stack_of(plugins: tuple[Plugin, ...]) -> tuple[LayerBuilder, ...]:
    """Our layers, each with those of plug-ins right inside of it."""
    ours = [layer_name(layer) for layer in STACK]
    more = [(plugin, layer) for plugin in plugins for layer in plugin.layers]
    for plugin, layer in more:
        if layer.inside not in ours:
            raise PluginError(
                f"The layer {layer.name} of the plug-in {plugin.name} is to come inside of {layer.inside}, "
                f"which is not one of: {', '.join(dict.fromkeys(ours))}."
            )
    found: list[LayerBuilder] = []
    for at, (name, layer_of_ours) in enumerate(zip(ours, STACK, strict=True)):
        found.append(layer_of_ours)
        if name not in ours[at + 1 :]:  # `pages` are two
            found += [layer.build for _, layer in more if layer.inside == name]
    return tuple(found)


def rights_of(plugins: tuple[Plugin, ...]) -> Rights:
    """Our grants and theirs; PluginError for a grant of a role or a state that there is not."""
    rights = Rights()
    for plugin in plugins:
        for grant in plugin.grants:
            known = OF_SELLER_ROLE if grant.actor == "seller" else OF_USER_ROLE
            unknown = [*({*grant.roles} - {*known}), *({*grant.states} - {*STATE_WRITES})]
            if unknown or not grant.name.endswith((":read", ":write")):
                fault = f"names {unknown[0]}, which is unknown" if unknown else "does not end with :read or :write"
                raise PluginError(f"The grant {grant.name} of the plug-in {plugin.name} {fault}.")
            rights = with_grant(rights, grant)
    return rights


def with_grant(rights: Rights, grant: Grant) -> Rights:
    if grant.actor == "user":
        return rights.with_user_grant(grant.name, roles=grant.roles)
    return rights.with_seller_grant(grant.name, roles=grant.roles, states=grant.states)


def extensions_of(plugins: tuple[Plugin, ...], values: Mapping[str, Any], rights: Rights) -> Extensions:
    """What goes into the wiring."""
    return Extensions(
        settings=values,
        rights=rights,
        owned=tuple(row for plugin in plugins for row in plugin.owned),
        races=frozenset(name for plugin in plugins for name in races_of(plugin)),
        makers=makers_of(plugins),
        reactions=reactions_of(plugins),
        tasks=tuple((task.name, task.work) for plugin in plugins for task in plugin.tasks),
        workflows={flow.name: flow.run for plugin in plugins for flow in plugin.workflows},
        sections=tuple(section for plugin in plugins for section in plugin.sections),
    )


def races_of(plugin: Plugin) -> Iterable[str]:
    """Constraints that two requests at once may run into, each having looked before: the second may look again."""
    for table in plugin.tables:
        for rule in table.constraints:
            if isinstance(rule, UniqueConstraint | ForeignKeyConstraint) and rule.name is not None:
                yield str(rule.name)
        yield from (str(index.name) for index in table.indexes if index.unique)


def makers_of(plugins: tuple[Plugin, ...]) -> Mapping[str, Mapping[str, tuple[str, Any]]]:
    """What makes the providers, by slot and id, with the plug-in they are of; PluginError for a slot that is not."""
    slots: dict[str, dict[str, tuple[str, Any]]] = {name: {} for name in SLOTS}
    slots |= {slot.name: {} for plugin in plugins for slot in plugin.slots}
    for plugin in plugins:
        for row in plugin.providers:
            if row.slot not in slots:
                raise PluginError(
                    f"The provider {row.id} of the plug-in {plugin.name} is for the slot {row.slot}, which is not one "
                    f"of: {', '.join(slots)}. Install the plug-in whose slot it is."
                )
            slots[row.slot][row.id] = plugin.name, row.make
    return slots


def reactions_of(plugins: tuple[Plugin, ...]) -> Mapping[str, tuple[Any, ...]]:
    """By topic, in the order of the plug-ins."""
    found: dict[str, tuple[Any, ...]] = {}
    for plugin in plugins:
        for kind, reactions in plugin.subscriptions.items():
            decoded = tuple(reading(kind, reaction) for reaction in reactions)
            found[topic_of(kind)] = (*found.get(topic_of(kind), ()), *decoded)
    return found


def reading(kind: type, reaction: React) -> Callable[[Deps, Mapping[str, Any]], Any]:
    """The reaction, given the event as it was emitted."""

    async def react(deps: Deps, payload: Mapping[str, Any]) -> None:
        await reaction(deps, msgspec.convert(payload, kind))

    return react


def settings_table(known: Registry, *, defaults: bool) -> Iterable[own_settings.Row]:
    """The settings of plug-ins, for the list of all."""
    return own_settings.table(known.plugins, None if defaults else known.values)
