"""What two bring at once, or one and the server, stops the start with a sentence that names both."""

from dataclasses import dataclass, replace
from typing import Any, ClassVar

import msgspec
import pytest
from aiohttp import web
from sqlalchemy import Column, Table, Text

from middleware.layers import Wire
from pasar import (
    Command,
    Grant,
    Layer,
    Plugin,
    PluginError,
    Provider,
    Section,
    Slot,
    Task,
    plugin_metadata,
    setting,
    whole,
)
from pasar.registry import registry
from pasar.web import ANYONE, CUSTOMER, Event, Route, event, get, schemas
from routes import EVENTS
from routes.table import Handler


async def handler(request: web.Request) -> web.Response:
    return web.Response()


async def nothing(*_: Any) -> Any:
    return 0


class Happened(msgspec.Struct, frozen=True):
    topic: ClassVar[str] = "one.happened"


class Placed(msgspec.Struct, frozen=True):
    topic: ClassVar[str] = "order.placed"


@dataclass(frozen=True)
class Own:
    limit: int = setting(1, whole(1, 2), "a limit (count)")


@dataclass(frozen=True)
class Seconds:
    seconds: int = setting(1, whole(1, 2), "a time (seconds)")


def row(path: str) -> Route:
    return get(path, handler, who=ANYONE, tag="T", summary="S", reply=schemas.single("a", schemas.STRING))


def socket_event(name: str) -> Event:
    return event("/chat", name, nothing, who=CUSTOMER)


def layer(wire: Wire, row: Route, inner: Handler) -> Handler:
    return inner


def table(name: str) -> Table:
    return Table(name, plugin_metadata(), Column("id", Text, primary_key=True))


def provider(slot: str, key: str) -> Provider:
    return Provider(slot=slot, id=key, make=lambda settings, own: object())


TWO = [
    ({"routes": (row("/store/one/{id}"),)}, "route GET /store/one/{}"),
    ({"emits": (Happened,)}, "event one.happened"),
    ({"events": (socket_event("wave"),)}, "socket event /chat wave"),
    ({"layers": (Layer(name="stamp", build=layer, inside="errors"),)}, "layer stamp"),
    ({"tasks": (Task(name="sweep", work=nothing),)}, "task sweep"),
    ({"slots": (Slot(name="rule", protocol=object),)}, "slot rule"),
    ({"providers": (provider("payment", "pp_cash_one"),)}, "provider payment/pp_cash_one"),
    ({"grants": (Grant(name="ones:read", actor="user"),)}, "grant user ones:read"),
    ({"tables": (table("one"),)}, "table one"),
    ({"commands": (Command(name="count", about="Count.", run=nothing),)}, "command count"),
    ({"sections": (Section("ones", "Ones.", {}, nothing),)}, "section ones"),
]


@pytest.mark.parametrize(("brings", "told"), TWO, ids=[told for _, told in TWO])
def test_two_plugins_that_bring_the_same_are_both_named(brings: dict[str, Any], told: str) -> None:
    one, two = (Plugin(name=name, about="", **brings) for name in ("first", "second"))
    registry([one])
    with pytest.raises(PluginError) as stopped:
        registry([one, two])
    assert f"Both the plug-in second and the plug-in first bring the {told}" in str(stopped.value)


OURS = [
    ({"routes": (row("/store/products/{handle}"),)}, "route GET /store/products/{}"),
    ({"emits": (Placed,)}, "event order.placed"),
    ({"events": (socket_event("ping"),)}, "socket event /chat ping"),
    ({"layers": (Layer(name="cors", build=layer, inside="errors"),)}, "layer cors"),
    ({"tasks": (Task(name="files", work=nothing),)}, "task files"),
    ({"slots": (Slot(name="payment", protocol=object),)}, "slot payment"),
    ({"providers": (provider("payment", "pp_system_default"),)}, "provider payment/pp_system_default"),
    ({"providers": (provider("login", "google"),)}, "provider login/google"),
    ({"grants": (Grant(name="orders:read", actor="seller"),)}, "grant seller orders:read"),
    ({"tables": (table("product"),)}, "table product"),
    ({"commands": (Command(name="seed", about="Sow.", run=nothing),)}, "command seed"),
    ({"sections": (Section("products", "Products.", {}, nothing),)}, "section products"),
]


@pytest.mark.parametrize(("brings", "told"), OURS, ids=[told for _, told in OURS])
def test_a_plugin_that_brings_what_is_ours_is_named_beside_us(brings: dict[str, Any], told: str) -> None:
    with pytest.raises(PluginError) as stopped:
        registry([Plugin(name="bold", about="", **brings)])
    assert f"Both Pasar and the plug-in bold bring the {told}" in str(stopped.value)


def test_a_setting_that_is_ours_or_that_two_read_alike() -> None:
    with pytest.raises(PluginError, match="Both Pasar and the plug-in drain bring the setting PASAR_DRAIN_SECONDS"):
        registry([Plugin(name="drain", about="", settings=Seconds)])
    one, other = Plugin(name="aa_b", about="", settings=Own), Plugin(name="aa", about="", settings=Longer)
    with pytest.raises(PluginError, match="plug-in aa_b bring the setting PASAR_AA_B_LIMIT"):
        registry([one, other])


@dataclass(frozen=True)
class Longer:
    b_limit: int = setting(1, whole(1, 2), "a limit (count)")


@pytest.mark.parametrize(
    ("plugin", "told"),
    [
        (Plugin(name="Bad Name", about=""), "A plug-in cannot be called 'Bad Name'"),
        (
            Plugin(name="twice", about="", routes=(row("/a"), row("/a"))),
            "The plug-in twice brings the route GET /a twice",
        ),
        (Plugin(name="lost", about="", providers=(provider("rules", "a"),)), "for the slot rules, which is not one of"),
        (
            Plugin(name="deep", about="", layers=(Layer(name="x", build=layer, inside="cellar"),)),
            "inside of cellar, which",
        ),
        (
            Plugin(name="vague", about="", grants=(Grant(name="things", actor="user"),)),
            "does not end with :read or :write",
        ),
        (
            Plugin(name="odd", about="", grants=(Grant(name="a:read", actor="seller", roles=("king",)),)),
            "names king, which is unknown",
        ),
        (Plugin(name="mute", about="", emits=(object,)), "object is no class of events"),
    ],
    ids=lambda value: value.name if isinstance(value, Plugin) else None,
)
def test_what_cannot_be_used_is_said_in_a_sentence(plugin: Plugin, told: str) -> None:
    with pytest.raises(PluginError) as stopped:
        registry([plugin])
    assert told in str(stopped.value)


def test_two_of_one_name_clash() -> None:
    one = Plugin(name="same", about="")
    with pytest.raises(PluginError, match="bring the name same"):
        registry([one, replace(one)])


def test_without_plugins_everything_is_as_it_was() -> None:
    known = registry([])
    assert known.extensions.reactions == {}
    assert (known.commands, known.branches) == ((), ())
    assert known.events == tuple(EVENTS)
