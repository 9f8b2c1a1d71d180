"""What customers do with their lists; every call joins the transaction of its caller."""

from sqlalchemy import ColumnElement, delete, func, insert, select, true, update

from pasar.data import (
    Principal,
    UnitOfWork,
    channels_of,
    ensure_owned,
    get_visible_product,
    lock_owned,
    new_id,
)
from pasar.web import NotFound
from pasar_wishlist.config import WishlistSettings
from pasar_wishlist.models.wishlist import (
    WHOLE,
    ItemAdded,
    NameTaken,
    TooManyWishlists,
    Wishlist,
    WishlistFull,
    read,
    wishlist,
    wishlist_item,
)


async def page(
    work: UnitOfWork, *, limit: int, offset: int, customer_id: str | None = None
) -> tuple[list[Wishlist], int]:
    """A page of a customer's lists, or of all, the oldest first; and how many there are."""
    fits: ColumnElement[bool] = wishlist.c.customer_id == customer_id if customer_id is not None else true()
    rows = await work.execute(
        WHOLE.where(fits).order_by(wishlist.c.created_at, wishlist.c.id).limit(limit).offset(offset)
    )
    count = (await work.execute(select(func.count()).select_from(wishlist).where(fits))).scalar_one()
    return [read(row) for row in rows], count


async def get_owned(work: UnitOfWork, *, who: Principal, wishlist_id: str) -> Wishlist:
    """One of the customer's own lists; NotFound for any other."""
    await ensure_owned(work, who=who, kind="wishlist", ids=[wishlist_id])
    row = (await work.execute(WHOLE.where(wishlist.c.id == wishlist_id))).one_or_none()
    if row is None:
        raise NotFound(what="Wishlist", id=wishlist_id)
    return read(row)


async def create(work: UnitOfWork, *, who: Principal, name: str, settings: WishlistSettings) -> str:
    """A new list; its id. NameTaken, TooManyWishlists."""
    held = await work.execute(select(wishlist.c.name).where(wishlist.c.customer_id == who.customer_id))
    names = set(held.scalars())
    if name in names:
        raise NameTaken(name=name)
    if len(names) >= settings.lists:
        raise TooManyWishlists(limit=settings.lists)
    wishlist_id = new_id("wish")
    await work.execute(insert(wishlist), {"id": wishlist_id, "customer_id": who.customer_id, "name": name})
    return wishlist_id


async def rename(work: UnitOfWork, *, who: Principal, wishlist_id: str, name: str) -> None:
    """Give one of the customer's own lists another name; NameTaken."""
    await lock_owned(work, who=who, kind="wishlist", row_id=wishlist_id)
    same = select(wishlist.c.id).where(
        wishlist.c.customer_id == who.customer_id, wishlist.c.name == name, wishlist.c.id != wishlist_id
    )
    if (await work.execute(same)).first() is not None:
        raise NameTaken(name=name)
    values = {"name": name, "updated_at": func.now()}
    await work.execute(update(wishlist).where(wishlist.c.id == wishlist_id).values(values))


async def remove(work: UnitOfWork, *, who: Principal, wishlist_id: str) -> None:
    """Remove one of the customer's own lists with all that is on it."""
    await lock_owned(work, who=who, kind="wishlist", row_id=wishlist_id, wholly=True)
    await work.execute(delete(wishlist).where(wishlist.c.id == wishlist_id))


async def add_item(
    work: UnitOfWork, *, who: Principal, wishlist_id: str, product_id: str, settings: WishlistSettings
) -> None:
    """Put a product that the customer may see on the list; one that is there stays there once. WishlistFull."""
    await lock_owned(work, who=who, kind="wishlist", row_id=wishlist_id)
    await get_visible_product(work, product_id=product_id, channels=channels_of(who))
    held = select(wishlist_item.c.product_id).where(wishlist_item.c.wishlist_id == wishlist_id)
    products = set((await work.execute(held)).scalars())
    if product_id in products:
        return
    if len(products) >= settings.items:
        raise WishlistFull(limit=settings.items)
    await work.execute(
        insert(wishlist_item), {"id": new_id("witem"), "wishlist_id": wishlist_id, "product_id": product_id}
    )
    work.emit(ItemAdded(wishlist_id=wishlist_id, product_id=product_id, customer_id=str(who.customer_id)))


async def remove_item(work: UnitOfWork, *, who: Principal, wishlist_id: str, item_id: str) -> None:
    """Take a product off the list; NotFound when it is not on this one."""
    await lock_owned(work, who=who, kind="wishlist", row_id=wishlist_id)
    mine = (wishlist_item.c.id == item_id) & (wishlist_item.c.wishlist_id == wishlist_id)
    if (await work.execute(delete(wishlist_item).where(mine))).rowcount == 0:
        raise NotFound(what="Wishlist item", id=item_id)


async def most_wanted(work: UnitOfWork, *, limit: int) -> list[tuple[str, int]]:
    """Products by the number of lists they stand on, the most wanted first."""
    count = func.count().label("lists")
    rows = await work.execute(
        select(wishlist_item.c.product_id, count)
        .group_by(wishlist_item.c.product_id)
        .order_by(count.desc(), wishlist_item.c.product_id)
        .limit(limit)
    )
    return [(row.product_id, row.lists) for row in rows]
