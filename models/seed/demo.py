"""Statements of the demo marketplace: whether a database is used, and what a visitor starts from."""

from sqlalchemy import bindparam, exists, func, select

from models.schema.identity import api_key
from models.schema.product import product
from models.schema.region import region
from models.schema.seller import seller

IS_USED = select(exists(select(seller.c.id)) | exists(select(region.c.id)) | exists(select(api_key.c.id)))
COUNTS = select(
    select(func.count()).select_from(seller).scalar_subquery().label("sellers"),
    select(func.count()).select_from(product).scalar_subquery().label("products"),
    select(region.c.id).where(region.c.name == bindparam("region")).scalar_subquery().label("region_id"),
    select(api_key.c.id)
    .where(api_key.c.token == bindparam("token"), api_key.c.revoked_at.is_(None))
    .scalar_subquery()
    .label("key"),
)
