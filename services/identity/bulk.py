"""Many publishable keys at once, as files state them: found by their titles, brought to what is said of them.

The caller touches the scope `access` when the tally changed. Nothing is noted in the audit log.
"""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from models.identity import bulk as kinds
from models.identity.api_key import CHANNELS_THERE, PUBLISHABLE, new_token
from models.identity.commands import PutKey
from services.infrastructure.database.database import UnitOfWork
from services.shared.sync import Tally, sync
from utils.errors import NotFound

# Ids by (title,).
Ids = Mapping[tuple[Any, ...], str]


async def put_keys(work: UnitOfWork, *, keys: Sequence[PutKey], tally: Tally) -> Ids:
    """Make or change publishable keys; the sales channels that each opens are whole. NotFound."""
    named = sorted({*chain.from_iterable(key.sales_channel_ids for key in keys)})
    there = set((await work.execute(CHANNELS_THERE, {"ids": named})).scalars()) if named else set()
    for channel_id in named:
        if channel_id not in there:
            raise NotFound(what="Sales channel", id=channel_id)
    stated = [{n: v for n, v in key.changes().items() if n != "sales_channel_ids"} for key in keys]
    found = await sync(work, kinds.KEY, stated, tally=tally, fresh=lambda _: {"token": new_token(PUBLISHABLE)})
    links = [
        {"api_key_id": found.ids[key.title,], "sales_channel_id": channel_id}
        for key in keys
        for channel_id in key.sales_channel_ids
    ]
    await sync(work, kinds.KEY_CHANNEL, links, tally=tally, owners=found.ids.values(), whole=True)
    return found.ids
