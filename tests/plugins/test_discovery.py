"""Plug-ins are found by entry points and by a setting; what is wrong with one is said before anything starts."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pasar import PluginError
from pasar.discovery import find
from tests.test_app import Run, run  # noqa: F401

SOURCE = """
from dataclasses import dataclass
from pasar import Command, Plugin, setting, whole

@dataclass(frozen=True)
class Own:
    limit: int = setting(3, whole(1, 9), "things at most (count)")
    key: str = setting("", str, "a key", secret=True)

async def count(deps, options):
    print("counted", deps.settings_of("{name}").limit)
    return 0

COUNT = Command(name="count", about="Count.", run=count)
PLUGIN = Plugin(name="{name}", about="a thing", settings=Own, commands=(COUNT,))
"""
Install = Callable[..., str]


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """`module(name, source)`: a module of this name that can be imported."""
    monkeypatch.syspath_prepend(tmp_path)
    made: list[str] = []

    def write(name: str, source: str) -> str:
        (tmp_path / f"{name}.py").write_text(source)
        made.append(name)
        return name

    yield write
    for name in made:
        sys.modules.pop(name, None)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """`package(name, value)`: an installed package with an entry point."""
    monkeypatch.syspath_prepend(tmp_path)

    def install(name: str, value: str) -> None:
        info = tmp_path / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[pasar.plugins]\n{name} = {value}\n")

    return install


def test_a_module_that_the_setting_names_is_a_plugin(module: Install) -> None:
    module("thing_one", SOURCE.format(name="thing"))
    (plugin,) = find({"PASAR_PLUGINS": "thing_one"})
    assert plugin.name == "thing"


def test_an_entry_point_is_one_and_named_twice_it_is_there_once(
    module: Install, package: Callable[[str, str], None]
) -> None:
    module("thing_two", SOURCE.format(name="thing"))
    package("pasar-thing", "thing_two:PLUGIN")
    assert [plugin.name for plugin in find({})] == ["thing"]
    assert [plugin.name for plugin in find({"PASAR_PLUGINS": "thing_two"})] == ["thing"]


def test_two_of_one_name_are_both_named(module: Install, package: Callable[[str, str], None]) -> None:
    module("thing_three", SOURCE.format(name="thing"))
    module("thing_four", SOURCE.format(name="thing"))
    package("pasar-thing", "thing_three:PLUGIN")
    told = "Two plug-ins are called thing: one of the package pasar-thing and one of the module thing_four"
    with pytest.raises(PluginError, match=told):
        find({"PASAR_PLUGINS": "thing_four"})


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("", "There is no PLUGIN in the module thing_bad"),
        ("PLUGIN = 1", "names as a plug-in is a int"),
        ("import no_such_module", "cannot be loaded: No module named 'no_such_module'"),
    ],
)
def test_what_is_no_plugin_stops_the_start(module: Install, run: Run, source: str, told: str) -> None:  # noqa: F811
    module("thing_bad", source)
    stopped = run("settings", PASAR_PLUGINS="thing_bad")
    assert stopped.code == 2
    assert told in stopped.err


def test_settings_of_a_plugin_are_listed_read_and_held_to_their_rules(module: Install, run: Run) -> None:  # noqa: F811
    module("thing_five", SOURCE.format(name="thing"))
    given = {"PASAR_PLUGINS": "thing_five"}
    shown = run("settings", PASAR_THING_LIMIT="7", PASAR_THING_KEY="hush", **given)
    assert shown.code == 0
    assert "PASAR_THING_LIMIT" in shown.out
    assert "things at most (count)" in shown.out
    assert "hush" not in shown.out
    wrong = run("settings", PASAR_THING_LIMIT="10", PASAR_THING_LIMT="1", PASAR_PORT="0", **given)
    assert wrong.code == 2
    for told in (
        "PASAR_THING_LIMIT must be a whole number from 1 to 9",
        "PASAR_THING_LIMT is not a setting, but PASAR_THING_LIMIT is",
        "PASAR_PORT must be a whole number",
    ):
        assert told in wrong.err
    assert "PASAR_THING_LIMIT is not a setting" in run("settings", PASAR_THING_LIMIT="7").err


def test_a_command_of_a_plugin_runs_over_the_database(module: Install, run: Run, tmp_path: Path) -> None:  # noqa: F811
    module("thing_six", SOURCE.format(name="thing"))
    given = {"PASAR_PLUGINS": "thing_six", "PASAR_DATA_DIR": str(tmp_path / "data"), "PASAR_THING_LIMIT": "5"}
    assert "count" in run("--help", **given).out
    done = run("count", **given)
    assert (done.code, done.out) == (0, "counted 5\n")
