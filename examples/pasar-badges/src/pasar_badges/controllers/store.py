"""Badges on the wire."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from pasar.data import channels_of, get_visible_product
from pasar.web import DEPS, PRINCIPAL, reply
from pasar_badges.providers.rule import SLOT, BadgeRule
from pasar_badges.services import badge as service


async def index(request: web.Request) -> web.Response:
    deps, product_id = request.app[DEPS], request.match_info["id"]
    async with deps.database.reading() as work:
        await get_visible_product(work, product_id=product_id, channels=channels_of(request[PRINCIPAL]))
        worn = await service.worn_by(work, product_id)
    return reply({"badges": [view(deps.providers[SLOT], each) for each in worn if each in deps.providers[SLOT]]})


def view(rules: Mapping[str, BadgeRule], badge: str) -> dict[str, Any]:
    return {"id": badge, "label": rules[badge].label}
