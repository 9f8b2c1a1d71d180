"""Who calls, and through which door: sales channels, API keys, and the principal of a request."""

from dataclasses import dataclass

from models.schema.roles import Grants
from models.seller.member import Membership


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller of one request: the key it came with, and who is logged in (nobody: kind `anonymous`).

    A person who has registered and is not yet a customer (seller, ...) has an identity and an actor type, but no actor.
    `grants` is what an administrator, a secret key (`api_key_id`), or a member for the seller `seller_id` may do;
    members have them once a row has chosen the seller among `memberships`.
    """

    kind: str = "anonymous"
    key_id: str | None = None
    sales_channel_ids: tuple[str, ...] = ()
    customer_id: str | None = None
    group_ids: tuple[str, ...] = ()
    identity_id: str | None = None
    actor_type: str | None = None
    actor_id: str | None = None
    session_id: str | None = None
    memberships: tuple[Membership, ...] = ()
    seller_id: str | None = None
    role: str | None = None
    grants: Grants = frozenset()
    api_key_id: str | None = None
    request_id: str | None = None
