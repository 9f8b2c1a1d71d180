"""What happens to a shop while a buyer's page stands open: a door for client programs that speak only HTTP."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import asyncpg

EVENTS = {
    "price_raised": ("UPDATE price SET amount = amount + 100 WHERE variant_id = $1",),
    "seller_suspended": ("UPDATE seller SET status = 'suspended' WHERE id = $1",),
    "seller_opened": ("UPDATE seller SET status = 'open' WHERE id = $1",),
    "sold_out": (
        "DELETE FROM stock_hold WHERE item_id IN (SELECT item_id FROM variant_inventory_item WHERE variant_id = $1)",
        "UPDATE inventory_level SET held = 0, stocked = reserved "
        "WHERE item_id IN (SELECT item_id FROM variant_inventory_item WHERE variant_id = $1)",
    ),
    "restocked": (
        "UPDATE inventory_level SET stocked = reserved + 50 "
        "WHERE item_id IN (SELECT item_id FROM variant_inventory_item WHERE variant_id = $1)",
    ),
}


async def happen(database_url: str, event: str, subject: str) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        for statement in EVENTS[event]:
            await connection.execute(statement, subject)
    finally:
        await connection.close()


@contextmanager
def office(database_url: str) -> Iterator[str]:
    """The address of the door: POST `{event, id}`."""

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            said = json.loads(self.rfile.read(int(self.headers["content-length"])))
            asyncio.run(happen(database_url, said["event"], said["id"]))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing: the test's output is the program's."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
