"""Do the books agree? Questions to the database that must all come back empty, whatever happened to the server."""

import asyncpg

# Each names what is wrong with the rows it finds.
QUESTIONS: dict[str, str] = {
    "order lines and stock taken differ": """
        WITH bought AS (
            SELECT l.order_id, n.item_id, sum(l.quantity * n.required_quantity) AS pieces
            FROM order_line l JOIN variant_inventory_item n ON n.variant_id = l.variant_id
            GROUP BY 1, 2
        ), taken AS (
            SELECT reference AS order_id, item_id, sum(reserved + backordered) AS pieces
            FROM inventory_movement WHERE kind = 'sell' GROUP BY 1, 2
        )
        SELECT * FROM bought b FULL JOIN taken t USING (order_id, item_id) WHERE b.pieces IS DISTINCT FROM t.pieces
    """,
    "a level is not the sum of its movements": """
        SELECT v.* FROM inventory_level v
        LEFT JOIN (
            SELECT item_id, location_id, sum(stocked) AS stocked, sum(reserved) AS reserved
            FROM inventory_movement GROUP BY 1, 2
        ) m USING (item_id, location_id)
        WHERE v.reserved <> coalesce(m.reserved, 0) OR v.stocked <> coalesce(m.stocked, 0)
    """,
    "held pieces are not the sum of the holds": """
        SELECT v.* FROM inventory_level v
        LEFT JOIN (SELECT item_id, location_id, sum(quantity) AS held FROM stock_hold GROUP BY 1, 2) h
            USING (item_id, location_id)
        WHERE v.held <> coalesce(h.held, 0)
    """,
    "a hold belongs to no open cart": """
        SELECT h.* FROM stock_hold h LEFT JOIN cart c ON c.id = h.cart_id
        WHERE c.id IS NULL OR c.completed_at IS NOT NULL
    """,
    "a completed cart without an order, or an order of an open cart": """
        SELECT c.id, o.id FROM cart c FULL JOIN orders o ON o.cart_id = c.id
        WHERE c.id IS NULL OR (c.completed_at IS NULL) <> (o.id IS NULL)
    """,
    "a cart with more than one order": "SELECT cart_id FROM orders GROUP BY 1 HAVING count(*) > 1",
    "store orders do not add up to their order": """
        SELECT o.id FROM orders o LEFT JOIN store_order s ON s.order_id = o.id
        GROUP BY o.id, o.total HAVING coalesce(sum(s.total), 0) <> o.total
    """,
    "an order that costs something without exactly one payment of its total": """
        SELECT o.id FROM orders o LEFT JOIN payment p ON p.payment_collection_id = o.payment_collection_id
        WHERE o.total > 0
        GROUP BY o.id, o.total HAVING count(p.id) <> 1 OR sum(p.amount) <> o.total
    """,
    "a posting does not sum to zero": """
        SELECT posting_id, currency_code, sum(amount) FROM ledger_entry GROUP BY 1, 2 HAVING sum(amount) <> 0
    """,
    "the clearing account is not what the orders came to": """
        WITH sold AS (SELECT currency_code, sum(total) AS amount FROM orders GROUP BY 1),
        cleared AS (
            SELECT currency_code, sum(amount) AS amount FROM ledger_entry WHERE account = 'gateway_clearing' GROUP BY 1
        )
        SELECT * FROM sold FULL JOIN cleared USING (currency_code) WHERE sold.amount IS DISTINCT FROM cleared.amount
    """,
    "sale postings and orders that cost something differ in number": """
        SELECT o.n, p.n
        FROM (SELECT count(*) AS n FROM orders WHERE total > 0) o,
            (SELECT count(*) AS n FROM ledger_posting WHERE kind = 'sale') p
        WHERE o.n <> p.n
    """,
}
SALES = """
SELECT sum(l.quantity) AS sold, count(DISTINCT l.order_id) AS orders FROM order_line l WHERE l.variant_id = $1
"""
LEFT = """
SELECT sum(v.stocked - v.reserved - v.held) AS free, sum(v.held) AS held
FROM inventory_level v JOIN variant_inventory_item n USING (item_id) WHERE n.variant_id = $1
"""


async def open_books(database_url: str) -> asyncpg.Connection:
    """A connection to the database behind the server's back."""
    return await asyncpg.connect(database_url)


async def faults(connection: asyncpg.Connection) -> list[str]:
    """What does not agree, one line a question."""
    found = []
    for name, question in QUESTIONS.items():
        if rows := await connection.fetch(question):
            found.append(f"{name}: {len(rows)} rows, first {dict(rows[0])}")
    return found


async def sold_and_left(connection: asyncpg.Connection, variant_id: str) -> tuple[int, int, int]:
    """Pieces sold of a variant, orders that have it, and pieces left that nobody has bought or holds."""
    sales = await connection.fetchrow(SALES, variant_id)
    left = await connection.fetchrow(LEFT, variant_id)
    assert sales is not None
    assert left is not None
    return int(sales["sold"] or 0), int(sales["orders"]), int(left["free"])
