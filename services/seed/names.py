"""Natural keys and their ids: what the file states, what it refers to, and what the database has already."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import ARRAY, Select, Text, bindparam, func, select

from models.schema.customer import customer, customer_group
from models.schema.identity import sales_channel
from models.schema.inventory import inventory_item, stock_location
from models.schema.pricing import campaign, price_list
from models.schema.product import (
    product,
    product_category,
    product_collection,
    product_tag,
    product_type,
    product_variant,
    shipping_profile,
)
from models.schema.region import country, currency, region
from models.schema.seller import seller
from models.schema.shipping import fulfillment_set, service_zone, shipping_option
from services.infrastructure.database.database import UnitOfWork


class Reference(NamedTuple):
    """A place in the file that names something of a kind."""

    kind: str
    name: str
    path: str


def lookup(name: Any, identity: Any) -> Select[Any]:
    return select(name.label("name"), identity.label("id")).where(
        name == func.any(bindparam("names", type_=ARRAY(Text)))
    )


def path_of(*parts: Any) -> Any:
    path = parts[0]
    for part in parts[1:]:
        path = path + "/" + part
    return path


OPTION_PATH = path_of(
    seller.c.handle, stock_location.c.name, fulfillment_set.c.name, service_zone.c.name, shipping_option.c.name
)
LOOKUPS: dict[str, Select[Any]] = {
    "currencies": lookup(currency.c.code, currency.c.code),
    "countries": lookup(country.c.iso_2, country.c.iso_2),
    "regions": lookup(region.c.name, region.c.id),
    "sales_channels": lookup(sales_channel.c.name, sales_channel.c.id),
    "customer_groups": lookup(customer_group.c.name, customer_group.c.id),
    "customers": lookup(customer.c.email, customer.c.id)
    .where(customer.c.deleted_at.is_(None))
    .order_by(customer.c.has_account),
    "shipping_profiles": lookup(shipping_profile.c.name, shipping_profile.c.id),
    "categories": lookup(product_category.c.handle, product_category.c.id),
    "collections": lookup(product_collection.c.handle, product_collection.c.id),
    "tags": lookup(product_tag.c.value, product_tag.c.id),
    "types": lookup(product_type.c.value, product_type.c.id),
    "stores": lookup(seller.c.handle, seller.c.id),
    "stock_locations": lookup(path_of(seller.c.handle, stock_location.c.name), stock_location.c.id).where(
        stock_location.c.seller_id == seller.c.id
    ),
    "shipping_options": lookup(OPTION_PATH, shipping_option.c.id).where(
        shipping_option.c.service_zone_id == service_zone.c.id,
        service_zone.c.fulfillment_set_id == fulfillment_set.c.id,
        fulfillment_set.c.location_id == stock_location.c.id,
        stock_location.c.seller_id == seller.c.id,
    ),
    "inventory_items": lookup(path_of(seller.c.handle, inventory_item.c.sku), inventory_item.c.id).where(
        inventory_item.c.seller_id == seller.c.id
    ),
    "products": lookup(product.c.handle, product.c.id).where(product.c.deleted_at.is_(None)),
    "price_lists": lookup(price_list.c.title, price_list.c.id),
    "campaigns": lookup(campaign.c.identifier, campaign.c.id),
}
# A variant is named by its SKU alone, or by store/SKU.
VARIANTS = (
    select(seller.c.handle, product_variant.c.sku, product_variant.c.id, product.c.handle.label("product"))
    .join(seller, product_variant.c.seller_id == seller.c.id)
    .join(product, product_variant.c.product_id == product.c.id)
    .where(product_variant.c.sku == func.any(bindparam("names", type_=ARRAY(Text))))
)
REGION_CURRENCIES = select(region.c.name, region.c.currency_code)


@dataclass(slots=True)
class Names:
    """Ids by kind and natural key; `stated` are those of the file, whether they exist yet or not."""

    ids: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    stated: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    skus: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    region_currency: dict[str, str] = field(default_factory=dict)
    product_of: dict[str, str] = field(default_factory=dict)

    def put(self, kind: str, name: str, identity: str) -> None:
        self.ids[kind][name] = identity

    def made(self, kind: str, name: str, identity: str) -> None:
        """A thing that the file states, and its id."""
        self.stated[kind].add(name)
        self.ids[kind][name] = identity

    def id(self, kind: str, name: str) -> str:
        return self.ids[kind][name]

    def variant(self, name: str, seller_handle: str | None = None) -> str:
        return self.ids["variants"][self.variant_name(name, seller_handle)]

    def variant_name(self, name: str, seller_handle: str | None = None) -> str:
        """`store/SKU` of a SKU that one seller uses, or of a name that is one already."""
        if seller_handle is not None:
            return f"{seller_handle}/{name}"
        sellers = self.skus.get(name, set())
        return f"{next(iter(sellers))}/{name}" if len(sellers) == 1 else name

    def state(self, kind: str, name: str) -> None:
        self.stated[kind].add(name)
        if kind == "variants":
            seller_handle, _, sku = name.partition("/")
            self.skus[sku].add(seller_handle)

    def has(self, kind: str, name: str) -> bool:
        return name in self.stated[kind] or name in self.ids[kind]

    async def fetch(self, work: UnitOfWork, references: Iterable[Reference]) -> None:
        """Learn the ids of everything referred to or stated that the database has."""
        wanted: dict[str, set[str]] = defaultdict(set)
        for kind, names in self.stated.items():
            wanted[kind] |= names
        for reference in references:
            wanted[reference.kind].add(reference.name)
        for kind, statement in LOOKUPS.items():
            if wanted[kind]:
                for row in await work.execute(statement, {"names": list(wanted[kind])}):
                    self.ids[kind].setdefault(row.name, row.id)
        await self.fetch_variants(work, wanted["variants"])
        for row in await work.execute(REGION_CURRENCIES):
            self.region_currency.setdefault(row.name, row.currency_code)

    async def fetch_variants(self, work: UnitOfWork, names: set[str]) -> None:
        candidates = names | {name.partition("/")[2] for name in names if "/" in name}
        if not candidates:
            return
        for row in await work.execute(VARIANTS, {"names": list(candidates)}):
            self.ids["variants"][f"{row.handle}/{row.sku}"] = row.id
            self.product_of[f"{row.handle}/{row.sku}"] = row.product
            self.skus[row.sku].add(row.handle)
