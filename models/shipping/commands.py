"""Commands on a seller's shipping options."""

from typing import Any

from msgspec import UNSET, UnsetType

from models.shared.commands import Command, Metadata


class OptionType(Command, kw_only=True, frozen=True):
    """What kind of delivery it is: options of one code from several sellers are offered to a cart as one."""

    code: str
    label: str
    description: str | None = None


class PriceRule(Command, kw_only=True, frozen=True):
    """When a price holds; `value` in major units of the price's currency."""

    attribute: str
    operator: str
    value: int | float


class PutPrice(Command, kw_only=True, frozen=True):
    """A new price, or one that the option has. Amounts in major units."""

    amount: int | float
    id: str | UnsetType = UNSET
    currency_code: str | UnsetType = UNSET
    region_id: str | UnsetType = UNSET
    rules: tuple[PriceRule, ...] = ()


class UpdateOption(Command, kw_only=True, frozen=True):
    name: str | UnsetType = UNSET
    shipping_profile_id: str | UnsetType = UNSET
    provider_id: str | UnsetType = UNSET
    price_type: str | UnsetType = UNSET
    type: OptionType | UnsetType = UNSET
    prices: list[PutPrice] | UnsetType = UNSET
    data: dict[str, Any] | UnsetType | None = UNSET
    enabled_in_store: bool | UnsetType = UNSET
    is_return: bool | UnsetType = UNSET
    metadata: Metadata | UnsetType = UNSET


class CreateOption(UpdateOption, kw_only=True, frozen=True):
    name: str
    service_zone_id: str
    shipping_profile_id: str
    type: OptionType
    prices: list[PutPrice]


class CalculateOption(Command, kw_only=True, frozen=True):
    cart_id: str
    data: dict[str, Any] | UnsetType = UNSET


class PutOption(Command, kw_only=True, frozen=True):
    """An option as a file states it, found by its name in the zone; its prices are whole.

    `first_label` is the label of its type when it is made without one.
    """

    seller_id: str
    service_zone_id: str
    name: str
    shipping_profile_id: str
    type_code: str
    first_label: str
    prices: list[PutPrice]
    type_label: str | UnsetType = UNSET
    type_description: str | UnsetType | None = UNSET
    provider_id: str | UnsetType = UNSET
    price_type: str | UnsetType = UNSET
    data: dict[str, Any] | UnsetType | None = UNSET
    enabled_in_store: bool | UnsetType = UNSET
    is_return: bool | UnsetType = UNSET
    metadata: Metadata | UnsetType = UNSET
