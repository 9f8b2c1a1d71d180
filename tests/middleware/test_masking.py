"""No log holds an id that opens a cart or an order, and all lines about one are found together."""

import logging
from hashlib import sha256

import orjson
import pytest

from middleware.access_log import AccessLog
from utils.ids import new_id
from utils.masking import MaskedFormatter, log_masked, masked

KINDS = ("cart", "order", "sord", "pay_col", "return", "ordtf")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "form", ["/store/{}s/{}", "/store//{}s/{}/", "/store/wrong/{}/{}?fields=id", "/store/{}s/%{:x}{}", "/x{}y/({})"]
)
def test_the_access_log_shows_a_hash_in_place_of_an_id_that_opens_something(kind: str, form: str) -> None:
    known = new_id(kind)
    path = form.format(kind, ord(known[0]), known[1:]) if "%" in form else form.format(kind, known)
    written: list[bytes] = []
    log = AccessLog(True, written.append)
    log._lines.append((1_700_000_000.5, known, "GET", "/store/x", path, 200, 1, 0.1, None))
    log.flush()
    line = written[0].decode()
    assert known not in line
    assert known.partition("_")[2][-26:] not in line
    cut = f"{kind}_~{sha256(known.encode()).hexdigest()[:10]}"
    assert cut in orjson.loads(line)["path"], "the lines about one thing are still found together"


def test_other_ids_and_words_stay() -> None:
    for text in (new_id("prod"), new_id("payses"), "cart_1", "order by created_at", "a_cart_of_somebody"):
        assert masked(text) == text


def test_messages_and_tracebacks_are_masked_for_every_handler(caplog: pytest.LogCaptureFixture) -> None:
    order, log = new_id("order"), log_masked("pasar.tests.masking")
    try:
        raise ValueError(f"Key (order_id)=({order}) already exists. 100 %s")
    except ValueError:
        log.exception("order %s failed at 100 %%", order)
    assert order not in caplog.text
    assert caplog.text.count(masked(order)) == 2
    record = logging.LogRecord("other", logging.ERROR, "", 1, "order %s", (order,), None)
    assert MaskedFormatter("%(message)s").format(record) == f"order {masked(order)}"
