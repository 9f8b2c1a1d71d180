"""Orders pushed about at random, several steps at once: whatever comes of it, the books agree and nothing breaks."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import ClientResponse

from tests.buying import Buyer
from tests.seller.conftest import Books
from tests.seller.selling import CHAIR, MUG, SCARF, SET, SHIRT, TOTE, bought, part_id, seen
from tests.staff import Worker

Json = dict[str, Any]
Act = Callable[[], Awaitable[ClientResponse]]
AURORAS, BORNEOS = (SCARF, SHIRT, MUG, SET, "aurora/AUR-FG"), (TOTE, CHAIR, "borneo/BOR-KG-250")
# Rounding of every kind: three decimals, none, whole rupiah; net and gross prices; discounts across, each and once.
TERMS: list[Json] = [
    {"promo_codes": ["ACROSS7EUR", "EUROPE4"]},
    {"promo_codes": ["ORDER3GROSS", "COTTON2EUR", "AURORA8"]},
    {"promo_codes": ["COFFEEHALF", "WELCOME10"], "region": "Indonesia"},
    {"promo_codes": ["JAPAN500"], "region": "Japan"},
    {"promo_codes": ["FREEBIE"]},
]
ORDERS_EACH, ROUNDS, AT_ONCE = 2, 12, 4
REFUSALS = {
    "order_state_forbids",
    "quantity_not_open",
    "fulfillment_state_forbids",
    "stock_missing",
    "return_option_invalid",  # it has no price in rupiah and yen
    "return_quantity_too_large",
    "return_state_forbids",
    "return_quantity_not_open",
    "nothing_received",
}


ONE = {"adjustment": 1}


def places_of(ids: Json) -> list[str]:
    return [v for k, v in ids["stock_locations"].items() if k.startswith("borneo/")]


class Walk:
    """One order of two sellers, and what may be done to it next."""

    def __init__(self, chance: random.Random, buyer: Buyer, sellers: dict[str, Worker], ids: Json, order: Json) -> None:
        self.chance, self.buyer, self.sellers, self.ids, self.order = chance, buyer, sellers, ids, order

    async def acts(self) -> list[Act]:
        handle = self.chance.choice(list(self.sellers))
        seller, id_ = self.sellers[handle], part_id(self.order, handle)
        part, path = await seen(seller, id_), f"/vendor/orders/{id_}"
        pieces = [{"id": line["id"], "quantity": self.chance.randint(1, 3)} for line in part["items"]]
        some = {"items": self.chance.sample(pieces, self.chance.randint(1, len(pieces)))}

        def post(path: str, body: Json | None = None) -> Act:
            return lambda: seller.send("POST", path, body)

        acts = [
            post(f"{path}/accept"),
            post(f"{path}/fulfillments", some),
            post(f"{path}/fulfillments", some),
            post(f"{path}/cancel", {"reason": "chance", **some}),
            post(f"{path}/cancel", {"reason": "chance", **self.chance.choice([{}, some])}),
        ]
        for parcel in part["fulfillments"]:
            at = f"{path}/fulfillments/{parcel['id']}"
            acts += [post(f"{at}/{step}") for step in ("shipments", "shipments", "mark-as-delivered", "cancel")]
        if handle == "aurora":
            option = next(v for k, v in self.ids["shipping_options"].items() if k.endswith("/Return"))
            back = {"order_id": self.order["id"], **some, "return_shipping": {"option_id": option}}
            acts += [lambda: self.buyer.send("POST", "/store/returns", back)] * 2
            return acts + await self._returns(seller, handle, id_)
        place = self.chance.choice(places_of(self.ids))
        level = f"/vendor/inventory-items/{self.ids['inventory_items'][CHAIR]}/location-levels/{place}"
        return [*acts, post(f"{path}/fulfillments", {**some, "location_id": place}), post(f"{level}/adjustments", ONE)]

    async def _returns(self, seller: Worker, handle: str, id_: str) -> list[Act]:
        acts: list[Act] = []
        place = next(v for k, v in self.ids["stock_locations"].items() if k.startswith(handle))
        for back in (await seller.get(f"/vendor/returns?order_id={id_}"))["returns"]:
            came = [
                {"id": item["item_id"], "quantity": self.chance.randint(0, 2), "damaged_quantity": 1, **where}
                for item in back["items"]
                for where in self.chance.sample([{"location_id": place}, {}], 1)
            ]
            path = f"/vendor/returns/{back['id']}"
            bodies: list[tuple[str, Json | None]] = [("receive", {"items": came}), ("cancel", None)]
            acts += [
                lambda path=path, step=step, body=body: seller.send("POST", f"{path}/{step}", body)  # type: ignore[misc]
                for step, body in bodies
            ]
        return acts

    async def check(self) -> None:
        """The buyer sees what the sellers see, and sums that are the sums of their parts."""
        whole = (await self.buyer.get(f"/store/orders/{self.order['id']}"))["order"]
        parts = [await seen(seller, part_id(self.order, handle)) for handle, seller in self.sellers.items()]
        states = {part["status"] for part in parts}
        ended = "canceled" if states == {"canceled"} else "completed"
        assert whole["status"] == (ended if states <= {"canceled", "delivered"} else "pending")
        owed = whole["summary"]["current_order_total"]
        assert owed == pytest.approx(sum(part["current_total"] for part in parts), abs=1e-6)
        assert all(part["current_total"] >= part["payout_total"] >= 0 for part in parts)
        assert all((part["status"] == "canceled") <= (part["current_total"] == 0) for part in parts)
        of_seller = {line["id"]: line["detail"] for part in parts for line in part["items"]}
        for line in whole["items"]:
            counts = {name: n for name, n in line["detail"].items() if name.endswith("_quantity")}
            assert counts == {name: of_seller[line["id"]][name] for name in counts}


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_is_done_to_orders_the_books_agree(
    buyer: Buyer, owner: Worker, other_owner: Worker, ids: Json, books: Books, seed: int
) -> None:
    chance, sellers = random.Random(seed), {"aurora": owner, "borneo": other_owner}
    for place in places_of(ids):  # chairs are sold beyond the stock, and kept in two places
        levels = f"/vendor/inventory-items/{ids['inventory_items'][CHAIR]}/location-levels"
        await other_owner.send("POST", levels, {"location_id": place})
    walks = []
    for _ in range(ORDERS_EACH):
        wanted = [(key, chance.randint(1, 5)) for keys in (AURORAS, BORNEOS) for key in chance.sample(keys, 2)]
        order = await bought(buyer, *wanted, **chance.choice(TERMS))
        walks.append(Walk(chance, buyer, sellers, ids, order))
    for _ in range(ROUNDS):
        acts = [act for walk in walks for act in chance.sample(await walk.acts(), AT_ONCE)]
        for reply in await asyncio.gather(*(act() for act in acts)):
            assert reply.status == 200 or (await reply.json())["code"] in REFUSALS, await reply.text()
        assert await books() == []
        for walk in walks:
            await walk.check()
