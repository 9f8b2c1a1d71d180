"""What carts are priced from and shown with: looked up once a request, and handed on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from models.cart.cart import PRICED_BY, Cart
from models.pricing.price import PricingContext
from models.pricing.promotion import LOAD_CAMPAIGNS, LOAD_PROMOTIONS, PromotionBook
from models.product.product import OrderLimit, Product, Variant
from models.shipping.quote import ShippingCatalogue
from services.infrastructure.cache.snapshots import Connection, Scope
from services.infrastructure.database.database import UnitOfWork
from services.product import cache as products
from services.product.category_cache import TAXONOMY, Taxonomy
from services.region.cache import REGIONS, Regions
from services.seller.cache import SELLERS, Sellers
from services.shipping.quote import SHIPPING
from utils.clock import now

Sold = tuple[Product, Variant]


async def load_promotions(connection: Connection) -> PromotionBook:
    promotions = (await connection.execute(LOAD_PROMOTIONS)).all()
    campaigns = (await connection.execute(LOAD_CAMPAIGNS)).all()
    return PromotionBook.from_rows(promotions, campaigns)


PROMOTIONS: Scope[PromotionBook] = Scope("promotions", load_promotions)


@dataclass(frozen=True, slots=True)
class LineDetails:
    """What views show beside the lines of carts and orders: sellers, and the variants with their products as of now.

    `variants` is empty where nobody asked for them.
    """

    sellers: Sellers
    taxonomy: Taxonomy
    variants: Mapping[str, Sold]


@dataclass(frozen=True, slots=True)
class PricingSources:
    """Everything that decides what a cart costs and whether it can be bought, as it is now.

    `versions` are the change counters that all of it is good for.
    """

    versions: dict[str, int]
    regions: Regions
    promotions: PromotionBook
    shipping: ShippingCatalogue
    order_limit: OrderLimit
    details: LineDetails

    @property
    def variants(self) -> Mapping[str, Sold]:
        return self.details.variants

    def context_of(self, cart: Cart) -> PricingContext:
        """What decides the cart's prices now."""
        return pricing_context(self.regions, cart)


async def find_sources(work: UnitOfWork, variant_ids: Iterable[str]) -> PricingSources:
    """Look up what a cart of these variants is priced from; the cart was loaded, and its counters observed, before."""
    # Noted before anything is read: what changes meanwhile makes the cart look old, never new.
    versions = {scope: work.snapshots.versions.get(scope, 0) for scope in PRICED_BY}
    return PricingSources(
        versions=versions,
        regions=await work.snapshot(REGIONS),
        promotions=await work.snapshot(PROMOTIONS),
        shipping=await work.snapshot(SHIPPING),
        order_limit=work.snapshots.cache(OrderLimit),
        details=await find_details(work, variant_ids),
    )


async def find_details(work: UnitOfWork, variant_ids: Iterable[str]) -> LineDetails:
    """Look up what lines of these variants are shown with; one statement at most for variants that are not cached."""
    wanted = list(variant_ids)
    return LineDetails(
        sellers=await work.snapshot(SELLERS),
        taxonomy=await work.snapshot(TAXONOMY),
        variants=await products.products_by_variant(work, wanted) if wanted else {},
    )


def pricing_context(regions: Regions, cart: Cart) -> PricingContext:
    """What decides the cart's prices now."""
    groups = tuple(cart.customer.group_ids) if cart.customer else ()
    return regions.prices.context(
        currency_code=cart.currency_code, region_id=cart.region_id, group_ids=groups, moment=now()
    )
