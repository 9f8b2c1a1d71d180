"""Parts that every subject of the seed format uses: amounts, names, moments, addresses, prices."""

from typing import Any

from models.inventory.rules import LONGEST_PART, LONGEST_PROVINCE
from models.product.rules import MAX_PIECES
from models.region.rules import HIGHEST_RATE
from models.shared.commands import MOST_KEYS
from models.shared.rules import LONGEST_HANDLE, LONGEST_NAME, LONGEST_NOTE
from utils.text import HANDLE

Schema = dict[str, Any]


def part(name: str, description: str = "") -> Schema:
    """A reference to a named part, with what it means at this place."""
    return {"$ref": f"#/$defs/{name}"} | ({"description": description} if description else {})


def listed(name: str, description: str, *, least: int = 0, most: int | None = None) -> Schema:
    bounds = ({"minItems": least} if least else {}) | ({"maxItems": most} if most is not None else {})
    return {"type": "array", "description": description, "items": part(name), **bounds}


def record(description: str, /, *required: str, **properties: Schema) -> Schema:
    """An object that knows its keys; a key with the trailing underscore of a Python word loses it."""
    return {
        "type": "object",
        "description": description,
        "additionalProperties": False,
        "required": list(required),
        "properties": {name.rstrip("_"): schema for name, schema in properties.items()},
    }


def text(description: str, **more: Any) -> Schema:
    return {"type": "string", "minLength": 1, "maxLength": 500, "description": description, **more}


def name(description: str) -> Schema:
    """What a thing is called."""
    return text(description, maxLength=LONGEST_NAME)


def optional_text(description: str, length: int = LONGEST_NOTE) -> Schema:
    return {"type": ["string", "null"], "maxLength": length, "description": description}


def flag(description: str) -> Schema:
    return {"type": "boolean", "description": description}


def count(description: str, minimum: int = 0) -> Schema:
    return {"type": "integer", "minimum": minimum, "maximum": 2_000_000_000, "description": description}


def optional_count(description: str, minimum: int = 0) -> Schema:
    return {"type": ["integer", "null"], "minimum": minimum, "maximum": 2_000_000_000, "description": description}


def one_of(description: str, *words: str) -> Schema:
    return {"enum": list(words), "description": description}


def names(description: str, most: int | None = None) -> Schema:
    return {
        "type": "array",
        "uniqueItems": True,
        "items": {"type": "string", "minLength": 1},
        "description": description,
        **({"maxItems": most} if most is not None else {}),
    }


def moment(description: str) -> Schema:
    return {
        "type": ["string", "null"],
        "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)$",
        "description": f"{description} A moment with its offset, as 2026-06-01T00:00:00Z; null for none.",
    }


METADATA = part("metadata", "Free data for clients.")
PRICES = part("prices", "What it costs; the list is whole: a price not named any more is removed.")
AMOUNT = part("amount")
CURRENCY = part("currency_code", "The currency.")

PIECES: Schema = {"type": ["integer", "null"], "minimum": 1, "maximum": MAX_PIECES}

PRICE = record(
    "One price. It names a currency or a region (whose currency it then is in).",
    "amount",
    currency=part("currency_code", "The currency; left out beside a region."),
    region=text("Only for buyers of this region (its name)."),
    amount=part("amount", "The price of one piece."),
    min_quantity=PIECES | {"description": "From how many pieces it holds."},
    max_quantity=PIECES | {"description": "Up to how many pieces it holds."},
)

PARTS: dict[str, Schema] = {
    "metadata": {
        "type": ["object", "null"],
        "maxProperties": MOST_KEYS,
        "description": f"Any JSON object of up to {MOST_KEYS} keys, or null.",
    },
    "amount": {
        "type": "number",
        "minimum": 0,
        "description": "Money in major units (10.5 is EUR 10.50), with no more digits than the currency has.",
    },
    "currency_code": {"type": "string", "pattern": "^[a-z]{3}$", "description": "ISO 4217 in lower case: usd."},
    "country_code": {"type": "string", "pattern": "^[a-z]{2}$", "description": "ISO 3166-1 alpha-2 in lower case: id."},
    "province_code": {
        "type": "string",
        "minLength": 1,
        "maxLength": LONGEST_PROVINCE,
        "description": "Its code in ISO 3166-2 or its name, in any case: us-ny, NY, New York.",
    },
    "handle": {
        "type": "string",
        "pattern": HANDLE,
        "format": "handle",
        "maxLength": LONGEST_HANDLE,
        "description": "Lower-case letters of any writing, digits and single hyphens.",
    },
    "rate": {
        "type": "number",
        "minimum": 0,
        "maximum": HIGHEST_RATE,
        "description": "Percent with up to four decimal digits: 19 or 8.875.",
    },
    "address": record(
        "Where something is. Each key may be null.",
        address_1=optional_text("Street and number.", LONGEST_PART),
        address_2=optional_text("Second line.", LONGEST_PART),
        city=optional_text("City.", LONGEST_PART),
        province=optional_text("Province or state.", LONGEST_PART),
        postal_code=optional_text("Postal code.", LONGEST_PART),
        country_code={"type": ["string", "null"], "pattern": "^[a-z]{2}$", "description": "Country, lower case."},
        phone=optional_text("Phone.", LONGEST_PART),
    ),
    "price": PRICE,
    "prices": {
        "description": "Prices, short ({usd: 10, eur: 9}) or as a list with regions and quantities.",
        "oneOf": [
            {
                "type": "object",
                "description": "Short form: an amount per currency.",
                "propertyNames": {"pattern": "^[a-z]{3}$"},
                "additionalProperties": part("amount"),
            },
            {"type": "array", "description": "Long form.", "items": part("price")},
        ],
    },
}
