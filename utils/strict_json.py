"""JSON from strangers: no NaN, no repeated keys, no endless numbers or nesting, no text that a database cannot hold."""

import json
import re
from collections.abc import Iterable
from typing import Any, NoReturn

from utils.errors import AppError

MAX_DEPTH = 32
MAX_DIGITS = 18  # what fits 64 bits, and no more work than that
BACKSLASH_U = b"\\u"
# An escape that decodes to half a character or to NUL; only then is the parsed text looked at.
SUSPECT = re.compile(rb"\\u(?:[dD][89a-fA-F]|0000)")


class MalformedJson(AppError):
    code, kind = "malformed_json", "invalid"
    message = "The body is not JSON that can be read: {reason}"


def whole(digits: str) -> int:
    if len(digits.lstrip("-")) > MAX_DIGITS:
        raise MalformedJson(reason=f"a number has more than {MAX_DIGITS} digits")
    return int(digits)


def fraction(digits: str) -> float | int:
    """A number with a point or exponent; an int where nothing stands behind the point."""
    if len(digits) > 64:
        raise MalformedJson(reason="a number has more than 64 characters")
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        raise MalformedJson(reason="a number is too large")
    if not value.is_integer():
        return value
    # Written out, it would have more digits than any reader takes: PostgreSQL's JSONB writes numbers out.
    if abs(value) >= 10**MAX_DIGITS:
        raise MalformedJson(reason=f"a number has more than {MAX_DIGITS} digits")
    return int(value)


def constant(name: str) -> NoReturn:
    raise MalformedJson(reason=f"{name} is not a number")


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    held = dict(pairs)
    if len(held) != len(pairs):
        raise MalformedJson(reason="an object has the same key twice")
    return held


DECODER = json.JSONDecoder(
    object_pairs_hook=unique, parse_int=whole, parse_float=fraction, parse_constant=constant, strict=True
)


def parse(data: bytes) -> Any:
    """The value of a JSON text in UTF-8; MalformedJson says what is wrong with it."""
    try:
        text = data.decode()
        value = DECODER.decode(text)
    except UnicodeError:
        raise MalformedJson(reason="it is not UTF-8") from None
    except RecursionError:
        raise MalformedJson(reason=f"it is nested more than {MAX_DEPTH} levels deep") from None
    except json.JSONDecodeError as error:
        raise MalformedJson(reason=f"{error.msg} at position {error.pos}") from None
    if data.count(b"[") + data.count(b"{") > MAX_DEPTH and depth(value) > MAX_DEPTH:
        raise MalformedJson(reason=f"it is nested more than {MAX_DEPTH} levels deep")
    if BACKSLASH_U in data and SUSPECT.search(data) and any(map(unfit, texts(value))):
        raise MalformedJson(reason="a text holds a NUL character or half a character")
    return value


def children(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def depth(value: Any) -> int:
    """Levels of objects and lists, counted without recursion."""
    level, deepest = [value], 0
    while level and deepest <= MAX_DEPTH:
        level = [inner for outer in level for inner in children(outer) if isinstance(inner, (dict, list))]
        deepest += 1
    return deepest


def texts(value: Any) -> Iterable[str]:
    waiting = [value]
    while waiting:
        found = waiting.pop()
        if isinstance(found, str):
            yield found
        elif isinstance(found, dict):
            yield from found
            waiting.extend(found.values())
        elif isinstance(found, list):
            waiting.extend(found)


def unfit(text: str) -> bool:
    """Would PostgreSQL or UTF-8 refuse this text?"""
    return "\0" in text or any("\ud800" <= c <= "\udfff" for c in text)
