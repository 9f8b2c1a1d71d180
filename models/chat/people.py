"""Who the two sides are to each other: names, and whom a seller may write to."""

from sqlalchemy import Text, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from models.schema.customer import customer
from models.schema.order import order, seller_order
from models.schema.seller import seller
from utils.sql import Prepared

_ids = bindparam("ids", type_=ARRAY(Text)).any_()
CUSTOMER_NAMES = Prepared(
    select(customer.c.id, func.concat_ws(" ", customer.c.first_name, customer.c.last_name).label("name")).where(
        customer.c.id == _ids
    )
)
SELLER_NAMES = Prepared(select(seller.c.id, seller.c.name).where(seller.c.id == _ids))
# A seller may begin a conversation with those who have bought from it, and with nobody else.
HAS_BOUGHT = Prepared(
    select(order.c.customer_id)
    .join_from(order, seller_order, seller_order.c.order_id == order.c.id)
    .where(order.c.customer_id == bindparam("customer"), seller_order.c.seller_id == bindparam("own_seller"))
    .limit(1)
)
