"""What roles may do: a grant is an area and `read` or `write`, such as `orders:write`; a route asks for one.

Staff get theirs from their role with a seller, within what the seller's state leaves; administrators from their role;
a secret API key has a list of its own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

Grants = frozenset[str]

SELLER_ROLES = ("owner", "manager", "catalogue", "orders", "support")
SELLER_AREAS = ("store", "ownership", "staff", "catalogue", "inventory", "shipping", "orders", "chat")
SELLER_STATES = ("pending", "open", "suspended", "rejected", "closed")
USER_ROLES = ("admin", "support")
USER_AREAS = ("stores", "users", "keys", "regions", "channels", "catalogue", "customers", "orders", "audit")


def reads(*areas: str) -> Grants:
    return frozenset(f"{area}:read" for area in areas)


def writes(*areas: str) -> Grants:
    """Who may write may read."""
    return reads(*areas) | frozenset(f"{area}:write" for area in areas)


SELLER_GRANTS: Grants = writes(*SELLER_AREAS)
USER_GRANTS: Grants = writes(*USER_AREAS)

OF_SELLER_ROLE: Mapping[str, Grants] = MappingProxyType(
    {
        "owner": SELLER_GRANTS,
        "manager": SELLER_GRANTS - {"ownership:write"},
        "catalogue": writes("catalogue", "inventory") | reads("store", "shipping"),
        "orders": writes("orders", "chat") | reads("store", "catalogue", "inventory", "shipping"),
        "support": writes("chat") | reads("store", "catalogue", "orders"),
    }
)
# What can be changed of a seller in each state; everything can be read. Orders that were placed, and what is said of
# them, go on in every state in which there can be any.
STATE_WRITES: Mapping[str, Grants] = MappingProxyType(
    {
        "pending": writes("store", "ownership", "staff", "catalogue", "inventory", "shipping"),
        "open": SELLER_GRANTS,
        "suspended": writes("store", "ownership", "staff", "orders", "chat"),
        "rejected": writes("store", "ownership"),
        "closed": writes("ownership", "orders", "chat"),
    }
)
OF_USER_ROLE: Mapping[str, Grants] = MappingProxyType({"admin": USER_GRANTS, "support": reads(*USER_AREAS)})


def in_state(grants: Iterable[str], status: str, writes: Mapping[str, Grants] = STATE_WRITES) -> Grants:
    """Those of the grants that count while the seller is in this state."""
    changes = writes[status]
    return frozenset(grant for grant in grants if grant.endswith(":read") or grant in changes)


@dataclass(frozen=True, slots=True)
class Rights:
    """All grants of an installation and who has them: those of this module, and what plug-ins add to them."""

    of_seller_role: Mapping[str, Grants] = field(default_factory=lambda: OF_SELLER_ROLE)
    state_writes: Mapping[str, Grants] = field(default_factory=lambda: STATE_WRITES)
    of_user_role: Mapping[str, Grants] = field(default_factory=lambda: OF_USER_ROLE)

    @property
    def seller(self) -> Grants:
        """Every grant that staff of a seller may have."""
        return self.of_seller_role["owner"]

    @property
    def user(self) -> Grants:
        """Every grant that administrators and secret keys may have."""
        return self.of_user_role["admin"]

    def of_member(self, role: str, status: str) -> Grants:
        """What a member of this role may do for a seller of this state."""
        return in_state(self.of_seller_role[role], status, self.state_writes)

    def with_seller_grant(self, grant: str, *, roles: Iterable[str], states: Iterable[str]) -> "Rights":
        """Owners and the roles get the grant; writing counts in the states, reading in all."""
        of_role = _added(self.of_seller_role, grant, {"owner", *roles})
        return Rights(of_role, _added(self.state_writes, grant, states), self.of_user_role)

    def with_user_grant(self, grant: str, *, roles: Iterable[str]) -> "Rights":
        """Administrators of the role `admin` and of the roles get the grant."""
        return Rights(self.of_seller_role, self.state_writes, _added(self.of_user_role, grant, {"admin", *roles}))


def _added(held: Mapping[str, Grants], grant: str, names: Iterable[str]) -> Mapping[str, Grants]:
    more = {name: held[name] | {grant} for name in names}
    return MappingProxyType({**held, **more})
