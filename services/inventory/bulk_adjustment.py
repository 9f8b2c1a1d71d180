"""A sheet of counts, as warehouses send them: rows by SKU and place, all of them or none."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from models.identity.principal import Principal
from models.inventory import adjustment as rows
from models.inventory.commands import ApplySheet, SheetRow
from services.audit import log as audit_log
from services.infrastructure.database.database import UnitOfWork
from services.inventory import adjustment as inventory_adjustment
from services.inventory.adjustment import Count
from services.shared.ownership import seller_of
from utils.errors import AppError
from utils.ids import new_id


class SheetRefused(AppError):
    code, kind = "inventory_sheet_refused", "invalid"
    message = "Nothing was changed: {refused} of {rows} rows cannot be."

    def __init__(self, total: int, errors: list[dict[str, Any]]) -> None:
        super().__init__(refused=len(errors), rows=total, errors=errors)


class SkuUnknown(AppError):
    code, kind = "sku_unknown", "invalid"
    message = "The store has no item of the SKU {sku}."


class LocationUnknown(AppError):
    code, kind = "location_unknown", "invalid"
    message = "The store has no place with the id or name {location}."


class NoLocation(AppError):
    code, kind = "location_missing", "invalid"
    message = "The store has no stock location yet. Make one first."


class RowTwice(AppError):
    code, kind = "row_twice", "invalid"
    message = "The sheet names {sku} at this place more than once."


@dataclass(frozen=True, slots=True)
class Sheet:
    """What came of a sheet: its reference on the movements, its rows, and how many of them changed a level."""

    id: str
    rows: int
    changed: int


async def apply(work: UnitOfWork, *, who: Principal, command: ApplySheet) -> Sheet:
    """Bring every level that the sheet names to its count; SheetRefused, row by row, when one of them cannot be."""
    entries, reason = command.items, command.reason
    counts, errors = await _read(work, who, entries)
    refused = [_error(n, entries[n], error) for n, error in errors.items()]
    if refused:
        raise SheetRefused(len(entries), refused)
    sheet_id = new_id("invsh")
    await inventory_adjustment.open_at(work, [count.place for count in counts])
    moved, refusals = await inventory_adjustment.apply(work, counts, reference=sheet_id, reason=reason)
    if refusals:
        raise SheetRefused(len(entries), [_error(n, entries[n], error) for n, error in sorted(refusals.items())])
    sheet = Sheet(sheet_id, len(entries), sum(bool(each.change) for each in moved))
    after = {"rows": sheet.rows, "changed": sheet.changed, "reason": reason}
    terms: dict[str, Any] = {"entity": "inventory_sheet", "entity_id": sheet_id, "after": after}
    await audit_log.record(work, who=who, action="inventory_sheet.apply", **terms)
    return sheet


async def _read(
    work: UnitOfWork, who: Principal, entries: Sequence[SheetRow]
) -> tuple[list[Count], dict[int, AppError]]:
    """The sheet's counts, and what cannot be read by row."""
    own = {"own_seller": seller_of(who)}
    items = await work.execute(rows.ITEMS_BY_SKU, {**own, "skus": sorted({entry.sku for entry in entries})})
    by_sku = {row.sku: row.id for row in items}
    places = (await work.execute(rows.LOCATIONS_OF_SELLER, own)).all()
    by_name = {row.name: row.id for row in places} | {row.id: row.id for row in places}
    counts: list[Count] = []
    errors: dict[int, AppError] = {}
    for n, entry in enumerate(entries):
        item_id, place = by_sku.get(entry.sku), entry.location
        location_id = by_name.get(place) if place is not None else places[0].id if places else None
        if item_id is None:
            errors[n] = SkuUnknown(sku=entry.sku)
        elif location_id is None:
            errors[n] = NoLocation() if place is None else LocationUnknown(location=place)
        else:
            counts.append(Count(item_id, location_id, stocked=entry.stocked_quantity))
    twice = Counter(count.place for count in counts)
    if not errors:
        errors = {n: RowTwice(sku=entries[n].sku) for n, each in enumerate(counts) if twice[each.place] > 1}
    return counts, errors


def _error(row: int, entry: SheetRow, error: AppError) -> dict[str, Any]:
    return {"row": row, "sku": entry.sku, "code": error.code, "message": error.text}
