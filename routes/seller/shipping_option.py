"""A seller's shipping options, and the profiles that they carry."""

from controllers.seller import shipping_option
from models.inventory.location import NameTaken
from models.inventory.rules import TooMany
from models.shipping.rules import CurrencyUnknown, NotCalculated, PriceTwice, PriceUnclear, ProviderUnknown
from routes.schemas.seller import shipping as s
from routes.schemas.shared import common as c
from routes.table import SELLER, delete, get, post
from utils.money import InvalidAmount

OPTION = c.single("shipping_option", s.OPTION)
OPTIONS = "/vendor/shipping-options"
_reads = {"who": SELLER, "grant": "shipping:read", "tag": "Seller shipping"}
_writes = {"who": SELLER, "grant": "shipping:write", "tag": "Seller shipping"}
_faults = (NameTaken, NotCalculated, ProviderUnknown, PriceUnclear, PriceTwice, CurrencyUnknown, InvalidAmount)

ROUTES = [
    get(
        "/vendor/shipping-profiles",
        shipping_option.list_profiles,
        summary="List the marketplace's shipping profiles",
        **_reads,
        query=s.LIST_PROFILES,
        reply=c.page("shipping_profiles", s.PROFILE),
    ),
    get(
        OPTIONS,
        shipping_option.list_options,
        summary="List the store's shipping options",
        **_reads,
        query=s.LIST_OPTIONS,
        reply=c.page("shipping_options", s.OPTION),
    ),
    post(
        OPTIONS,
        shipping_option.create,
        summary="Offer a way of shipping in one of the store's zones",
        **_writes,
        body=s.CREATE_OPTION,
        reply=OPTION,
        errors=(*_faults, TooMany),
    ),
    get(OPTIONS + "/{id}", shipping_option.retrieve, summary="Get a shipping option", **_reads, reply=OPTION),
    post(
        OPTIONS + "/{id}",
        shipping_option.update,
        summary="Change a shipping option; prices that are sent replace all it had",
        **_writes,
        body=s.UPDATE_OPTION,
        reply=OPTION,
        errors=_faults,
    ),
    delete(
        OPTIONS + "/{id}",
        shipping_option.remove,
        summary="Delete a shipping option: carts that chose it have to choose again",
        **_writes,
        reply=c.deleted("shipping_option"),
    ),
]
