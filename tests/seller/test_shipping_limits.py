"""What every process holds ready for all sellers: none of them fills it alone."""

from typing import Any

from sqlalchemy import insert

from models.inventory.rules import MOST_ZONES_OF_SELLER
from models.schema.shipping import service_zone, shipping_option
from models.shipping.rules import MOST_OPTIONS_OF_SELLER
from services.infrastructure.database.database import Database
from tests.seller.test_shipping_options import OPTIONS, option
from tests.staff import Worker

Json = dict[str, Any]
LOCATIONS, SETS = "/vendor/stock-locations", "/vendor/fulfillment-sets"


async def a_set(owner: Worker, name: str) -> str:
    """The id of a fulfillment set at a place of its own."""
    place = (await owner.post(LOCATIONS, {"name": name}))["stock_location"]["id"]
    made = await owner.post(f"{LOCATIONS}/{place}/fulfillment-sets", {"name": name, "type": "shipping"})
    return str(made["stock_location"]["fulfillment_sets"][0]["id"])


async def test_a_seller_has_so_many_zones_and_options_over_all_its_places(
    owner: Worker, database: Database, ids: Json
) -> None:
    full, fresh = await a_set(owner, "Full"), await a_set(owner, "Fresh")
    body = {"name": "Near", "geo_zones": [{"type": "country", "country_code": "de"}]}
    zone = (await owner.post(f"{SETS}/{fresh}/service-zones", body))["fulfillment_set"]["service_zones"][0]["id"]
    zones = [{"id": f"z{n}", "name": f"Z {n}", "fulfillment_set_id": full} for n in range(MOST_ZONES_OF_SELLER)]
    same = {"service_zone_id": "z0", "seller_id": owner.seller_id, "type_code": "x", "type_label": "X"}
    same["shipping_profile_id"] = ids["shipping_profiles"]["Default"]
    options = [{"id": f"o{n}", "name": f"O {n}", **same} for n in range(MOST_OPTIONS_OF_SELLER)]
    async with database.unit_of_work() as work:
        await work.execute(insert(service_zone), zones)
        await work.execute(insert(shipping_option), options)
    for path, said in (
        (f"{SETS}/{fresh}/service-zones", {**body, "name": "Far"}),
        (OPTIONS, option({"id": zone}, ids, "One more")),
    ):
        refused = await owner.post(path, said, 400)
        assert (refused["code"], refused["limit"]) == ("too_many", 500)
