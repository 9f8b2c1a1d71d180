"""The use of promotions: counters with limits, and who redeemed what.

Counters stand apart from promotions: every order moves them, and the promotions that processes hold ready must not be
dropped for that. They are claimed in the order's transaction, by updates that find no row once a limit is reached.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Text,
    bindparam,
    func,
    insert,
    literal,
    select,
    union_all,
    update,
)

from models.pricing.promotion import Promotion, PromotionBook
from models.schema.pricing import campaign_usage, promotion_redemption, promotion_usage
from utils.errors import AppError
from utils.sql import Prepared


def _ids(name: str) -> Any:
    return func.any(bindparam(name, type_=ARRAY(Text)))


# Binds promotion_ids, campaign_ids. What is used now of what has a limit.
LOAD_USAGE = union_all(
    select(
        literal("promotion").label("kind"), promotion_usage.c.promotion_id.label("id"), promotion_usage.c.used
    ).where(promotion_usage.c.promotion_id == _ids("promotion_ids")),
    select(literal("campaign"), campaign_usage.c.campaign_id, campaign_usage.c.used).where(
        campaign_usage.c.campaign_id == _ids("campaign_ids")
    ),
)

# Rows are locked in the order of their ids, so that two orders never wait for each other.
_wanted = (
    select(promotion_usage.c.promotion_id)
    .where(promotion_usage.c.promotion_id == _ids("promotion_ids"))
    .order_by(promotion_usage.c.promotion_id)
    .with_for_update()
    .cte("wanted")
)
# Binds promotion_ids. Takes one use of each; returns the ids it could take: one that is missing is used up.
CLAIM_PROMOTIONS = (
    update(promotion_usage)
    .where(
        promotion_usage.c.promotion_id == _wanted.c.promotion_id,
        (promotion_usage.c.usage_limit.is_(None)) | (promotion_usage.c.used + 1 <= promotion_usage.c.usage_limit),
    )
    .values(used=promotion_usage.c.used + 1)
    .returning(promotion_usage.c.promotion_id)
)
RELEASE_PROMOTIONS = (
    update(promotion_usage)
    .where(promotion_usage.c.promotion_id == _wanted.c.promotion_id)
    .values(used=func.greatest(promotion_usage.c.used - 1, 0))
)
_spent = (
    func.unnest(
        bindparam("campaign_ids", type_=ARRAY(Text)),
        bindparam("amounts", type_=ARRAY(BigInteger)),
        bindparam("slacks", type_=ARRAY(BigInteger)),
    )
    .table_valued("campaign_id", "amount", "slack")
    .render_derived(name="spent")
)
_budgets = (
    select(campaign_usage.c.campaign_id, campaign_usage.c.used, _spent.c.amount, _spent.c.slack)
    .join(_spent, _spent.c.campaign_id == campaign_usage.c.campaign_id)
    .order_by(campaign_usage.c.campaign_id)
    .with_for_update(of=campaign_usage)
    .cte("budgets")
)
_used = func.least(_budgets.c.used + _budgets.c.amount, campaign_usage.c.usage_limit)
# Binds campaign_ids, amounts, slacks (see `Claims`). Returns the ids it could take, and how much was counted of each
# amount: the slack is what rounding may have added to an exact amount that fits the budget.
CLAIM_CAMPAIGNS = (
    update(campaign_usage)
    .where(
        campaign_usage.c.campaign_id == _budgets.c.campaign_id,
        (campaign_usage.c.usage_limit.is_(None))
        | (campaign_usage.c.used + _budgets.c.amount - _budgets.c.slack <= campaign_usage.c.usage_limit),
    )
    .values(used=_used)
    .returning(campaign_usage.c.campaign_id, (_used - _budgets.c.used).label("counted"))
)
RELEASE_CAMPAIGNS = (
    update(campaign_usage)
    .where(campaign_usage.c.campaign_id == _budgets.c.campaign_id)
    .values(used=func.greatest(campaign_usage.c.used - _budgets.c.amount, 0))
)
REDEEMED_IN = Prepared(
    select(
        *(promotion_redemption.c[name] for name in ("promotion_id", "is_counted", "campaign_id", "campaign_amount"))
    ).where(promotion_redemption.c.order_id == bindparam("order_id"))
)
# Rows of promotion_id, order_id, code, amount, and what was counted.
INSERT_REDEMPTIONS = insert(promotion_redemption)


class PromotionUsageExceeded(AppError):
    code, kind = "promotion_usage_exceeded", "not_allowed"
    message = "Promotion usage exceeds the limit."


class Usage(msgspec.Struct, frozen=True):
    """What is used of promotions and campaigns that have a limit, by id."""

    promotions: Mapping[str, int] = {}
    campaigns: Mapping[str, int] = {}

    @classmethod
    def from_rows(cls, rows: Iterable[Any]) -> "Usage":
        """From the rows of LOAD_USAGE."""
        used: dict[str, dict[str, int]] = {"promotion": {}, "campaign": {}}
        for row in rows:
            used[row.kind][row.id] = row.used
        return cls(promotions=used["promotion"], campaigns=used["campaign"])


NO_USAGE = Usage()


class Claims(msgspec.Struct, frozen=True):
    """What an order must claim: the bound parameters of CLAIM_PROMOTIONS and CLAIM_CAMPAIGNS. Empty lists: nothing."""

    promotion_ids: list[str]
    campaign_ids: list[str]
    amounts: list[int]
    slacks: list[int]


def share_of_budget(entry: Promotion, parts: Sequence[int]) -> tuple[str | None, int]:
    """The campaign whose budget the promotion's use counts on, and how much of it; (None, 0) where there is none."""
    if entry.campaign is None or entry.campaign.budget_limit is None:
        return None, 0
    return entry.campaign.id, sum(parts) if entry.campaign.budget_type == "spend" else 1


def shares_of_budgets(
    book: PromotionBook, amounts: Mapping[str, Sequence[int]], counted: Mapping[str, int]
) -> dict[str, tuple[str | None, int]]:
    """By promotion, its campaign and its share of what CLAIM_CAMPAIGNS counted there: that is given back one day."""
    left, found = dict(counted), {}
    for promotion_id in sorted(amounts):
        campaign_id, amount = share_of_budget(book.by_id[promotion_id], amounts[promotion_id])
        if campaign_id is not None:
            amount = min(amount, left[campaign_id])
            left[campaign_id] -= amount
        found[promotion_id] = (campaign_id, amount)
    return found


def claims(book: PromotionBook, amounts: Mapping[str, Sequence[int]], step: int = 1) -> Claims:
    """What an order that uses these promotions must claim.

    `amounts` are its adjustments in minor units by promotion id; `step` the currency's charge step.
    """
    used = [book.by_id[i] for i in sorted(amounts)]
    budgets: dict[str, tuple[int, int]] = {}
    for entry in used:
        campaign_id, taken = share_of_budget(entry, amounts[entry.id])
        if entry.campaign is None or campaign_id is None:
            continue
        amount, slack = budgets.get(campaign_id, (0, 0))
        more = len(amounts[entry.id]) * step if entry.campaign.budget_type == "spend" else 0
        budgets[campaign_id] = (amount + taken, slack + more)
    ids = sorted(budgets)
    return Claims(
        promotion_ids=[p.id for p in used if p.limit is not None],
        campaign_ids=ids,
        amounts=[budgets[i][0] for i in ids],
        slacks=[budgets[i][1] for i in ids],
    )
