"""The fake server's adapter: as thin as one can be that keeps the port's promises."""

from typing import Any

import aiohttp

from services.providers.payment.ports import (
    OutcomeUnknown,
    PaymentDeclined,
    ProviderUnavailable,
    SessionRequest,
    Snapshot,
)

SECONDS = 2


class HttpProvider:
    id = "pp_http_fake"
    is_remote = True

    def __init__(self, address: str) -> None:
        self.address = address

    async def open_session(self, request: SessionRequest) -> Snapshot:
        body = {"reference": request.reference, "amount": request.amount, "currency": request.currency_code}
        opened = await self._call("POST", "sessions", body)
        assert opened is not None
        return opened

    async def find(self, reference: str) -> Snapshot | None:
        return await self._call("GET", f"sessions/{reference}")

    async def authorize(self, reference: str, known: Snapshot) -> Snapshot:
        found = await self._call("POST", f"sessions/{reference}/authorize")
        return found or Snapshot("canceled", known.amount, known.currency_code)

    async def cancel(self, reference: str, known: Snapshot) -> Snapshot:
        found = await self._call("POST", f"sessions/{reference}/cancel")
        return found or Snapshot("canceled", known.amount, known.currency_code)

    async def _call(self, method: str, path: str, body: Any = None) -> Snapshot | None:
        """The session; None when there is none of this reference."""
        limit = aiohttp.ClientTimeout(total=SECONDS)
        try:
            # No connection is kept: one that died while idle could not be told from one that died after acting.
            async with (
                aiohttp.ClientSession(timeout=limit) as session,
                session.request(method, f"{self.address.rstrip('/')}/{path}", json=body) as reply,
            ):
                answer = await reply.json()
        except aiohttp.ClientConnectorError as error:
            raise ProviderUnavailable(provider_id=self.id) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise OutcomeUnknown(provider_id=self.id) from error
        if reply.status == 402:
            raise PaymentDeclined(reason=answer["reason"])
        if reply.status == 404:
            return None
        return Snapshot(answer["state"], answer["amount"], answer["currency"], answer["data"])
