"""What the word `format` of a JSON Schema asks, in requests and in files alike."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

EMAIL = re.compile(r"[^@\s\x00-\x1f]{1,64}@[^@\s\x00-\x1f.]+(\.[^@\s\x00-\x1f.]+)+")
MOMENT = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?")


def is_email(value: Any) -> bool:
    return not isinstance(value, str) or EMAIL.fullmatch(value) is not None


def is_moment(value: Any) -> bool:
    """A date, or a date and time, that exists."""
    if not isinstance(value, str):
        return True
    if MOMENT.fullmatch(value) is None:
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def is_date(value: Any) -> bool:
    """A day that exists."""
    return not isinstance(value, str) or (len(value) == 10 and is_moment(value))


def is_small(value: Any) -> bool:
    """A handle has no capitals of any writing; its signs are held to a pattern."""
    return not isinstance(value, str) or value == value.lower()


FORMATS: dict[str, Callable[..., bool]] = {
    "email": is_email,
    "date": is_date,
    "date-time": is_moment,
    "handle": is_small,
}
