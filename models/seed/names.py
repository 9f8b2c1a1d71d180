"""Natural keys as files write them, and the ids of what has them."""

from typing import Any

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
