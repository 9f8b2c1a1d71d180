"""What commands print of the tables: documents, routes, settings."""

import argparse
import sys

import orjson

from pasar.registry import settings_table
from routes import PUSHES
from routes.asyncapi import document as asyncapi_document
from routes.asyncapi import markdown as asyncapi_markdown
from routes.openapi import caller_of
from routes.openapi import document as openapi_document
from routes.openapi import markdown as openapi_markdown
from utils.config import Settings, table


def openapi(settings: Settings, options: argparse.Namespace) -> int:
    sys.stdout.buffer.write(orjson.dumps(openapi_document(options.registry.routes), option=orjson.OPT_INDENT_2) + b"\n")
    return 0


def asyncapi(settings: Settings, options: argparse.Namespace) -> int:
    if options.markdown:
        print(asyncapi_markdown(options.registry.events, PUSHES).rstrip())
        return 0
    made = asyncapi_document(options.registry.events, PUSHES)
    sys.stdout.buffer.write(orjson.dumps(made, option=orjson.OPT_INDENT_2) + b"\n")
    return 0


def routes(settings: Settings, options: argparse.Namespace) -> int:
    if options.markdown:
        print(openapi_markdown(options.registry.routes).rstrip())
        return 0
    for row in options.registry.routes:
        print(f"{row.method:<7} {row.path:<62} {caller_of(row):<28} {row.handler.__module__}.{row.handler.__name__}")
    return 0


def settings_in_force(settings: Settings, options: argparse.Namespace) -> int:
    more = settings_table(options.registry, defaults=options.defaults)
    rows = [*table(None if options.defaults else settings), *more]
    width = max(len(name) for name, _, _ in rows)
    for name, value, text in rows:
        print(f"{name:<{width}}  {value or '(empty)'}\n{'':<{width}}  {text}")
    return 0
