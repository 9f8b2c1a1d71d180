"""SKUs of an import: one variant of the seller has each. Who has it keeps it; others get one that is made."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from models.product import imported
from services.imports.catalogue import Product, Variant, made_sku
from services.imports.rows import Fault, Header
from services.infrastructure.database.database import UnitOfWork


@dataclass(slots=True)
class OwnVariant:
    """A variant that the product has already."""

    metadata: Mapping[str, Any]
    values: frozenset[str]
    manage_inventory: bool


@dataclass(slots=True)
class Skus:
    """Who names which SKU first in the file (product key and line), and the SKUs given in place of others, by line."""

    named: dict[str, tuple[str, int]] = field(default_factory=dict)
    made: dict[str, str] = field(default_factory=dict)
    given: dict[int, str] = field(default_factory=dict)

    def note(self, key: str, line: int, sku: str) -> None:
        sku = sku.removeprefix("'")
        if sku:
            self.named.setdefault(sku, (key, line))

    def join(self, aliases: Mapping[str, str]) -> None:
        """Once it is known how rows call their product, call it by its key."""
        self.named = {sku: (aliases.get(key, key), line) for sku, (key, line) in self.named.items()}

    async def settle(
        self, work: UnitOfWork, key: str, found: Product, own: Mapping[str, OwnVariant], ids: Mapping[str, str | None]
    ) -> list[tuple[Variant, str, str]]:
        """Give each variant its SKU; (variant, the SKU that it named, who has it) for those that get another.

        `ids` are the seller's id and the product's, which is None for a new one.
        """
        asked = {sku for variant in found.variants for sku in names(found, variant)}
        held = {
            row.sku: f"the product {row.handle!r}"
            for row in await work.execute(imported.HELD_SKUS, {"skus": list(asked), **ids})
        }
        keepers = self.keepers(key, found, own, held)
        taken = dict(held) | {sku: f"line {variant.line}" for sku, variant in keepers.items()}
        others: list[tuple[Variant, str, str]] = []
        for variant in found.variants:
            wanted = variant.sku
            if keepers.get(wanted) is variant:
                continue
            variant.sku = self.make(key, found, variant, own, taken)
            taken[variant.sku] = f"line {variant.line}"
            self.given[variant.line] = variant.sku
            if wanted:
                owner = taken.get(wanted) or f"line {self.named[wanted][1]}"
                others.append((variant, wanted, owner))
        return others

    def keepers(
        self, key: str, found: Product, own: Mapping[str, OwnVariant], held: Mapping[str, str]
    ) -> dict[str, Variant]:
        """Which variant keeps each SKU that the product's rows name."""
        claims: dict[str, list[Variant]] = {}
        for variant in found.variants:
            if variant.sku and variant.sku not in held:
                claims.setdefault(variant.sku, []).append(variant)
        keepers: dict[str, Variant] = {}
        for sku, variants in claims.items():
            if sku in own:
                same = [v for v in variants if frozenset(v.options.values()) == own[sku].values]
                keepers[sku] = (same or variants)[0]
            elif self.named.get(sku, (key, 0))[0] == key and self.made.get(sku, key) == key:
                keepers[sku] = variants[0]
        return keepers

    def make(
        self, key: str, found: Product, variant: Variant, own: Mapping[str, OwnVariant], taken: Mapping[str, str]
    ) -> str:
        """The SKU that the product's variant of these values has; for a new one it is made of handle and options, and
        marked where another has it."""
        kept = self.kept(key, variant, own, taken)
        if kept is not None:
            return kept
        plain, apart = names(found, variant)[-2:]
        claimed = plain in self.named and self.named[plain] != (key, variant.line)
        free = plain not in taken and self.made.get(plain, key) == key and (not claimed or plain in own)
        if free and apart not in own:
            self.made[plain] = key
            return plain
        return apart

    def kept(self, key: str, variant: Variant, own: Mapping[str, OwnVariant], taken: Mapping[str, str]) -> str | None:
        """The SKU of the one variant that has these values already, however it was made; None where there is no such
        variant, or another row of the file names it."""
        values = frozenset(variant.options.values())
        same = [sku for sku, known in own.items() if known.values == values]
        if len(same) != 1 or same[0] in taken or self.made.get(same[0], key) != key:
            return None
        named = self.named.get(same[0], (key, variant.line))
        if named != (key, variant.line):
            return None
        self.made[same[0]] = key
        return same[0]


def names(found: Product, variant: Variant) -> list[str]:
    """The SKUs that a variant may get."""
    values = list(variant.options.values())
    made = [made_sku(found.handle, values), made_sku(found.handle, values, apart=True)]
    return [variant.sku, *made] if variant.sku else made


async def own_variants(work: UnitOfWork, product_id: str | None) -> dict[str, OwnVariant]:
    """The variants that the product has, by SKU; none for a new product."""
    if product_id is None:
        return {}
    rows = await work.execute(imported.VARIANTS, {"product_id": product_id})
    return {
        row.sku: OwnVariant(row.metadata or {}, frozenset(row._mapping["values"] or ()), row.manage_inventory)
        for row in rows
    }


def told(header: Header, others: list[tuple[Variant, str, str]]) -> list[Fault]:
    """The warnings about variants that did not get the SKU of their row."""
    hint = "Give each variant its own, if stock or orders are followed by SKU"
    return [
        Fault(v.line, header.name("sku"), f"{wanted!r} is the SKU of {owner} too; {v.sku!r} is used here", hint)
        for v, wanted, owner in others
    ]
