"""One thing has one name, the field's: words that were given up stand in no name any more.

Names are those of files, of whatever a module defines, takes or calls, and of tables and columns. What is on the wire
stays as it is (`/vendor`, error codes, topics, keys of seed files), and so does `store` where it is the Store API, a
store of files, chats or cookies, or the verb.
"""

import io
import re
import tokenize
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

from models.schema.base import metadata

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = (
    "pasar",
    "middleware",
    "routes",
    "controllers",
    "services",
    "models",
    "utils",
    "tests",
    "benchmarks",
    "examples",
)
FILES = sorted(
    [ROOT / "app.py"]
    + [
        file
        for folder in FOLDERS
        for file in (ROOT / folder).rglob("*.py")
        if not {"node_modules", ".venv", "build"} & set(file.parts) and file != Path(__file__).resolve()
    ]
)
# Whole names, and the word that took their place; see docs/glossary.md.
RETIRED = {
    "Claim": "IdempotencyRecord",
    "Conflicted": "ConcurrencyConflict",
    "Desk": "CrudController",
    "hat": "actor type",
    "hats": "actor types",
    "HAT": "ACTOR_TYPE",
    "HATS": "ACTOR_TYPES",
    "KeyTaken": "IdempotencyKeyInUse",
    "Mark": "CacheToken",
    "Note": "CacheControl",
    "Noun": "Resource",
    "ShippingBook": "ShippingCatalogue",
    "Standings": "SessionCache",
    "standings": "session_cache",
    "StoreOrder": "SellerOrderPart",
    "Ticks": "VersionStamps",
    "TooManyTries": "TooManyAttempts",
    "Trip": "AuthorizationRequest",
    "auth_redirect": "authorization_request",
    "from_wire": "to_minor",
    "letter_token": "order access token",
    "order_letters": "emails/buyer",
    "reckon_canceled": "recompute_canceled_totals",
    "return_desk": "return_receipt",
    "showcase": "price_display",
    "sold_view": "snapshot",
    "stock_place": "stock location",
    "stock_sheet": "bulk_adjustment",
    "to_wire": "to_major",
    "try_count": "attempt_count",
}
# A word of the table in any part of a name: `store_id`, `load_stores`, `OF_STORE_ROLE`, `StoreMoved`, `vendor`.
SELLER = re.compile(r"(?<![a-z])stores?(?![a-z])|(?<![A-Z])STORES?(?![A-Z])|Stores?(?![a-z])|vendor|Vendor|VENDOR")
# The Store API, its public address, what is offered in it; stores of files, chats and cookies; the verb.
MEANT = re.compile(
    r".*[Ss]torefront.*|.*_store_apis?_.*|.*[Rr]estore.*|(store|vendor)_cors|enabled_in_store|store_(category|seller|facts|kind|true|false)"
    r"|(Chat|Cookie|File|Memory)Store|(chat|cookie|file)_store|test_\w*chat_store\w*|test_a_store_route_\w+"
    r"|test_a_store_that_is_away_\w+|test_a_granted_(form|put)_stores_\w+|STORE_(ADDRESS|CART|CUSTOMER|ITEM|LOCATION|OPTION|ZONE)"
    r"|test_no_folder_is_named_vendor"
)
# (files, name): what it is there.
MEANT_IN = {
    ("*", "store"): "a folder of the Store API in an import",
    ("tests/uploads/*", "STORES"): "stores of files",
    ("tests/matrix/*", "STORE"): "the Store API",
    ("tests/admin/*", "STORE"): "the Store API",
    ("examples/*", "STORE"): "the Store API",
    ("benchmarks/bare.py", "STORE"): "the verb",
    ("pasar/claims.py", "Claim"): "what a plug-in lays claim to",
    ("services/file/upload.py", "store_id"): "a fact of an error, on the wire",
    ("tests/services_up/*", "Note"): "what is written down of a service",
}
# Where the bare word is a name of its own: a verb, a store of files or chats, a key of seed files.
BARE = (
    "middleware/idempotency.py",
    "services/workflows/process_upload.py",
    "services/infrastructure/files/*",
    "services/infrastructure/chat/*",
    "services/imports/spool.py",
    "services/seed/format*.py",
    "tests/services/infrastructure/*",
    "tests/uploads/*",
)
# Of the Store API, and of stores of files and chats.
FILES_MEANT = (
    "routes/store/store.py",
    "examples/*/store.py",
    "tests/routes/*store_*.py",
    "tests/uploads/*",
    "tests/*_chat_store.py",
)


def relative(file: Path) -> str:
    return str(file.relative_to(ROOT))


def names(file: Path) -> Iterator[tuple[str, int, bool]]:
    """Every name with its line, and whether it is a part of an import or of the surface's own module."""
    source = file.read_text()
    surfaces = bool(re.search(r"^from (\w+\.)?(routes|controllers)[\w.]* import .*\bstore\b", source, re.M))
    tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    for before, token, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if token.type == tokenize.NAME:
            is_path = token.line.lstrip().startswith(("from ", "import ")) and "." in (before.string, after.string)
            yield token.string, token.start[0], is_path or (surfaces and before.string != ".")


def faults(file: Path) -> Iterator[str]:
    for name, line, is_surface in names(file):
        place = relative(file)
        if any(fnmatch(place, files) and name == meant for files, meant in MEANT_IN if files != "*"):
            continue
        if name in RETIRED:
            yield f"line {line}: {name} is {RETIRED[name]} now"
        if not SELLER.search(name) or MEANT.fullmatch(name):
            continue
        if name == "store" and (is_surface or any(fnmatch(place, files) for files in BARE)):
            continue
        # The name of an argument of the command line: `--store`.
        if name == "store" and "options.store" in file.read_text().splitlines()[line - 1]:
            continue
        yield f"line {line}: {name}; who sells is a seller"


@pytest.mark.parametrize("file", FILES, ids=relative)
def test_no_name_is_a_word_that_was_given_up(file: Path) -> None:
    found = list(faults(file))
    assert not found, f"{relative(file)}:\n" + "\n".join(found)


def test_no_file_is_named_by_a_word_that_was_given_up() -> None:
    """Folders `store` are the Store API's; a test of stores of files is one of uploads."""
    found = [
        relative(file)
        for file in FILES
        if (file.stem in RETIRED or SELLER.search(file.stem))
        and not MEANT.fullmatch(file.stem)
        and not any(fnmatch(relative(file), meant) for meant in FILES_MEANT)
    ]
    assert not found


def test_no_table_or_column_is_named_by_a_word_that_was_given_up() -> None:
    found = [
        name
        for table in metadata.tables.values()
        for name in (table.name, *(f"{table.name}.{column.name}" for column in table.columns))
        if (set(name.split(".")) & RETIRED.keys() or SELLER.search(name)) and not name.endswith(".enabled_in_store")
    ]
    assert not found


def test_the_glossary_has_every_word_that_took_a_place() -> None:
    """Whoever searches for a word of the field finds the place in the glossary."""
    page = (ROOT / "docs" / "glossary.md").read_text().lower()
    searched = (
        *("rate limit", "pagination", "webhook", "smtp", "coupon", "soft delete", "optimistic lock", "permission"),
        *("warehouse", "settlement", "serializer", "scheduler", "metrics", "compensation"),
        *("throttling", "quota", "revoke a session", "rounding", "not found", "state machine", "hold expiry"),
    )
    assert [word for word in searched if word not in page] == []


def test_the_glossary_names_places_that_are_there() -> None:
    page = (ROOT / "docs" / "glossary.md").read_text()
    places = re.findall(r"`((?:[a-z_]+/)+(?:[a-z_]+\.py|\*)?)`", page)
    assert len(places) > 40
    assert [place for place in places if not (ROOT / place.removesuffix("*")).exists()] == []
