"""Which seller each row belongs to that a caller can name: the one place that says how an id leads to its seller."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from sqlalchemy import Column, ColumnElement, Select, Table, Text, and_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from models.schema.inventory import inventory_item, stock_location
from models.schema.order import order_line, order_return, seller_order
from models.schema.product import product, product_image, product_option, product_option_value, product_variant
from models.schema.seller import invite
from models.schema.shipping import fulfillment_set, service_zone, shipping_option
from utils.sql import Prepared


class Owned(NamedTuple):
    """A kind of row, what people call it, and the expression that is the id of its seller, or of its `owner`."""

    table: Table
    what: str
    seller_id: ColumnElement[str]
    owner: Literal["seller", "customer"] = "seller"


def above(column: Column[Any], parent: Table, seller_id: ColumnElement[str]) -> ColumnElement[str]:
    """The seller of the parent row that `column` names."""
    return select(seller_id).where(parent.c.id == column).correlate(column.table).scalar_subquery()


_set_seller = above(fulfillment_set.c.location_id, stock_location, stock_location.c.seller_id)
_option_seller = above(product_option.c.product_id, product, product.c.seller_id)

OWNED: Mapping[str, Owned] = MappingProxyType(
    {
        owned.table.name: owned
        for owned in (
            Owned(product, "Product", product.c.seller_id),
            Owned(product_variant, "Variant", product_variant.c.seller_id),
            Owned(product_option, "Product option", _option_seller),
            Owned(
                product_option_value,
                "Product option value",
                above(product_option_value.c.option_id, product_option, _option_seller),
            ),
            Owned(product_image, "Image", above(product_image.c.product_id, product, product.c.seller_id)),
            Owned(inventory_item, "Inventory item", inventory_item.c.seller_id),
            Owned(stock_location, "Stock location", stock_location.c.seller_id),
            Owned(fulfillment_set, "Fulfillment set", _set_seller),
            Owned(service_zone, "Service zone", above(service_zone.c.fulfillment_set_id, fulfillment_set, _set_seller)),
            Owned(shipping_option, "Shipping option", shipping_option.c.seller_id),
            Owned(seller_order, "Order", seller_order.c.seller_id),
            Owned(order_line, "Item", above(order_line.c.seller_order_id, seller_order, seller_order.c.seller_id)),
            Owned(invite, "Invite", invite.c.seller_id),
            Owned(
                order_return, "Return", above(order_return.c.seller_order_id, seller_order, seller_order.c.seller_id)
            ),
        )
    }
)


def is_own(kind: str) -> ColumnElement[bool]:
    """The condition of every statement that a seller's request runs on this table: the parameter is `own_seller`."""
    return OWNED[kind].seller_id == bindparam("own_seller", type_=Text)


def _named(owned: Owned) -> Select[str]:
    """The ids among `ids` that are the owner's."""
    own = owned.seller_id == bindparam("own_seller", type_=Text)
    condition = and_(owned.table.c.id == bindparam("ids", type_=ARRAY(Text)).any_(), own)
    return select(owned.table.c.id).where(condition).order_by(owned.table.c.id)


class Ownership:
    """The kinds of rows that have an owner, and for each the statements that find and lock rows of one owner."""

    def __init__(self, more: Iterable[Owned] = ()) -> None:
        self.owned = {**OWNED, **{owned.table.name: owned for owned in more}}
        self.find = self._statements()
        self.keep = self._statements(read=True, key_share=True)  # nobody deletes them before the transaction ends
        self.lock = self._statements(key_share=True)  # nobody changes them either, nor counts what hangs on them
        self.lock_wholly = self._statements(read=False)  # nor hangs anything on them: they are about to be deleted

    def _statements(self, **lock: Any) -> Mapping[str, Prepared]:
        found = {}
        for kind, owned in self.owned.items():
            statement = _named(owned)
            found[kind] = Prepared(statement.with_for_update(of=owned.table, **lock) if lock else statement)
        return found
