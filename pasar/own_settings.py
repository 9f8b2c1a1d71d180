"""Settings of plug-ins: fields of frozen dataclasses of their own, under the rules of this server's settings."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import Field, fields
from typing import Any

from pasar.plugin import Plugin, PluginError
from utils.config import PREFIX, Settings, SettingsError, shown

Row = tuple[str, str, str]


def variables(plugin: Plugin) -> dict[str, Field[Any]]:
    """The environment variables of a plug-in, with its fields."""
    if plugin.settings is None:
        return {}
    found = {f"{PREFIX}{plugin.name}_{item.name}".upper(): item for item in fields(plugin.settings)}
    for name, item in found.items():
        if not {"read", "help"} <= set(item.metadata):
            raise PluginError(f"The setting {name} of the plug-in {plugin.name} has no reader and help: use setting().")
    return found


def read(environ: Mapping[str, str], plugins: Iterable[Plugin]) -> tuple[Settings, dict[str, Any]]:
    """The settings of the server, and those of each plug-in by its name; SettingsError with every problem of all."""
    values: dict[str, Any] = {}
    problems: list[str] = []
    known: list[str] = []
    for plugin in plugins:
        own = variables(plugin)
        known += own
        given: dict[str, Any] = {}
        for name, item in own.items():
            try:
                if name in environ:
                    given[item.name] = item.metadata["read"](environ[name])
            except ValueError as error:
                problems.append(f"{name} {error}")
        if plugin.settings is not None:
            values[plugin.name] = plugin.settings(**given)
    try:
        settings = Settings.from_env(environ, known)
    except SettingsError as refused:
        raise SettingsError([*refused.problems, *problems]) from None
    if problems:
        raise SettingsError(problems)
    return settings, values


def table(plugins: Iterable[Plugin], values: Mapping[str, Any] | None) -> Iterator[Row]:
    """Rows of (variable, value or default, help) as `utils.config.table` gives of the server's own."""
    for plugin in plugins:
        for name, item in variables(plugin).items():
            value = item.default if values is None else getattr(values[plugin.name], item.name)
            yield name, shown(item, value), item.metadata["help"]
