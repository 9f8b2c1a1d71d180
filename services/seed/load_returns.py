"""Load the reasons for which buyers send things back."""

from collections.abc import Iterator
from typing import Any

from models.order.return_reason import PutReason
from services.order import bulk
from services.seed.loading import Loading, columns


async def load_return_reasons(loading: Loading) -> None:
    reasons = list(flattened(loading.entries("return_reasons")))
    loading.put_all("return_reasons", await bulk.put_reasons(loading.work, reasons=reasons, tally=loading.tally))


def flattened(entries: list[Any], parent: str | None = None) -> Iterator[PutReason]:
    """The reasons of a tree, each before those below it."""
    for entry in entries:
        yield PutReason(parent_value=parent, **columns(entry, "value", "label", "description", "metadata"))
        yield from flattened(entry.get("children") or [], entry["value"])
