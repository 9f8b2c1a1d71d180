"""Entries of a seed file as the commands of pricing: campaigns, promotions and price lists."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import UNSET

from models.pricing.commands import Budget, PutCampaign, PutMethod, PutPromotion, PutRule
from services.seed.format_commerce import BUYER_ATTRIBUTES, TARGET_ATTRIBUTES
from services.seed.loading import columns
from services.seed.survey import instant

Entry = Mapping[str, Any]
Find = Callable[[str, str], str]  # the id of a kind's name
RULES = {"rules": BUYER_ATTRIBUTES, "target_rules": TARGET_ATTRIBUTES, "buy_rules": TARGET_ATTRIBUTES}
OF_METHOD = ("type", "target_type", "value", "allocation", "max_quantity", "buy_rules_min_quantity")


def window_of(entry: Entry) -> dict[str, Any]:
    """The moments that an entry states."""
    stated = columns(entry, "starts_at", "ends_at")
    return {key: None if text is None else instant(text) for key, text in stated.items()}


def budget_of(entry: Entry | None) -> Budget | None:
    return Budget(**columns(entry, "type", "limit", currency_code="currency")) if entry else None


def campaign_of(entry: Entry) -> PutCampaign:
    budget = budget_of(entry["budget"]) if "budget" in entry else UNSET
    return PutCampaign(budget=budget, **columns(entry, "identifier", "name", "description"), **window_of(entry))


def promotion_of(entry: Entry, find: Find) -> PutPromotion:
    """A promotion; `find` gives the ids of what it names."""
    method = entry["application_method"]
    said = columns(entry, "code", "type", "status", "is_automatic", "is_tax_inclusive", "limit", "metadata")
    for key, column, kind in (("campaign", "campaign_id", "campaigns"), ("store", "seller_id", "stores")):
        if key in entry:
            said[column] = find(kind, entry[key]) if entry[key] else None
    for key, attributes in RULES.items():
        if key in entry:
            said[key] = [rule_of(rule, attributes[rule["attribute"]], find) for rule in entry[key]]
    named = columns(method, *OF_METHOD, "apply_to_quantity", currency_code="currency")
    return PutPromotion(method=PutMethod(**named), **said)


def rule_of(rule: Entry, kind: str | None, find: Find) -> PutRule:
    values = [value if kind is None else find(kind, str(value)) for value in rule["values"]]
    return PutRule(attribute=rule["attribute"], operator=rule["operator"], values=values)
