"""What there is already of a product that an import brings: itself, its images, its variants, and who has its names."""

from typing import Any

from sqlalchemy import ARRAY, Select, Text, bindparam, func, select

from models.schema.product import product, product_image, product_option_value, product_variant, variant_option_value

# The seller's product of that external id first, then whoever has the handle.
HOMES = select(
    product.c.id, product.c.seller_id, product.c.handle, product.c.external_id, product.c.metadata, product.c.deleted_at
).where(
    ((product.c.seller_id == bindparam("seller_id")) & (product.c.external_id == bindparam("external_id")))
    | (product.c.handle == bindparam("handle"))
)
TAKEN: Select[Any] = select(func.count()).select_from(product).where(product.c.handle == bindparam("handle"))
SOURCES = select(product_image.c.url, product_image.c.metadata).where(
    product_image.c.product_id == bindparam("product_id")
)
_values = (
    select(variant_option_value.c.variant_id, func.array_agg(product_option_value.c.value).label("values"))
    .join(product_option_value, product_option_value.c.id == variant_option_value.c.option_value_id)
    .group_by(variant_option_value.c.variant_id)
    .subquery()
)
VARIANTS = (
    select(product_variant.c.sku, product_variant.c.manage_inventory, product_variant.c.metadata, _values.c["values"])
    .outerjoin(_values, _values.c.variant_id == product_variant.c.id)
    .where(product_variant.c.product_id == bindparam("product_id"))
)
# Which of the SKUs other products of the seller have.
HELD_SKUS = (
    select(product_variant.c.sku, product.c.handle)
    .join(product, product.c.id == product_variant.c.product_id)
    .where(
        product_variant.c.seller_id == bindparam("seller_id"),
        product_variant.c.sku == func.any(bindparam("skus", type_=ARRAY(Text))),
        func.coalesce(product_variant.c.product_id != bindparam("product_id"), True),
    )
)
