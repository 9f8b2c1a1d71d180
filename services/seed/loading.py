"""What the loaders of all subjects share: the unit of work, the names known so far, and the tally."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.infrastructure.database.database import UnitOfWork
from services.seed.names import Names
from services.seed.survey import price_currency
from services.shared.sync import Row, Tally
from utils.money import to_minor
from utils.text import cleaned, described

Progress = Callable[[int], object]


def no_progress(count: int) -> None:
    """Nobody watches."""


@dataclass(slots=True)
class Loading:
    """One load of one document."""

    work: UnitOfWork
    document: Mapping[str, Any]
    names: Names
    tally: Tally = field(default_factory=Tally)
    progress: Progress = no_progress

    def entries(self, section: str) -> list[Any]:
        return self.document.get(section) or []

    def put_all(self, kind: str, ids: Mapping[tuple[Any, ...], str]) -> None:
        """Learn ids by their names alone."""
        for (name,), identity in ids.items():
            self.names.put(kind, name, identity)

    def price(self, entry: Mapping[str, Any]) -> Row:
        """Currency, region and amount (minor units) of a price as columns."""
        currency = price_currency(dict(entry), self.names)
        assert currency is not None, "the survey lets no price pass without a currency"
        region = entry.get("region")
        return {
            "currency_code": currency,
            "region_id": self.names.id("regions", region) if region is not None else None,
            "amount": to_minor(entry["amount"], currency),
        }


def rich_entry(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """The entry with its description as it is kept everywhere: plain text, cleaned HTML in `metadata.body_html`.

    With a `body_html` of its own the description is plain text already.
    """
    metadata = entry.get("metadata") or {}
    if isinstance(metadata.get("body_html"), str):
        return {**entry, "metadata": {**metadata, "body_html": cleaned(metadata["body_html"])}}
    text = entry.get("description") or ""
    shown, html = described(text)
    if shown == text.strip():
        return entry
    made = {**entry, "description": shown}
    return {**made, "metadata": {**metadata, "body_html": html}} if html is not None else made


def columns(entry: Mapping[str, Any], *names: str, **renamed: str) -> Row:
    """Those of the columns that the entry states; `renamed` is column=key."""
    row = {name: entry[name] for name in names if name in entry}
    return row | {column: entry[key] for column, key in renamed.items() if key in entry}
