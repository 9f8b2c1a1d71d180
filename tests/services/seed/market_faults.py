# ruff: noqa: E501 - one fault, one line
"""What may be wrong with all but places and products, as a body of REST and as an entry of a file."""

from dataclasses import dataclass, replace
from typing import Any

from tests.services.seed.documents import Json

LONG = "x" * 201  # a letter more than names have
NOTE = "x" * 1001
MANY = {f"k{n}": n for n in range(101)}
TYPES = [f"t{n}" for n in range(1001)]  # one more than a rate may name
FINE = 1e-05  # percent: more digits than a rate has, written without a point


@dataclass(frozen=True)
class Fault:
    """One mistake: the path and body of REST, a file, and the place in it. Paths name ids of the world by `{...}`."""

    name: str
    path: str
    rest: Json
    file: Json
    place: str


@dataclass(frozen=True)
class Kind:
    """A kind of thing, with what REST and files need to be told of it."""

    path: str
    section: str
    rest: Json
    file: Json

    def said(self, name: str, place: str, rest: Json, file: Json | None = None) -> Fault:
        entry = self.file | (rest if file is None else file)
        return Fault(name, self.path, self.rest | rest, {self.section: [entry]}, f"{self.section}[0]{place}")


REGION = Kind(
    "/admin/regions",
    "regions",
    {"name": "New", "currency_code": "eur"},
    {"name": "New", "currency": "eur", "countries": []},
)
CHANNEL = Kind("/admin/sales-channels", "sales_channels", {"name": "New"}, {"name": "New"})
KEY = Kind(
    "/admin/api-keys",
    "publishable_keys",
    {"title": "New", "type": "publishable"},
    {"title": "New", "sales_channels": []},
)
GROUP = Kind("/admin/customer-groups", "customer_groups", {"name": "New"}, {"name": "New"})
CUSTOMER = Kind("/admin/customers", "customers", {"email": "new@example.com"}, {"email": "new@example.com"})
PROFILE = Kind("/admin/shipping-profiles", "shipping_profiles", {"name": "New"}, {"name": "New"})
REASON = Kind(
    "/admin/return-reasons", "return_reasons", {"value": "new", "label": "New"}, {"value": "new", "label": "New"}
)
CATEGORY = Kind(
    "/admin/product-categories",
    "categories",
    {"name": "New", "handle": "new-one"},
    {"name": "New", "handle": "new-one"},
)
COLLECTION = Kind(
    "/admin/collections", "collections", {"title": "New", "handle": "new-one"}, {"title": "New", "handle": "new-one"}
)
TAG = Kind("/admin/product-tags", "tags", {"value": "new"}, {"value": "new"})
TYPE = Kind("/admin/product-types", "types", {"value": "new"}, {"value": "new"})
SELLER = Kind("/admin/sellers/{seller}", "stores", {}, {"handle": "aurora", "name": "Aurora"})
ITEM = Kind("/vendor/inventory-items", "inventory_items", {"sku": "NEW"}, {"store": "aurora", "sku": "NEW"})
NAMED: list[tuple[str, Kind, str]] = [
    ("region", REGION, "name"),
    ("sales channel", CHANNEL, "name"),
    ("key", KEY, "title"),
    ("customer group", GROUP, "name"),
    ("shipping profile", PROFILE, "name"),
    ("return reason", REASON, "value"),
    ("return reason's label", REASON, "label"),
    ("category", CATEGORY, "name"),
    ("collection", COLLECTION, "title"),
    ("tag", TAG, "value"),
    ("type", TYPE, "value"),
    ("store", SELLER, "name"),
    ("item", ITEM, "sku"),
]
FREE: list[tuple[str, Kind]] = [
    *(("region", REGION), ("sales channel", CHANNEL), ("customer group", GROUP), ("customer", CUSTOMER)),
    *(("shipping profile", PROFILE), ("return reason", REASON), ("category", CATEGORY), ("collection", COLLECTION)),
    *(("tag", TAG), ("type", TYPE), ("store", SELLER), ("item", ITEM)),
]
FILED: list[tuple[str, Kind]] = [("category", CATEGORY), ("collection", COLLECTION), ("tag", TAG), ("type", TYPE)]
HANDLED: list[tuple[str, Kind]] = [("category", CATEGORY), ("collection", COLLECTION)]


def rate(name: str, place: str, said: Json, file: Json | None = None) -> Fault:
    """A tax rate of a country that has none yet."""
    both = {"name": "VAT", "rate": 8}
    rest = {"country_code": "ch", "default_tax_rate": both | said}
    entry = {"country": "ch", "default_rate": both | (said if file is None else file)}
    return Fault(
        f"tax rate {name}", "/admin/tax-regions", rest, {"tax_regions": [entry]}, f"tax_regions[0].default_rate{place}"
    )


def province(name: str, text: str) -> Fault:
    rest = {"country_code": "us", "province_code": text}
    entry = {"country": "us", "provinces": [{"province": text}]}
    return Fault(name, "/admin/tax-regions", rest, {"tax_regions": [entry]}, "tax_regions[0].provinces[0].province")


def rule(name: str, place: str, rest: list[Json], file: Json) -> Fault:
    """What a rate of Germany names."""
    more = {"name": "Named", "rate": 1}
    entry = {"country": "de", "rates": [more | file]}
    body = {"tax_region_id": "{tax_region}", **more, "rules": rest}
    return Fault(name, "/admin/tax-rates", body, {"tax_regions": [entry]}, f"tax_regions[0].rates[0]{place}")


def line(name: str, length: int) -> Fault:
    """A part of a store's address."""
    said = {"address": {name: "x" * length}}
    return SELLER.said(f"store's {name} of {length} letters", f".address.{name}", said)


def need(name: str, place: str, count: int, quantity: int) -> Fault:
    """What a variant takes of inventory items."""
    goods: Json = {"title": "Set", "handle": "set-of-many", "options": [{"title": "Size", "values": ["S"]}]}
    kept: Json = {"options": {"Size": "S"}}
    rest = [{"inventory_item_id": "iitem_none", "required_quantity": quantity}] * count
    price: list[Json] = [{"currency_code": "eur", "amount": 5}]
    body = {**goods, "variants": [{**kept, "sku": "SET", "prices": price, "inventory_items": rest}]}
    file = [{"sku": f"PART-{n}", "required_quantity": quantity} for n in range(count)]
    items = [{"store": "aurora", "sku": f"PART-{n}"} for n in range(count)]
    entry = {
        **goods,
        "store": "aurora",
        "variants": [{**kept, "sku": "SET", "prices": {"eur": 5}, "inventory_items": file}],
    }
    return Fault(
        name,
        "/vendor/products",
        body,
        {"inventory_items": items, "products": [entry]},
        f"products[0].variants[0].inventory_items{place}",
    )


FAULTS = [
    *(kind.said(f"{name} without a name", f".{key}", {key: ""}) for name, kind, key in NAMED if kind is not ITEM),
    *(kind.said(f"{name} of 201 letters", f".{key}", {key: LONG}) for name, kind, key in NAMED),
    *(kind.said(f"{name} with a line break", f".{key}", {key: "a\nb"}) for name, kind, key in NAMED),
    *(kind.said(f"{name} with metadata of 101 keys", ".metadata", {"metadata": MANY}) for name, kind in FREE),
    *(kind.said(f"{name} with an external id of 1,001 letters", ".external_id", {"external_id": NOTE}) for name, kind in FILED),
    *(kind.said(f"{name} with a handle of 201 letters", ".handle", {"handle": LONG}) for name, kind in HANDLED),
    *(kind.said(f"{name} with a capital of another writing in its handle", ".handle", {"handle": "été-É"}) for name, kind in HANDLED),
    REGION.said("region in a currency that is none", ".currency", {"currency_code": "zzz"}, {"currency": "zzz"}),
    REGION.said("region of a country that is none", ".countries[0]", {"countries": ["qq"]}, {"countries": ["qq"]}),
    REGION.said("region of another's country", ".countries", {"countries": ["de"]}, {"countries": ["de"]}),
    REGION.said("region of 301 countries", ".countries", {"countries": ["de"] * 301}, {"countries": [f"{a}{b}" for a in "abcdefghijkl" for b in "abcdefghijklmnopqrstuvwxyz"][:301]}),
    REGION.said("payment provider that is not here", ".payment_providers[0]", {"payment_providers": ["pp_none"]}),
    REGION.said("51 payment providers", ".payment_providers", {"payment_providers": [f"pp_{n}" for n in range(51)]}),
    REGION.said("payment provider of 129 letters", ".payment_providers[0]", {"payment_providers": ["x" * 129]}),
    REGION.said("payment provider twice", ".payment_providers", {"payment_providers": ["pp_system_default"] * 2}),
    Fault("another currency of a region with prices", "/admin/regions/{region}", {"currency_code": "usd"}, {"regions": [{"name": "Europe", "currency": "usd", "countries": ["de"]}]}, "regions[0].currency"),
    rate("without a name", ".name", {"name": ""}),
    rate("of 201 letters", ".name", {"name": LONG}),
    rate("with a line break", ".name", {"name": "a\nb"}),
    rate("with a code of 1,001 letters", ".code", {"code": NOTE}),
    rate("above 100 percent", ".rate", {"rate": 100.5}),
    rate("below nought", ".rate", {"rate": -1}),
    rate("with five decimal digits", ".rate", {"rate": 1.23456}),
    rate("with five decimal digits and no point", ".rate", {"rate": FINE}),
    rate("with metadata of 101 keys", ".metadata", {"metadata": MANY}),
    Fault("taxes of a country that is none", "/admin/tax-regions", {"country_code": "qq"}, {"tax_regions": [{"country": "qq"}]}, "tax_regions[0].country"),
    province("province of another country", "Bayern"),
    province("province of 41 letters", "x" * 41),
    province("known province in 41 letters", "New York" + " " * 33),
    Fault("two rates of one name", "/admin/tax-rates", {"tax_region_id": "{tax_region}", "name": "VAT", "rate": 1}, {"tax_regions": [{"country": "de", "rates": [{"name": "VAT", "rate": 1}, {"name": "VAT", "rate": 2}]}]}, "tax_regions[0].rates[1].name"),
    rule("rate for a product that is none", ".products[0]", [{"reference": "product", "reference_id": "prod_none"}], {"products": ["none"]}),
    rule("rate for a type that is none", ".product_types[0]", [{"reference": "product_type", "reference_id": "ptyp_none"}], {"product_types": ["none"]}),
    replace(rule("rate for 1,001 types", "", [{"reference": "product_type", "reference_id": f"t{n}"} for n in range(1001)], {}), file={"types": TYPES, "tax_regions": [{"country": "de", "rates": [{"name": "Named", "rate": 1, "product_types": TYPES}]}]}),
    Fault("key of 101 sales channels", "/admin/api-keys/{key}/sales-channels", {"add": [f"c{n}" for n in range(101)]}, {"publishable_keys": [{"title": "New", "sales_channels": [f"c{n}" for n in range(101)]}]}, "publishable_keys[0].sales_channels"),
    CHANNEL.said("sales channel described in 1,001 letters", ".description", {"description": NOTE}),
    CUSTOMER.said("customer without an address", ".email", {"email": "nobody"}),
    CUSTOMER.said("customer at a host without a dot", ".email", {"email": "a@b"}),
    CUSTOMER.said("customer at a host of two dots", ".email", {"email": "a@b..com"}),
    CUSTOMER.said("customer with a name of 65 letters before the host", ".email", {"email": f"{'x' * 65}@example.com"}),
    CUSTOMER.said("customer with an address of 255 letters", ".email", {"email": f"a@{'x' * 249}.com"}),
    *(CUSTOMER.said(f"customer's {name} of 1,001 letters", f".{name}", {name: NOTE}) for name in ("first_name", "last_name", "company_name", "phone")),
    CUSTOMER.said("customer's name with a line break", ".first_name", {"first_name": "a\nb"}),
    PROFILE.said("shipping profile's type of 201 letters", ".type", {"type": LONG}),
    PROFILE.said("shipping profile without a type", ".type", {"type": ""}),
    REASON.said("return reason described in 1,001 letters", ".description", {"description": NOTE}),
    CATEGORY.said("category above a million", ".rank", {"rank": 1_000_001}),
    CATEGORY.said("category below nought", ".rank", {"rank": -1}),
    CATEGORY.said("category described in 20,001 letters", ".description", {"description": "x" * 20_001}),
    CATEGORY.said("category that is not described", ".description", {"description": None}),
    CATEGORY.said("category's handle with a blank", ".handle", {"handle": "a b"}),
    SELLER.said("store's name of 121 letters", ".name", {"name": "x" * 121}),
    SELLER.said("store's name of a blank", ".name", {"name": " "}),
    SELLER.said("store described in 5,001 letters", ".description", {"description": "x" * 5001}),
    SELLER.said("store's handle of one letter", ".handle", {"handle": "x"}),
    SELLER.said("store's handle of 61 letters", ".handle", {"handle": "x" * 61}),
    SELLER.said("store's handle that is reserved", ".handle", {"handle": "admin"}),
    SELLER.said("store's handle with a capital of another writing", ".handle", {"handle": "été-É"}),
    SELLER.said("store's phone of 41 digits", ".address.phone", {"phone": "1" * 41}, {"address": {"phone": "1" * 41}}),
    *(line(name, 201) for name in ("address_1", "address_2", "city", "province", "postal_code")),
    SELLER.said("store in no country", ".address.country_code", {"address": {"country_code": "qq"}}),
    SELLER.said("store's commission above 100 percent", ".commission_rate", {"commission_rate": 100.5}),
    SELLER.said("store's commission of four decimal digits", ".commission_rate", {"commission_rate": 1.2345}),
    ITEM.said("item's title of 1,001 letters", ".title", {"title": NOTE}),
    need("21 items of a variant", "", 21, 1),
    need("an item of a variant a million times and once", "[0].required_quantity", 1, 1_000_001),
    need("an item of a variant no time", "[0].required_quantity", 1, 0),
]  # fmt: skip


EUR: Json = {"sku": "{sku}", "currency": "eur", "amount": 5}
PERCENT: Json = {"type": "percentage", "value": 5, "target_type": "order"}
GET: Json = {"type": "percentage", "target_type": "items", "buy_rules_min_quantity": 1, "apply_to_quantity": 1}
BOUGHT: list[Json] = [{"attribute": "quantity", "operator": "gte", "values": [1]}]


def prices(name: str, place: str, *said: Json) -> tuple[str, Json, str]:
    """A price list, which no request writes."""
    return name, {"price_lists": [{"title": "New", "prices": list(said)}]}, f"price_lists[0]{place}"


def campaign(name: str, place: str, **budget: Any) -> tuple[str, Json, str]:
    return name, {"campaigns": [{"identifier": "new", "name": "New", "budget": budget}]}, f"campaigns[0].budget{place}"


def promotion(name: str, place: str, method: Json, **said: Any) -> tuple[str, Json, str]:
    entry = {"code": "NEW", "application_method": method, **said}
    return name, {"promotions": [entry]}, f"promotions[0]{place}"


# Of what no request writes: name, file, place.
FILE_FAULTS = [
    prices("two prices of a list for one case", ".prices[1]", EUR, {**EUR, "amount": 6}),
    prices("two prices of a list, one by the store's name", ".prices[1]", EUR, {**EUR, "store": "{seller}"}),
    prices("a list's price up to too many pieces", ".prices[0].max_quantity", {**EUR, "max_quantity": 1_000_000_001}),
    prices("a list's price from more pieces than up to", ".prices[0].max_quantity", {**EUR, "min_quantity": 3, "max_quantity": 2}),
    prices("a list's price above all bounds in yen", ".prices[0].amount", {**EUR, "currency": "jpy", "amount": 10**13 + 1}),
    campaign("a budget of money in no currency", "", type="spend", limit=5),
    campaign("a budget of half a cent", ".limit", type="spend", currency="eur", limit=0.005),
    campaign("a budget of half a use", ".limit", type="usage", limit=1.5),
    campaign("a budget of more uses than are counted", ".limit", type="usage", limit=1e300),
    promotion("a percentage of five decimal digits", ".application_method.value", {**PERCENT, "value": 1e-05}),
    promotion("a percentage above the whole", ".application_method.value", {**PERCENT, "value": 100.5}),
    promotion("no value", ".application_method", {"type": "percentage", "target_type": "order"}),
    promotion("an amount in no currency", ".application_method", {"type": "fixed", "value": 5, "target_type": "order"}),
    promotion("an amount of half a cent", ".application_method.value", {"type": "fixed", "value": 0.005, "currency": "eur", "target_type": "order"}),
    promotion("something off each item in no way", ".application_method", {**PERCENT, "target_type": "items"}),
    promotion("buy and get of whole orders", ".application_method.target_type", {**GET, "target_type": "order"}, type="buyget", buy_rules=BOUGHT),
    promotion("buy and get of a fixed amount without one", ".application_method", {**GET, "type": "fixed", "currency": "eur"}, type="buyget", buy_rules=BOUGHT),
    promotion("buy and get of nothing bought", "", GET, type="buyget"),
    promotion("buy and get of no number", ".application_method", {**GET, "apply_to_quantity": None}, type="buyget", buy_rules=BOUGHT),
    promotion("a total that is a word", ".rules[0].values", PERCENT, rules=[{"attribute": "item_total", "operator": "gt", "values": ["much"]}]),
    promotion("a quantity that is a fraction of nothing", ".target_rules[0].values", PERCENT, target_rules=[{"attribute": "quantity", "operator": "gt", "values": ["1/0"]}]),
    ("a product's tag of 201 letters", {"products": [{"handle": "new", "store": "aurora", "title": "New", "tags": [LONG], "variants": [{"sku": "N", "prices": {"eur": 1}}]}]}, "products[0].tags[0]"),
    ("a product's tag of two lines", {"products": [{"handle": "new", "store": "aurora", "title": "New", "tags": ["a\nb"], "variants": [{"sku": "N", "prices": {"eur": 1}}]}]}, "products[0].tags[0]"),
    ("a product's type of 201 letters", {"products": [{"handle": "new", "store": "aurora", "title": "New", "type": LONG, "variants": [{"sku": "N", "prices": {"eur": 1}}]}]}, "products[0].type"),
    ("a product's type of two lines", {"products": [{"handle": "new", "store": "aurora", "title": "New", "type": "a\nb", "variants": [{"sku": "N", "prices": {"eur": 1}}]}]}, "products[0].type"),
    ("a tag of two lines in the short form", {"tags": ["a\nb"]}, "tags[0]"),
    ("a price above all bounds in yen", {"products": [{"handle": "new", "store": "aurora", "title": "New", "variants": [{"sku": "N", "prices": {"jpy": 10**13 + 1}}]}]}, "products[0].variants[0].prices.jpy"),
    ("a weight above 32 bits", {"products": [{"handle": "new", "store": "aurora", "title": "New", "weight": 2**31, "variants": [{"sku": "N", "prices": {"eur": 1}}]}]}, "products[0].weight"),
]  # fmt: skip


def filled(said: Any, ids: Json) -> Any:
    """The body with ids of the world."""
    if isinstance(said, str):
        return said.format_map(ids) if said.startswith("{") else said
    if isinstance(said, dict):
        return {name: filled(value, ids) for name, value in said.items()}
    return [filled(value, ids) for value in said] if isinstance(said, list) else said
