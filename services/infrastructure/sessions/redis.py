"""Session cookies in Redis: for installations that keep them out of the database.

Redis may lose its last second, or everything: people then log in again. It never decides whether a login counts.
"""

from collections.abc import Awaitable
from datetime import datetime
from typing import Any

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as Disconnected
from redis.exceptions import RedisError

from services.infrastructure.http.circuit_breaker import Breaker
from services.infrastructure.sessions.slot import SessionsAway
from services.infrastructure.tokens.tokens import hashed
from utils.clock import SYSTEM, now

PREFIX = b"pasar:cookie:"
CONNECT_SECONDS, ANSWER_SECONDS, LONGEST_SECONDS = 0.5, 0.5, 1.0
CONNECTIONS = 50


class RedisCookies:
    """A CookieStore; nothing is connected before it is used. While Redis is away every call is refused at once."""

    def __init__(self, address: str) -> None:
        pool: BlockingConnectionPool = BlockingConnectionPool.from_url(
            address,
            max_connections=CONNECTIONS,
            timeout=ANSWER_SECONDS,
            socket_connect_timeout=CONNECT_SECONDS,
            socket_timeout=ANSWER_SECONDS,
            # A connection that Redis closed meanwhile is no reason to fail; one that does not answer is.
            retry=Retry(NoBackoff(), 1, supported_errors=(Disconnected,)),
        )
        self.client: Redis = Redis.from_pool(pool)
        self.breaker = Breaker("Redis", SessionsAway, seconds=LONGEST_SECONDS)

    async def put(self, value: str, session_id: str, expires_at: datetime) -> None:
        # Redis ends it by its own clock, after as long.
        await self.breaker.call(
            lambda: asked(self.client.set(key_of(value), session_id, pxat=SYSTEM.now() + (expires_at - now())))
        )

    async def get(self, value: str) -> str | None:
        found = await self.breaker.call(lambda: asked(self.client.get(key_of(value))))
        return found.decode() if isinstance(found, bytes) else found

    async def drop(self, value: str) -> None:
        await self.breaker.call(lambda: asked(self.client.delete(key_of(value))))

    async def ping(self) -> None:
        """Come back when Redis has answered, whatever the breaker says; SessionsAway otherwise."""
        await asked(self.client.ping())

    async def prepare(self) -> None:
        """There is nothing to set up; SessionsAway when Redis does not answer."""
        await self.ping()

    async def close(self) -> None:
        await self.client.aclose()


async def asked(answer: Awaitable[Any]) -> Any:
    """What Redis answers; SessionsAway when it does not, or refuses us."""
    try:
        return await answer
    except RedisError as error:
        raise SessionsAway() from error


def key_of(value: str) -> bytes:
    return PREFIX + hashed(value)
