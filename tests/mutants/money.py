"""Faults in what is paid: commission and ledger, prices, taxes, discounts, shipping, budgets, payments."""

import tests.mutants.named as t
from tests.mutants.named import Fault

MONEY: tuple[Fault, ...] = (
    # Commission and the ledger.
    Fault("services/order/order.py", "seller.commission_rate / 100)", "seller.commission_rate / 10)", t.SALE),
    Fault("services/order/order.py", "seller.commission_rate / 100)", "seller.commission_rate / 1000)", t.SALE),
    Fault("services/order/order.py", "int((Decimal(net) * seller", 'int((Decimal(totals["total"]) * seller', t.SALE),
    Fault(
        "services/order/order.py", "int((Decimal(net) * seller", 'int((Decimal(totals["item_total"]) * seller', t.SALE
    ),
    Fault("services/order/order.py", ' - totals["item_discount_subtotal"]', "", t.SALE),
    Fault("services/order/order.py", 'totals["item_subtotal"] - ', 'totals["subtotal"] - ', t.SALE),
    Fault("services/order/order.py", ".quantize(Decimal(1), ROUND_HALF_UP))", ")", t.SALE),
    Fault("services/order/order.py", "commission=min(commission", "commission=max(commission", t.SALE),
    Fault("services/order/order.py", 'total=totals["total"],', "total=cart.total,", t.SALE),
    Fault(
        "services/order/order.py",
        "sellers.by_id[seller_id], lines",
        "next(iter(sellers.by_id.values())), lines",
        t.SALE,
    ),
    Fault("services/payment/ledger.py", "part.commission - part.total))", "-part.total))", t.SALE),
    Fault("services/payment/ledger.py", "part.id, -part.commission))", "part.id, part.commission))", t.SALE),
    Fault(
        "services/payment/ledger.py",
        '"platform_fee", None, part.id, -part.commission',
        '"gateway_clearing", None, part.id, -part.commission',
        t.SALE,
    ),
    Fault(
        "services/payment/ledger.py",
        '"seller_pending", part.seller_id, part.id, part',
        '"seller_pending", order.seller_orders[0].seller_id, part.id, part',
        t.SALE,
    ),
    Fault("services/payment/ledger.py", "part.id, -amount),", "part.id, commission - amount),", t.PARTS),
    Fault("services/payment/ledger.py", "amount - commission),", "amount),", t.PARTS),
    Fault("services/payment/ledger.py", "None, part.id, commission),", "None, part.id, -commission),", t.PARTS),
    Fault(
        "services/order/cancellation.py",
        "amount=amount, commission=commission)",
        "amount=amount, commission=part.commission)",
        t.PARTS,
    ),
    Fault(
        "services/order/cancellation.py",
        "amount=amount, commission=commission)",
        "amount=amount, commission=0)",
        t.PARTS,
    ),
    Fault(
        "models/order/seller_order.py", "(2 * self.commission * net + whole)", "(2 * self.commission * net)", t.PARTS
    ),
    Fault("models/order/seller_order.py", "= self.total, self.commission\n", "= self.total, 0\n", t.PARTS),
    Fault("models/order/seller_order.py", "self.canceled_total - before[0],", "self.canceled_total,", t.PARTS),
    Fault("models/order/seller_order.py", "self.canceled_commission - before[1]", "self.canceled_commission", t.PARTS),
    Fault(
        "models/order/seller_order.py", "net, line.canceled_quantity, line.quantity)", "net, 1, line.quantity)", t.PARTS
    ),
    Fault(
        "controllers/seller/order_view.py", '"payout_total": current - commission', '"payout_total": current', t.PARTS
    ),
    Fault(
        "services/seller/bulk.py",
        "Decimal(str(seller.commission_rate))",
        "round(seller.commission_rate)",
        t.SALE,
    ),
    # Discounts, prices, taxes, totals.
    Fault("models/pricing/discounts.py", "return promotion.share * limit if", "return limit if", t.PROMO),
    Fault(
        "models/pricing/discounts.py", "min(promotion.share / total, Fraction(1))", "promotion.share / total", t.PROMO
    ),
    Fault(
        "models/pricing/discounts.py",
        "key=lambda slot: slot.net / slot.quantity)",
        "key=lambda slot: -slot.net / slot.quantity)",
        t.PROMO,
    ),
    Fault(
        "models/pricing/discounts.py",
        "usage.promotions.get(promotion.id, 0) >= promotion.limit",
        "usage.promotions.get(promotion.id, 0) > promotion.limit",
        t.PROMO,
    ),
    Fault("models/pricing/discounts.py", "and now >= campaign.ends_at", "and now > campaign.ends_at", t.PROMO),
    Fault(
        "models/pricing/discounts.py",
        "promotion.currency_code != basket.currency_code",
        "promotion.currency_code == ''",
        t.PROMO,
    ),
    Fault("models/pricing/discounts.py", 'campaign.budget_type != "spend"', 'campaign.budget_type != "usage"', t.PROMO),
    Fault("models/pricing/discounts.py", "slot.subject.is_discountable and slot.net > 0", "slot.net > 0", t.PROMO),
    Fault("models/pricing/discounts.py", "allowance -= promotion.apply_to_quantity", "allowance -= 0", t.PROMO),
    Fault(
        "models/pricing/discounts.py",
        "min(wanted, left[id(slot)] - reserved",
        "min(wanted, left[id(slot)] - 0 * reserved",
        t.PROMO,
    ),
    Fault("models/pricing/price.py", "row.min_quantity > quantity)", "row.min_quantity >= quantity)", t.PRICE),
    Fault("models/pricing/price.py", "row.max_quantity < quantity)", "row.max_quantity <= quantity)", t.PRICE),
    Fault("models/pricing/price.py", "sale.amount < plain.amount)", "sale.amount > plain.amount)", t.PRICE),
    Fault("models/pricing/price.py", "or (source is not None and source not in context.lists)", "", t.PRICE),
    Fault("models/pricing/price.py", "moment < self.ends_at)", "moment <= self.ends_at)", t.PRICE),
    Fault(
        "models/pricing/price.py",
        "self.customer_group_ids.isdisjoint(group_ids))",
        "group_ids)",
        t.PRICE + " " + t.GUEST,
    ),
    Fault("models/pricing/price.py", "(row.region_id is None, row.amount, row.id)", "(row.amount, row.id)", t.PRICE),
    Fault("models/pricing/tax.py", "if not rate.is_combinable:\n", "if rate.is_combinable:\n", t.TAX),
    Fault("models/pricing/tax.py", "return found or self.default", "return self.default", t.TAX),
    Fault("models/pricing/tax.py", "for i in (row.id, row.parent_id)", "for i in (row.parent_id, row.id)", t.TAX),
    Fault("models/pricing/totals.py", "total=n + t + sn + st,", "total=n + t + sn,", t.TOTALS),
    Fault("models/pricing/totals.py", "discount_total=(d + x) * step", "discount_total=d * step", t.TOTALS),
    Fault("models/pricing/totals.py", "(gross if charge.is_tax_inclusive else PPM)", "PPM", t.TOTALS),
    Fault("utils/money.py", "jpy kmf krw pyg", "jpy kmf pyg", t.DIGITS),
    Fault("utils/money.py", "uyi vnd vuv", "uyi vuv", t.DIGITS),
    Fault("utils/money.py", "bif clp djf", "bif djf", t.DIGITS),
    Fault(
        "utils/money.py",
        '"bhd iqd jod kwd lyd omr tnd".split(), 3',
        '"bhd iqd jod kwd lyd omr tnd".split(), 2',
        t.DIGITS,
    ),
    Fault("utils/money.py", '{"idr": 100}', '{"idr": 1}', t.AMOUNTS),
    Fault("utils/money.py", "return EXPONENTS.get(currency, 2)", "return 2", t.DIGITS),
    Fault("utils/money.py", "count / parts if count % parts", "count * parts if count % parts", t.AMOUNTS),
    # Shipping, coupons, budgets.
    Fault(
        "services/shipping/quote.py",
        "cheapest.setdefault(offer.option.type_code, offer)",
        "cheapest[offer.option.type_code] = offer",
        t.COMBINED,
    ),
    Fault(
        "services/shipping/quote.py",
        "key=lambda offer: (offer.amount, offer.id)",
        "key=lambda offer: (-offer.amount, offer.id)",
        t.COMBINED,
    ),
    Fault(
        "services/order/cancellation.py",
        'part.status == "canceled" and await',
        'part.status == "canceled" or await',
        t.BUDGET,
    ),
    Fault("services/order/cancellation.py", "return left == 0", "return True", t.BUDGET),
    Fault("services/order/cancellation.py", "return left == 0", "return False", t.BUDGET),
    Fault(
        "services/pricing/redemption.py",
        "budgets[row.campaign_id] += row.campaign_amount",
        "budgets[row.campaign_id] += 0",
        t.BUDGET,
    ),
    Fault(
        "models/pricing/redemption.py",
        "promotion_usage.c.used + 1 <= promotion_usage",
        "promotion_usage.c.used <= promotion_usage",
        t.TABLES,
    ),
    Fault(
        "models/pricing/redemption.py",
        "func.greatest(promotion_usage.c.used - 1, 0)",
        "promotion_usage.c.used",
        t.TABLES,
    ),
    Fault(
        "models/pricing/redemption.py",
        "func.greatest(campaign_usage.c.used - _budgets.c.amount, 0)",
        "campaign_usage.c.used",
        t.BUDGET + " " + t.TABLES,
    ),
    # Payments.
    Fault(
        "services/workflows/complete_cart.py",
        "await payment.give_up(work, cart, session_id=paid.session_id)\n        return",
        "pass\n        return",
        t.TWICE,
    ),
    Fault("services/payment/payment.py", "if ours != theirs:", "if ours[0] != theirs[0]:", t.OTHER),
    Fault("services/payment/payment.py", "if ours != theirs:", "if ours[1] != theirs[1]:", t.OTHER),
    Fault(
        "services/payment/payment.py",
        'is_captured = paid.state == "captured"',
        'is_captured = paid.state == "authorized"',
        t.CAPTURED,
    ),
    Fault(
        "services/payment/payment.py",
        "        work.emit(PaymentSessionVoided(session.id))\n    collection",
        "        pass\n    collection",
        t.CHANGED,
    ),
    Fault(
        "services/payment/payment.py",
        "await inventory_hold.release(work, cart_id=cart.id)\n    for",
        "pass\n    for",
        f"{t.PAY}::test_a_declined_opening_leaves_nothing_behind_and_may_be_tried_again",
    ),
    Fault("services/workflows/complete_cart.py", 'if session.status == "unknown":', "if False:", t.UNKNOWN),
)
