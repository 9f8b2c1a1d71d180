"""Names of the rest of house.md's table that are renamed token by token; none of them is on the wire."""

RENAMES: dict[str, str] = {
    "try_count": "attempt_count",
    "auth_redirect": "authorization_request",
    "Standings": "SessionCache",
    "Ticks": "VersionStamps",
    "Mark": "CacheToken",
    "Note": "CacheControl",
    "ShippingBook": "ShippingCatalogue",
    "Trip": "AuthorizationRequest",
    "Conflicted": "ConcurrencyConflict",
    "KeyTaken": "IdempotencyKeyInUse",
    "Away": "DatabaseUnavailable",
    "Claim": "IdempotencyRecord",
    "to_wire": "to_major",
    "from_wire": "to_minor",
    "HAT": "ACTOR_TYPE",
    "HATS": "ACTOR_TYPES",
}
# Those that name tables or columns: constraints and indexes are named after them.
COLUMNS = {"try_count", "auth_redirect"}
# Words of sentences as well: only where a name is meant, so not in strings.
NAMES_ONLY = {"Mark", "Note", "Trip", "Away", "Claim"}
# Files in which a name means something else.
NOT_IN = {"Claim": ("pasar/*", "docs/*"), "Note": ("tests/services_up/*",), "to_wire": ("middleware/*",)}
# Names by the module they are imported from: `wire` and `read` are words of much else.
IMPORTED = {("utils.clock", "wire"): "to_iso", ("utils.clock", "read"): "parse_iso"}
