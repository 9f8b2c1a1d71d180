"""The official client on Node, unmodified and with its defaults: polling first, then the upgrade."""

import asyncio
import json
from pathlib import Path
from typing import Any

from services.deps import Deps
from services.infrastructure.tokens.tokens import Tokens
from tests.clients.packages import install, program
from tests.conftest import Client
from tests.staff import Worker

SCRIPT = Path(__file__).parents[1] / "clients" / "chat.mjs"
UNAUTHORIZED = {"type": "unauthorized", "code": "unauthorized", "message": "Unauthorized"}
REFUSED = {"message": "Unauthorized", "data": UNAUTHORIZED}


async def run(*arguments: str, script: Path = SCRIPT) -> dict[str, Any]:
    """The steps of the script with what it saw."""
    running = await asyncio.create_subprocess_exec(
        program("node"), str(script), *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(60):
        told, wrong = await running.communicate()
    assert running.returncode == 0, wrong.decode()
    steps = [json.loads(line) for line in told.splitlines()]
    return {step["step"]: step["value"] for step in steps}


async def test_the_official_client_is_let_in_and_refused(
    client: Client, buyer: Worker, member: Worker, deps: Deps
) -> None:
    install()
    claims = deps.tokens.read(buyer.token)
    assert claims is not None
    whole = {name: value for name, value in claims.whole.items() if name not in ("exp", "iat", "aud", "iss", "sid")}
    foreign = Tokens("another secret of some length, 32 and more").sign(
        whole, session_id=claims.session_id, seconds=600
    )
    tokens = {"customer": buyer.token, "member": member.token, "foreign": foreign, "forged": buyer.token[:-1]}
    seen = await run(str(client.make_url("/"))[:-1], json.dumps({"tokens": tokens, "revoke": "/auth/session"}))
    over = seen.pop("over the rate")
    assert over["refused"] > 30
    assert over["ack"]["code"] == "too_many_requests"
    assert seen.pop("ping")["echo"] == "hello"
    assert seen.pop("unknown event")["code"] == "event_not_found"
    assert seen.pop("unknown keys")["message"] == "Invalid request: Unrecognized fields: 'admin'"
    assert seen.pop("connect with unknown keys")["data"]["code"] == "invalid_request"
    assert seen == {
        "connect customer": {"connected": True},
        "whoami customer": {"actor_type": "customer", "actor_id": buyer.actor_id, "seller_ids": []},
        "connect member": {"connected": True},
        "whoami member": {"actor_type": "seller", "actor_id": member.actor_id, "seller_ids": [member.seller_id]},
        "connect foreign": REFUSED,
        "connect forged": REFUSED,
        "connect without a token": REFUSED,
        "transport": "websocket",
        "revoked while connected": "io server disconnect",
        "revoked": REFUSED,
    }
