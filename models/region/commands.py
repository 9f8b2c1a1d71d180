"""Commands on regions, tax regions and tax rates."""

from typing import Literal

from msgspec import UNSET, UnsetType

from models.shared.commands import Command, Metadata

Text = str | None | UnsetType


class CreateRegion(Command, kw_only=True, frozen=True):
    name: str
    currency_code: str
    countries: list[str] | UnsetType = UNSET
    automatic_taxes: bool | UnsetType = UNSET
    is_tax_inclusive: bool | UnsetType = UNSET
    payment_providers: list[str] | UnsetType = UNSET
    metadata: Metadata | UnsetType = UNSET


class UpdateRegion(Command, kw_only=True, frozen=True):
    name: str | UnsetType = UNSET
    currency_code: str | UnsetType = UNSET
    countries: list[str] | UnsetType = UNSET
    automatic_taxes: bool | UnsetType = UNSET
    is_tax_inclusive: bool | UnsetType = UNSET
    payment_providers: list[str] | UnsetType = UNSET
    metadata: Metadata | UnsetType = UNSET


class AddTaxRule(Command, kw_only=True, frozen=True):
    """What a tax rate names: only that is taxed with it."""

    reference: Literal["product", "product_type", "shipping_option"]
    reference_id: str


class DefaultRate(Command, kw_only=True, frozen=True):
    """The rate that a new tax region begins with."""

    name: str
    rate: int | float
    code: Text = UNSET
    is_combinable: bool | UnsetType = UNSET
    metadata: Metadata | UnsetType = UNSET


class CreateRate(DefaultRate, kw_only=True, frozen=True):
    tax_region_id: str
    is_default: bool | UnsetType = UNSET
    rules: list[AddTaxRule] | UnsetType = UNSET


class UpdateRate(Command, kw_only=True, frozen=True):
    name: str | UnsetType = UNSET
    rate: int | float | UnsetType = UNSET
    code: Text = UNSET
    is_combinable: bool | UnsetType = UNSET
    is_default: bool | UnsetType = UNSET
    rules: list[AddTaxRule] | UnsetType = UNSET
    metadata: Metadata | UnsetType = UNSET


class CreateTaxRegion(Command, kw_only=True, frozen=True):
    """The tax region of a country, or of a province below one."""

    country_code: str
    province_code: str | UnsetType = UNSET
    parent_id: Text = UNSET
    provider_id: str | UnsetType = UNSET
    default_tax_rate: DefaultRate | UnsetType = UNSET
    metadata: Metadata | UnsetType = UNSET


class UpdateTaxRegion(Command, kw_only=True, frozen=True):
    province_code: str | UnsetType = UNSET
    provider_id: str | UnsetType = UNSET
    metadata: Metadata | UnsetType = UNSET


class PutCurrency(Command, kw_only=True, frozen=True):
    """A currency as a file states it, found by its code, which is its symbol when it is made without one."""

    code: str
    name: str
    symbol: str | UnsetType = UNSET
    symbol_native: str | UnsetType = UNSET


class PutRegion(CreateRegion, kw_only=True, frozen=True):
    """A region as a file states it, found by its name; `first_providers` are offered when it is made without any."""

    first_providers: tuple[str, ...] = ()


class PutPreference(Command, kw_only=True, frozen=True):
    """Whether the prices of a region, or in a currency, include taxes."""

    attribute: Literal["region_id", "currency_code"]
    value: str
    is_tax_inclusive: bool
