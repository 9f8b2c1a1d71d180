"""Regions, currencies, access, customers, taxes and stores in the seed format."""

from models.identity.api_key import MOST_CHANNELS
from models.inventory.rules import (
    LONGEST_PART,
    LONGEST_POSTAL,
    MOST_GEO_ZONES,
    MOST_LOCATIONS,
    MOST_SETS,
    MOST_ZONES,
)
from models.region.rules import LONGEST_PROVINCE, MOST_COUNTRIES, MOST_PROVIDERS
from models.seller import rules as sellers
from models.shared.rules import HIGHEST_RANK, LONGEST_EMAIL, LONGEST_ID, MOST_LINKS, NOT_BLANK
from models.shipping.rules import LARGEST_AMOUNT, LONGEST_DESCRIPTION, MOST_OPTIONS, MOST_PRICES, TYPE_CODE
from services.seed.format_parts import (
    CURRENCY,
    METADATA,
    PARTS,
    Schema,
    count,
    flag,
    listed,
    name,
    names,
    one_of,
    optional_text,
    part,
    record,
    text,
)

SHIPPING_AMOUNT = part("shipping_amount")
ITEM_TOTAL = record(
    "Holds while the item total of the store's part of the cart is so (after discounts, with taxes, over all its "
    "parcels); for a way back, that of its part of the order. Amounts in the price's currency.",
    gt=SHIPPING_AMOUNT,
    gte=SHIPPING_AMOUNT,
    lt=SHIPPING_AMOUNT,
    lte=SHIPPING_AMOUNT,
    eq=SHIPPING_AMOUNT,
)
SHIPPING_PRICE = record(
    "What shipping costs, flat. Of the prices that hold, the one with most conditions is taken.",
    "amount",
    currency=part("currency_code", "The currency; left out beside a region."),
    region=text("Only for buyers of this region (its name)."),
    amount=part("shipping_amount", "The price."),
    item_total=part("item_total", "Conditions on the item total; all must hold."),
)
COORDINATES = {
    "latitude": {"type": ["number", "null"], "minimum": -90, "maximum": 90, "description": "Degrees north."},
    "longitude": {"type": ["number", "null"], "minimum": -180, "maximum": 180, "description": "Degrees east."},
}
LINES = {
    name: part | {"maxLength": sellers.LONGEST_PHONE if name == "phone" else sellers.LONGEST_LINE}
    for name, part in PARTS["address"]["properties"].items()
    if "maxLength" in part
}
SELLER_ADDRESS: Schema = PARTS["address"] | {
    "description": "Where the store's parcels leave from, with coordinates for couriers.",
    "properties": PARTS["address"]["properties"] | LINES | COORDINATES,
}
RATES = {
    "default_rate": part("tax_rate", "What is charged unless another rate names the product; null for none."),
    "rates": listed("tax_override", "Rates for some products or types instead of the default; whole."),
}

PLACES: dict[str, Schema] = {
    "currency": record(
        "A currency. Its number of digits is that of ISO 4217.",
        "code",
        "name",
        code=CURRENCY,
        name=text("English name."),
        symbol=text("Symbol, as $US."),
        symbol_native=text("Symbol where it is used, as $."),
    ),
    "region": record(
        "A region.",
        "name",
        "currency",
        "countries",
        name=name("Its name, and what the file refers to it by."),
        currency=part("currency_code", "What buyers there pay in."),
        countries={
            "type": "array",
            "uniqueItems": True,
            "items": part("country_code"),
            "maxItems": MOST_COUNTRIES,
            "description": "Its countries, whole. A country is in one region only.",
        },
        payment_providers={
            **names("Ids of payment providers, whole; pp_system_default when left out on creation.", MOST_PROVIDERS),
            "items": text("Id of a payment provider.", maxLength=LONGEST_ID),
        },
        automatic_taxes=flag("Whether carts get tax lines; true."),
        tax_inclusive=flag("Whether prices that name this region include taxes (a price preference)."),
        metadata=METADATA,
    ),
    "price_preference": record(
        "One preference: for a currency or for a region.",
        "tax_inclusive",
        currency=CURRENCY,
        region=text("A region's name."),
        tax_inclusive=flag(
            "Whether prices include taxes. A price that names a region follows the region, any other the currency."
        ),
    )
    | {"oneOf": [{"required": ["currency"]}, {"required": ["region"]}]},
    "sales_channel": record(
        "A sales channel.",
        "name",
        name=name("Its name."),
        description=optional_text("For people."),
        is_disabled=flag("Closed for sales; false."),
        metadata=METADATA,
    ),
    "publishable_key": record(
        "A publishable key.",
        "title",
        "sales_channels",
        title=name("Its title."),
        token={
            "type": "string",
            "pattern": "^pk_[A-Za-z0-9_-]{4,100}$",
            "description": "The key itself; made at random on creation when left out.",
        },
        sales_channels=names("Names of the channels it opens, whole.", MOST_CHANNELS),
    ),
    "customer_group": record("A customer group.", "name", name=name("Its name."), metadata=METADATA),
    "customer": record(
        "A customer.",
        "email",
        email={
            "type": "string",
            "format": "email",
            "maxLength": LONGEST_EMAIL,
            "description": "E-mail, kept in lower case.",
        },
        first_name=optional_text("First name."),
        last_name=optional_text("Last name."),
        company_name=optional_text("Company."),
        phone=optional_text("Phone."),
        groups=names("Names of groups, whole.", MOST_LINKS),
        metadata=METADATA,
    ),
    "shipping_profile": record(
        "A shipping profile.",
        "name",
        name=name("Its name."),
        type_=name("Its type; default."),
        metadata=METADATA,
    ),
    "tax_rate": record(
        "A tax rate.",
        "name",
        "rate",
        name=name("Shown on tax lines."),
        code=optional_text("For accounting."),
        rate=part("rate", "Percent."),
        is_combinable=flag("In a province: whether the country's rate is charged beside it; false."),
        metadata=METADATA,
    )
    | {"type": ["object", "null"]},
    "tax_override": record(
        "A tax rate for what it names.",
        "name",
        "rate",
        name=name("Shown on tax lines, and what it is found again by."),
        code=optional_text("For accounting."),
        rate=part("rate", "Percent."),
        is_combinable=flag("In a province: whether the country's rate is charged beside it; false."),
        products=names("Handles of products, whole."),
        product_types=names("Values of product types, whole."),
        shipping_options=names("Shipping options as store/location/set/zone/option, whole."),
        metadata=METADATA,
    ),
    "tax_region": record(
        "A country's taxes.",
        "country",
        country=part("country_code", "The country."),
        **RATES,
        provinces=listed("tax_province", "Provinces with rates of their own; whole."),
        metadata=METADATA,
    ),
    "tax_province": record(
        "A province's taxes.",
        "province",
        province=PARTS["province_code"] | {"maxLength": LONGEST_PROVINCE},
        **RATES,
        metadata=METADATA,
    ),
    "store": record(
        "A store: the shop of a seller.",
        "handle",
        "name",
        handle=PARTS["handle"] | {"minLength": sellers.SHORTEST_HANDLE, "maxLength": sellers.LONGEST_HANDLE},
        name=text("Its name.", maxLength=sellers.LONGEST_NAME, pattern=NOT_BLANK),
        description=optional_text("About it.", sellers.LONGEST_ABOUT),
        logo=optional_text("Address of its logo.", sellers.LONGEST_LOGO),
        status=one_of(
            "Where it stands; open. A suspended store is listed but sells nothing.",
            "pending",
            "open",
            "suspended",
            "closed",
        ),
        commission_rate={
            **sellers.COMMISSION,
            "description": "The platform's share of what it sells, in percent: 12.345; 0.",
        },
        address=part("store_address", "Its address."),
        stock_locations=listed(
            "stock_location",
            "Places of stock with the shipping from there. Not removed by leaving them out.",
            most=MOST_LOCATIONS,
        ),
        metadata=METADATA,
    ),
    "store_address": SELLER_ADDRESS,
    "stock_location": record(
        "A place where stock lies.",
        "name",
        name=name("Its name, unique in the store."),
        rank=count("Stock is taken from the lowest rank first; its place in the list when left out on creation.")
        | {"maximum": HIGHEST_RANK},
        address=part("address", "Where it is; shown for pickup."),
        fulfillment_sets=listed("fulfillment_set", "Ways goods leave it; whole.", most=MOST_SETS),
        metadata=METADATA,
    ),
    "fulfillment_set": record(
        "A way goods leave a place.",
        "name",
        name=name("Its name, unique in the location."),
        type_=one_of("Shipped, or picked up by the buyer; shipping.", "shipping", "pickup"),
        service_zones=listed("service_zone", "Where it reaches; whole.", most=MOST_ZONES),
        metadata=METADATA,
    ),
    "service_zone": record(
        "An area served alike.",
        "name",
        "geo_zones",
        name=name("Its name, unique in the set."),
        geo_zones=listed(
            "geo_zone",
            "What it covers, whole and not nothing: a country, or an object for part of one.",
            least=1,
            most=MOST_GEO_ZONES,
        ),
        shipping_options=listed("shipping_option", "What can be chosen there; whole.", most=MOST_OPTIONS),
        metadata=METADATA,
    ),
    "geo_zone": {
        "description": "A country code, or part of a country.",
        "oneOf": [
            part("country_code"),
            record(
                "Part of a country.",
                "country",
                country=part("country_code", "The country."),
                province=part("province_code", "Only this province."),
                city=text("Only this city.", maxLength=LONGEST_PART),
                postal_expression=text(
                    "Only postal codes that begin so; blanks, hyphens and case do not count.", maxLength=LONGEST_POSTAL
                ),
            ),
        ],
    },
    "shipping_option": record(
        "A shipping option.",
        "name",
        "type",
        "profile",
        "prices",
        name=name("Shown to buyers; unique in the zone."),
        type_=part("shipping_type", "What kind it is."),
        profile=text("The shipping profile (its name) it carries."),
        provider=text("Id of the fulfillment provider; manual_manual, the seller, is the only one here."),
        price_type=one_of("flat; calculated is refused, for no provider here works prices out.", "flat", "calculated"),
        data=part("metadata", "Data for the provider."),
        enabled_in_store=flag("Whether buyers may choose it; true."),
        is_return=flag("Whether it is for returns; false."),
        prices=part("shipping_prices", "What it costs; whole, and not nothing."),
        metadata=METADATA,
    ),
    "shipping_type": {
        "description": "A code, or an object. Options of one code from several stores are offered as one.",
        "oneOf": [
            part("shipping_code"),
            record(
                "A type in full.",
                "code",
                code=part("shipping_code", "The code: standard, express."),
                label=name("For people; the code with a capital when left out on creation."),
                description=optional_text("For people.", LONGEST_DESCRIPTION),
            ),
        ],
    },
    "shipping_code": {
        "type": "string",
        "pattern": TYPE_CODE,
        "description": "Up to 63 of a-z, 0-9, hyphens and underscores; it begins with a letter or a digit.",
    },
    "shipping_amount": PARTS["amount"] | {"maximum": LARGEST_AMOUNT},
    "shipping_price": SHIPPING_PRICE,
    "item_total": ITEM_TOTAL,
    "shipping_prices": {
        "description": "Prices, short ({usd: 10, eur: 9}) or as a list.",
        "oneOf": [
            {
                "type": "object",
                "description": "Short form: an amount per currency.",
                "propertyNames": {"pattern": "^[a-z]{3}$"},
                "minProperties": 1,
                "maxProperties": MOST_PRICES,
                "additionalProperties": part("shipping_amount"),
            },
            listed("shipping_price", "Long form.", least=1, most=MOST_PRICES),
        ],
    },
}
