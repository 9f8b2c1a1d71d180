"""What requests ask of carts."""

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from models.cart.document import Address
from models.shared.commands import Command, Metadata
from utils.ids import new_id

Text = str | UnsetType | None
# What a client may send back of an address that it was given; it says nothing new.
ECHOED = frozenset({"id", "customer_id", "created_at", "updated_at", "deleted_at"})


class AddressInput(Command, kw_only=True, frozen=True):
    """An address; what is not named stays as it is."""

    first_name: Text = UNSET
    last_name: Text = UNSET
    company: Text = UNSET
    address_1: Text = UNSET
    address_2: Text = UNSET
    city: Text = UNSET
    postal_code: Text = UNSET
    country_code: Text = UNSET
    province: Text = UNSET
    phone: Text = UNSET
    metadata: Metadata | UnsetType = UNSET
    id: Text = UNSET
    customer_id: Text = UNSET
    created_at: Text = UNSET
    updated_at: Text = UNSET
    deleted_at: Text = UNSET

    def applied_to(self, address: Address | None) -> Address:
        """The address with what is named here, or a new one."""
        values = {name: value for name, value in self.changes().items() if name not in ECHOED}
        if address is not None:
            return msgspec.structs.replace(address, **values)
        return Address(id=new_id("caaddr"), **values)


class AddItem(Command, kw_only=True, frozen=True):
    """So many pieces of a variant."""

    variant_id: str
    quantity: int
    metadata: Metadata = None
    additional_data: dict[str, Any] | UnsetType = UNSET


class ChangeItem(Command, kw_only=True, frozen=True):
    """Another quantity of a line (0 removes it), or other metadata."""

    quantity: int
    metadata: Metadata = None
    additional_data: dict[str, Any] | UnsetType = UNSET


class UpdateCart(Command, kw_only=True, frozen=True):
    """What is to change of a cart."""

    region_id: str | UnsetType = UNSET
    currency_code: str | UnsetType = UNSET
    email: str | UnsetType | None = UNSET
    shipping_address: AddressInput | UnsetType | None = UNSET
    billing_address: AddressInput | UnsetType | None = UNSET
    sales_channel_id: str | UnsetType = UNSET
    promo_codes: list[str] | UnsetType = UNSET
    metadata: Metadata | UnsetType = UNSET
    locale: str | UnsetType | None = UNSET
    additional_data: dict[str, Any] | UnsetType = UNSET


class CreateCart(UpdateCart, kw_only=True, frozen=True):
    """A new cart with its first lines."""

    items: tuple[AddItem, ...] = ()


class PromoCodes(Command, kw_only=True, frozen=True):
    """Promotion codes to add or to remove."""

    promo_codes: list[str]


class ChooseShipping(Command, kw_only=True, frozen=True):
    """An option to send the cart by."""

    option_id: str
    data: dict[str, Any] | UnsetType = UNSET
    additional_data: dict[str, Any] | UnsetType = UNSET


class TakeOverCart(Command, kw_only=True, frozen=True):
    """A guest's cart becomes the customer's."""

    additional_data: dict[str, Any] | UnsetType = UNSET
