"""A seller's places of stock, and what they send where."""

from controllers.seller import stock_location
from models.inventory.location import CountryUnknown, LocationInUse, NameTaken
from models.inventory.rules import GeoZoneIncomplete, TooMany
from routes.schemas.seller import shipping as s
from routes.schemas.shared import common as c
from routes.table import SELLER, delete, get, post
from utils.places import ProvinceUnknown

LOCATION = c.single("stock_location", s.LOCATION)
SET = c.single("fulfillment_set", s.SET)
LOCATIONS = "/vendor/stock-locations"
ZONES = "/vendor/fulfillment-sets/{id}/service-zones"
_reads = {"who": SELLER, "grant": "inventory:read", "tag": "Seller stock locations"}
_writes = {"who": SELLER, "grant": "inventory:write", "tag": "Seller stock locations"}
_ships = {"who": SELLER, "grant": "shipping:write", "tag": "Seller shipping"}
_area = (NameTaken, TooMany, GeoZoneIncomplete, CountryUnknown, ProvinceUnknown)

ROUTES = [
    get(
        LOCATIONS,
        stock_location.list_locations,
        summary="List the store's stock locations with their fulfillment sets",
        **_reads,
        query=s.LIST_LOCATIONS,
        reply=c.page("stock_locations", s.LOCATION),
    ),
    post(
        LOCATIONS,
        stock_location.create,
        summary="Add a stock location",
        **_writes,
        body=s.CREATE_LOCATION,
        reply=LOCATION,
        errors=(NameTaken, TooMany, CountryUnknown),
    ),
    get(LOCATIONS + "/{id}", stock_location.retrieve, summary="Get a stock location", **_reads, reply=LOCATION),
    post(
        LOCATIONS + "/{id}",
        stock_location.update,
        summary="Change a stock location's name, rank or address",
        **_writes,
        body=s.UPDATE_LOCATION,
        reply=LOCATION,
        errors=(NameTaken, CountryUnknown),
    ),
    delete(
        LOCATIONS + "/{id}",
        stock_location.remove,
        summary="Delete a stock location without stock and fulfillment sets",
        **_writes,
        reply=c.deleted("stock_location"),
        errors=(LocationInUse,),
    ),
    post(
        LOCATIONS + "/{id}/fulfillment-sets",
        stock_location.add_set,
        summary="Add a way in which goods leave a location: shipped, or picked up",
        **_ships,
        body=s.CREATE_SET,
        reply=LOCATION,
        errors=(NameTaken, TooMany),
    ),
    delete(
        "/vendor/fulfillment-sets/{id}",
        stock_location.remove_set,
        summary="Delete a fulfillment set with its zones and their shipping options",
        **_ships,
        reply=c.deleted("fulfillment_set"),
    ),
    post(
        ZONES,
        stock_location.add_zone,
        summary="Add an area that a fulfillment set serves",
        **_ships,
        body=s.CREATE_ZONE,
        reply=SET,
        errors=_area,
    ),
    get(
        ZONES + "/{zone_id}",
        stock_location.retrieve_zone,
        summary="Get a service zone",
        **{**_ships, "grant": "shipping:read"},
        reply=c.single("service_zone", s.ZONE),
    ),
    post(
        ZONES + "/{zone_id}",
        stock_location.update_zone,
        summary="Change a service zone; geo zones that are sent replace all it had",
        **_ships,
        body=s.UPDATE_ZONE,
        reply=SET,
        errors=_area,
    ),
    delete(
        ZONES + "/{zone_id}",
        stock_location.remove_zone,
        summary="Delete a service zone with its shipping options",
        **_ships,
        reply=c.deleted("service_zone", s.SET),
    ),
]
