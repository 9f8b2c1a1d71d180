"""Publishable keys: which sales channels a storefront's key opens."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.access import Principal, api_key, api_key_sales_channel, sales_channel
from services.infra.snapshots import Scope

KEYS = (
    select(api_key.c.id, api_key.c.token, sales_channel.c.id.label("channel_id"))
    .outerjoin(api_key_sales_channel, api_key_sales_channel.c.api_key_id == api_key.c.id)
    .outerjoin(
        sales_channel,
        (sales_channel.c.id == api_key_sales_channel.c.sales_channel_id) & sales_channel.c.is_disabled.is_(False),
    )
    .where(api_key.c.revoked_at.is_(None))
    .order_by(api_key.c.id, sales_channel.c.id)
)


@dataclass(frozen=True, slots=True)
class Access:
    """Who stands behind each valid key, as an anonymous principal, by token."""

    principals: dict[str, Principal]


async def load(connection: AsyncConnection) -> Access:
    channels: dict[tuple[str, str], list[str]] = {}
    for row in await connection.execute(KEYS):
        held = channels.setdefault((row.token, row.id), [])
        if row.channel_id is not None:
            held.append(row.channel_id)
    return Access(
        {
            token: Principal(key_id=key_id, sales_channel_ids=tuple(channel_ids))
            for (token, key_id), channel_ids in channels.items()
        }
    )


ACCESS: Scope[Access] = Scope("access", load)
