"""The survey of everything that is not a product, a price list or a promotion."""

from models.region.rules import ensure_few_rules, ensure_installed, ensure_rate_free, exact_rate
from services.seed.survey import Entry, Survey, each, hold, label
from services.seed.survey_sellers import survey_province, survey_seller
from utils.places import province_key

# What a tax rate may name, and the kind of thing that it is.
RULED = {"products": "products", "product_types": "types", "shipping_options": "shipping_options"}


def survey_places(survey: Survey, document: Entry) -> None:
    for path, entry in each(document, "currencies"):
        survey.state("currencies", entry["code"], path)
    survey_regions(survey, document)
    survey_access(survey, document)
    for path, entry in each(document, "shipping_profiles"):
        survey.state("shipping_profiles", entry["name"], path)
    for path, entry in each(document, "categories"):
        survey_category(survey, path, entry)
    for path, entry in each(document, "collections"):
        survey.state("collections", entry["handle"], path)
    for section in ("tags", "types"):
        for path, entry in each(document, section):
            survey.label(section, label(entry)["value"], path)
            survey.state(section, label(entry)["value"], path)
    for path, entry in each(document, "return_reasons"):
        survey_reason(survey, path, entry)
    for path, entry in each(document, "stores"):
        survey_seller(survey, path, entry)
    for path, entry in each(document, "tax_regions"):
        survey_tax_region(survey, path, entry)


def survey_regions(survey: Survey, document: Entry) -> None:
    homes: dict[str, str] = {}
    installed = survey.payment_providers
    for path, entry in each(document, "regions"):
        survey.state("regions", entry["name"], path)
        survey.names.region_currency[entry["name"]] = entry["currency"]
        survey.refer("currencies", entry["currency"], f"{path}.currency")
        survey.refer_all("countries", entry["countries"], f"{path}.countries")
        for index, provider_id in enumerate(entry.get("payment_providers", ())):
            place = f"{path}.payment_providers[{index}]"
            hint, message = f"Use {' or '.join(installed)}", f"{provider_id!r} is not installed here"
            hold(survey, place, hint, ensure_installed, [provider_id], installed, message=message)
        for index, country in enumerate(entry["countries"]):
            if homes.setdefault(country, path) != path:
                survey.problem(
                    f"{path}.countries[{index}]",
                    f"{country!r} is in {homes[country]} already",
                    "A country is in one region",
                )
    survey_preferences(survey, document)


def survey_preferences(survey: Survey, document: Entry) -> None:
    """Each currency and region has one preference, wherever it is stated."""
    stated = {f"region {e['name']}": path for path, e in each(document, "regions") if "tax_inclusive" in e}
    for path, entry in each(document, "price_preferences"):
        survey.refer("currencies", entry.get("currency"), f"{path}.currency")
        survey.refer("regions", entry.get("region"), f"{path}.region")
        key = f"region {entry['region']}" if "region" in entry else f"currency {entry['currency']}"
        first = stated.setdefault(key, path)
        if first != path:
            survey.problem(path, f"the preference of the {key} is stated at {first} already", "State it once")


def survey_access(survey: Survey, document: Entry) -> None:
    for path, entry in each(document, "sales_channels"):
        survey.state("sales_channels", entry["name"], path)
    tokens: dict[str, str] = {}
    for path, entry in each(document, "publishable_keys"):
        survey.state("publishable_keys", entry["title"], path)
        survey.refer_all("sales_channels", entry["sales_channels"], f"{path}.sales_channels")
        if "token" in entry and tokens.setdefault(entry["token"], path) != path:
            survey.problem(f"{path}.token", f"is the token of {tokens[entry['token']]} too", "Give each key its own")
    for path, entry in each(document, "customer_groups"):
        survey.state("customer_groups", entry["name"], path)
    for path, entry in each(document, "customers"):
        survey.state("customers", entry["email"].lower(), path)
        survey.refer_all("customer_groups", entry.get("groups", ()), f"{path}.groups")


def survey_category(survey: Survey, path: str, entry: Entry) -> None:
    survey.state("categories", entry["handle"], path)
    for place, child in each(entry, "children", path):
        survey_category(survey, place, child)


def survey_reason(survey: Survey, path: str, entry: Entry) -> None:
    survey.state("return_reasons", entry["value"], path)
    for place, child in each(entry, "children", path):
        survey_reason(survey, place, child)


def survey_tax_region(survey: Survey, path: str, entry: Entry) -> None:
    survey.state("tax_regions", entry["country"], path)
    survey.refer("countries", entry["country"], f"{path}.country")
    survey_rates(survey, path, entry)
    for place, province in each(entry, "provinces", path):
        country = entry["country"]
        survey.state("tax_regions", f"{country}/{country}-{province_key(country, province['province'])}", place)
        survey_province(survey, f"{place}.province", country, province["province"])
        survey_rates(survey, place, province)


def survey_rates(survey: Survey, path: str, entry: Entry) -> None:
    seen = set()
    default = entry.get("default_rate")
    if default:
        seen.add(default["name"])
        survey_rate(survey, f"{path}.default_rate", default)
    for place, rate in each(entry, "rates", path):
        message = f"{rate['name']!r} names another rate of this place"
        hint = "Give each rate its own name"
        hold(survey, f"{place}.name", hint, ensure_rate_free, rate["name"], seen, message=message)
        seen.add(rate["name"])
        survey_rate(survey, place, rate)
        for key, kind in RULED.items():
            survey.refer_all(kind, rate.get(key, ()), f"{place}.{key}")
        named = sum(len(rate.get(key, ())) for key in RULED)
        hold(survey, place, "Name fewer, or put products under a type", ensure_few_rules, named)


def survey_rate(survey: Survey, path: str, rate: Entry) -> None:
    message = f"{rate['rate']} has more than four decimal digits"
    hold(survey, f"{path}.rate", "Round it", exact_rate, rate["rate"], message=message)
