"""What a cart costs now: prices, discounts, taxes and totals of every line and method, worked out anew."""

from collections.abc import Collection, Sequence

import msgspec

from models.cart.cart import Cart
from models.cart.document import Applied, Line, Method, Sold, Unapplied, set_amounts
from models.pricing import discounts as rules
from models.pricing.price import PricingContext, choose
from models.pricing.promotion import Promotion, PromotionBook
from models.pricing.redemption import LOAD_USAGE, NO_USAGE, Usage
from models.pricing.tax import TaxBook, TaxLine
from models.pricing.totals import Adjustment, Charge, compute
from models.product.product import Product, Variant
from models.region.region import Region
from models.shipping.quote import ShippingOption
from services.infrastructure.database.database import UnitOfWork
from services.pricing.sources import PricingSources, pricing_context
from services.product.category_cache import Taxonomy
from services.region.cache import REGIONS
from services.shipping import quote as shipping_quote
from utils.clock import now
from utils.errors import AppError

LARGEST_TOTAL = 9 * 10**15  # minor units; beyond it a JSON number is no longer exact


class VariantNotPriced(AppError):
    code, kind = "variant_not_priced", "invalid"
    message = "Variant {variant_id} has no price in {currency_code}. Choose another region, or ask the seller."


class TotalTooLarge(AppError):
    code, kind = "total_too_large", "invalid"
    message = "The cart's total is too large to be charged. Lower the quantities."


async def refresh(
    work: UnitOfWork, cart: Cart, sources: PricingSources, *, strict: Collection[str] | None = ()
) -> None:
    """Bring every amount of the cart up to date with the catalogue, the promotions, the taxes and the moment.

    VariantNotPriced when a variant of `strict` (None: any) has no price here; other lines that have lost theirs keep
    the last one and are marked, so that the buyer can still read and change the cart. They cannot be completed.
    """
    moment, context = now(), sources.context_of(cart)
    for line in cart.document.items:
        price_line(line, sources, context)
        if line.is_unpriced and (strict is None or line.variant_id in strict):
            raise VariantNotPriced(variant_id=line.variant_id, currency_code=cart.currency_code)
    usage = await _usage(work, sources.promotions, cart.document.promo_codes)
    work_out(cart, context, sources, usage)
    changes = (sources.regions.prices.next_change(moment), sources.promotions.next_change(moment))
    cart.mark_priced(sources.versions, min((change for change in changes if change is not None), default=None))


async def context_of(work: UnitOfWork, cart: Cart) -> PricingContext:
    """What decides the cart's prices now."""
    return pricing_context(await work.snapshot(REGIONS), cart)


async def _usage(work: UnitOfWork, book: PromotionBook, codes: Sequence[str]) -> Usage:
    promotion_ids, campaign_ids = book.metered(codes)
    if not promotion_ids and not campaign_ids:
        return NO_USAGE
    terms = {"promotion_ids": list(promotion_ids), "campaign_ids": list(campaign_ids)}
    return Usage.from_rows((await work.execute(LOAD_USAGE, terms)).all())


def price_line(line: Line, sources: PricingSources, context: PricingContext) -> None:
    """Today's price and description of a line; one whose variant is gone keeps its last, and cannot be completed."""
    sold = sources.variants.get(line.variant_id)
    if sold is None:
        return
    product, variant = sold
    chosen = choose(variant.prices, context, line.quantity)
    line.set_price(chosen, describe(product, variant, sources.details.taxonomy, sources.shipping.default_profile_id))


def describe(product: Product, variant: Variant, taxonomy: Taxonomy, default_profile_id: str | None) -> Sold:
    """What a line says about its product."""
    kind = taxonomy.types.get(product.type_id or "")
    collection = taxonomy.collections.get(product.collection_id or "")
    chosen = set(variant.option_value_ids)
    return Sold(
        title=product.title,
        variant_title=variant.title,
        handle=product.handle,
        subtitle=product.subtitle,
        description=product.description,
        thumbnail=variant.thumbnail or product.thumbnail,
        type=kind.value if kind else None,
        type_id=product.type_id,
        collection=collection.title if collection else None,
        collection_id=product.collection_id,
        category_ids=list(product.category_ids),
        tag_ids=list(product.tag_ids),
        sku=variant.sku,
        barcode=variant.barcode,
        options={o.title: v.value for o in product.options for v in o.values if v.id in chosen},
        requires_shipping=variant.requires_shipping,
        is_giftcard=product.is_giftcard,
        is_discountable=product.discountable,
        shipping_profile_id=product.shipping_profile_id or default_profile_id,
    )


def work_out(cart: Cart, context: PricingContext, sources: PricingSources, usage: Usage) -> None:
    """Discounts, taxes and totals of the priced lines and the chosen methods, written into the document."""
    document, book, promotions = cart.document, sources.shipping, sources.promotions
    region, taxes = sources.regions.get(cart.region_id), sources.regions.taxes
    item_taxes = [_item_taxes(cart, region, taxes, line) for line in document.items]
    buyer = _buyer(cart)
    items = [_item(line, lines) for line, lines in zip(document.items, item_taxes, strict=True)]
    new_parcels = shipping_quote.awaits_method(book, cart)
    if new_parcels or shipping_quote.follows_item_total(book, cart):
        alone = rules.apply(promotions, document.promo_codes, buyer, items, [], now=now(), usage=usage)
        cart.set_item_totals(compute(_discounted(items, alone.items), [], cart.currency_code).items)
    shipping_quote.extend(book, cart, region, new_parcels)
    valid = shipping_quote.still_valid(book, cart, region, context)
    kept = valid if shipping_quote.keep(book, cart, [method for method, _ in valid]) else []
    method_taxes = [_method_taxes(cart, region, taxes, option) for _, option in kept]
    methods = [_method(method, option, lines) for (method, option), lines in zip(kept, method_taxes, strict=True)]
    applied = rules.apply(promotions, document.promo_codes, buyer, items, methods, now=now(), usage=usage)
    totals = compute(_discounted(items, applied.items), _discounted(methods, applied.methods), cart.currency_code)
    if totals.original_total > LARGEST_TOTAL:
        raise TotalTooLarge()
    for line, sums, lines, given in zip(document.items, totals.items, item_taxes, applied.items, strict=True):
        set_amounts(line, sums, lines, given)
    for (method, _), sums, lines, given in zip(
        kept, totals.shipping_methods, method_taxes, applied.methods, strict=True
    ):
        set_amounts(method, sums, lines, given)
    unapplied = [Unapplied(dropped.code, dropped.reason) for dropped in applied.dropped]
    cart.set_totals(totals, [shown(promotion) for promotion in applied.promotions], unapplied)


def shown(promotion: Promotion) -> Applied:
    return Applied(
        id=promotion.id,
        code=promotion.code,
        method_id=promotion.method_id,
        method_type=promotion.method_type,
        value=promotion.value,
        is_automatic=promotion.is_automatic,
        is_tax_inclusive=promotion.is_tax_inclusive,
        currency_code=promotion.currency_code,
    )


def _discounted(parts: Sequence[rules.Item | rules.Method], given: Sequence[tuple[Adjustment, ...]]) -> list[Charge]:
    return [
        msgspec.structs.replace(part.charge, adjustments=adjustments) if adjustments else part.charge
        for part, adjustments in zip(parts, given, strict=True)
    ]


def _buyer(cart: Cart) -> rules.Buyer:
    address = cart.document.shipping_address
    return rules.Buyer(
        currency_code=cart.currency_code,
        region_id=cart.region_id,
        country_code=address.country_code if address else None,
        sales_channel_id=cart.sales_channel_id,
        customer_id=cart.customer_id,
        customer_group_ids=tuple(cart.customer.group_ids) if cart.customer else (),
    )


def _taxed(cart: Cart, region: Region) -> tuple[str, str | None] | None:
    """(country, province) to tax for; None without an address, or where taxes are only worked out on request."""
    address = cart.document.shipping_address
    if address is None or address.country_code is None or not (region.automatic_taxes or cart.document.taxed):
        return None
    return address.country_code, address.province


def _item_taxes(cart: Cart, region: Region, taxes: TaxBook, line: Line) -> tuple[TaxLine, ...]:
    place = _taxed(cart, region)
    return taxes.item_lines(*place, line.product_id, line.sold.type_id) if place else ()


def _method_taxes(cart: Cart, region: Region, taxes: TaxBook, option: ShippingOption) -> tuple[TaxLine, ...]:
    place = _taxed(cart, region)
    return taxes.shipping_lines(*place, option.id) if place else ()


async def shipping_rates(work: UnitOfWork, cart: Cart, option: ShippingOption) -> tuple[int, ...]:
    """The taxes on an option for this cart, in parts per million; none while it is not known where it goes."""
    regions = await work.snapshot(REGIONS)
    return tuple(tax.ppm for tax in _method_taxes(cart, regions.by_id[cart.region_id], regions.taxes, option))


def _item(line: Line, taxes: Sequence[TaxLine]) -> rules.Item:
    return rules.Item(
        charge=Charge(
            unit_price=line.unit_price,
            quantity=line.quantity,
            is_tax_inclusive=line.is_tax_inclusive,
            rates=tuple(tax.ppm for tax in taxes),
        ),
        product_id=line.product_id,
        variant_id=line.variant_id,
        product_type_id=line.sold.type_id,
        collection_id=line.sold.collection_id,
        category_ids=tuple(line.sold.category_ids),
        tag_ids=tuple(line.sold.tag_ids),
        seller_id=line.seller_id,
        is_discountable=line.sold.is_discountable,
    )


def _method(method: Method, option: ShippingOption, taxes: Sequence[TaxLine]) -> rules.Method:
    rates = tuple(tax.ppm for tax in taxes)
    return rules.Method(
        charge=Charge(unit_price=method.amount, is_tax_inclusive=method.is_tax_inclusive, rates=rates),
        shipping_option_id=option.id,
        shipping_option_type=option.type_code,
        seller_id=option.seller_id,
    )
