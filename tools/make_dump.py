"""Make the dump of the demo with a day's business in it. Run in a checkout of the version to dump:
PATH=$PWD/.venv/bin:$PATH .venv/bin/python /work/w/words_tool/make_dump.py OUT.sql.gz"""
import asyncio, gzip, json, subprocess, sys, tempfile, re
from pathlib import Path
sys.path.insert(0, ".")
import asyncpg
from aiohttp.test_utils import TestClient, TestServer
from app import create_app
from controllers.cli import commands
from services import deps as wiring
from services.infrastructure.database import migrations
from services.infrastructure.database.embedded_postgres import EmbeddedPostgres, PROGRAMS
from services.seed import demo
from tests.buying import Buyer
from tests.people import registered
from tests.staff import administrator, hire
from utils.config import Settings
from utils.http import DEPS

async def main(server, out):
    url = server.url("demo")
    admin = await asyncpg.connect(server.url().replace("+asyncpg", ""))
    await admin.execute("CREATE DATABASE demo TEMPLATE template0"); await admin.close()
    await asyncio.to_thread(migrations.upgrade, url, lambda _: None)
    settings = Settings(database_url=url, data_dir=Path(tempfile.mkdtemp()), access_log=False, check_replies=True)
    deps = wiring.build(settings)
    ids = await commands.load(deps, demo.FILE)
    await deps.close()
    app = create_app(settings)
    async with TestClient(TestServer(app)) as client:
        deps = client.app[DEPS]
        stores = ids["stores"]
        print(stores); print(list(ids), list(ids["variants"])[:8], list(ids["shipping_options"])[:6], ids["regions"])
        first, second = "warung-gayo", "batik-lestari"
        v = {h: [k for k in ids["variants"] if k.startswith(h + "/")] for h in stores}
        a, b = v[first][0], v[second][0]
        person = await registered(client, "ana@example.com")
        ana = Buyer(client, ids, key=demo.TOKEN, token=person.token)
        await ana.post("/store/customers", {"email": "ana@example.com", "first_name": "Ana"})
        await person.log_in(); ana.token = person.token
        ids2 = ids
        owner = await hire(client, deps, store_id=stores[first], email="owner@example.com")
        other = await hire(client, deps, store_id=stores[second], email="other@example.com")
        boss = await administrator(client, deps, email="boss@example.com")
        cart = await ana.ready((a, 2), (b, 1), metadata={"store_id": "the buyer's own word"})
        order = (await ana.complete(cart["id"]))["order"]
        part = next(p["id"] for p in order["seller_orders"] if p["seller"]["handle"] == first)
        await owner.post(f"/vendor/orders/{part}/accept")
        packed = (await owner.post(f"/vendor/orders/{part}/fulfillments"))["order"]
        parcel = packed["fulfillments"][-1]["id"]
        await owner.post(f"/vendor/orders/{part}/fulfillments/{parcel}/shipments", {"labels": []})
        await owner.post(f"/vendor/orders/{part}/fulfillments/{parcel}/mark-as-delivered")
        lines = (await owner.get(f"/vendor/orders/{part}"))["order"]["items"]
        way_back = next(i for k, i in ids["shipping_options"].items() if k.startswith(first + "/") and k.endswith("/Return"))
        back = (await ana.post("/store/returns", {"order_id": order["id"], "items": [{"id": lines[0]["id"], "quantity": 1}], "return_shipping": {"option_id": way_back}}))["return"]
        part2 = next(p["id"] for p in order["seller_orders"] if p["seller"]["handle"] == second)
        open_cart = await ana.ready((a, 1), (b, 2), metadata={"store_id": "the buyer's own word"})
        guest = Buyer(client, ids, key=demo.TOKEN)
        left = await guest.cart((a, 1), metadata={"store_id": "kept"})
        await owner.post("/vendor/invites", {"email": "friend@example.com", "role": "orders"})
        third = [h for h in stores if h not in (first, second)][0]
        await hire(client, deps, store_id=stores[third], email="third@example.com")
        await boss.post(f"/admin/sellers/{stores[third]}/suspend", {"reason": "A look at the papers."})
        await boss.post(f"/admin/sellers/{stores[second]}", {"commission_rate": 7.5})
        tele = await ana.get(f"/store/orders/{order['id']}")
        facts = {"order": order["id"], "part": part, "open_cart": open_cart["id"], "left": left["id"], "suspended": third, "total": tele["order"]["total"], "cart_total": (await ana.get(f"/store/carts/{open_cart['id']}"))["cart"]["total"]}
        await asyncio.sleep(1.5)
        print(json.dumps(facts))
    c = await asyncpg.connect(url.replace("+asyncpg", ""))
    # Two events that were not delivered yet when the server stopped.
    print(await c.execute("UPDATE outbox SET delivered_at = NULL, due_at = NULL, attempts = 0 WHERE topic IN ('order.placed', 'store.moved')"))
    print([dict(r) for r in await c.fetch("SELECT * FROM outbox LIMIT 5")])
    print([r["column_name"] for r in await c.fetch("select column_name from information_schema.columns where table_name='outbox'")])
    await c.close()
    return

def dump(server, out):
    text = subprocess.run([PROGRAMS / "pg_dump", "-h", str(server.sockets), "-U", "postgres", "--no-owner", "--no-privileges", "--no-comments", "--rows-per-insert=200", "demo"], check=True, capture_output=True, text=True).stdout
    kept = ["SET check_function_bodies = false;"]
    for line in text.splitlines():
        if line.startswith(("--", "SET ", "\\", "SELECT pg_catalog.set_config")) and not line.startswith("-- keep"):
            continue
        if line.strip(): kept.append(line)
    Path(out).write_bytes(gzip.compress(("\n".join(kept) + "\n").encode(), 9, mtime=0))
    print(Path(out).stat().st_size)

if __name__ == "__main__":
    server = EmbeddedPostgres(Path(tempfile.mkdtemp(prefix="wd-")))
    server.start()
    try:
        asyncio.run(main(server, sys.argv[1]))
        dump(server, sys.argv[1])
    finally:
        server.stop()
