"""The commands of products, of what they are filed under, of stock and of shipping, by route."""

from models.inventory import commands as inventory
from models.product import category, sales_channel
from models.product import commands as product
from models.shared.commands import LinkCommand
from models.shipping import commands as shipping
from models.shipping import profile

PRODUCT, ITEM = "/vendor/products/{id}", "/vendor/inventory-items/{id}"
VARIANT, SET = f"{PRODUCT}/variants/{{variant_id}}", "/vendor/fulfillment-sets/{id}/service-zones"
NEEDS = "/vendor/products/{product_id}/variants/{variant_id}/inventory-items"

COMMANDS = [
    ("POST", "/vendor/products", product.CreateProduct),
    ("POST", PRODUCT, product.UpdateProduct),
    ("POST", "/vendor/products/batch", product.UpdateProducts),
    ("POST", f"{PRODUCT}/variants", product.CreateVariant),
    ("POST", f"{PRODUCT}/variants/batch", product.UpdateVariants),
    ("POST", VARIANT, product.CreateVariant),
    ("POST", f"{VARIANT}/prices", product.UpdatePrices),
    ("POST", f"{VARIANT}/images/batch", product.UpdateVariantImages),
    ("POST", f"{PRODUCT}/options", product.CreateOption),
    ("POST", f"{PRODUCT}/options/{{option_id}}", product.UpdateOption),
    ("POST", "/admin/products/{id}/reject", product.RejectProduct),
    ("POST", "/vendor/inventory-items", inventory.CreateItem),
    ("POST", ITEM, inventory.UpdateItem),
    ("POST", f"{ITEM}/location-levels", inventory.CreateLevel),
    ("POST", f"{ITEM}/location-levels/batch", inventory.UpdateLevels),
    ("POST", f"{ITEM}/location-levels/{{location_id}}", inventory.SetLevel),
    ("POST", f"{ITEM}/location-levels/{{location_id}}/adjustments", inventory.AdjustLevel),
    ("POST", "/vendor/inventory/batch", inventory.ApplySheet),
    ("POST", NEEDS, inventory.CreateNeed),
    ("POST", f"{NEEDS}/{{inventory_item_id}}", inventory.UpdateNeed),
    ("POST", "/vendor/stock-locations", inventory.CreateLocation),
    ("POST", "/vendor/stock-locations/{id}", inventory.UpdateLocation),
    ("POST", "/vendor/stock-locations/{id}/fulfillment-sets", inventory.CreateSet),
    ("POST", SET, inventory.CreateZone),
    ("POST", f"{SET}/{{zone_id}}", inventory.UpdateZone),
    ("POST", "/vendor/shipping-options", shipping.CreateOption),
    ("POST", "/vendor/shipping-options/{id}", shipping.UpdateOption),
    ("POST", "/store/shipping-options/{id}/calculate", shipping.CalculateOption),
    ("POST", "/admin/product-categories", category.CreateCategory),
    ("POST", "/admin/product-categories/{id}", category.UpdateCategory),
    ("POST", "/admin/product-categories/{id}/products", LinkCommand),
    ("POST", "/admin/collections", category.CreateCollection),
    ("POST", "/admin/collections/{id}", category.UpdateCollection),
    ("POST", "/admin/collections/{id}/products", LinkCommand),
    ("POST", "/admin/product-tags", category.CreateLabel),
    ("POST", "/admin/product-tags/{id}", category.UpdateLabel),
    ("POST", "/admin/product-types", category.CreateLabel),
    ("POST", "/admin/product-types/{id}", category.UpdateLabel),
    ("POST", "/admin/sales-channels", sales_channel.CreateChannel),
    ("POST", "/admin/sales-channels/{id}", sales_channel.UpdateChannel),
    ("POST", "/admin/sales-channels/{id}/products", LinkCommand),
    ("POST", "/admin/shipping-profiles", profile.CreateProfile),
    ("POST", "/admin/shipping-profiles/{id}", profile.UpdateProfile),
]
