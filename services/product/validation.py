"""What a seller says of products, checked and made ready for the plan: ids of the platform's rows, images, prices."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from models.identity.principal import Principal
from models.pricing.rules import ensure_quantities
from models.product import write as rows
from models.product.plan import Change, Part
from models.product.product import Product, Variant
from models.product.rules import (
    ImageNotUploaded,
    ImageUnnamed,
    PriceCurrencyMismatch,
    UploadNotReady,
    base_prices,
)
from models.region.region import CurrencyNotFound
from models.schema.file import READY
from services.infrastructure.database.database import UnitOfWork
from services.infrastructure.files.slot import FileStore, stored_address
from services.product.category_cache import TAXONOMY
from services.shared.ownership import keep_owned, seller_of
from utils.errors import NotFound
from utils.money import to_major, to_minor
from utils.text import rich

KEY = re.compile(r"images/([a-z0-9]{32})/")
BOUNDS = ("min_quantity", "max_quantity")

Json = dict[str, Any]
Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Known:
    """What was found of the things that a request names: currencies, regions' currencies, addresses of uploads."""

    currencies: frozenset[str]
    regions: Mapping[str, str]
    uploads: Mapping[str, str | None]  # by id: the address of the whole image, None while there is none
    addresses: frozenset[str]


async def checked(work: UnitOfWork, files: FileStore, *, who: Principal, changes: Sequence[Change]) -> list[Change]:
    """The changes with everything they name checked; a constant number of statements."""
    is_new = any(change.before is None for change in changes)
    defaults = (await work.execute(rows.DEFAULTS)).first() if is_new else None
    fields = [await _said(work, change, defaults) for change in changes]
    await _ensure_shared(work, changes, fields)
    entries = [entry for change in changes if change.variants is not None for entry in change.variants.entries]
    items = [one["inventory_item_id"] for entry in entries for one in entry.get("inventory_items", ())]
    await keep_owned(work, who=who, kind="inventory_item", ids=items)
    prices = [one for entry in entries for one in entry.get("prices", ())]
    known = await _known(work, files, who, prices, pictures(changes))
    return [
        replace(
            change,
            fields=_thumbnail(change, one, known),
            images=_images(change, known),
            variants=_variants(change, known),
        )
        for change, one in zip(changes, fields, strict=True)
    ]


async def _said(work: UnitOfWork, change: Change, defaults: Any) -> Json:
    """The product's own properties: rich text cleaned, empty ones null, lists of what it is filed under as ids."""
    fields = rich(change.fields, change.before.metadata if change.before is not None else None)
    if fields.get("origin_country"):
        fields["origin_country"] = fields["origin_country"].lower()
    for name, full in (("category_ids", "categories"), ("tag_ids", "tags"), ("sales_channel_ids", "sales_channels")):
        if full in fields:
            fields[name] = [one["id"] for one in fields.pop(full)]
    if "category_ids" in fields and change.before is not None:
        # Categories that only the house sees are not the seller's to take away.
        taxonomy = await work.snapshot(TAXONOMY)
        hidden = [one for one in change.before.category_ids if taxonomy.shown(one) is None]
        fields["category_ids"] = [*fields["category_ids"], *hidden]
    if change.before is None:
        fields.setdefault("sales_channel_ids", defaults.channels)
        fields["shipping_profile_id"] = fields.get("shipping_profile_id") or defaults.profile
    return fields


async def _ensure_shared(work: UnitOfWork, changes: Sequence[Change], fields: Sequence[Json]) -> None:
    """NotFound for a category, tag, channel, collection, type or profile that is not there; one statement a kind."""
    for name, (what, statement) in rows.SHARED.items():
        wanted: dict[str, None] = {}
        for change, one in zip(changes, fields, strict=True):
            held = getattr(change.before, name) if change.before is not None else None
            now = one.get(name) or ()
            wanted |= dict.fromkeys(i for i in ((now,) if isinstance(now, str) else now) if i not in (held or ()))
        found = set((await work.execute(statement, {"ids": list(wanted)})).scalars()) if wanted else set()
        for row_id in wanted:
            if row_id not in found:
                raise NotFound(what=what, id=row_id)


def pictures(changes: Iterable[Change]) -> list[Entry]:
    """Everything that names an image by address or by upload: images, thumbnails of products and variants."""
    found: list[Entry] = []
    for change in changes:
        found += change.images.entries if change.images is not None else ()
        of_variants = change.variants.entries if change.variants is not None else ()
        found += [{"url": one["thumbnail"]} for one in (change.fields, *of_variants) if one.get("thumbnail")]
    return found


async def _known(
    work: UnitOfWork, files: FileStore, who: Principal, prices: Sequence[Entry], images: Sequence[Entry]
) -> Known:
    codes = {one["currency_code"].lower() for one in prices}
    currencies = (await work.execute(rows.KNOWN_CURRENCIES, {"ids": list(codes)})).scalars() if codes else []
    named = {region_id for one in prices if (region_id := region_of(one)) is not None}
    regions = (await work.execute(rows.REGION_CURRENCIES, {"ids": list(named)})).all() if named else []
    ids = [one["upload_id"] for one in images if "upload_id" in one]
    keys = [match[1] for one in images if (match := KEY.search(one.get("url", "")))]
    uploads: dict[str, str | None] = {}
    addresses: set[str] = set()
    if ids or keys:
        terms = {"ids": ids, "keys": keys, "own_seller": seller_of(who)}
        for row in await work.execute(rows.OWN_UPLOADS, terms):
            made = orjson.loads(row.variants) if row.status == READY else []
            urls = [stored_address(one["key"]) for one in made]
            uploads[row.id] = urls[0] if urls else None
            addresses.update(urls)
    return Known(frozenset(currencies), {row.id: row.currency_code for row in regions}, uploads, frozenset(addresses))


def _thumbnail(change: Change, fields: Json, known: Known) -> Json:
    if fields.get("thumbnail"):
        _ensure_shown(fields["thumbnail"], change.before, known)
    return fields


def _ensure_shown(url: str, before: Product | None, known: Known) -> None:
    """ImageNotUploaded unless the seller has uploaded it, or the product shows it already."""
    held = () if before is None else (before.thumbnail, *(image.url for image in before.images))
    if url not in known.addresses and url not in held:
        raise ImageNotUploaded(url=url)


def _images(change: Change, known: Known) -> Part | None:
    if change.images is None:
        return None
    made: list[Json] = []
    held = {image.id: image.url for image in change.before.images} if change.before is not None else {}
    for entry in change.images.entries:
        one = {name: value for name, value in entry.items() if name != "upload_id"}
        if "upload_id" in entry:
            if entry["upload_id"] not in known.uploads:
                raise NotFound(what="Upload", id=entry["upload_id"])
            url = known.uploads[entry["upload_id"]]
            if url is None:
                raise UploadNotReady(upload_id=entry["upload_id"])
            one["url"] = url
        elif "url" in entry:
            _ensure_shown(entry["url"], change.before, known)
        elif "id" not in entry:
            raise ImageUnnamed()
        if "url" in one and held.get(one.get("id", ""), one["url"]) != one["url"]:
            del one["id"]  # another picture is another image
        made.append(one)
    return replace(change.images, entries=_without_twins(made))


def _without_twins(images: Sequence[Json]) -> list[Json]:
    """One image of each address: the first that names it."""
    first: dict[str, Json] = {}
    return [one for one in images if "url" not in one or first.setdefault(one["url"], one) is one]


def _variants(change: Change, known: Known) -> Part | None:
    if change.variants is None:
        return None
    held = {variant.id: variant for variant in change.before.variants} if change.before is not None else {}
    made: list[Json] = []
    for entry in change.variants.entries:
        one = dict(entry)
        variant = held.get(one.get("id", ""))
        if one.get("thumbnail") and (variant is None or variant.thumbnail != one["thumbnail"]):
            _ensure_shown(one["thumbnail"], change.before, known)
        if "prices" in one:
            one["prices"] = [price_row(price, known) for price in one["prices"]]
        if "sku" in one:
            one["sku"] = (one["sku"] or "").strip() or None
        if one.get("origin_country"):
            one["origin_country"] = one["origin_country"].lower()
        made.append(one)
    return replace(change.variants, entries=made)


def region_of(entry: Entry) -> str | None:
    """A price's region, said plainly or as a rule."""
    found: str | None = entry.get("region_id") or (entry.get("rules") or {}).get("region_id")
    return found


def price_row(entry: Entry, known: Known) -> Json:
    """A price in minor units; refused where its currency, its region or its bounds cannot be."""
    code, region_id = entry["currency_code"].lower(), region_of(entry)
    if code not in known.currencies:
        raise CurrencyNotFound(currency_code=entry["currency_code"])
    if region_id is not None and region_id not in known.regions:
        raise NotFound(what="Region", id=region_id)
    if region_id is not None and known.regions[region_id] != code:
        raise PriceCurrencyMismatch(region_id=region_id, region_currency=known.regions[region_id], currency_code=code)
    least, most = (entry.get(name) for name in BOUNDS)
    ensure_quantities(least, most)
    row = {"currency_code": code, "amount": to_minor(entry["amount"], code), "region_id": region_id}
    row |= {"min_quantity": least, "max_quantity": most}
    return row | ({"id": entry["id"]} if "id" in entry else {})


def prices_on_wire(variant: Variant) -> list[Json]:
    """The variant's own prices as entries, to be changed one by one."""
    return [
        {
            "id": one.id,
            "currency_code": one.currency_code,
            "amount": to_major(one.amount, one.currency_code),
            "region_id": one.region_id,
            "min_quantity": one.min_quantity,
            "max_quantity": one.max_quantity,
        }
        for one in base_prices(variant.prices)
    ]
