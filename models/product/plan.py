"""From the fields that a command names to the rows that have to go, to change and to come: arithmetic, no statements.

A part of a product (its options, variants, images) is said whole, or as some entries and some ids to remove.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table

from models.product.commands import CreateProduct, UpdateProduct
from models.product.product import MEASURES, Image, Option, OptionValue, Product, Variant
from models.product.rules import DRAFT, OptionTaken, OptionValueRepeated
from models.schema.inventory import variant_inventory_item
from models.schema.product import (
    product,
    product_category_product,
    product_image,
    product_option,
    product_option_value,
    product_sales_channel,
    product_tag_product,
    variant_image,
)
from utils.errors import NotFound
from utils.ids import ordered_id

PARTS = ("options", "variants", "images")
Row = dict[str, Any]
Entry = Mapping[str, Any]

PRODUCT_DEFAULTS: Row = {
    **dict.fromkeys(("title", "subtitle", "description", "handle", "thumbnail", "collection_id", "type_id")),
    **dict.fromkeys(("shipping_profile_id", "external_id", "metadata", *MEASURES)),
    "status": DRAFT,
    "is_giftcard": False,
    "discountable": True,
}
LINKS = {
    "category_ids": (product_category_product, "category_id"),
    "tag_ids": (product_tag_product, "tag_id"),
    "sales_channel_ids": (product_sales_channel, "sales_channel_id"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """What is said of options, variants or images; with `whole` those that are not named go."""

    entries: Sequence[Entry] = ()
    gone: Sequence[str] = ()
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What one product is to become. `before` is None for a new one."""

    before: Product | None
    fields: Row
    options: Part | None = None
    variants: Part | None = None
    images: Part | None = None


def change_of(before: Product | None, command: CreateProduct | UpdateProduct) -> Change:
    """The change that a command asks for: its options, variants and images are whole lists."""
    fields = {name: value for name, value in command.plain().items() if name != "id"}
    parts = {name: Part(fields.pop(name), whole=True) for name in PARTS if name in fields}
    return Change(before, fields, **parts)


@dataclass(frozen=True, slots=True)
class Wish:
    """An inventory item that a variant needs and has not got."""

    variant_id: str
    sku: str | None
    title: str


@dataclass(slots=True)
class Plan:
    """Rows by table. Rows of one table state the same columns, so that each table takes one statement of each kind."""

    seller_id: str
    gone: dict[Table, list[Row]] = field(default_factory=lambda: defaultdict(list))
    changed: dict[Table, list[Row]] = field(default_factory=lambda: defaultdict(list))
    fresh: dict[Table, list[Row]] = field(default_factory=lambda: defaultdict(list))
    # Rows that give up a unique value which another row of the same plan may take.
    parked: dict[Table, list[str]] = field(default_factory=lambda: defaultdict(list))
    wishes: list[Wish] = field(default_factory=list)
    skus: dict[str, str] = field(default_factory=dict)  # variant id -> the SKU that it takes
    product_of: dict[str, str] = field(default_factory=dict)  # variant id -> product id
    renamed: list[Row] = field(default_factory=list)  # variants whose items follow to another SKU

    @property
    def is_empty(self) -> bool:
        """Is everything as it is to be?"""
        return not (any(self.fresh.values()) or any(self.changed.values()) or any(self.gone.values()) or self.wishes)

    def link(self, table: Table, owner: Row, column: str, before: Iterable[str], after: Iterable[str]) -> None:
        """Rows of a link table, from one set of ids to another."""
        old, new = set(before), list(dict.fromkeys(after))
        self.gone[table] += [{**owner, column: one} for one in sorted(old.difference(new))]
        self.fresh[table] += [{**owner, column: one} for one in new if one not in old]


@dataclass(frozen=True, slots=True)
class Axis:
    """An option as it will be: ids by value, in order."""

    id: str
    title: str
    values: Mapping[str, str]
    is_new: bool


def plan_product(plan: Plan, change: Change) -> tuple[str, dict[str, str]]:
    """The product's own row, its links and its images: its id, and the ids of the images by address."""
    before = change.before
    product_id = before.id if before is not None else ordered_id("prod")
    held = {name: getattr(before, name) for name in PRODUCT_DEFAULTS} if before is not None else PRODUCT_DEFAULTS
    row = {name: change.fields.get(name, held[name]) for name in PRODUCT_DEFAULTS}
    images = plan_images(plan, product_id, before, change.images)
    if "thumbnail" not in change.fields and (before is None or was_dropped(before, images)):
        row["thumbnail"] = next(iter(images), None)
    if before is None:
        plan.fresh[product].append({"id": product_id, "seller_id": plan.seller_id, **row})
    elif row != held:
        plan.changed[product].append({"id": product_id, **row})
    for name, (table, column) in LINKS.items():
        if name in change.fields:
            old = getattr(before, name) if before is not None else ()
            plan.link(table, {"product_id": product_id}, column, old, change.fields[name])
    return product_id, images


def was_dropped(before: Product, urls: Iterable[str]) -> bool:
    """Was the thumbnail one of the product's images, and is it none any more?"""
    return before.thumbnail in {image.url for image in before.images}.difference(urls)


def matched(held: Sequence[Any], part: Part, what: str, name: str) -> list[tuple[Any | None, Entry | None]]:
    """Rows and what is said of them, in their new order; rows that go are left out.

    An entry names its row by id; in a whole list also by the property `name`, which is unique in the product.
    """
    by_id = {row.id: row for row in held}
    explicit = {entry["id"] for entry in part.entries if entry.get("id")}
    named = {getattr(row, name): row.id for row in held if row.id not in explicit} if part.whole and name else {}
    fields: dict[str, Entry] = {}
    order: list[str | Entry] = []
    for entry in part.entries:
        row_id = entry.get("id") or named.pop(entry.get(name), None)
        if row_id is not None and (row_id not in by_id or row_id in fields):
            raise NotFound(what=what, id=row_id)
        if row_id is not None:
            fields[row_id] = entry
        order.append(row_id if row_id is not None else entry)
    for row_id in part.gone:
        if row_id not in by_id or row_id in fields:
            raise NotFound(what=what, id=row_id)
    if not part.whole:
        fresh = [entry for entry in order if not isinstance(entry, str)]
        order = [*(row.id for row in held if row.id not in part.gone), *fresh]
    return [(by_id[o], fields.get(o)) if isinstance(o, str) else (None, o) for o in order]


def plan_images(plan: Plan, product_id: str, before: Product | None, part: Part | None) -> dict[str, str]:
    """Images in their new order: their ids by address."""
    held: Sequence[Image] = before.images if before is not None else ()
    if part is None:
        return {image.url: image.id for image in held}
    found = matched(held, part, "Image", "url")
    kept = {image.id for image, _ in found if image is not None}
    plan.gone[product_image] += [{"id": image.id} for image in held if image.id not in kept]
    ids: dict[str, str] = {}
    for rank, (image, entry) in enumerate(found):
        fields = entry or {}
        if image is None:
            ids[fields["url"]] = image_id = ordered_id("img")
            row = {"url": fields["url"], "alt": fields.get("alt"), "metadata": fields.get("metadata"), "rank": rank}
            plan.fresh[product_image].append({"id": image_id, "product_id": product_id, **row})
            continue
        ids[image.url] = image.id
        old = {"alt": image.alt, "metadata": image.metadata, "rank": image.rank}
        row = {"alt": fields.get("alt", image.alt), "metadata": fields.get("metadata", image.metadata), "rank": rank}
        if row != old:
            plan.changed[product_image].append({"id": image.id, **row})
    return ids


def plan_options(plan: Plan, product_id: str, before: Product | None, part: Part | None) -> list[Axis]:
    """Options in their new order."""
    held: Sequence[Option] = before.options if before is not None else ()
    if part is None:
        return [Axis(o.id, o.title, {value.value: value.id for value in o.values}, False) for o in held]
    found = matched(held, part, "Product option", "title")
    kept = {option.id for option, _ in found if option is not None}
    plan.gone[product_option] += [{"id": option.id} for option in held if option.id not in kept]
    axes: list[Axis] = []
    for rank, (option, entry) in enumerate(found):
        axis = plan_option(plan, product_id, option, entry or {}, rank, held)
        if any(other.title == axis.title for other in axes):
            raise OptionTaken(title=axis.title)
        axes.append(axis)
    return axes


def plan_option(
    plan: Plan, product_id: str, option: Option | None, fields: Entry, rank: int, held: Sequence[Option]
) -> Axis:
    if option is None:
        option_id, title = ordered_id("opt"), str(fields["title"])
        row = {"title": title, "metadata": fields.get("metadata"), "rank": rank}
        plan.fresh[product_option].append({"id": option_id, "product_id": product_id, **row})
    else:
        option_id, title = option.id, str(fields.get("title", option.title))
        row = {"title": title, "metadata": fields.get("metadata", option.metadata), "rank": rank}
        if row != {"title": option.title, "metadata": option.metadata, "rank": held.index(option)}:
            plan.changed[product_option].append({"id": option_id, **row})
        if title != option.title:
            plan.parked[product_option].append(option_id)
    values = option.values if option is not None else ()
    return Axis(option_id, title, plan_values(plan, option_id, title, values, fields.get("values")), option is None)


def plan_values(
    plan: Plan, option_id: str, title: str, held: Sequence[OptionValue], fields: Sequence[Any] | None
) -> dict[str, str]:
    """An option's values as they will be, with their ids."""
    if fields is None:
        return {value.value: value.id for value in held}
    part = Part([{"value": one} if isinstance(one, str) else one for one in fields], whole=True)
    found = matched(held, part, "Product option value", "value")
    kept = {value.id for value, _ in found if value is not None}
    plan.gone[product_option_value] += [{"id": value.id} for value in held if value.id not in kept]
    ids: dict[str, str] = {}
    for rank, (value, entry) in enumerate(found):
        text = str((entry or {})["value"])
        if text in ids:
            raise OptionValueRepeated(title=title, value=text)
        ids[text] = value.id if value is not None else ordered_id("optval")
        row = {"id": ids[text], "value": text, "rank": rank}
        if value is None:
            plan.fresh[product_option_value].append({**row, "option_id": option_id})
        elif (value.value, value.rank) != (text, rank):
            plan.changed[product_option_value].append(row)
            if value.value != text:
                plan.parked[product_option_value].append(value.id)
    return ids


def plan_variant_images(plan: Plan, variant_id: str, held: Variant | None, image_ids: Iterable[str]) -> None:
    before = held.image_ids if held is not None else ()
    plan.link(variant_image, {"variant_id": variant_id}, "image_id", before, image_ids)


def plan_needs(plan: Plan, variant_id: str, held: Variant | None, fields: Sequence[Entry]) -> None:
    """What a variant takes of which inventory items, whole."""
    before = {need.item_id: need.required_quantity for need in held.items} if held is not None else {}
    after = {one["inventory_item_id"]: one.get("required_quantity", 1) for one in fields}
    owner = {"variant_id": variant_id}
    plan.gone[variant_inventory_item] += [{**owner, "item_id": item_id} for item_id in before if item_id not in after]
    for item_id, quantity in after.items():
        row = {**owner, "item_id": item_id, "required_quantity": quantity}
        if item_id not in before:
            plan.fresh[variant_inventory_item].append(row)
        elif before[item_id] != quantity:
            plan.changed[variant_inventory_item].append(row)
