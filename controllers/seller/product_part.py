"""Parts of a seller's product: variants with their prices and images, and options."""

from collections.abc import Sequence
from typing import Any

from aiohttp import web
from msgspec import convert

from controllers.http import BODY, CLAIM, DEPS, FIELDS, PRINCIPAL, QUERY, reply
from controllers.seller.product import views
from controllers.seller.product_view import option as option_view
from controllers.seller.product_view import paged, variants
from controllers.views.product import Json
from models.product import commands
from models.product.commands import UpdateVariants
from models.product.plan import Part
from models.product.product import Product, Variant
from services.infrastructure.database.database import IdempotencyRecord, UnitOfWork
from services.inventory import availability
from services.product import moderation
from services.product import variants as product_variants
from utils.fields import Selection


def place(request: web.Request) -> dict[str, Any]:
    """Whose product, and which."""
    return {"who": request[PRINCIPAL], "product_id": request.match_info["id"]}


async def variant_views(work: UnitOfWork, product: Product, chosen: Sequence[Variant], fields: Selection) -> list[Json]:
    """Variants outside of their product, cut to the fields."""
    levels = await availability.available(work, chosen)
    ids = {one.id for one in chosen}
    return [fields(shown) for shown in variants(product, levels) if shown["id"] in ids]


async def answer(
    work: UnitOfWork, request: web.Request, product: Product, claim: IdempotencyRecord | None
) -> web.Response:
    (shown,) = await views(work, [product], request[FIELDS])
    return reply({"product": shown}, claim=claim)


async def list_variants(request: web.Request) -> web.Response:
    query = request[QUERY]
    async with request.app[DEPS].database.reading() as work:
        found = await moderation.get_owned_product(work, **place(request))
        shown = await variant_views(work, found, paged(found.variants, query), request[FIELDS])
    return reply({"variants": shown, "count": len(found.variants), **query})


async def retrieve_variant(request: web.Request) -> web.Response:
    async with request.app[DEPS].database.reading() as work:
        found = await moderation.get_owned_product(work, **place(request))
        one = product_variants.variant_of(found, request.match_info["variant_id"])
        (shown,) = await variant_views(work, found, [one], request[FIELDS])
    return reply({"variant": shown})


async def write_variants(request: web.Request, command: UpdateVariants, action: str) -> web.Response:
    deps, claim = request.app[DEPS], request[CLAIM]
    terms = {**place(request), "command": command, "action": action}
    async with deps.database.unit_of_work(claim) as work:
        _, made = await product_variants.write_variants(work, deps.files, **terms)
        return await answer(work, request, made, claim)


async def create_variant(request: web.Request) -> web.Response:
    variant = convert(request[BODY], commands.CreateVariant)
    return await write_variants(request, UpdateVariants(create=(variant,)), "variant.create")


async def update_variant(request: web.Request) -> web.Response:
    variant = convert({**request[BODY], "id": request.match_info["variant_id"]}, commands.UpdateVariant)
    return await write_variants(request, UpdateVariants(update=(variant,)), "variant.update")


async def remove_variant(request: web.Request) -> web.Response:
    deps, claim, variant_id = request.app[DEPS], request[CLAIM], request.match_info["variant_id"]
    terms: dict[str, Any] = {"command": UpdateVariants(delete=(variant_id,)), "action": "variant.delete"}
    async with deps.database.unit_of_work(claim) as work:
        _, made = await product_variants.write_variants(work, deps.files, **place(request), **terms)
        (parent,) = await views(work, [made], request[FIELDS])
        return reply({"id": variant_id, "object": "variant", "deleted": True, "parent": parent}, claim=claim)


async def batch_variants(request: web.Request) -> web.Response:
    deps, claim, command = request.app[DEPS], request[CLAIM], convert(request[BODY], UpdateVariants)
    terms: dict[str, Any] = {"command": command, "action": "variant.batch"}
    async with deps.database.unit_of_work(claim) as work:
        before, made = await product_variants.write_variants(work, deps.files, **place(request), **terms)
        shown = {one["id"]: one for one in await variant_views(work, made, made.variants, request[FIELDS])}
        known, updated = {one.id for one in before.variants}, [one.id for one in command.update]
        changed = {
            "created": [one for variant_id, one in shown.items() if variant_id not in known],
            "updated": [shown[variant_id] for variant_id in updated],
            "deleted": {"ids": command.delete, "object": "variant", "deleted": True},
        }
        return reply(changed, claim=claim)


async def write_prices(request: web.Request) -> web.Response:
    deps, claim = request.app[DEPS], request[CLAIM]
    command = convert(request[BODY], commands.UpdatePrices)
    terms = {**place(request), "variant_id": request.match_info["variant_id"], "command": command}
    async with deps.database.unit_of_work(claim) as work:
        made = await product_variants.write_prices(work, deps.files, **terms)
        return await answer(work, request, made, claim)


async def write_variant_images(request: web.Request) -> web.Response:
    deps, claim = request.app[DEPS], request[CLAIM]
    command = convert(request[BODY], commands.UpdateVariantImages)
    terms = {**place(request), "variant_id": request.match_info["variant_id"], "command": command}
    async with deps.database.unit_of_work(claim) as work:
        added, removed = await product_variants.write_variant_images(work, deps.files, **terms)
        return reply({"added": added, "removed": removed}, claim=claim)


async def list_options(request: web.Request) -> web.Response:
    query = request[QUERY]
    async with request.app[DEPS].database.reading() as work:
        found = await moderation.get_owned_product(work, **place(request))
    shown = [option_view(one) for one in paged(found.options, query)]
    return reply({"product_options": shown, "count": len(found.options), **query})


async def retrieve_option(request: web.Request) -> web.Response:
    async with request.app[DEPS].database.reading() as work:
        found = await moderation.get_owned_product(work, **place(request))
    return reply({"product_option": option_view(product_variants.option_of(found, request.match_info["option_id"]))})


async def write_options(request: web.Request, part: Part, action: str) -> web.Response:
    deps, claim = request.app[DEPS], request[CLAIM]
    async with deps.database.unit_of_work(claim) as work:
        made = await product_variants.write_options(work, deps.files, **place(request), part=part, action=action)
        return await answer(work, request, made, claim)


async def create_option(request: web.Request) -> web.Response:
    option = convert(request[BODY], commands.CreateOption)
    return await write_options(request, Part([option.plain()]), "option.create")


async def update_option(request: web.Request) -> web.Response:
    changes = convert(request[BODY], commands.UpdateOption).plain()
    return await write_options(request, Part([{**changes, "id": request.match_info["option_id"]}]), "option.update")


async def remove_option(request: web.Request) -> web.Response:
    deps, claim, option_id = request.app[DEPS], request[CLAIM], request.match_info["option_id"]
    terms: dict[str, Any] = {"part": Part(gone=[option_id]), "action": "option.delete"}
    async with deps.database.unit_of_work(claim) as work:
        made = await product_variants.write_options(work, deps.files, **place(request), **terms)
        (parent,) = await views(work, [made], request[FIELDS])
        return reply({"id": option_id, "object": "product_option", "deleted": True, "parent": parent}, claim=claim)
