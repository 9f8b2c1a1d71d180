"""What an import is told to go to: a seller, a currency, sales channels, a location."""

from sqlalchemy import ARRAY, Text, bindparam, func, select

from models.schema.identity import sales_channel
from models.schema.inventory import stock_location
from models.schema.region import currency, region, region_country
from models.schema.seller import seller

SELLER = select(seller.c.id, seller.c.country_code).where(seller.c.handle == bindparam("seller"))
CURRENCY = select(currency.c.code).where(currency.c.code == bindparam("currency"))
CURRENCIES = select(region.c.currency_code).distinct()
CURRENCY_OF_COUNTRY = (
    select(region.c.currency_code).join(region_country).where(region_country.c.iso_2 == bindparam("country"))
)
CHANNELS = select(sales_channel.c.name).where(sales_channel.c.name == func.any(bindparam("names", type_=ARRAY(Text))))
LOCATION = select(stock_location.c.id).where(
    stock_location.c.seller_id == bindparam("seller_id"), stock_location.c.name == bindparam("location")
)
