"""The page cache: what it keeps, what it drops, and what it refuses."""

import time

import pytest

from services.infrastructure.cache.pages import PAGE_OVERHEAD_BYTES, Pages
from services.infrastructure.cache.version_stamps import HELD, VersionStamps

pytestmark = pytest.mark.pure

KIB = 1024


def test_a_page_is_dropped_with_any_of_its_tags() -> None:
    pages = Pages(1000 * KIB)
    pages.keep("list", b"a", pages.mark(("catalogue",)))
    pages.keep("one", b"b", pages.mark(("regions",)), tags=("prod_1",))
    pages.drop(("prod_2", "sellers"))
    assert (pages.get("list"), pages.get("one")) == (b"a", b"b")
    pages.drop(("prod_1",))
    assert (pages.get("list"), pages.get("one")) == (b"a", None)
    pages.drop(("catalogue",))
    assert len(pages) == 0
    assert pages.size_bytes == 0


def test_a_page_made_of_rows_read_before_a_change_is_not_kept() -> None:
    pages = Pages(1000 * KIB)
    mark = pages.mark(("catalogue",))
    pages.drop(("catalogue",))
    pages.keep("list", b"stale", mark)
    assert pages.get("list") is None
    pages.keep("list", b"fresh", pages.mark(("catalogue",)))
    assert pages.get("list") == b"fresh"


def test_a_change_of_something_else_does_not_keep_a_page_out() -> None:
    pages = Pages(1000 * KIB)
    mark = pages.mark(("catalogue",))
    pages.drop(("iitem_1",))
    pages.keep("list", b"a", mark, tags=("iitem_2",))
    assert pages.get("list") == b"a"


def test_a_page_ends_at_its_moment() -> None:
    pages = Pages(1000 * KIB)
    pages.keep("list", b"a", pages.mark(), expires_at=time.time() + 0.02)
    assert pages.get("list") == b"a"
    time.sleep(0.03)
    assert pages.get("list") is None
    assert pages.size_bytes == 0


def test_the_oldest_pages_leave_first_but_read_ones_get_another_turn() -> None:
    pages = Pages(10 * (KIB + PAGE_OVERHEAD_BYTES))
    for number in range(10):
        pages.keep(number, bytes(KIB), pages.mark())
    pages.get(0)
    for number in range(10, 15):
        pages.keep(number, bytes(KIB), pages.mark())
    assert pages.size_bytes <= pages.limit_bytes
    assert pages.get(0) is not None
    assert pages.get(1) is None


def test_pages_that_would_fill_the_cache_are_not_kept() -> None:
    pages = Pages(KIB)
    pages.keep("large", bytes(KIB), pages.mark())
    none = Pages(0)
    none.keep("any", b"", none.mark())
    assert (len(pages), len(none)) == (0, 0)


def test_clear_also_refuses_pages_in_the_making() -> None:
    pages = Pages(1000 * KIB)
    mark = pages.mark()
    pages.clear()
    pages.keep("list", b"a", mark)
    assert pages.get("list") is None


def test_ticks_forget_old_changes_on_the_safe_side() -> None:
    ticks = VersionStamps()
    before = ticks.now
    ticks.change(("first",))
    after = ticks.now
    ticks.change(f"item_{number}" for number in range(HELD))
    assert ticks.moved(("first",), before), "its change is forgotten, but not that there was one"
    assert not ticks.moved(("other",), after)
    assert ticks.moved(("item_5",), after)
