"""The prices a page shows: for which region, buyer and country they are worked out, and until when they hold."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.cart.place import PLACE_OF_CART
from models.identity.principal import Principal
from models.pricing.price import ChosenPrice, PricingContext, Tier, choose, tiers
from models.pricing.tax import TaxBook
from models.product.product import Product, Variant
from models.region.region import Region
from services.infrastructure.database.database import UnitOfWork
from services.region.cache import REGIONS, Regions
from utils.clock import now
from utils.errors import AppError

PPM = 1_000_000


class RegionMissing(AppError):
    code, kind = "pricing_context_missing", "invalid"
    message = "Missing required pricing context to calculate prices - region_id"


class RegionUnknown(AppError):
    code, kind = "pricing_region_unknown", "invalid"
    message = "Region with id {region_id} not found when populating the pricing context"


@dataclass(frozen=True, slots=True)
class Taxed:
    """A price of one piece with and without taxes, in minor units, rounded half up."""

    with_tax: int
    without_tax: int


@dataclass(frozen=True, slots=True)
class PriceDisplay:
    """`taxes` are given when the country is known and the region's taxes are automatic."""

    context: PricingContext
    taxes: TaxBook | None
    country_code: str | None
    province: str | None
    valid_until: datetime | None
    is_keepable: bool

    @property
    def key(self) -> Hashable:
        """Equal for buyers who see the same prices."""
        return (self.context.region_id, *sorted(self.context.lists), self.taxes and (self.country_code, self.province))

    def price_of(self, variant: Variant) -> ChosenPrice | None:
        return choose(variant.prices, self.context)

    def tiers_of(self, variant: Variant) -> list[Tier]:
        return tiers(variant.prices, self.context)

    def rates(self, product: Product) -> tuple[int, ...] | None:
        """The product's tax rates in parts per million; None when prices are shown without a country."""
        if self.taxes is None:
            return None
        lines = self.taxes.item_lines(self.country_code, self.province, product.id, product.type_id)
        return tuple(line.ppm for line in lines)


async def price_display(
    work: UnitOfWork,
    *,
    who: Principal,
    region_id: str | None = None,
    country_code: str | None = None,
    province: str | None = None,
    cart_id: str | None = None,
) -> PriceDisplay:
    """Prices as this buyer sees them; RegionMissing or RegionUnknown when it is not clear in which currency."""
    place = None
    if cart_id is not None:
        place = (await work.execute(PLACE_OF_CART, {"cart_id": cart_id, "who_id": who.customer_id})).first()
    if place is not None:
        region_id = region_id or place.region_id
        if country_code is None:
            country_code, province = place.country_code, province or place.province
    regions, moment = await work.snapshot(REGIONS), now()
    region = region_for(regions, region_id, country_code)
    until = regions.prices.next_change(moment - timedelta(microseconds=1))
    return PriceDisplay(
        context=regions.prices.context(
            currency_code=region.currency_code, region_id=region.id, group_ids=who.group_ids, moment=moment
        ),
        taxes=regions.taxes if country_code and region.automatic_taxes else None,
        country_code=country_code and country_code.lower(),
        province=province,
        valid_until=until,
        is_keepable=cart_id is None,
    )


def region_for(regions: Regions, region_id: str | None, country_code: str | None) -> Region:
    if region_id is None:
        found = regions.by_country.get((country_code or "").lower())
        if found is None:
            raise RegionMissing()
        return found
    named = regions.by_id.get(region_id)
    if named is None:
        raise RegionUnknown(region_id=region_id)
    return named


def taxed(amount: int, is_tax_inclusive: bool, rates: tuple[int, ...]) -> Taxed:
    """What a price of one piece is with and without its taxes."""
    total = PPM + sum(rates)
    if is_tax_inclusive:
        return Taxed(with_tax=amount, without_tax=(2 * amount * PPM + total) // (2 * total))
    return Taxed(with_tax=(2 * amount * total + PPM) // (2 * PPM), without_tax=amount)
