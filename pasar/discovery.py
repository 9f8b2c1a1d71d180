"""Which plug-ins there are: packages that name one under the entry point `pasar.plugins`, and modules of a setting."""

from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from importlib.metadata import entry_points

from pasar.plugin import Plugin, PluginError
from utils.config import variable
from utils.setting_readers import module_names

GROUP = "pasar.plugins"
NAME = "PLUGIN"  # of the plug-in in a module that the setting names


def find(environ: Mapping[str, str]) -> list[Plugin]:
    """All plug-ins of this installation in the order of their names; PluginError for one that cannot be loaded."""
    found: dict[str, tuple[Plugin, str]] = {}
    for plugin, origin in (*installed(), *named(environ)):
        other = found.setdefault(plugin.name, (plugin, origin))
        if other[0] is not plugin:
            raise PluginError(
                f"Two plug-ins are called {plugin.name}: one of {other[1]} and one of {origin}. Remove one of them."
            )
    return [found[name][0] for name in sorted(found)]


def installed() -> Iterator[tuple[Plugin, str]]:
    for point in entry_points(group=GROUP):
        package = point.dist.name if point.dist else point.value
        try:
            plugin = point.load()
        except Exception as error:
            raise PluginError(
                f"The plug-in {point.name} of the package {package} cannot be loaded: {error}."
            ) from error
        yield checked(plugin, f"the package {package}")


def named(environ: Mapping[str, str]) -> Iterator[tuple[Plugin, str]]:
    try:
        modules: Iterable[str] = module_names(environ.get(variable("plugins"), ""))
    except ValueError:
        modules = ()  # the settings tell of it
    for name in modules:
        origin = f"the module {name}"
        try:
            module = import_module(name)
        except Exception as error:
            raise PluginError(f"The plug-in of {origin} ({variable('plugins')}) cannot be loaded: {error}.") from error
        if not hasattr(module, NAME):
            raise PluginError(f"There is no {NAME} in {origin}, which {variable('plugins')} names.")
        yield checked(getattr(module, NAME), origin)


def checked(plugin: object, origin: str) -> tuple[Plugin, str]:
    if not isinstance(plugin, Plugin):
        raise PluginError(f"What {origin} names as a plug-in is a {type(plugin).__name__}, not a pasar.Plugin.")
    return plugin, origin
