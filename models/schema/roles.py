"""What roles may do: a grant is an area and `read` or `write`, such as `orders:write`; a route asks for one.

Staff get theirs from their role in a store, within what the store's state leaves; administrators from their role;
a secret API key has a list of its own.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

Grants = frozenset[str]

STORE_ROLES = ("owner", "manager", "catalogue", "orders", "support")
STORE_AREAS = ("store", "ownership", "staff", "catalogue", "inventory", "shipping", "orders")
STORE_STATES = ("pending", "open", "suspended", "rejected", "closed")
USER_ROLES = ("admin", "support")
USER_AREAS = ("stores", "users", "keys", "regions", "channels", "catalogue", "customers", "orders", "audit")


def reads(*areas: str) -> Grants:
    return frozenset(f"{area}:read" for area in areas)


def writes(*areas: str) -> Grants:
    """Who may write may read."""
    return reads(*areas) | frozenset(f"{area}:write" for area in areas)


STORE_GRANTS: Grants = writes(*STORE_AREAS)
USER_GRANTS: Grants = writes(*USER_AREAS)

OF_STORE_ROLE: Mapping[str, Grants] = MappingProxyType(
    {
        "owner": STORE_GRANTS,
        "manager": STORE_GRANTS - {"ownership:write"},
        "catalogue": writes("catalogue", "inventory") | reads("store", "shipping"),
        "orders": writes("orders") | reads("store", "catalogue", "inventory", "shipping"),
        "support": reads("store", "catalogue", "orders"),
    }
)
# What can be changed in a store of each state; everything can be read. Orders that were placed go on in every state.
STATE_WRITES: Mapping[str, Grants] = MappingProxyType(
    {
        "pending": writes("store", "ownership", "staff", "catalogue", "inventory", "shipping"),
        "open": STORE_GRANTS,
        "suspended": writes("store", "ownership", "staff", "orders"),
        "rejected": writes("store", "ownership"),
        "closed": writes("ownership", "orders"),
    }
)
OF_USER_ROLE: Mapping[str, Grants] = MappingProxyType({"admin": USER_GRANTS, "support": reads(*USER_AREAS)})


def in_state(grants: Iterable[str], status: str) -> Grants:
    """Those of the grants that count while the store is in this state."""
    changes = STATE_WRITES[status]
    return frozenset(grant for grant in grants if grant.endswith(":read") or grant in changes)
