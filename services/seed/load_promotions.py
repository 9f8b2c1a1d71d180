"""Load campaigns and promotions."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from models.pricing.promotion import CODES_LIKE
from models.schema.pricing import campaign, promotion
from models.shared.kinds import Kind
from services.seed.format_commerce import BUYER_ATTRIBUTES, TARGET_ATTRIBUTES
from services.seed.loading import Loading, columns
from services.seed.survey import instant
from services.shared.sync import Row
from utils.ids import ordered_id
from utils.money import to_minor
from utils.typed import code_key

CAMPAIGN = Kind(campaign, "identifier", ("identifier",), "procamp")
PROMOTION = Kind(promotion, "code", ("code",), "promo")
RULES = {"rules": BUYER_ATTRIBUTES, "target_rules": TARGET_ATTRIBUTES, "buy_rules": TARGET_ATTRIBUTES}
WHOLE_PERCENT = 100


async def load_promotions(loading: Loading) -> None:
    rows = [campaign_row(entry) for entry in loading.entries("campaigns")]
    for (identifier,), identity in (await loading.rows(CAMPAIGN, rows)).ids.items():
        loading.names.put("campaigns", identifier, identity)
    entries = await by_written_code(loading)
    found = await loading.rows(
        PROMOTION,
        [promotion_row(loading, entry) | {"code": code} for code, entry in entries.items()],
        fresh=lambda key: new_promotion(entries[key[0]]),
    )
    for (code,), identity in found.ids.items():
        loading.names.put("promotions", entries[code]["code"], identity)
    loading.progress(len(entries))


async def by_written_code(loading: Loading) -> dict[str, Mapping[str, Any]]:
    """The entries by their codes as the database writes them: case finds no other promotion."""
    entries = {code_key(entry["code"]): entry for entry in loading.entries("promotions")}
    keys = [entry["code"].lower() for entry in entries.values()]
    held = {code_key(code): code for code in (await loading.work.execute(CODES_LIKE, {"keys": keys})).scalars()}
    return {held.get(key, entry["code"]): entry for key, entry in entries.items()}


def campaign_row(entry: Mapping[str, Any]) -> Row:
    row = columns(entry, "identifier", "name", "description")
    for key in ("starts_at", "ends_at"):
        if key in entry:
            row[key] = instant(entry[key]) if entry[key] is not None else None
    if "budget" in entry:
        budget = entry["budget"] or {}
        is_spend = budget.get("type") == "spend"
        currency, limit = str(budget.get("currency")), budget.get("limit")
        row["budget_type"] = budget.get("type")
        row["budget_currency_code"] = currency if is_spend else None
        row["budget_limit"] = to_minor(limit, currency) if is_spend and limit is not None else limit
    return row


def new_promotion(entry: Mapping[str, Any]) -> Row:
    return {
        "status": "active",
        "method_id": ordered_id("proappmet"),
        "allocation": "each" if entry.get("type") == "buyget" else None,
    }


def promotion_row(loading: Loading, entry: Mapping[str, Any]) -> Row:
    """The whole row; of the application method every key counts as stated."""
    method = entry["application_method"]
    row = columns(entry, "code", "type", "status", "is_automatic", "is_tax_inclusive", "limit", "metadata")
    if "campaign" in entry:
        row["campaign_id"] = loading.names.id("campaigns", entry["campaign"]) if entry["campaign"] else None
    if "store" in entry:
        row["seller_id"] = loading.names.id("stores", entry["store"]) if entry["store"] else None
    row |= columns(
        method, "target_type", "max_quantity", "buy_rules_min_quantity", "apply_to_quantity", method_type="type"
    )
    if method.get("allocation") is not None:
        row["allocation"] = method["allocation"]
    row["value"] = value_of(method)
    row["currency_code"] = method.get("currency")
    for key, attributes in RULES.items():
        if key in entry:
            row[key] = [stored(loading, rule, attributes) for rule in entry[key]]
    return row


def value_of(method: Mapping[str, Any]) -> Decimal:
    """Percent, or minor units of the method's currency."""
    if method["type"] == "fixed":
        return Decimal(to_minor(method["value"], method["currency"]))
    return Decimal(str(method.get("value", WHOLE_PERCENT)))


def stored(loading: Loading, rule: Mapping[str, Any], attributes: Mapping[str, str | None]) -> dict[str, Any]:
    kind = attributes[rule["attribute"]]
    return {
        "attribute": rule["attribute"],
        "operator": rule["operator"],
        "values": list(rule["values"] if kind is None else identities(loading, kind, rule["values"])),
    }


def identities(loading: Loading, kind: str, values: Iterable[Any]) -> Iterable[str]:
    for value in values:
        yield loading.names.variant(str(value)) if kind == "variants" else loading.names.id(kind, str(value))
