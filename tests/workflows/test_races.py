"""A thousand buyers, a hundred pieces: over real HTTP and two server processes, at `complete` and at the payment."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.process import ServerProcess
from tests.workflows.books import faults, open_books
from tests.workflows.buyers import Answer, Buyers, side_by_side
from tests.workflows.races import LIMITED, SHORT, SPREAD, race_at_complete, race_at_payment, serving, write_seed


@pytest.fixture(scope="module")
def seed_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_seed(tmp_path_factory.mktemp("seed"))


@pytest.fixture(scope="module")
def server(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with serving(database_url, tmp_path_factory.mktemp("races"), "app.py", "serve", "--no-demo", workers=2) as running:
        yield running


def test_a_thousand_buyers_at_complete_get_exactly_the_hundred_pieces(server: ServerProcess) -> None:
    race = asyncio.run(race_at_complete(server, item=0, buyers=1000, holders=30, stock=100))
    race.assert_nothing_oversold()


def test_at_the_payment_session_as_many_get_a_hold_as_there_are_pieces(server: ServerProcess) -> None:
    race = asyncio.run(race_at_payment(server, item=1, buyers=150, stock=20))
    assert Counter(answer.status for answer in race.sessions) == {200: 20, 400: 130}
    held = [answer.status == 200 for answer in race.sessions]
    assert [answer.order_id is not None for answer in race.answers] == held
    assert (race.sold, race.left, race.faults) == (20, 0, [])


def test_nobody_is_refused_while_another_location_has_pieces(server: ServerProcess) -> None:
    race = asyncio.run(race_at_payment(server, item=SPREAD, buyers=25))
    assert Counter(answer.status for answer in race.sessions) == {200: 20, 400: 5}
    assert (race.sold, race.left, race.faults) == (20, 0, [])


def test_what_may_be_ordered_back_is_sold_to_everybody(server: ServerProcess) -> None:
    race = asyncio.run(race_at_payment(server, item=SHORT, buyers=20))
    assert {answer.status for answer in [*race.sessions, *race.answers]} == {200}
    assert (race.sold, race.left, race.faults) == (20, 0, [])


async def same_cart(server: ServerProcess, at_once: int) -> tuple[list[str | None], list[str | None], list[str]]:
    """One cart completed many times at once without a key and with different ones, another with one key."""
    books = await open_books(server.database_url)
    async with Buyers(server.base) as crowd:
        first, second = [await crowd.payable(*crowd.variants[2:4]) for _ in range(2)]
        mixed = await asyncio.gather(*(crowd.complete(first, f"key-{n}" if n % 2 else "") for n in range(at_once)))
        keyed = await asyncio.gather(*(crowd.complete(second, "one-key", tries=50) for _ in range(at_once)))
    found = await faults(books)
    await books.close()
    return [answer.order_id for answer in mixed], [answer.order_id for answer in keyed], found


def test_one_cart_completed_many_times_at_once_makes_one_order(server: ServerProcess) -> None:
    mixed, keyed, found = asyncio.run(same_cart(server, at_once=40))
    assert len(set(mixed)) == 1
    assert mixed[0] is not None
    assert len(set(keyed)) == 1
    assert keyed[0] is not None
    assert mixed[0] != keyed[0]
    assert found == []


async def crossing(server: ServerProcess, buyers: int) -> tuple[Counter[int], list[str]]:
    """Carts of the same two variants in opposite orders, paid and completed at once."""
    books = await open_books(server.database_url)
    async with Buyers(server.base) as crowd:
        two = crowd.variants[2:4]
        work = (crowd.payable(*(two if n % 2 else reversed(two))) for n in range(buyers))
        carts = await asyncio.gather(*work)
        answers = await asyncio.gather(*(crowd.complete(cart, tries=1) for cart in carts))
    found = await faults(books)
    await books.close()
    return Counter(answer.status for answer in answers), found


def test_buyers_of_the_same_things_in_opposite_orders_do_not_block_each_other(server: ServerProcess) -> None:
    statuses, found = asyncio.run(crossing(server, buyers=60))
    assert (statuses, found) == ({200: 60}, [])


async def last_coupons(server: ServerProcess, buyers: int) -> tuple[list[Answer], list[str]]:
    """More carts carry a limited code than may use it; all complete at once."""
    books = await open_books(server.database_url)
    async with Buyers(server.base) as crowd:

        async def cart_with_code() -> str:
            cart = await crowd.cart(crowd.variants[2])
            await crowd.must("POST", f"/store/carts/{cart}", {"promo_codes": [LIMITED["code"]]})
            await crowd.session(cart)
            return cart

        carts = await side_by_side([cart_with_code() for _ in range(buyers)], 12)
        answers = await asyncio.gather(*(crowd.complete(cart) for cart in carts))
    found = await faults(books)
    await books.close()
    return answers, found


def test_a_limited_code_is_used_as_often_as_it_may_be(server: ServerProcess) -> None:
    answers, found = asyncio.run(last_coupons(server, buyers=60))
    discounts = [answer.body["order"]["discount_total"] for answer in answers if answer.order_id]
    assert len(discounts) == LIMITED["limit"]
    assert all(amount > 0 for amount in discounts)
    assert {answer.code for answer in answers} == {None, "promotion_usage_exceeded"}
    assert found == []


async def paying_and_changing(server: ServerProcess, buyers: int) -> tuple[list[tuple[Answer, Answer]], list[str]]:
    """Each cart is completed while a second device adds a piece to it."""
    books = await open_books(server.database_url)
    async with Buyers(server.base) as crowd:
        carts = await side_by_side([crowd.payable(crowd.variants[2]) for _ in range(buyers)], 12)
        one_more = {"variant_id": crowd.variants[3], "quantity": 1}

        async def both(cart: str) -> tuple[Answer, Answer]:
            adding = crowd.call("POST", f"/store/carts/{cart}/line-items", one_more)
            return await asyncio.gather(crowd.complete(cart, tries=1), adding)

        answers = await asyncio.gather(*(both(cart) for cart in carts))
    found = await faults(books)
    await books.close()
    return answers, found


def test_a_cart_is_either_bought_as_it_was_paid_or_changed_and_not_bought(server: ServerProcess) -> None:
    answers, found = asyncio.run(paying_and_changing(server, buyers=60))
    for completed, added in answers:
        assert (completed.order_id is not None) != (added.status == 200), (completed, added)
        assert max(completed.status, added.status) < 500
        if completed.order_id:
            assert len(completed.body["order"]["items"]) == 1
    assert found == []
