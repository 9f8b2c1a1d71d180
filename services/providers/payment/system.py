"""`pp_system_default`: payment settled outside the system (cash, invoice); authorizes at once, calls nobody."""

from dataclasses import replace

from services.providers.payment.ports import SessionRequest, Snapshot


class SystemProvider:
    id = "pp_system_default"
    is_remote = False

    async def open_session(self, request: SessionRequest) -> Snapshot:
        return Snapshot("pending", request.amount, request.currency_code)

    async def find(self, reference: str) -> Snapshot | None:
        return None  # it keeps nothing

    async def authorize(self, reference: str, known: Snapshot) -> Snapshot:
        return replace(known, state="authorized")

    async def cancel(self, reference: str, known: Snapshot) -> Snapshot:
        return replace(known, state="canceled")
