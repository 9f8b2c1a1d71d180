"""What every payment provider promises, asked of each adapter alike: all of the table, and one over HTTP."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from services.providers.payment import PROVIDERS
from services.providers.payment.ports import (
    OutcomeUnknown,
    PaymentDeclined,
    PaymentProvider,
    ProviderUnavailable,
    SessionRequest,
    Snapshot,
)
from tests.providers.adapter import HttpProvider
from tests.providers.fake_server import FakeServer

ASKED = SessionRequest(reference="payses_1", amount=1999, currency_code="eur", email="ana@example.com")


@dataclass(frozen=True, slots=True)
class Subject:
    provider: PaymentProvider
    server: FakeServer | None


@pytest.fixture(params=[*PROVIDERS, HttpProvider], ids=lambda make: make.__name__)
async def subject(request: pytest.FixtureRequest) -> AsyncIterator[Subject]:
    if request.param is not HttpProvider:
        yield Subject(request.param(), None)
        return
    async with FakeServer().serving() as server:
        yield Subject(HttpProvider(server.address), server)


@pytest.fixture
async def server() -> AsyncIterator[FakeServer]:
    async with FakeServer().serving() as started:
        yield started


def money(snapshot: Snapshot) -> tuple[int, str]:
    return snapshot.amount, snapshot.currency_code


async def test_a_session_is_opened_for_the_amount_asked_for(subject: Subject) -> None:
    opened = await subject.provider.open_session(ASKED)
    assert (opened.state, money(opened)) == ("pending", (1999, "eur"))


async def test_opening_again_under_one_reference_gives_the_same_session(subject: Subject) -> None:
    assert await subject.provider.open_session(ASKED) == await subject.provider.open_session(ASKED)


async def test_a_session_is_found_by_our_reference_only(subject: Subject) -> None:
    provider = subject.provider
    assert await provider.find("payses_never") is None
    opened = await provider.open_session(ASKED)
    assert await provider.find(ASKED.reference) == (opened if provider.is_remote else None)


async def test_authorizing_gives_a_state_and_the_money_and_may_be_repeated(subject: Subject) -> None:
    opened = await subject.provider.open_session(ASKED)
    first = await subject.provider.authorize(ASKED.reference, opened)
    assert (first.state, money(first)) == ("authorized", (1999, "eur"))
    assert await subject.provider.authorize(ASKED.reference, first) == first


@pytest.mark.parametrize("authorized", [False, True])
async def test_cancelling_may_be_repeated(subject: Subject, authorized: bool) -> None:
    known = await subject.provider.open_session(ASKED)
    if authorized:
        known = await subject.provider.authorize(ASKED.reference, known)
    assert (await subject.provider.cancel(ASKED.reference, known)).state == "canceled"
    assert (await subject.provider.cancel(ASKED.reference, known)).state == "canceled"


async def test_cancelling_what_was_never_opened_is_no_error(subject: Subject) -> None:
    known = Snapshot("pending", 1999, "eur")
    assert (await subject.provider.cancel("payses_never", known)).state == "canceled"


async def test_a_cancelled_session_is_not_authorized_any_more(server: FakeServer) -> None:
    provider = HttpProvider(server.address)
    opened = await provider.open_session(ASKED)
    await provider.cancel(ASKED.reference, opened)
    assert (await provider.authorize(ASKED.reference, opened)).state == "canceled"


@pytest.mark.parametrize("fault", ["break", "drop", "late"])
async def test_no_answer_is_an_unknown_outcome(server: FakeServer, fault: str) -> None:
    server.faults["open"] = fault
    with pytest.raises(OutcomeUnknown):
        await HttpProvider(server.address).open_session(ASKED)


async def test_a_refusal_is_a_declined_payment(server: FakeServer) -> None:
    server.faults["open"] = "decline"
    with pytest.raises(PaymentDeclined):
        await HttpProvider(server.address).open_session(ASKED)


async def test_a_provider_that_is_not_there_is_unavailable(unused_tcp_port: int) -> None:
    with pytest.raises(ProviderUnavailable):
        await HttpProvider(f"http://127.0.0.1:{unused_tcp_port}").open_session(ASKED)
