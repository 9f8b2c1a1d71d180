"""Where names that are unique in the marketplace stand already, which a file cannot have elsewhere."""

from sqlalchemy import ARRAY, Text, bindparam, func, select

from models.schema.identity import api_key
from models.schema.inventory import stock_location
from models.schema.product import product, product_variant
from models.schema.region import region, region_country
from models.schema.seller import seller

# One load at a time: two would both find a thing missing and both make it.
LOCK = select(func.pg_advisory_xact_lock(0x5EED))
NAMES = bindparam("names", type_=ARRAY(Text))
OF_COUNTRIES = (
    select(region_country.c.iso_2, region.c.name).join(region).where(region_country.c.iso_2 == func.any(NAMES))
)
OF_PRODUCTS = (
    select(product.c.handle, seller.c.handle.label("seller"), product.c.deleted_at)
    .join(seller)
    .where(product.c.handle == func.any(NAMES))
)
OF_SKUS = (
    select(seller.c.handle.label("seller"), product_variant.c.sku, product.c.handle)
    .join(product, product_variant.c.product_id == product.c.id)
    .join(seller, product_variant.c.seller_id == seller.c.id)
    .where(product_variant.c.sku == func.any(NAMES))
)
OF_TOKENS = select(api_key.c.token, api_key.c.title).where(api_key.c.token == func.any(NAMES))
WITH_LOCATION = select(seller.c.handle).join(stock_location).where(seller.c.handle == func.any(NAMES)).distinct()
