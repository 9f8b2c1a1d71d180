"""The shop with a chat store: set up at the start, and no reason to stop when it is away."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import replace
from uuid import uuid4

import pytest
from aiohttp.test_utils import unused_port

from controllers.http import DEPS
from services.infrastructure.chat.documents import INDEXES
from services.infrastructure.chat.mongo import MongoChat
from services.infrastructure.chat.postgres import PostgresChat
from tests.conftest import Client
from utils.config import Settings

StartShop = Callable[..., Awaitable[Client]]


@pytest.mark.services
async def test_a_started_shop_sets_its_chat_store_up(start_shop: StartShop, settings: Settings) -> None:
    base = os.environ["MONGO_URL"].partition("?")[0].rpartition("/")[0]
    shop = await start_shop(replace(settings, mongo_url=f"{base}/pasar_test_{uuid4().hex[:12]}"))
    chat = shop.app[DEPS].chat
    assert isinstance(chat, MongoChat)
    wanted = {(index.collection, index.name) for index in INDEXES}
    async with asyncio.timeout(10):
        while True:
            names = {index.collection for index in INDEXES}
            found = {(name, key) for name in names for key in await chat.collection(name).index_information()}
            if wanted <= found:
                break
            await asyncio.sleep(0.05)
    await chat.client.drop_database(chat.database.name)


async def test_a_chat_store_that_is_away_keeps_nobody_from_buying(start_shop: StartShop, settings: Settings) -> None:
    shop = await start_shop(replace(settings, mongo_url=f"mongodb://127.0.0.1:{unused_port()}/chat"))
    assert (await shop.get("/ready")).status == 200


async def test_a_shop_without_mongodb_keeps_its_chat_in_postgresql(start_shop: StartShop, settings: Settings) -> None:
    shop = await start_shop(replace(settings, mongo_url=""))
    chat = shop.app[DEPS].chat
    assert isinstance(chat, PostgresChat)
    assert await chat.inbox(reader="sel_none", after=0, limit=1) == []
    ready = await shop.get("/ready")
    assert ready.status == 200
    assert "chat" not in await ready.text()
