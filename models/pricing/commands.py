"""Commands on price lists, campaigns and promotions, which only files state so far."""

from datetime import datetime
from typing import Literal

from msgspec import UNSET, UnsetType

from models.shared.commands import Command, Metadata

Moment = datetime | UnsetType | None
Count = int | UnsetType | None


class Budget(Command, kw_only=True, frozen=True):
    """What the promotions of a campaign may give away together: money in major units, or a number of orders."""

    type: Literal["spend", "usage"]
    currency_code: str | None = None
    limit: int | float | None = None


class PutCampaign(Command, kw_only=True, frozen=True):
    """A campaign, found by its identifier; a budget of None is no limit."""

    identifier: str
    name: str
    description: str | UnsetType | None = UNSET
    starts_at: Moment = UNSET
    ends_at: Moment = UNSET
    budget: Budget | UnsetType | None = UNSET


class PutMethod(Command, kw_only=True, frozen=True):
    """What a promotion takes off, and where; `value` in percent, or in major units of the currency."""

    type: Literal["fixed", "percentage"]
    target_type: str
    value: int | float | UnsetType = UNSET
    currency_code: str | None = None
    allocation: str | UnsetType | None = UNSET
    max_quantity: Count = UNSET
    buy_rules_min_quantity: Count = UNSET
    apply_to_quantity: Count = UNSET


class PutRule(Command, kw_only=True, frozen=True):
    """A condition; values are ids, words or numbers, by the attribute."""

    attribute: str
    operator: str
    values: list[str | int | float]


class PutPromotion(Command, kw_only=True, frozen=True):
    """A promotion, found by its code, of which case does not count; lists of rules are whole."""

    code: str
    type: str | UnsetType = UNSET
    status: str | UnsetType = UNSET
    is_automatic: bool | UnsetType = UNSET
    is_tax_inclusive: bool | UnsetType = UNSET
    campaign_id: str | UnsetType | None = UNSET
    seller_id: str | UnsetType | None = UNSET
    limit: Count = UNSET
    method: PutMethod
    rules: list[PutRule] | UnsetType = UNSET
    target_rules: list[PutRule] | UnsetType = UNSET
    buy_rules: list[PutRule] | UnsetType = UNSET
    metadata: Metadata | UnsetType = UNSET


class ListPrice(Command, kw_only=True, frozen=True):
    """What a variant costs in a price list; the amount in minor units."""

    variant_id: str
    currency_code: str
    amount: int
    region_id: str | None = None
    min_quantity: int | None = None
    max_quantity: int | None = None


class PutPriceList(Command, kw_only=True, frozen=True):
    """A price list, found by its title; its prices are whole."""

    title: str
    description: str | UnsetType = UNSET
    type: str | UnsetType = UNSET
    status: str | UnsetType = UNSET
    starts_at: Moment = UNSET
    ends_at: Moment = UNSET
    region_ids: list[str] | UnsetType = UNSET
    customer_group_ids: list[str] | UnsetType = UNSET
    prices: list[ListPrice] | UnsetType = UNSET
