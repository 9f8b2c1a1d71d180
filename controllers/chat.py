"""Events of the namespace /chat: from the call to the acknowledgement."""

from typing import Any

from models.identity.principal import Principal
from services.call import Call
from services.deps import Deps
from utils.clock import now, to_iso


async def ping(call: Call, deps: Deps) -> dict[str, Any]:
    return {"time": to_iso(now()), "echo": call.body.get("echo")}


async def whoami(call: Call, deps: Deps) -> dict[str, Any]:
    return view(call.principal)


def view(who: Principal) -> dict[str, Any]:
    """A person as they are told of themselves."""
    return {
        "actor_type": who.actor_type,
        "actor_id": who.actor_id,
        "seller_ids": [membership.seller_id for membership in who.memberships],
    }
