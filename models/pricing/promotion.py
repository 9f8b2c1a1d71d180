"""Promotions: what is taken off, from what, for whom, until when, and how often.

A promotion is read and written whole, so its application method and its rules stand in its row.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import msgspec
from sqlalchemy import (
    Index,
    bindparam,
    func,
    select,
)

from models.pricing.rule import CART_ATTRIBUTES, ITEM_ATTRIBUTES, METHOD_ATTRIBUTES, Rule, compiled
from models.schema.pricing import campaign, promotion
from utils.errors import AppError
from utils.money import exponent
from utils.typed import code_key

# Buyers type codes in any case and copy them with blanks: two that differ in that only cannot be there.
CODE_KEY = func.lower(func.btrim(promotion.c.code))
Index("uq_promotion_code_key", CODE_KEY, unique=True)
CODES_LIKE = select(promotion.c.code).where(CODE_KEY.in_(bindparam("keys", expanding=True)))

LOAD_PROMOTIONS = select(promotion).order_by(promotion.c.created_at, promotion.c.id)
LOAD_CAMPAIGNS = select(campaign)


class PromotionCodeInvalid(AppError):
    code, kind = "promotion_code_invalid", "invalid"
    message = "The promotion code {promotion_code} is invalid"


class Campaign(msgspec.Struct, frozen=True):
    """When its promotions hold, and what they may cost together."""

    id: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    budget_type: str | None = None
    budget_limit: int | None = None


class Promotion(msgspec.Struct, frozen=True):
    """One promotion, ready to apply. `value` in percent, or in minor units of `currency_code`."""

    id: str
    code: str
    type: str
    status: str
    method_id: str
    method_type: str
    target_type: str
    allocation: str
    value: Decimal
    is_automatic: bool = False
    is_tax_inclusive: bool = False
    currency_code: str | None = None
    limit: int | None = None
    campaign: Campaign | None = None
    seller_id: str | None = None
    max_quantity: int | None = None
    buy_rules_min_quantity: int = 0
    apply_to_quantity: int = 0
    rules: tuple[Rule, ...] = ()
    target_rules: tuple[Rule, ...] = ()
    buy_rules: tuple[Rule, ...] = ()
    # Percentage: the part of the amount that is taken off. Fixed: minor units.
    share: Fraction = Fraction(0)
    # Where it stands among others; lower is applied earlier.
    rank: tuple[Any, ...] = ()

    @property
    def is_percentage(self) -> bool:
        return self.method_type == "percentage"

    @property
    def is_metered(self) -> bool:
        return self.limit is not None or (self.campaign is not None and self.campaign.budget_limit is not None)


class PromotionBook(msgspec.Struct, frozen=True):
    """Every promotion, held ready: by code (drafts and inactive ones too), by id, and the active automatic ones.

    Codes are found however they are typed: blanks at the ends and case do not count (`utils.typed.code_key`).
    """

    by_code: Mapping[str, Promotion] = {}
    by_id: Mapping[str, Promotion] = {}
    automatic: tuple[Promotion, ...] = ()

    @classmethod
    def from_rows(cls, promotions: Iterable[Any], campaigns: Iterable[Any]) -> "PromotionBook":
        """From the rows of LOAD_PROMOTIONS (in their order) and LOAD_CAMPAIGNS."""
        campaign_by_id = {
            row.id: Campaign(row.id, row.starts_at, row.ends_at, row.budget_type, row.budget_limit) for row in campaigns
        }
        known = [_promotion(row, age, campaign_by_id) for age, row in enumerate(promotions)]
        return cls(
            by_code={code_key(p.code): p for p in known},
            by_id={p.id: p for p in known},
            automatic=tuple(p for p in known if p.is_automatic and p.status == "active"),
        )

    def named(self, code: str) -> Promotion | None:
        """The promotion of a code as somebody typed it."""
        return self.by_code.get(code_key(code))

    def check_codes(self, codes: Iterable[str]) -> None:
        """PromotionCodeInvalid for the first code that no promotion has."""
        for code in codes:
            if self.named(code) is None:
                raise PromotionCodeInvalid(promotion_code=code)

    def candidates(self, codes: Collection[str]) -> list[Promotion]:
        """The promotions of these codes and the automatic ones, in the order in which they are applied."""
        found = {p.id: p for p in self.automatic}
        for code in codes:
            entry = self.named(code)
            if entry is not None:
                found[entry.id] = entry
        return sorted(found.values(), key=lambda p: p.rank)

    def metered(self, codes: Collection[str]) -> tuple[list[str], list[str]]:
        """Ids for LOAD_USAGE: promotions and campaigns among the candidates that have a limit. Often both are empty."""
        known = [p for p in self.candidates(codes) if p.is_metered]
        limited = {p.campaign.id for p in known if p.campaign is not None and p.campaign.budget_limit is not None}
        return [p.id for p in known if p.limit is not None], sorted(limited)

    def next_change(self, after: datetime) -> datetime | None:
        """The next moment at which a campaign starts or ends."""
        campaigns = {p.campaign.id: p.campaign for p in self.by_id.values() if p.campaign is not None}.values()
        moments = (m for c in campaigns for m in (c.starts_at, c.ends_at) if m is not None and m > after)
        return min(moments, default=None)


def _promotion(row: Any, age: int, campaigns: Mapping[str, Campaign]) -> Promotion:
    is_fixed = row.method_type == "fixed"
    value = Fraction(row.value)
    # Percentages and amounts are ranked alike, an amount by its major units.
    major = value / 10 ** exponent(row.currency_code) if is_fixed else value
    target = METHOD_ATTRIBUTES if row.target_type == "shipping_methods" else ITEM_ATTRIBUTES
    min_buy, apply_to = row.buy_rules_min_quantity or 0, row.apply_to_quantity or 0
    is_buyget = row.type == "buyget"
    return Promotion(
        id=row.id,
        code=row.code,
        type=row.type,
        status=row.status,
        method_id=row.method_id,
        method_type=row.method_type,
        target_type=row.target_type,
        allocation=row.allocation or "across",
        value=row.value,
        is_automatic=row.is_automatic,
        is_tax_inclusive=row.is_tax_inclusive,
        currency_code=row.currency_code,
        limit=row.limit,
        campaign=campaigns.get(row.campaign_id) if row.campaign_id else None,
        seller_id=row.seller_id,
        max_quantity=row.max_quantity,
        buy_rules_min_quantity=min_buy,
        apply_to_quantity=apply_to,
        rules=compiled(row.rules, CART_ATTRIBUTES),
        target_rules=compiled(row.target_rules, target),
        buy_rules=compiled(row.buy_rules, ITEM_ATTRIBUTES),
        share=value if is_fixed else value / 100,
        rank=(not is_buyget, -major, -min_buy if is_buyget else 0, -apply_to if is_buyget else 0, age),
    )
