"""The arguments of app.py: every command with its options and their help."""

import argparse
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from models.schema.roles import USER_ROLES
from utils.version import VERSION

COMMANDS = ("serve", "migrate", "seed", "import", "create-admin", "clock", "openapi", "asyncapi", "routes", "settings")
LONGEST_EMAIL = 254  # characters
SPAN = re.compile(r"(?:(\d{1,5})d)?(?:(\d{1,6})h)?(?:(\d{1,7})m)?(?:(\d{1,9})s)?", re.ASCII)
Run = Callable[..., int]
Describe = Callable[[argparse.ArgumentParser], None]


def email_address(text: str) -> str:
    """An argument that looks like an e-mail address."""
    name, _, host = text.strip().rpartition("@")
    if not name or "." not in host or len(text) > LONGEST_EMAIL or any(c.isspace() or c == "@" for c in name + host):
        raise argparse.ArgumentTypeError(f"{text!r} is not an e-mail address")
    return text.strip()


def span(text: str) -> timedelta:
    """An argument that is a length of time: 2d, 36h, 90m, 30s, or several of them in this order."""
    found = SPAN.fullmatch(text.strip().lower())
    if found is None or not any(found.groups()):
        raise argparse.ArgumentTypeError(f"{text!r} is no length of time: write one like 2d, 36h, 90m or 1d12h")
    days, hours, minutes, seconds = (int(number or 0) for number in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def parser(run: Mapping[str, Run], more: Iterable[tuple[str, str, Describe, Run]] = ()) -> argparse.ArgumentParser:
    """The command line over the functions of the commands, by name; without a command it serves.

    `more` are commands of plug-ins: name, help, what describes the options, function.
    """
    main = argparse.ArgumentParser(prog="app.py", description="Pasar, a marketplace server.")
    main.add_argument("--version", action="version", version=f"Pasar {VERSION}")
    main.set_defaults(run=run["serve"], workers=None, host=None, port=None, demo=True, as_worker=False)
    commands = main.add_subparsers(title="commands", metavar="COMMAND")

    def command(name: str, text: str, *, within: Any = commands) -> argparse.ArgumentParser:
        added: argparse.ArgumentParser = within.add_parser(name, help=text, description=text)
        added.set_defaults(run=run[name])
        return added

    one = command("serve", "Serve HTTP (the default command); in development also migrate and offer the demo.")
    describe_serve(one)

    one = command("migrate", "Bring the database's tables up to this version.")
    one.add_argument("--remove-plugin", metavar="NAME", help="instead: drop the tables of a plug-in, before it goes")

    one = command("seed", "Load a marketplace from a JSON or YAML file; what is there already is updated.")
    one.add_argument("file", nargs="?", type=Path, metavar="FILE", help="the file; its format is in docs/seed.md")
    one.add_argument("--ids", type=Path, metavar="FILE", help="write the ids of what the file names there, as JSON")
    one.add_argument("--schema", action="store_true", help="print the JSON Schema of the format and end")

    group = command("import", "Import data of other systems.")
    one = command(
        "catalogue",
        "Import a product CSV as another shop system exports it; what is there already is updated.",
        within=group.add_subparsers(title="kinds", metavar="KIND"),
    )
    describe_import(one)

    describe_admin(command("create-admin", "Make an administrator; the password is asked for."))

    describe_clock(command("clock", "Show the clock of development, or move it: sales, holds and logins end."))

    command("openapi", "Print the OpenAPI document of all routes.")
    one = command("asyncapi", "Print the AsyncAPI document of all socket events.")
    one.add_argument("--markdown", action="store_true", help="print the tables of docs/events.md")
    one = command("routes", "List the routes: method, path, who may call, function.")
    one.add_argument("--markdown", action="store_true", help="print them as docs/routes.md")
    one = command("settings", "List the settings: variable, value, meaning.")
    one.add_argument("--defaults", action="store_true", help="show the defaults instead of the values in force")
    for name, text, describe, function in more:
        one = commands.add_parser(name, help=text, description=text)
        one.set_defaults(run=function)
        describe(one)
    return main


def describe_serve(one: argparse.ArgumentParser) -> None:
    one.add_argument("--workers", metavar="N", help="processes that share the port (PASAR_WORKERS)")
    one.add_argument("--host", metavar="HOST", help="address to listen on (PASAR_HOST)")
    one.add_argument("--port", metavar="PORT", help="port to listen on (PASAR_PORT)")
    one.add_argument("--no-demo", dest="demo", action="store_false", help="leave an empty database empty")
    one.add_argument("--as-worker", action="store_true", help=argparse.SUPPRESS)


def describe_import(one: argparse.ArgumentParser) -> None:
    """The options of import catalogue."""
    one.add_argument("file", type=Path, metavar="FILE", help="the CSV file")
    one.add_argument("--store", required=True, metavar="HANDLE", help="the store that sells the products")
    one.add_argument(
        "--format",
        choices=("shopify", "woocommerce", "medusa"),
        help="the system that the file is from; default: told by its columns",
    )
    one.add_argument("--currency", metavar="CODE", help="currency of the file's prices; default: the store's")
    one.add_argument(
        "--sales-channel", action="append", metavar="NAME", help="sell there (may be repeated); default: all channels"
    )
    one.add_argument("--location", metavar="NAME", help="where the stock lies; default: the store's first location")
    one.add_argument("--dry-run", action="store_true", help="check and report, change nothing")
    one.add_argument("--with-images", action="store_true", help="fetch the images instead of keeping their addresses")


def describe_clock(one: argparse.ArgumentParser) -> None:
    """The options of clock; without one it is shown."""
    way = one.add_mutually_exclusive_group()
    way.add_argument("--show", action="store_true", help="say what time it is there (the default)")
    way.add_argument("--forward", type=span, metavar="SPAN", help="move it on, such as by 2d, 36h, 90m or 1d12h")
    way.add_argument("--reset", action="store_true", help="put it back to the time of this machine")


def describe_admin(one: argparse.ArgumentParser) -> None:
    """The options of create-admin; the password is none, since others see what stands there."""
    one.add_argument("--email", required=True, type=email_address, metavar="ADDRESS", help="what they log in with")
    one.add_argument("--role", choices=USER_ROLES, default=USER_ROLES[0], help="what they may do; default: %(default)s")
    one.add_argument("--first-name", metavar="NAME")
    one.add_argument("--last-name", metavar="NAME")
    one.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    one.add_argument("--reset-password", action="store_true", help="replace the password that the address has")
