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
    "seller orders do not add up to their order": """
        SELECT o.id FROM orders o LEFT JOIN seller_order s ON s.order_id = o.id
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
        WITH sold AS (
            SELECT currency_code, sum(total - canceled_total) AS amount FROM seller_order GROUP BY 1
        ),
        cleared AS (
            SELECT currency_code, sum(amount) AS amount FROM ledger_entry WHERE account = 'gateway_clearing' GROUP BY 1
        )
        SELECT * FROM sold FULL JOIN cleared USING (currency_code)
        WHERE coalesce(sold.amount, 0) <> coalesce(cleared.amount, 0)
    """,
    "sale postings and orders that cost something differ in number": """
        SELECT o.n, p.n
        FROM (SELECT count(*) AS n FROM orders WHERE total > 0) o,
            (SELECT count(*) AS n FROM ledger_posting WHERE kind = 'sale') p
        WHERE o.n <> p.n
    """,
    "an order does not hold the stock of the pieces that its buyer still awaits": """
        WITH awaited AS (
            SELECT l.order_id, n.key AS item_id,
                sum((l.quantity - l.canceled_quantity - l.shipped_quantity) * n.value::bigint) AS pieces
            FROM order_line l, jsonb_each_text(l.stock_needs) n GROUP BY 1, 2
        ), held AS (
            SELECT reference AS order_id, item_id, sum(reserved + backordered) AS pieces
            FROM inventory_movement WHERE reference LIKE 'order\\_%' GROUP BY 1, 2
        )
        SELECT * FROM awaited a FULL JOIN held h USING (order_id, item_id)
        WHERE coalesce(a.pieces, 0) <> coalesce(h.pieces, 0)
    """,
    "what left the stock for an order is not what was shipped of it": """
        WITH sent AS (
            SELECT l.order_id, n.key AS item_id, sum(l.shipped_quantity * n.value::bigint) AS pieces
            FROM order_line l, jsonb_each_text(l.stock_needs) n GROUP BY 1, 2
        ), gone AS (
            SELECT reference AS order_id, item_id, -sum(stocked) AS pieces
            FROM inventory_movement WHERE kind = 'ship' GROUP BY 1, 2
        )
        SELECT * FROM sent s FULL JOIN gone g USING (order_id, item_id)
        WHERE coalesce(s.pieces, 0) <> coalesce(g.pieces, 0)
    """,
    "backordered pieces are not the sum of their movements": """
        SELECT v.* FROM inventory_level v
        LEFT JOIN (SELECT item_id, location_id, sum(backordered) AS pieces FROM inventory_movement GROUP BY 1, 2) m
            USING (item_id, location_id)
        WHERE v.backordered <> coalesce(m.pieces, 0)
    """,
    "parcels and lines count differently": """
        SELECT l.id FROM order_line l
        LEFT JOIN fulfillment_item i ON i.order_line_id = l.id
        LEFT JOIN fulfillment f ON f.id = i.fulfillment_id AND f.canceled_at IS NULL
        GROUP BY l.id
        HAVING l.fulfilled_quantity <> coalesce(sum(i.quantity) FILTER (WHERE f.id IS NOT NULL), 0)
            OR l.shipped_quantity <> coalesce(sum(i.quantity) FILTER (WHERE f.shipped_at IS NOT NULL), 0)
            OR l.delivered_quantity <> coalesce(sum(i.quantity) FILTER (WHERE f.delivered_at IS NOT NULL), 0)
    """,
    "a store is owed something else than its orders came to": """
        SELECT s.id, s.total, s.commission, s.canceled_total, s.canceled_commission, e.pending, e.fee
        FROM seller_order s
        LEFT JOIN (
            SELECT seller_order_id, -coalesce(sum(amount) FILTER (WHERE account = 'seller_pending'), 0) AS pending,
                -coalesce(sum(amount) FILTER (WHERE account = 'platform_fee'), 0) AS fee
            FROM ledger_entry WHERE seller_order_id IS NOT NULL GROUP BY 1
        ) e ON e.seller_order_id = s.id
        WHERE coalesce(e.fee, 0) <> s.commission - s.canceled_commission
            OR coalesce(e.pending, 0) <> s.total - s.canceled_total - s.commission + s.canceled_commission
    """,
    "a store order's state does not follow from its pieces": """
        SELECT s.id, s.status FROM seller_order s JOIN order_line l ON l.seller_order_id = s.id
        GROUP BY s.id
        HAVING s.status <> CASE
            WHEN sum(l.quantity - l.canceled_quantity) = 0 THEN 'canceled'
            WHEN sum(l.quantity - l.canceled_quantity) = sum(l.delivered_quantity) THEN 'delivered'
            WHEN sum(l.quantity - l.canceled_quantity) = sum(l.shipped_quantity) THEN 'shipped'
            WHEN sum(l.quantity - l.canceled_quantity) = sum(l.fulfilled_quantity) THEN 'packed'
            WHEN s.accepted_at IS NULL THEN 'placed' ELSE 'accepted' END
    """,
    "pieces of returns and of lines differ": """
        SELECT l.id FROM order_line l
        LEFT JOIN return_item i ON i.order_line_id = l.id LEFT JOIN order_return r ON r.id = i.return_id
        GROUP BY l.id
        HAVING l.return_received_quantity <> coalesce(sum(i.received_quantity), 0)
            OR l.return_dismissed_quantity <> coalesce(sum(i.damaged_quantity), 0)
            OR l.return_requested_quantity <> coalesce(sum(i.quantity - i.received_quantity - i.damaged_quantity)
                FILTER (WHERE r.status IN ('requested', 'partially_received')), 0)
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
