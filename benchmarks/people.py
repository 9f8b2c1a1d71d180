"""People for the server under test: made as rows, all with one password, and logged in through its own doors."""

import asyncpg
import orjson
from argon2 import PasswordHasher

from benchmarks.client import Shop
from services.infrastructure.tokens.passwords import LANES, MEMORY_KIB, PASSES
from utils.ids import new_id

PASSWORD = "a password of the benchmark"
ACTOR_TYPES = {"customer": "cus", "seller": "mem"}

# A new world has none of these addresses; one that is used again has all of them.
KNOWN = "SELECT entity_id FROM provider_identity WHERE provider = 'emailpass' AND entity_id = ANY($1::text[])"
ENROL = """
WITH given AS (
         SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS t (identity, entry, actor_id, email)
     ),
     someone AS (INSERT INTO auth_identity (id) SELECT identity FROM given),
     linked AS (
         INSERT INTO auth_actor (auth_identity_id, actor_type, actor_id) SELECT identity, $5, actor_id FROM given
     )
INSERT INTO provider_identity (id, auth_identity_id, provider, entity_id, provider_metadata)
SELECT entry, identity, 'emailpass', email, $6::text::jsonb FROM given
"""
ACTORS = {
    "customer": """INSERT INTO customer (id, email, has_account)
        SELECT id, email, true FROM unnest($1::text[], $2::text[]) AS t (id, email)""",
    "seller": "INSERT INTO member (id, email) SELECT id, email FROM unnest($1::text[], $2::text[]) AS t (id, email)",
}
HIRE = """
INSERT INTO seller_member (seller_id, member_id, role)
SELECT seller.id, member.id, 'owner' FROM seller, member WHERE seller.handle = $1 AND member.email = $2
ON CONFLICT DO NOTHING
"""


def hasher() -> PasswordHasher:
    """The server's own."""
    return PasswordHasher(PASSES, MEMORY_KIB, LANES)


async def enrol(database_url: str, emails: list[str], *, actor_type: str = "customer", seller: str = "") -> None:
    """Identities with a password and an actor type; sellers own the seller of this handle."""
    metadata = orjson.dumps({"password": hasher().hash(PASSWORD)}).decode()
    connection = await asyncpg.connect(database_url)
    try:
        async with connection.transaction():
            known = {row["entity_id"] for row in await connection.fetch(KNOWN, emails)}
            fresh = [email for email in emails if email not in known]
            actor_ids = [new_id(ACTOR_TYPES[actor_type]) for _ in fresh]
            await connection.execute(ACTORS[actor_type], actor_ids, fresh)
            identities, entries = [new_id("authid") for _ in fresh], [new_id("provid") for _ in fresh]
            await connection.execute(ENROL, identities, entries, actor_ids, fresh, actor_type, metadata)
            for email in emails if seller else ():
                await connection.execute(HIRE, seller, email)
    finally:
        await connection.close()


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def door(actor_type: str) -> str:
    return f"/auth/{actor_type}/emailpass"


def log_in_request(shop: Shop, email: str, *, actor_type: str = "customer") -> bytes:
    return shop.request("POST", door(actor_type), {"email": email, "password": PASSWORD})


async def log_in(shop: Shop, email: str, *, actor_type: str = "customer") -> str:
    """The token of a login."""
    answer = orjson.loads(await shop.send(log_in_request(shop, email, actor_type=actor_type), keep=True))
    token: str = answer["token"]
    return token
