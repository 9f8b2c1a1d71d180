"""How many places and options sellers would come to, with what they have that the file does not speak of."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from models.inventory.rules import MOST_LOCATIONS, MOST_ZONES_OF_SELLER, ensure_room
from models.shipping.bulk import PLACES
from models.shipping.rules import MOST_OPTIONS_OF_SELLER
from services.infrastructure.database.database import UnitOfWork
from services.seed.survey import Entry, Survey, each, hold

Path = tuple[str, ...]
LISTS = ("stock_locations", "fulfillment_sets", "service_zones", "shipping_options")


@dataclass(slots=True)
class Places:
    """The places of a seller by the names on the way to them; a fulfillment set is only on the way."""

    locations: set[Path] = field(default_factory=set)
    zones: set[Path] = field(default_factory=set)
    options: set[Path] = field(default_factory=set)

    def take(self, *path: str | None) -> None:
        """Note a location and, as far as the path goes, a zone and an option."""
        names = tuple(name for name in path if name is not None)
        for depth, kind in ((1, self.locations), (3, self.zones), (4, self.options)):
            if len(names) >= depth:
                kind.add(names[:depth])

    def keep(self, path: Path, names: Collection[str]) -> None:
        """Of what lies below a path, only the names stay."""
        at = len(path)
        for kind in (self.zones, self.options):
            kind -= {other for other in kind if len(other) > at and other[:at] == path and other[at] not in names}


async def check_room(work: UnitOfWork, survey: Survey, document: Entry) -> None:
    """A problem for each seller that would have more places or options than it may, by ones that are new."""
    stated = {entry["handle"]: (path, entry) for path, entry in each(document, "stores") if "stock_locations" in entry}
    held: dict[str, Places] = defaultdict(Places)
    if stated:
        for row in await work.execute(PLACES, {"handles": list(stated)}):
            held[row.handle].take(row.location, row.set, row.zone, row.option)
    for handle, (path, entry) in stated.items():
        before = held[handle]
        after = Places({*before.locations}, {*before.zones}, {*before.options})
        put(after, entry)
        for had, has, what, limit in (
            (before.locations, after.locations, "stock locations", MOST_LOCATIONS),
            (before.zones, after.zones, "service zones over all its locations", MOST_ZONES_OF_SELLER),
            (before.options, after.options, "shipping options over all its locations", MOST_OPTIONS_OF_SELLER),
        ):
            if has - had:
                hint = f"The store would have {len(has)} {what}: leave some out"
                hold(survey, f"{path}.stock_locations", hint, ensure_room, len(has), limit)


def put(places: Places, entry: Entry, path: Path = ()) -> None:
    """Make the places of a seller what they are after the file: lists that it states are whole, others stay."""
    key = LISTS[len(path)]
    if key not in entry:
        return
    below = {child["name"]: child for child in entry[key]}
    if path:
        places.keep(path, below)
    for name, child in below.items():
        places.take(*path, name)
        if len(path) + 1 < len(LISTS):
            put(places, child, (*path, name))
