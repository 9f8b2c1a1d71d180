"""Commands on customers, their address books and their groups."""

from typing import Any

from msgspec import UNSET, UnsetType

from models.shared.commands import Command, Metadata

Text = str | None | UnsetType


class Names(Command, kw_only=True, frozen=True):
    """What a customer may state of themselves beside the e-mail address."""

    first_name: Text = UNSET
    last_name: Text = UNSET
    company_name: Text = UNSET
    phone: Text = UNSET
    metadata: Metadata | UnsetType = UNSET


class CreateCustomer(Names, kw_only=True, frozen=True):
    """A customer without an account, created by an administrator."""

    email: str


class PutCustomer(CreateCustomer, kw_only=True, frozen=True):
    """A customer without an account as a file states it, found by the address; `group_ids` are whole."""

    group_ids: tuple[str, ...] | UnsetType = UNSET


class UpdateCustomer(Names, kw_only=True, frozen=True):
    email: str | UnsetType = UNSET


class RegisterCustomer(Names, kw_only=True, frozen=True):
    """The account of an identity that registered."""

    email: str
    additional_data: dict[str, Any] | UnsetType = UNSET


class UpdateOwnAccount(Names, kw_only=True, frozen=True):
    additional_data: dict[str, Any] | UnsetType = UNSET


class PutAddress(Command, kw_only=True, frozen=True):
    """An entry of an address book, or what of one is to be another."""

    address_name: Text = UNSET
    is_default_shipping: bool | UnsetType = UNSET
    is_default_billing: bool | UnsetType = UNSET
    first_name: Text = UNSET
    last_name: Text = UNSET
    company: Text = UNSET
    address_1: Text = UNSET
    address_2: Text = UNSET
    city: Text = UNSET
    province: Text = UNSET
    postal_code: Text = UNSET
    country_code: Text = UNSET
    phone: Text = UNSET
    metadata: Metadata | UnsetType = UNSET
    additional_data: dict[str, Any] | UnsetType = UNSET


class CreateGroup(Command, kw_only=True, frozen=True):
    name: str
    metadata: Metadata | UnsetType = UNSET


class UpdateGroup(Command, kw_only=True, frozen=True):
    name: str | UnsetType = UNSET
    metadata: Metadata | UnsetType = UNSET
