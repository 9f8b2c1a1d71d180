"""Many shipping options at once, as files state them: found by their names, brought to what is said of them.

What is not said stays. The rules are those of single requests (models/shipping/rules.py); after a refusal the caller's
transaction is to be undone. The caller is trusted with the sellers it names, and touches the scope `shipping` when the
tally changed. Nothing is noted in the audit log.
"""

from collections.abc import Collection, Mapping, Sequence
from itertools import chain
from typing import Any

from models.inventory.rules import ensure_room, ensure_room_each
from models.shipping.bulk import LARGEST_COUNT_OF_OPTIONS, OPTION, PRICE, PROFILE
from models.shipping.commands import PutOption
from models.shipping.profile import CreateProfile
from models.shipping.rules import MOST_OPTIONS, MOST_OPTIONS_OF_SELLER, ensure_flat, ensure_provider, price_rows
from services.infrastructure.database.database import UnitOfWork
from services.shared.sync import Key, Row, Tally, sync
from services.shipping.option import region_currencies

# Ids by (zone's id, name), or (name,) of profiles.
Ids = Mapping[tuple[Any, ...], str]
BESIDE = ("prices", "first_label")


async def put_profiles(work: UnitOfWork, *, profiles: Sequence[CreateProfile], tally: Tally) -> Ids:
    """Make or change shipping profiles."""
    return (await sync(work, PROFILE, [one.changes() for one in profiles], tally=tally)).ids


async def put_options(
    work: UnitOfWork, *, options: Sequence[PutOption], zone_ids: Collection[str], tally: Tally
) -> Ids:
    """Make the shipping options of these zones what is stated, with their prices; others of theirs are deleted.

    NotCalculated, ProviderUnknown, TooMany; CurrencyUnknown, PriceUnclear, PriceTwice and InvalidAmount of prices.
    """
    for option in options:
        ensure_flat(option.price_type)
        ensure_provider(option.provider_id)
    ensure_room_each((option.service_zone_id for option in options), MOST_OPTIONS)
    of_region = await region_currencies(work, list(chain.from_iterable(option.prices for option in options)))
    prices = [price_rows(option.prices, of_region) for option in options]
    ids = await put_rows(work, options, zone_ids, tally)
    stated = [
        {"shipping_option_id": ids[option.service_zone_id, option.name], **row}
        for option, rows in zip(options, prices, strict=True)
        for row in rows
    ]
    await sync(work, PRICE, stated, tally=tally, owners=ids.values(), whole=True)
    return ids


async def put_rows(work: UnitOfWork, options: Sequence[PutOption], zone_ids: Collection[str], tally: Tally) -> Ids:
    """The options without their prices; TooMany when a seller comes to more than it may have by one that is new."""
    labels = {(option.service_zone_id, option.name): option.first_label for option in options}
    stated = [{n: v for n, v in option.changes().items() if n not in BESIDE} for option in options]

    def fresh(key: Key) -> Row:
        return {"type_label": labels[key[0], key[1]]}

    found = await sync(work, OPTION, stated, tally=tally, owners=zone_ids, fresh=fresh, whole=True)
    growing = {option.seller_id for option in options if (option.service_zone_id, option.name) in found.created}
    if growing:
        held = await work.execute(LARGEST_COUNT_OF_OPTIONS, {"seller_ids": sorted(growing)})
        ensure_room(held.scalar_one(), MOST_OPTIONS_OF_SELLER)
    return found.ids
