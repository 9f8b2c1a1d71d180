"""What a seller may state of itself: the rules and limits that requests and files are held to alike."""

from utils.errors import AppError

LONGEST_NAME, LONGEST_ABOUT = 120, 5000  # characters of a name, of a description
LONGEST_LINE, LONGEST_PHONE = 200, 40  # of a part of the address
SHORTEST_HANDLE, LONGEST_HANDLE = 2, 60
LONGEST_LOGO = 2000  # of an address
RESERVED = frozenset(("me", "new", "admin", "api", "all"))
COMMISSION = {"type": "number", "minimum": 0, "maximum": 100, "multipleOf": 0.001}  # percent


class HandleReserved(AppError):
    code, kind = "handle_reserved", "invalid"
    message = "No store can have the handle {handle}."


class CountryUnknown(AppError):
    code, kind = "country_unknown", "invalid"
    message = "{country_code} is not the code of a country (ISO 3166-1, two letters)."


def ensure_handle(handle: str) -> None:
    """HandleReserved for what paths and pages need for themselves."""
    if handle in RESERVED:
        raise HandleReserved(handle=handle)
