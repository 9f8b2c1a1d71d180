"""Commands on a seller's stock: items, their levels, what variants take, places and the zones that they serve."""

from msgspec import UNSET, UnsetType

from models.shared.commands import Command, Metadata

Text = str | UnsetType | None
Size = int | UnsetType | None


class CreateLevel(Command, kw_only=True, frozen=True):
    """How much of an item lies at a location, and how much is on its way."""

    location_id: str
    stocked_quantity: int | None = None
    incoming_quantity: int | None = None


class UpdateLevel(CreateLevel, kw_only=True, frozen=True):
    expected_quantity: int | None = None


class SetLevel(Command, kw_only=True, frozen=True):
    """As `UpdateLevel`, of the location in the path."""

    stocked_quantity: int | None = None
    incoming_quantity: int | None = None
    expected_quantity: int | None = None
    reason: str | None = None

    def at(self, location_id: str) -> UpdateLevel:
        return UpdateLevel(
            location_id=location_id,
            stocked_quantity=self.stocked_quantity,
            incoming_quantity=self.incoming_quantity,
            expected_quantity=self.expected_quantity,
        )


class AdjustLevel(Command, kw_only=True, frozen=True):
    adjustment: int
    reason: str | None = None


class UpdateLevels(Command, kw_only=True, frozen=True):
    """New levels of an item, counts of others, and the locations where it is kept no more."""

    create: tuple[CreateLevel, ...] = ()
    update: tuple[UpdateLevel, ...] = ()
    delete: tuple[str, ...] = ()
    reason: str | None = None


class UpdateItem(Command, kw_only=True, frozen=True):
    sku: Text = UNSET
    title: Text = UNSET
    description: Text = UNSET
    thumbnail: Text = UNSET
    weight: Size = UNSET
    length: Size = UNSET
    height: Size = UNSET
    width: Size = UNSET
    hs_code: Text = UNSET
    origin_country: Text = UNSET
    mid_code: Text = UNSET
    material: Text = UNSET
    metadata: Metadata | UnsetType = UNSET


class CreateItem(UpdateItem, kw_only=True, frozen=True):
    location_levels: tuple[CreateLevel, ...] = ()


class SheetRow(Command, kw_only=True, frozen=True):
    """How much of the item of a SKU lies at a location (an id or a name; None: the one of lowest rank)."""

    sku: str
    stocked_quantity: int
    location: str | None = None


class ApplySheet(Command, kw_only=True, frozen=True):
    items: list[SheetRow]
    reason: str | None = None


class UpdateNeed(Command, kw_only=True, frozen=True):
    required_quantity: int


class CreateNeed(UpdateNeed, kw_only=True, frozen=True):
    inventory_item_id: str


class LocationAddress(Command, kw_only=True, frozen=True):
    address_1: Text = UNSET
    address_2: Text = UNSET
    city: Text = UNSET
    province: Text = UNSET
    postal_code: Text = UNSET
    country_code: Text = UNSET
    phone: Text = UNSET


class UpdateLocation(Command, kw_only=True, frozen=True):
    name: str | UnsetType = UNSET
    rank: int | UnsetType = UNSET
    address: LocationAddress | UnsetType | None = UNSET
    metadata: Metadata | UnsetType = UNSET


class CreateLocation(UpdateLocation, kw_only=True, frozen=True):
    name: str


class CreateSet(Command, kw_only=True, frozen=True):
    name: str
    type: str
    metadata: Metadata = None


class PutGeoZone(Command, kw_only=True, frozen=True):
    type: str
    country_code: str
    province_code: str | None = None
    city: str | None = None
    postal_expression: str | None = None
    metadata: Metadata = None


class UpdateZone(Command, kw_only=True, frozen=True):
    name: str | UnsetType = UNSET
    geo_zones: list[PutGeoZone] | UnsetType = UNSET
    metadata: Metadata | UnsetType = UNSET


class CreateZone(Command, kw_only=True, frozen=True):
    name: str
    geo_zones: list[PutGeoZone]
    metadata: Metadata = None


class PutLocation(UpdateLocation, kw_only=True, frozen=True):
    """A location as a file states it, found by its name; `first_rank` is its rank when it is made without one."""

    seller_id: str
    name: str
    first_rank: int = 0


class PutItem(Command, kw_only=True, frozen=True):
    """An inventory item as a file states it, found by its SKU; `first_title` is that of one made without a title."""

    seller_id: str
    sku: str
    title: Text = UNSET
    metadata: Metadata | UnsetType = UNSET
    first_title: str | None = None


class PutSet(Command, kw_only=True, frozen=True):
    """A fulfillment set as a file states it, found by its name in the location."""

    location_id: str
    name: str
    type: str | UnsetType = UNSET
    metadata: Metadata | UnsetType = UNSET


class PutZone(Command, kw_only=True, frozen=True):
    """A service zone as a file states it, found by its name in the set; its geo zones are whole."""

    seller_id: str
    fulfillment_set_id: str
    name: str
    geo_zones: list[PutGeoZone]
    metadata: Metadata | UnsetType = UNSET
