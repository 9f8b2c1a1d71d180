"""What a connection asks about itself."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from models.chat.commands import RenewConnection
from models.identity.principal import Principal
from services.call import Call
from services.deps import Deps
from utils.clock import now, to_iso


async def ping(call: Call, deps: Deps) -> dict[str, Any]:
    return {"time": to_iso(now()), "echo": call.body.get("echo")}


async def whoami(call: Call, deps: Deps) -> dict[str, Any]:
    return view(call.principal)


async def renew(call: Call, deps: Deps) -> dict[str, Any]:
    """Go on with a fresh token."""
    assert call.connection is not None, "the row is not for sockets"
    expires_at = await call.connection.renew(msgspec.convert(call.body, RenewConnection).token)
    return {"expires_at": to_iso(datetime.fromtimestamp(expires_at, UTC))}


def view(who: Principal) -> dict[str, Any]:
    """A person as they are told of themselves."""
    return {
        "actor_type": who.actor_type,
        "actor_id": who.actor_id,
        "seller_ids": [membership.seller_id for membership in who.memberships],
    }
