"""Session cookies in Redis: for installations that keep them out of the database.

Redis may lose its last second, or everything: people then log in again. It never decides whether a login counts.
"""

from datetime import datetime

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from services.infra.tokens import hashed
from utils.errors import AppError

PREFIX = b"pasar:cookie:"
CONNECT_SECONDS, ANSWER_SECONDS = 1.0, 2.0
CONNECTIONS = 50


class SessionsAway(AppError):
    code, kind = "sessions_unavailable", "unavailable"
    message = "Sessions cannot be reached. Try again in a moment."


class RedisCookies:
    """A CookieStore; nothing is connected before it is used."""

    def __init__(self, address: str) -> None:
        pool: BlockingConnectionPool = BlockingConnectionPool.from_url(
            address,
            max_connections=CONNECTIONS,
            timeout=ANSWER_SECONDS,
            socket_connect_timeout=CONNECT_SECONDS,
            socket_timeout=ANSWER_SECONDS,
            retry=Retry(NoBackoff(), 1),  # a connection that Redis closed meanwhile is no reason to fail
        )
        self.client: Redis = Redis.from_pool(pool)

    async def put(self, value: str, session_id: str, expires_at: datetime) -> None:
        try:
            await self.client.set(key_of(value), session_id, pxat=expires_at)
        except RedisError as error:
            raise SessionsAway() from error

    async def get(self, value: str) -> str | None:
        try:
            found = await self.client.get(key_of(value))
        except RedisError as error:
            raise SessionsAway() from error
        return found.decode() if isinstance(found, bytes) else found

    async def drop(self, value: str) -> None:
        try:
            await self.client.delete(key_of(value))
        except RedisError as error:
            raise SessionsAway() from error

    async def ping(self) -> None:
        """Come back when Redis has answered; SessionsAway otherwise."""
        try:
            await self.client.ping()
        except RedisError as error:
            raise SessionsAway() from error

    async def close(self) -> None:
        await self.client.aclose()


def key_of(value: str) -> bytes:
    return PREFIX + hashed(value)
