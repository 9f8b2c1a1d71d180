"""Natural keys and their ids: what the file states, what it refers to, and what the database has already."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from models.seed.names import LOOKUPS, REGION_CURRENCIES, VARIANTS
from services.infrastructure.database.database import UnitOfWork


class Reference(NamedTuple):
    """A place in the file that names something of a kind."""

    kind: str
    name: str
    path: str


@dataclass(slots=True)
class Names:
    """Ids by kind and natural key; `stated` are those of the file, whether they exist yet or not."""

    ids: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    stated: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    skus: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    region_currency: dict[str, str] = field(default_factory=dict)
    product_of: dict[str, str] = field(default_factory=dict)

    def put(self, kind: str, name: str, identity: str) -> None:
        self.ids[kind][name] = identity

    def made(self, kind: str, name: str, identity: str) -> None:
        """A thing that the file states, and its id."""
        self.stated[kind].add(name)
        self.ids[kind][name] = identity

    def id(self, kind: str, name: str) -> str:
        return self.ids[kind][name]

    def variant(self, name: str, seller_handle: str | None = None) -> str:
        return self.ids["variants"][self.variant_name(name, seller_handle)]

    def variant_name(self, name: str, seller_handle: str | None = None) -> str:
        """`store/SKU` of a SKU that one seller uses, or of a name that is one already."""
        if seller_handle is not None:
            return f"{seller_handle}/{name}"
        sellers = self.skus.get(name, set())
        return f"{next(iter(sellers))}/{name}" if len(sellers) == 1 else name

    def state(self, kind: str, name: str) -> None:
        self.stated[kind].add(name)
        if kind == "variants":
            seller_handle, _, sku = name.partition("/")
            self.skus[sku].add(seller_handle)

    def has(self, kind: str, name: str) -> bool:
        return name in self.stated[kind] or name in self.ids[kind]

    async def fetch(self, work: UnitOfWork, references: Iterable[Reference]) -> None:
        """Learn the ids of everything referred to or stated that the database has."""
        wanted: dict[str, set[str]] = defaultdict(set)
        for kind, names in self.stated.items():
            wanted[kind] |= names
        for reference in references:
            wanted[reference.kind].add(reference.name)
        for kind, statement in LOOKUPS.items():
            if wanted[kind]:
                for row in await work.execute(statement, {"names": list(wanted[kind])}):
                    self.ids[kind].setdefault(row.name, row.id)
        await self.fetch_variants(work, wanted["variants"])
        for row in await work.execute(REGION_CURRENCIES):
            self.region_currency.setdefault(row.name, row.currency_code)

    async def fetch_variants(self, work: UnitOfWork, names: set[str]) -> None:
        candidates = names | {name.partition("/")[2] for name in names if "/" in name}
        if not candidates:
            return
        for row in await work.execute(VARIANTS, {"names": list(candidates)}):
            self.ids["variants"][f"{row.handle}/{row.sku}"] = row.id
            self.product_of[f"{row.handle}/{row.sku}"] = row.product
            self.skus[row.sku].add(row.handle)
