"""Many orders of one seller, made inside the database from one that was really placed.

A guest buys two things of the seller through the API; each row that came of it is then copied with other ids, moments
and states. So the copies have whatever columns and documents this version writes.
"""

from collections.abc import Mapping
from random import Random
from types import MappingProxyType

import asyncpg

from benchmarks.client import Shop
from benchmarks.scenarios import ORDER_STATES, buy
from benchmarks.target import Target

SELLER = "store-0"
STEP = "interval '5 minutes'"
SOLD = """
SELECT variant.id FROM product_variant AS variant JOIN product ON product.id = variant.product_id
JOIN seller ON seller.id = product.seller_id WHERE seller.handle = $1
"""


def id_of(prefix: str, number: str = "n") -> str:
    """SQL of the n-th copy's id: as long as a real one, and in the order of the moments."""
    return f"'{prefix}_01' || lpad(({number})::text, 24, '0')"


MOMENT = f"now() - ($2::int - n) * {STEP}"
STAMPS = {"created_at": MOMENT, "updated_at": MOMENT}
STATUS = f"('{{{','.join(ORDER_STATES)}}}'::text[])[n % {len(ORDER_STATES)} + 1]"
SENT = "CASE WHEN n % 6 IN (3, 4) THEN t.quantity ELSE 0 END"
ORDER_ID, PART_ID, CART_ID, COLLECTION_ID = map(id_of, ("order", "sord", "cart", "paycol"))
BUYER = "'buyer' || n % 5000 || '@bench.example.com'"
# Table, the template's rows in it ($1), and what differs in the copies; parents first.
COPIES: tuple[tuple[str, str, Mapping[str, str]], ...] = tuple(
    (table, which, MappingProxyType(differs | STAMPS))
    for table, which, differs in (
        ("cart", "t.id = (SELECT cart_id FROM orders WHERE id = $1)", {"id": CART_ID}),
        (
            "payment_collection",
            "t.id = (SELECT payment_collection_id FROM orders WHERE id = $1)",
            {"id": COLLECTION_ID, "cart_id": CART_ID},
        ),
        (
            "payment_session",
            "t.payment_collection_id = (SELECT payment_collection_id FROM orders WHERE id = $1)",
            {"id": id_of("payses"), "payment_collection_id": COLLECTION_ID},
        ),
        (
            "payment",
            "t.payment_collection_id = (SELECT payment_collection_id FROM orders WHERE id = $1)",
            {"id": id_of("pay"), "payment_session_id": id_of("payses"), "payment_collection_id": COLLECTION_ID},
        ),
        (
            "orders",
            "t.id = $1",
            {
                "id": ORDER_ID,
                "display_id": "$3::bigint + n",
                "cart_id": CART_ID,
                "payment_collection_id": COLLECTION_ID,
                "email": BUYER,
            },
        ),
        (
            "seller_order",
            "t.order_id = $1",
            {
                "id": PART_ID,
                "order_id": ORDER_ID,
                "status": STATUS,
                "canceled_at": f"CASE WHEN {STATUS} = 'canceled' THEN {MOMENT} END",
            },
        ),
        (
            "order_line",
            "t.order_id = $1",
            {
                "id": id_of("ordli", "n * 10 + t.rank"),
                "order_id": ORDER_ID,
                "seller_order_id": PART_ID,
                "fulfilled_quantity": SENT,
                "shipped_quantity": SENT,
                "delivered_quantity": "CASE WHEN n % 6 = 4 THEN t.quantity ELSE 0 END",
            },
        ),
        (
            "order_shipping_method",
            "t.order_id = $1",
            {"id": id_of("ordsm"), "order_id": ORDER_ID, "seller_order_id": PART_ID},
        ),
    )
)


def copy(table: str, which: str, differs: Mapping[str, str]) -> str:
    changed = ", ".join(f"'{name}', {value}" for name, value in differs.items())
    # All parameters are used in every statement, so that each takes the same ones.
    return (
        f"INSERT INTO {table} SELECT copy.* FROM {table} AS t, generate_series(1, $2::int) AS n, "  # noqa: S608
        f"jsonb_populate_record(NULL::{table}, to_jsonb(t) || jsonb_build_object({changed})) AS copy "
        f"WHERE {which} AND $3::bigint IS NOT NULL"
    )


async def place_one(target: Target, connection: asyncpg.Connection) -> str:
    """The id of an order of two things of the seller."""
    variants = [row["id"] for row in await connection.fetch(SOLD, SELLER)]
    shop: Shop = target.shop()
    order_id = await buy(target, shop, Random(1).sample(variants, 2))
    shop.close()
    return order_id


async def fill(target: Target, database_url: str, count: int) -> str:
    """`count` orders of the seller, whose id is returned; the planner knows of them."""
    connection = await asyncpg.connect(database_url)
    try:
        order_id = await place_one(target, connection)
        async with connection.transaction():
            # Copies of good rows need no checks, which would take most of the time.
            await connection.execute("SET LOCAL session_replication_role = replica")
            last = await connection.fetchval("SELECT max(display_id) FROM orders")
            for table, which, differs in COPIES:
                await connection.execute(copy(table, which, differs), order_id, count, last)
            await connection.execute("SELECT setval(pg_get_serial_sequence('orders', 'display_id'), $1)", last + count)
        for table, _, _ in COPIES:
            await connection.execute(f"VACUUM (ANALYZE) {table}")
        seller_id: str = await connection.fetchval("SELECT id FROM seller WHERE handle = $1", SELLER)
    finally:
        await connection.close()
    return seller_id
