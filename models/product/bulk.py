"""What products are filed under and sold in, as files state it: what the rows are found by."""

from models.schema.identity import sales_channel
from models.schema.product import product_category, product_collection, product_tag, product_type
from models.shared.kinds import Kind

CATEGORY = Kind(product_category, "handle", ("handle",), "pcat")
COLLECTION = Kind(product_collection, "handle", ("handle",), "pcol")
TAG = Kind(product_tag, "value", ("value",), "ptag")
TYPE = Kind(product_type, "value", ("value",), "ptyp")
CHANNEL = Kind(sales_channel, "name", ("name",), "sc")
