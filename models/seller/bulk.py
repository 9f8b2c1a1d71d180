"""Sellers as files state them: what their rows are found by, and the countries that are there."""

from sqlalchemy import ARRAY, Text, bindparam, func, select

from models.schema.region import country
from models.schema.seller import seller
from models.shared.kinds import Kind

SELLER = Kind(seller, "handle", ("handle",), "sel")
COUNTRIES = select(country.c.iso_2).where(country.c.iso_2 == func.any(bindparam("codes", type_=ARRAY(Text))))
