"""Options that products share: those of one title, whatever product they are of, with all of their values.

They are no rows. Their ids are made of keys of title and value (case and outer blanks aside), so that they are the same
in every process and stay while any product has them: `opt_shared_<title>`, `optval_shared_<title><value>`.
"""

from functools import lru_cache

from sqlalchemy import and_, func, select

from models.product.product import wire_moment
from models.product.query import PRODUCT_OPTION_FIELDS, SHARED_OPTION, shared_key, visible
from models.schema.product import product, product_option, product_option_value
from models.shared.list_sql import TEXTS, Field, Filter, Shape, condition
from utils.sql import Prepared

FEWEST_PRODUCTS = 2

_title, _value = shared_key(product_option.c.title), shared_key(product_option_value.c.value)

FIELDS: dict[str, Field] = {
    **PRODUCT_OPTION_FIELDS,
    "id": Filter(TEXTS, lambda ids: func.concat(SHARED_OPTION, _title) == func.any(ids)),
}


@lru_cache(maxsize=64)
def find_shared(shape: Shape) -> Prepared:
    """Rows `option_key, title, value_key, value, rank, created_at, updated_at` of the shape's options in `channels`.

    Only titles that FEWEST_PRODUCTS products have or more; moments in their wire form.
    """
    rows = product_option.join(product, product.c.id == product_option.c.product_id).join(
        product_option_value, product_option_value.c.option_id == product_option.c.id
    )
    many = (
        select(_title.label("option_key"), func.min(product_option.c.title).label("title"))
        .select_from(product_option.join(product, product.c.id == product_option.c.product_id))
        .where(visible(), condition(shape, FIELDS))
        .group_by(_title)
        .having(func.count(product_option.c.product_id.distinct()) >= FEWEST_PRODUCTS)
        .cte("many")
    )
    return Prepared(
        select(
            many.c.option_key,
            many.c.title,
            _value.label("value_key"),
            func.min(product_option_value.c.value).label("value"),
            func.min(product_option_value.c.rank).label("rank"),
            wire_moment(func.min(product_option_value.c.created_at)).label("created_at"),
            wire_moment(func.max(product_option_value.c.updated_at)).label("updated_at"),
        )
        .select_from(rows.join(many, many.c.option_key == _title))
        .where(and_(visible(), condition(shape, FIELDS)))
        .group_by(many.c.option_key, many.c.title, _value)
        .order_by(many.c.title, many.c.option_key, func.min(product_option_value.c.rank), _value)
    )
