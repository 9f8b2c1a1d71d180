"""A seller's shipping options, and the shipping profiles of the marketplace."""

from typing import Any

from aiohttp import web
from msgspec import convert

from controllers.http import BODY, CLAIM, DEPS, PRINCIPAL, QUERY, reply
from controllers.store.product import page_of, question
from models.shipping.commands import CreateOption, UpdateOption
from models.shipping.option import Option, OptionPriceRow, Profile
from services.shipping import option as shipping_option
from utils.clock import to_iso
from utils.money import to_major


async def list_options(request: web.Request) -> web.Response:
    query = request[QUERY]
    async with request.app[DEPS].database.reading() as work:
        options, count = await shipping_option.page(work, who=request[PRINCIPAL], **question(request))
    return reply({"shipping_options": [view(option) for option in options], "count": count, **page_of(query)})


async def create(request: web.Request) -> web.Response:
    claim, command = request[CLAIM], convert(request[BODY], CreateOption)
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        option = await shipping_option.create(work, who=request[PRINCIPAL], command=command)
        return reply({"shipping_option": view(option)}, claim=claim)


async def retrieve(request: web.Request) -> web.Response:
    async with request.app[DEPS].database.reading() as work:
        option = await shipping_option.get_owned_option(
            work, who=request[PRINCIPAL], option_id=request.match_info["id"]
        )
    return reply({"shipping_option": view(option)})


async def update(request: web.Request) -> web.Response:
    claim = request[CLAIM]
    terms: dict[str, Any] = {"option_id": request.match_info["id"], "command": convert(request[BODY], UpdateOption)}
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        option = await shipping_option.change(work, who=request[PRINCIPAL], **terms)
        return reply({"shipping_option": view(option)}, claim=claim)


async def remove(request: web.Request) -> web.Response:
    claim, option_id = request[CLAIM], request.match_info["id"]
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        await shipping_option.remove(work, who=request[PRINCIPAL], option_id=option_id)
        return reply({"id": option_id, "object": "shipping_option", "deleted": True}, claim=claim)


async def list_profiles(request: web.Request) -> web.Response:
    query = request[QUERY]
    async with request.app[DEPS].database.reading() as work:
        profiles, count = await shipping_option.profiles(work, **query)
    return reply(
        {"shipping_profiles": [profile_view(profile) for profile in profiles], "count": count, **page_of(query)}
    )


def view(option: Option) -> dict[str, Any]:
    names = (
        "id name price_type service_zone_id shipping_profile_id provider_id data enabled_in_store is_return metadata"
    )
    zone, type_id = option.zone, f"sotype_{option.type_code}"
    location = {"id": zone.location_id, "name": zone.location_name}
    whole = {"id": zone.fulfillment_set_id, "name": zone.set_name, "type": zone.set_type, "location": location}
    return {
        **{name: getattr(option, name) for name in names.split()},
        "seller_id": option.seller_id,
        "service_zone": {
            "id": zone.id,
            "name": zone.name,
            "fulfillment_set_id": zone.fulfillment_set_id,
            "fulfillment_set": whole,
        },
        "shipping_profile": profile_view(option.profile),
        "shipping_option_type_id": type_id,
        "type": {
            "id": type_id,
            "code": option.type_code,
            "label": option.type_label,
            "description": option.type_description,
        },
        "prices": [price_view(price) for price in option.prices],
        "created_at": to_iso(option.created_at),
        "updated_at": to_iso(option.updated_at),
    }


def price_view(price: OptionPriceRow) -> dict[str, Any]:
    currency = price.currency_code
    return {
        "id": price.id,
        "currency_code": currency,
        "region_id": price.region_id,
        "amount": to_major(price.amount, currency),
        "rules": [
            {"attribute": rule["attribute"], "operator": rule["operator"], "value": to_major(rule["value"], currency)}
            for rule in price.rules
        ],
        "created_at": to_iso(price.created_at),
        "updated_at": to_iso(price.updated_at),
    }


def profile_view(profile: Profile) -> dict[str, Any]:
    return {
        **{name: getattr(profile, name) for name in ("id", "name", "type", "metadata")},
        "created_at": to_iso(profile.created_at),
        "updated_at": to_iso(profile.updated_at),
    }
