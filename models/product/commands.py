"""Commands on a seller's products: what the bodies of their routes say, with UNSET for what they do not name."""

from collections.abc import Iterable
from typing import Any, TypeVar

from msgspec import UNSET, UnsetType

from models.product.rules import MAX_BATCH, BatchEmpty, BatchRepeats, BatchTooLarge
from models.shared.commands import Command, Metadata

Text = str | UnsetType | None
Size = int | UnsetType | None
C = TypeVar("C", bound=Command)


class Reference(Command, kw_only=True, frozen=True):
    id: str


class PriceRule(Command, kw_only=True, frozen=True):
    region_id: str | UnsetType = UNSET


class UpdatePrice(Command, kw_only=True, frozen=True):
    id: str
    amount: int | float | UnsetType = UNSET
    currency_code: str | UnsetType = UNSET
    region_id: Text = UNSET
    rules: PriceRule | UnsetType | None = UNSET
    min_quantity: Size = UNSET
    max_quantity: Size = UNSET


class CreatePrice(Command, kw_only=True, frozen=True):
    amount: int | float
    currency_code: str
    region_id: Text = UNSET
    rules: PriceRule | UnsetType | None = UNSET
    min_quantity: Size = UNSET
    max_quantity: Size = UNSET


class PutPrice(CreatePrice, kw_only=True, frozen=True):
    """One of a variant's whole list: a new price, or one that is there."""

    id: str | UnsetType = UNSET


class UpdatePrices(Command, kw_only=True, frozen=True):
    create: tuple[CreatePrice, ...] = ()
    update: tuple[UpdatePrice, ...] = ()
    delete: tuple[str, ...] = ()


class VariantItem(Command, kw_only=True, frozen=True):
    inventory_item_id: str
    required_quantity: int | UnsetType = UNSET


class Measures(Command, kw_only=True, frozen=True):
    weight: Size = UNSET
    length: Size = UNSET
    height: Size = UNSET
    width: Size = UNSET
    hs_code: Text = UNSET
    mid_code: Text = UNSET
    material: Text = UNSET
    origin_country: Text = UNSET


class CreateVariant(Measures, kw_only=True, frozen=True):
    """A new variant, or what of one is to be another."""

    title: str | UnsetType = UNSET
    sku: Text = UNSET
    barcode: Text = UNSET
    ean: Text = UNSET
    upc: Text = UNSET
    allow_backorder: bool | UnsetType = UNSET
    manage_inventory: bool | UnsetType = UNSET
    requires_shipping: bool | UnsetType = UNSET
    order_limit: Size = UNSET
    variant_rank: int | UnsetType = UNSET
    thumbnail: Text = UNSET
    options: dict[str, str] | UnsetType = UNSET
    prices: list[PutPrice] | UnsetType = UNSET
    inventory_items: list[VariantItem] | UnsetType = UNSET
    metadata: Metadata | UnsetType = UNSET


class PutVariant(CreateVariant, kw_only=True, frozen=True):
    """One of a product's whole list: a new variant, or one that is there."""

    id: str | UnsetType = UNSET


class UpdateVariant(CreateVariant, kw_only=True, frozen=True):
    id: str


class UpdateVariants(Command, kw_only=True, frozen=True):
    create: tuple[CreateVariant, ...] = ()
    update: tuple[UpdateVariant, ...] = ()
    delete: tuple[str, ...] = ()


class PutOptionValue(Command, kw_only=True, frozen=True):
    value: str
    id: str | UnsetType = UNSET


class UpdateOption(Command, kw_only=True, frozen=True):
    title: str | UnsetType = UNSET
    values: list[str | PutOptionValue] | UnsetType = UNSET
    metadata: Metadata | UnsetType = UNSET


class CreateOption(UpdateOption, kw_only=True, frozen=True):
    title: str
    values: list[str | PutOptionValue]


class PutOption(UpdateOption, kw_only=True, frozen=True):
    """One of a product's whole list: a new option, or one that is there."""

    title: str
    id: str | UnsetType = UNSET


class PutImage(Command, kw_only=True, frozen=True):
    id: str | UnsetType = UNSET
    url: str | UnsetType = UNSET
    upload_id: str | UnsetType = UNSET
    alt: Text = UNSET
    metadata: Metadata | UnsetType = UNSET


class UpdateVariantImages(Command, kw_only=True, frozen=True):
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


class Product(Measures, kw_only=True, frozen=True):
    """What the creation and the update of a product have in common."""

    title: str | UnsetType = UNSET
    subtitle: Text = UNSET
    description: Text = UNSET
    handle: Text = UNSET
    status: str | UnsetType = UNSET
    is_giftcard: bool | UnsetType = UNSET
    discountable: bool | UnsetType = UNSET
    thumbnail: Text = UNSET
    images: list[PutImage] | UnsetType = UNSET
    collection_id: Text = UNSET
    type_id: Text = UNSET
    shipping_profile_id: Text = UNSET
    external_id: Text = UNSET
    category_ids: list[str] | UnsetType = UNSET
    tag_ids: list[str] | UnsetType = UNSET
    sales_channel_ids: list[str] | UnsetType = UNSET
    categories: list[Reference] | UnsetType = UNSET
    tags: list[Reference] | UnsetType = UNSET
    sales_channels: list[Reference] | UnsetType = UNSET
    metadata: Metadata | UnsetType = UNSET


class CreateProduct(Product, kw_only=True, frozen=True):
    title: str
    options: list[CreateOption] | UnsetType = UNSET
    variants: list[CreateVariant] | UnsetType = UNSET


class UpdateProduct(Product, kw_only=True, frozen=True):
    options: list[PutOption] | UnsetType = UNSET
    variants: list[PutVariant] | UnsetType = UNSET


class UpdateListedProduct(UpdateProduct, kw_only=True, frozen=True):
    id: str


class UpdateProducts(Command, kw_only=True, frozen=True):
    create: tuple[CreateProduct, ...] = ()
    update: tuple[UpdateListedProduct, ...] = ()
    delete: tuple[str, ...] = ()

    @property
    def named(self) -> list[str]:
        """Ids of the products that are to change or to go; BatchRepeats when one is named twice."""
        return unrepeated([*(one.id for one in self.update), *self.delete])

    def ensure_fits(self) -> None:
        """BatchTooLarge or BatchEmpty for what is no batch."""
        ensure_batch(len(self.create) + len(self.update) + len(self.delete))
        if not (self.create or self.update or self.delete):
            raise BatchEmpty()


class RejectProduct(Command, kw_only=True, frozen=True):
    reason: str


def ensure_batch(entries: int) -> None:
    """BatchTooLarge for more entries than a batch may have."""
    if entries > MAX_BATCH:
        raise BatchTooLarge(limit=MAX_BATCH)


def unrepeated(ids: list[str]) -> list[str]:
    """The ids; BatchRepeats when one of them stands twice."""
    seen: set[str] = set()
    for row_id in ids:
        if row_id in seen:
            raise BatchRepeats(id=row_id)
        seen.add(row_id)
    return ids


def plain(commands: Iterable[C]) -> list[dict[str, Any]]:
    """The named fields of each."""
    return [one.plain() for one in commands]
