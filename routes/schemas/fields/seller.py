"""Fields of what sellers and administrators see."""

from routes.schemas.fields.catalogue import PRODUCT_PLAIN, VARIANT_PLAIN
from utils.fields import FieldSet

VARIANT_RELATIONS = "options(option) images prices inventory_items"
_VARIANT = f"{VARIANT_PLAIN} order_limit requires_shipping variant_rank product_id metadata inventory_quantity"
_INSIDE = "*options(*option) *images *prices *inventory_items"
_INSIDE_MORE = (
    "options(id value option option_id) images(id url rank alt) inventory_items(inventory_item_id required_quantity) "
    "prices(id amount currency_code min_quantity max_quantity region_id rules)"
)

PRODUCT = FieldSet(
    relations=(
        f"type collection options(values) tags images variants({VARIANT_RELATIONS}) categories "
        "sales_channels shipping_profile seller"
    ),
    defaults=(
        f"{PRODUCT_PLAIN} status external_id metadata deleted_at shipping_profile_id rejected_at rejection_reason "
        f"*type *collection *options(*values) *tags *images *categories *sales_channels *variants({_INSIDE})"
    ),
    extra=(
        f"@seller(id name handle) @shipping_profile(id name type) sales_channels(id name) categories(id name handle) "
        f"variants({_VARIANT} {_INSIDE_MORE}) options(id title values(id value)) images(id url rank alt) "
        "type(id value) tags(id value) collection(id title handle)"
    ),
    depth=4,
)
VARIANT = FieldSet(relations=VARIANT_RELATIONS, defaults=f"{_VARIANT} {_INSIDE}", extra=_INSIDE_MORE)
