"""Price lists, campaigns and promotions in the seed format."""

from models.shared.rules import LONGEST_TEXT
from services.seed.format_parts import (
    CURRENCY,
    METADATA,
    PIECES,
    Schema,
    flag,
    listed,
    moment,
    name,
    names,
    one_of,
    optional_count,
    optional_text,
    part,
    record,
    text,
)

# What a rule may speak of, and the kind of thing its values name. None: the value is taken as it stands.
BUYER_ATTRIBUTES: dict[str, str | None] = {
    "currency": "currencies",
    "region": "regions",
    "country": "countries",
    "sales_channel": "sales_channels",
    "customer": "customers",
    "customer_group": "customer_groups",
    "item_total": None,
    "item_quantity": None,
}
TARGET_ATTRIBUTES: dict[str, str | None] = {
    "product": "products",
    "variant": "variants",
    "type": "types",
    "collection": "collections",
    "category": "categories",
    "tag": "tags",
    "store": "stores",
    "quantity": None,
    "unit_price": None,
    "shipping_option": "shipping_options",
    "shipping_option_type": None,
}
OPERATORS = ("in", "eq", "ne", "gt", "gte", "lt", "lte")


def rule(description: str, attributes: dict[str, str | None]) -> Schema:
    return record(
        description,
        "attribute",
        "operator",
        "values",
        attribute=one_of("What it speaks of; amounts (item_total, unit_price) in major units.", *attributes),
        operator=one_of(
            "How it compares. in: one of what is there is among the values; eq: all of it is; ne: nothing is.",
            *OPERATORS,
        ),
        values={
            "type": "array",
            "minItems": 1,
            "items": {"type": ["string", "number"]},
            "description": "Things as the file calls them: a handle, a code, a name; a variant as SKU or store/SKU.",
        },
    )


COMMERCE: dict[str, Schema] = {
    "price_list": record(
        "A price list.",
        "title",
        "prices",
        title=text("Its title, and what it is found again by."),
        description={"type": "string", "maxLength": LONGEST_TEXT, "description": "For people."},
        type_=one_of("sale: holds where it is lower. override: holds always. sale.", "sale", "override"),
        status=one_of("active or draft; active.", "active", "draft"),
        starts_at=moment("From when it holds."),
        ends_at=moment("Until when it holds."),
        rules=part("price_list_rules", "For whom it holds; all must be met. Whole."),
        prices=listed("list_price", "Its prices, whole."),
    ),
    "return_reason": record(
        "A reason to send something back.",
        "value",
        "label",
        value=name("What programs and the file call it."),
        label=name("What buyers read."),
        description=optional_text("For people."),
        children=listed("return_reason", "Finer reasons below it."),
        metadata=METADATA,
    ),
    "price_list_rules": record(
        "Who gets the prices.",
        regions=names("Names of regions: one of them."),
        customer_groups=names("Names of customer groups: one of them."),
    ),
    "list_price": record(
        "The price of a variant in a price list.",
        "sku",
        "amount",
        sku=text("The variant's SKU."),
        store=part("handle", "The store, where more than one uses the SKU."),
        currency=part("currency_code", "The currency; left out beside a region."),
        region=text("Only for buyers of this region (its name)."),
        amount=part("amount", "The price of one piece."),
        min_quantity=PIECES | {"description": "From how many pieces it holds."},
        max_quantity=PIECES | {"description": "Up to how many pieces it holds."},
    ),
    "campaign": record(
        "A campaign.",
        "identifier",
        "name",
        identifier=text("What the file calls it."),
        name=text("For people."),
        description=optional_text("For people."),
        starts_at=moment("From when its promotions hold."),
        ends_at=moment("Until when."),
        budget=part("budget", "What may be given away; null for no limit."),
    ),
    "budget": record(
        "A limit on all promotions of a campaign together.",
        "type",
        "limit",
        type_=one_of("spend: money; usage: how many orders.", "spend", "usage"),
        currency=part("currency_code", "The currency of a spend budget."),
        limit={
            "type": ["number", "null"],
            "minimum": 0,
            "description": "The limit (major units, or a count); null for none.",
        },
    )
    | {"type": ["object", "null"]},
    "buyer_rule": rule("A condition on the buyer and the cart.", BUYER_ATTRIBUTES),
    "target_rule": rule("A condition on items, or on shipping methods.", TARGET_ATTRIBUTES),
    "application_method": record(
        "What is taken off, and where.",
        "type",
        "target_type",
        type_=one_of("percentage or fixed.", "percentage", "fixed"),
        value={
            "type": "number",
            "minimum": 0,
            "description": "Percent, or money in major units; 100 percent for buyget.",
        },
        currency=CURRENCY,
        target_type=one_of("What is lowered.", "items", "order", "shipping_methods"),
        allocation={
            "enum": ["across", "each", "once", None],
            "description": "across: shared over all; each: every line; once: so many pieces in all. Not for order.",
        },
        max_quantity=optional_count("Pieces (each: per line; once: in all).", 1),
        buy_rules_min_quantity=optional_count("buyget: pieces that must be bought.", 1),
        apply_to_quantity=optional_count("buyget: pieces that are lowered.", 1),
    ),
    "promotion": record(
        "A promotion.",
        "code",
        "application_method",
        code=text("What buyers type (case does not count), and what it is found again by.", pattern=r"^\S+$"),
        type_=one_of("standard or buyget; standard.", "standard", "buyget"),
        status=one_of("draft, active or inactive; active.", "draft", "active", "inactive"),
        is_automatic=flag("Applied without its code; false."),
        is_tax_inclusive=flag("Whether a fixed amount includes taxes; false."),
        campaign={"type": ["string", "null"], "description": "Identifier of its campaign."},
        store={
            "type": ["string", "null"],
            "description": "Handle of the store that grants it, on its own goods; null: the marketplace. The rules "
            "of a store's promotion count its part of the cart, those of the marketplace's the whole.",
        },
        limit=optional_count("In how many orders it may be used.", 1),
        application_method=part("application_method", "What is taken off."),
        rules=listed("buyer_rule", "All must hold for the cart, or the granting store's part of it. Whole."),
        target_rules=listed("target_rule", "All must hold for what is lowered. Whole."),
        buy_rules=listed("target_rule", "buyget: all must hold for what must be bought. Whole."),
        metadata=METADATA,
    ),
}
