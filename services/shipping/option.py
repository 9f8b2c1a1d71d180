"""A seller's shipping options: what a seller offers to send, where, and for how much."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import UNSET

from models.identity.principal import Principal
from models.inventory.location import NameTaken
from models.inventory.rules import ensure_room
from models.shared.commands import given
from models.shared.list_query import ListQuery, Order
from models.shipping import option as rows
from models.shipping.commands import CreateOption, PutPrice, UpdateOption
from models.shipping.option import OPTION_COLUMNS, Option, Profile
from models.shipping.rules import (
    MANUAL,
    MOST_OPTIONS,
    MOST_OPTIONS_OF_SELLER,
    CurrencyUnknown,
    PriceTwice,
    ensure_flat,
    ensure_provider,
    price_rows,
)
from services.audit import log as audit_log
from services.infrastructure.database.database import UnitOfWork
from services.shared.listing import documents_of
from services.shared.ownership import lock_owned, seller_of
from services.shipping.quote import SHIPPING
from utils.clock import now
from utils.errors import NotFound
from utils.ids import ordered_id

Values = Mapping[str, Any]


async def page(
    work: UnitOfWork, *, who: Principal, limit: int, offset: int, order: Order | None = None, **filters: Any
) -> tuple[list[Option], int]:
    """A page of the seller's options with their prices, and how many fit."""
    query = ListQuery(limit, offset, order, filters)
    documents, count = await documents_of(work, rows.OPTIONS, query, own_seller=seller_of(who))
    return [rows.read_option(document) for document in documents], count


async def get_owned_option(work: UnitOfWork, *, who: Principal, option_id: str) -> Option:
    """A shipping option of the acting seller; NotFound for any other."""
    params: dict[str, Any] = {"id": option_id, "own_seller": seller_of(who)}
    document = (await work.execute(rows.FIND_OPTION, params)).scalar_one_or_none()
    if document is None:
        raise NotFound(what="Shipping option", id=option_id)
    return rows.read_option(document)


async def profiles(work: UnitOfWork, *, limit: int, offset: int, **filters: Any) -> tuple[list[Profile], int]:
    """A page of the marketplace's shipping profiles, the oldest first, and how many fit."""
    documents, count = await documents_of(work, rows.PROFILES, ListQuery(limit, offset, None, filters))
    return [rows.read_profile(document) for document in documents], count


async def create(work: UnitOfWork, *, who: Principal, command: CreateOption) -> Option:
    """Create an option of one of the seller's zones; it is offered to carts at once."""
    zone_id = command.service_zone_id
    await lock_owned(work, who=who, kind="service_zone", row_id=zone_id)
    values = await _columns(work, command)
    in_zone = await work.execute(rows.COUNT_IN_ZONE, {"zone_id": zone_id})
    ensure_room(in_zone.scalar_one() + 1, MOST_OPTIONS)
    of_seller = await work.execute(rows.COUNT_OF_SELLER, {"own_seller": seller_of(who)})
    ensure_room(of_seller.scalar_one() + 1, MOST_OPTIONS_OF_SELLER)
    usual = {"provider_id": MANUAL, "enabled_in_store": True, "is_return": False}
    row = {**dict.fromkeys(OPTION_COLUMNS), **usual, **values, "service_zone_id": zone_id, "seller_id": seller_of(who)}
    made = (await work.execute(rows.INSERT_OPTION, {**row, "id": ordered_id("so")})).scalar_one_or_none()
    if made is None:
        raise NameTaken(what="shipping option", name=values["name"])
    prices = await _put_prices(work, made, command.prices, known={})
    after = {"service_zone_id": zone_id, **values, "prices": prices}
    await _note(work, who, "create", made, after=after)
    return await get_owned_option(work, who=who, option_id=made)


async def change(work: UnitOfWork, *, who: Principal, option_id: str, command: UpdateOption) -> Option:
    """Update the named fields of an option; named prices replace all that were."""
    await lock_owned(work, who=who, kind="shipping_option", row_id=option_id)
    option = await get_owned_option(work, who=who, option_id=option_id)
    known = msgspec.structs.asdict(option)
    values = {name: known[name] for name in OPTION_COLUMNS} | await _columns(work, command)
    other = {"name": values["name"], "id": option_id, "zone_id": option.service_zone_id}
    if (await work.execute(rows.OPTION_OF_NAME, other)).first() is not None:
        raise NameTaken(what="shipping option", name=values["name"])
    await work.execute(rows.STORE_OPTION, {**values, "option_id": option_id})
    before, after = audit_log.changes(known, values)
    if command.prices is not UNSET:
        before["prices"] = [_price_facts(msgspec.structs.asdict(price)) for price in option.prices]
        await work.execute(rows.DELETE_PRICES, {"option_id": option_id})
        made = {price.id: price.created_at for price in option.prices}
        after["prices"] = await _put_prices(work, option_id, command.prices, known=made)
    await _note(work, who, "update", option_id, before=before, after=after)
    return await get_owned_option(work, who=who, option_id=option_id)


async def remove(work: UnitOfWork, *, who: Principal, option_id: str) -> None:
    """Delete an option: carts that chose it have to choose again, orders keep what was agreed."""
    await lock_owned(work, who=who, kind="shipping_option", row_id=option_id, wholly=True)
    option = await get_owned_option(work, who=who, option_id=option_id)
    await work.execute(rows.DELETE_OPTION, {"option_id": option_id})
    await _note(work, who, "delete", option_id, before={"name": option.name, "type_code": option.type_code})


async def _columns(work: UnitOfWork, command: UpdateOption) -> dict[str, Any]:
    """The columns that the command names, checked."""
    ensure_flat(command.price_type)
    ensure_provider(command.provider_id)
    values = {name: value for name, value in command.changes().items() if name in OPTION_COLUMNS}
    if "shipping_profile_id" in values:
        kept = await work.execute(rows.KEEP_PROFILE, {"id": values["shipping_profile_id"]})
        if kept.first() is None:
            raise NotFound(what="Shipping profile", id=values["shipping_profile_id"])
    if command.type is not UNSET:
        kind = command.type
        values |= {"type_code": kind.code, "type_label": kind.label, "type_description": kind.description}
    return values


async def _put_prices(
    work: UnitOfWork, option_id: str, prices: Sequence[PutPrice], *, known: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Write the prices of an option that has none now; `known` are ids that it had, and when they were made."""
    table = price_rows(prices, await region_currencies(work, prices))
    moment = now()
    taken: set[str] = set()
    for price, row in zip(prices, table, strict=True):
        price_id = given(price.id, "") or ordered_id("soprice")
        if price.id is not UNSET and price_id not in known:
            raise NotFound(what="Price", id=price_id)
        if price_id in taken:
            raise PriceTwice(currency_code=row["currency_code"])
        taken.add(price_id)
        row |= {"id": price_id, "shipping_option_id": option_id, "created_at": known.get(price_id, moment)}
    await work.execute(rows.INSERT_PRICES, table)
    return [_price_facts(row) for row in table]


async def region_currencies(work: UnitOfWork, prices: Sequence[PutPrice]) -> dict[str, str]:
    """The currencies of the regions that prices name; CurrencyUnknown, or NotFound for a region.

    What they name of the marketplace is not deleted before the transaction ends.
    """
    codes = sorted({price.currency_code.lower() for price in prices if price.currency_code is not UNSET})
    regions = sorted({price.region_id for price in prices if price.region_id is not UNSET})
    found = await work.execute(rows.KEEP_REGIONS, {"ids": regions})
    of_region: dict[str, str] = {row.id: row.currency_code for row in found}
    known = set((await work.execute(rows.KEEP_CURRENCIES, {"codes": codes})).scalars())
    for code in codes:
        if code not in known:
            raise CurrencyUnknown(currency_code=code)
    for region_id in regions:
        if region_id not in of_region:
            raise NotFound(what="Region", id=region_id)
    return of_region


def _price_facts(row: Values) -> dict[str, Any]:
    return {name: row[name] for name in ("id", "currency_code", "region_id", "amount", "rules")}


async def _note(
    work: UnitOfWork,
    who: Principal,
    verb: str,
    option_id: str,
    before: Values | None = None,
    after: Values | None = None,
) -> None:
    """The audit row of a change; what is offered to buyers is read anew after it."""
    work.touch(SHIPPING.name)
    terms: dict[str, Any] = {"entity": "shipping_option", "entity_id": option_id, "before": before, "after": after}
    await audit_log.record(work, who=who, action=f"shipping_option.{verb}", **terms)
