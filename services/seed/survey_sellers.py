"""The survey of sellers with their places and shipping, held to the rules of the domains."""

from typing import Any

from msgspec import UNSET

from models.inventory.rules import covered, is_comparable
from models.seller.rules import ensure_handle
from models.shipping.rules import currency_of, ensure_flat, ensure_once, ensure_provider, price_row
from services.seed.place_entries import geo_zone_of, price_of
from services.seed.survey import Entry, Survey, amounts_of, each, hold, spread
from utils.money import InvalidAmount
from utils.places import is_province


def survey_seller(survey: Survey, path: str, entry: Entry) -> None:
    handle = entry["handle"]
    survey.state("stores", handle, path)
    hold(survey, f"{path}.handle", "Choose another handle", ensure_handle, handle)
    survey.refer("countries", entry.get("address", {}).get("country_code"), f"{path}.address.country_code")
    for location_path, location in each(entry, "stock_locations", path):
        location_name = f"{handle}/{location['name']}"
        survey.state("stock_locations", location_name, location_path)
        country = location.get("address", {}).get("country_code")
        survey.refer("countries", country, f"{location_path}.address.country_code")
        survey.whole |= {location_name} if "fulfillment_sets" in location else set()
        for set_path, group in each(location, "fulfillment_sets", location_path):
            set_name = f"{location_name}/{group['name']}"
            survey.whole |= {set_name} if "service_zones" in group else set()
            survey.state("fulfillment_sets", set_name, set_path)
            for zone_path, zone in each(group, "service_zones", set_path):
                survey_zone(survey, zone_path, zone, f"{set_name}/{zone['name']}")


def survey_zone(survey: Survey, path: str, zone: Entry, name: str) -> None:
    survey.state("service_zones", name, path)
    survey.whole |= {name} if "shipping_options" in zone else set()
    for place, geo in each(zone, "geo_zones", path):
        survey.refer("countries", geo if isinstance(geo, str) else geo["country"], place)
        survey_geo(survey, place, geo)
    for place, option in each(zone, "shipping_options", path):
        survey.state("shipping_options", f"{name}/{option['name']}", place)
        survey_option(survey, place, option)


def survey_geo(survey: Survey, place: str, geo: str | Entry) -> None:
    part = {"country": geo} if isinstance(geo, str) else geo
    country, before = part["country"], len(survey.problems)
    if "province" in part:
        survey_province(survey, f"{place}.province", country, part["province"])
    if "city" in part and not is_comparable("city", country, part["city"]):
        survey.problem(f"{place}.city", "has neither letters nor digits", "Write the city, or leave it out")
    if "postal_expression" in part and not is_comparable("postal_expression", country, part["postal_expression"]):
        message = "is not what postal codes begin with: lists, ranges and signs for any are not known"
        survey.problem(f"{place}.postal_expression", message, "Write what the codes begin with, or leave it out")
    if len(survey.problems) == before:
        hold(survey, place, "Correct the area", covered, geo_zone_of(geo))


def survey_province(survey: Survey, place: str, country: str, province: str) -> None:
    if not is_province(country, province):
        survey.problem(place, f"is not a province of {country!r}", f"Use its ISO 3166-2 code ({country}-...) or name")


def survey_option(survey: Survey, path: str, option: Entry) -> None:
    hold(survey, f"{path}.price_type", "Use flat", ensure_flat, option.get("price_type", UNSET))
    hint = "Leave it out: manual_manual is the seller"
    hold(survey, f"{path}.provider", hint, ensure_provider, option.get("provider", UNSET))
    survey.refer("shipping_profiles", option["profile"], f"{path}.profile")
    for place, price in spread(option["prices"], f"{path}.prices"):
        survey.refer("currencies", price.get("currency"), f"{place}.currency")
        survey.refer("regions", price.get("region"), f"{place}.region")
    survey.shipping_prices.append((f"{path}.prices", option["prices"]))


def check_shipping_prices(survey: Survey) -> None:
    """Hold the prices of shipping options to the rules, once the currencies of all regions are known."""
    for path, prices in survey.shipping_prices:
        rows: list[dict[str, Any]] = []
        for place, entry in spread(prices, path):
            row = checked_price(survey, place, entry)
            if row is not None:
                hold(survey, place, "Leave one of them out", ensure_once, [*rows, row])
                rows.append(row)


def checked_price(survey: Survey, path: str, entry: Entry) -> dict[str, Any] | None:
    """The price as its row would be, with the region's name for its id; None when something is wrong with it."""
    of_region = survey.names.region_currency
    if "region" in entry and entry["region"] not in of_region:
        return None
    price = price_of(entry, str)
    place = f"{path}.currency" if "region" in entry else path
    currency = hold(survey, place, "Name a currency, or a region", currency_of, price, of_region)
    if currency is None:
        return None
    try:
        return price_row(price, currency)
    except InvalidAmount:
        for amount_path, amount in amounts_of(path, entry):
            survey.amount(amount_path, amount, currency)
        return None
