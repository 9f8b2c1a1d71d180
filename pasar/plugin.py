"""A plug-in is more rows: what it brings stands in one frozen struct, and `create_app` extends the tables by it."""

import argparse
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import MetaData, Table

from middleware.layers import Layer as LayerBuilder
from models.schema.base import metadata
from models.shared.ownership import Owned
from routes.events import Event
from routes.table import Route
from services.deps import Deps, Make, Work
from services.shared.seed_sections import Section

React = Callable[[Deps, Any], Awaitable[None]]
Describe = Callable[[argparse.ArgumentParser], None]


class PluginError(Exception):
    """A plug-in cannot be loaded, or not beside another; the text is one sentence that says why, and what to do."""


def plugin_metadata() -> MetaData:
    """Where a plug-in's tables stand, with this server's names of constraints; refer to our tables by their columns."""
    return MetaData(naming_convention=metadata.naming_convention)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A layer of the middleware, which comes right inside of one of ours: `inside="authentication"`."""

    name: str
    build: LayerBuilder
    inside: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Work beside the requests, in every process; it runs until cancelled, and starts again when it raises."""

    name: str
    work: Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A place for providers: what it is called, and the Protocol (runtime checkable) that fills it."""

    name: str
    protocol: type


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A row of a slot. `make(settings, own)` gets the server's settings and the plug-in's own (None without)."""

    slot: str
    id: str
    make: Make


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """A named process; `deps.extensions.workflows[name]` is its function."""

    name: str
    run: Callable[..., Awaitable[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """`area:read` or `area:write`, for staff of sellers (`seller`) or administrators and secret keys (`user`).

    Owners and the role `admin` have it, and the `roles`; of a seller `area:write` counts in sellers of the `states`.
    """

    name: str
    actor: Literal["seller", "user"]
    roles: tuple[str, ...] = ()
    states: tuple[str, ...] = ("open",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Migrations:
    """An Alembic branch: the folder of its revisions, and the migration of this server that they build on.

    The first one has `branch_labels = ("<name of the plug-in>",)`.
    """

    folder: Path
    depends_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """`python app.py NAME`: `run(deps, options)` over a database of this version gives the exit code."""

    name: str
    about: str
    run: Callable[[Deps, argparse.Namespace], Coroutine[Any, Any, int]]
    describe: Describe = lambda parser: None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plugin:
    """What a plug-in brings. `name` is of small letters, digits and `_`: its settings and migrations begin with it.

    `settings` is a frozen dataclass whose fields are made by `setting(default, reader, help)`; the variable of `limit`
    in the plug-in `wishlist` is PASAR_WISHLIST_LIMIT, its value `deps.settings_of("wishlist").limit`. `emits` are the
    classes of events that it gives to `work.emit`; `subscriptions` maps classes of events, whosever, to reactions.
    """

    name: str
    about: str
    routes: tuple[Route, ...] = ()
    events: tuple[Event, ...] = ()  # of sockets
    layers: tuple[Layer, ...] = ()
    emits: tuple[type, ...] = ()
    subscriptions: Mapping[type, tuple[React, ...]] = field(default_factory=dict)
    tasks: tuple[Task, ...] = ()
    slots: tuple[Slot, ...] = ()
    providers: tuple[Provider, ...] = ()
    workflows: tuple[Workflow, ...] = ()
    grants: tuple[Grant, ...] = ()
    owned: tuple[Owned, ...] = ()
    tables: tuple[Table, ...] = ()
    migrations: Migrations | None = None
    settings: type | None = None
    commands: tuple[Command, ...] = ()
    sections: tuple[Section, ...] = ()
