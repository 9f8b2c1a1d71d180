"""Payment collections and sessions of carts. A session freezes the total it was opened for."""

from sqlalchemy import Text, bindparam, func, insert, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert

from models.cart import Cart, CartCompleted, Collection, Session
from models.order import Payment
from models.payment import payment, payment_collection, payment_session
from services import inventory
from services.gateways.ports import Snapshot
from services.infra.database import Conflicted, UnitOfWork
from services.region import REGIONS
from utils.clock import now
from utils.errors import AppError
from utils.ids import new_id
from utils.sql import Prepared


class CollectionNotFound(AppError):
    code, kind = "payment_collection_not_found", "missing"
    message = "Payment collection with id: {id} was not found"


class ProviderNotEnabled(AppError):
    code, kind = "payment_provider_not_enabled", "invalid"
    message = "Payment provider {provider_id} is not enabled in the cart's region {region_id}."


_live = payment_session.c.voided_at.is_(None)
INSERT_COLLECTION = Prepared(
    upsert(payment_collection).on_conflict_do_nothing(index_elements=["cart_id"]),
    *("id", "cart_id", "currency_code", "amount", "created_at", "updated_at"),
)
CART_OF_COLLECTION = Prepared(select(payment_collection.c.cart_id).where(payment_collection.c.id == bindparam("id")))
SET_AMOUNT = Prepared(
    update(payment_collection)
    .where(payment_collection.c.id == bindparam("collection_id"))
    .values(updated_at=func.now()),
    *(
        "amount",
        "currency_code",
        "status",
    ),
)
VOID_SESSIONS = Prepared(
    update(payment_session)
    .where(payment_session.c.payment_collection_id == bindparam("collection_id"), _live)
    .values(voided_at=func.now(), updated_at=func.now()),
)
SESSION_COLUMNS = (
    "id provider_id currency_code amount status data context payment_collection_id metadata created_at updated_at"
).split()
INSERT_SESSION = Prepared(insert(payment_session), *SESSION_COLUMNS)
SET_SESSION = Prepared(
    update(payment_session).where(payment_session.c.id == bindparam("session_id")).values(updated_at=func.now()),
    *(
        "status",
        "data",
    ),
)


def _authorize() -> Prepared:
    """The live session becomes authorized, so does its collection, and a payment says so; no row if it is not live."""
    moment = bindparam("moment", type_=payment.c.created_at.type)
    session = (
        update(payment_session)
        .where(payment_session.c.id == bindparam("session_id"), _live)
        .values(status=bindparam("state", type_=Text), authorized_at=moment, updated_at=moment)
        .returning(*(payment_session.c[name] for name in COPIED), payment_session.c.id)
        .cte("session")
    )
    collection = (
        update(payment_collection)
        .where(payment_collection.c.id == session.c.payment_collection_id)
        .values(
            status="authorized",
            authorized_amount=session.c.amount,
            captured_amount=0,
            refunded_amount=0,
            updated_at=moment,
        )
        .returning(payment_collection.c.id)
        .cte("collection")
    )
    copied = [session.c[name] for name in COPIED]
    row = [bindparam("payment_id", type_=Text), session.c.id, *copied, bindparam("data", type_=JSONB), moment, moment]
    names = ["id", "payment_session_id", *COPIED, "data", "created_at", "updated_at"]
    return Prepared(insert(payment).from_select(names, select(*row)).add_cte(collection).returning(payment.c.id))


COPIED = ("payment_collection_id", "provider_id", "currency_code", "amount")
AUTHORIZE = _authorize()


async def follow_cart(work: UnitOfWork, cart: Cart) -> None:
    """The cart changed: the collection takes its total over, and the session for the old one ends with its holds."""
    collection = cart.payment
    assert collection is not None
    if collection.payment_sessions:
        await _end_session(work, cart, collection)
    collection.amount, collection.currency_code, collection.status = cart.total, cart.currency_code, "not_paid"
    await work.execute(
        SET_AMOUNT,
        {
            "collection_id": collection.id,
            "amount": collection.amount,
            "currency_code": collection.currency_code,
            "status": collection.status,
        },
    )


async def _end_session(work: UnitOfWork, cart: Cart, collection: Collection) -> None:
    """No payment comes of the live session any more, and what was held for it is free."""
    await work.execute(VOID_SESSIONS, {"collection_id": collection.id})
    await inventory.release(work, cart_id=cart.id)
    collection.payment_sessions = []


async def collection_for(work: UnitOfWork, cart: Cart) -> Collection:
    """The cart's payment collection, made when there is none."""
    if cart.payment is None:
        moment = now()
        cart.payment = Collection(
            id=new_id("pay_col"),
            currency_code=cart.currency_code,
            amount=cart.total,
            status="not_paid",
            created_at=moment,
            updated_at=moment,
        )
        await work.execute(
            INSERT_COLLECTION,
            {
                "id": cart.payment.id,
                "cart_id": cart.id,
                "currency_code": cart.currency_code,
                "amount": cart.total,
                "created_at": moment,
                "updated_at": moment,
            },
        )
    return cart.payment


async def cart_of(work: UnitOfWork, *, collection_id: str) -> str:
    """The id of the collection's cart; CollectionNotFound."""
    cart_id = (await work.execute(CART_OF_COLLECTION, {"id": collection_id})).scalar_one_or_none()
    if cart_id is None:
        raise CollectionNotFound(id=collection_id)
    return str(cart_id)


async def ensure_enabled(work: UnitOfWork, cart: Cart, provider_id: str) -> None:
    region = (await work.snapshot(REGIONS)).by_id[cart.region_id]
    if provider_id not in region.provider_ids:
        raise ProviderNotEnabled(provider_id=provider_id, region_id=cart.region_id)


async def start_session(work: UnitOfWork, cart: Cart, *, provider_id: str) -> Session:
    """A fresh session over the cart's total in place of any earlier one; the provider is told afterwards."""
    collection = cart.payment
    if collection is None or cart.completed_at is not None:
        raise CartCompleted(id=cart.id)
    if collection.payment_sessions:
        await _end_session(work, cart, collection)
    moment = now()
    session = Session(
        id=new_id("payses"),
        provider_id=provider_id,
        currency_code=cart.currency_code,
        amount=cart.total,
        status="pending",
        data={},
        context={},
        payment_collection_id=collection.id,
        created_at=moment,
        updated_at=moment,
        metadata={},
    )
    await work.execute(INSERT_SESSION, {name: getattr(session, name) for name in SESSION_COLUMNS})
    collection.payment_sessions = [session]
    return session


async def note_opened(work: UnitOfWork, session: Session, opened: Snapshot) -> None:
    """Keep what the provider said of a session that it opened."""
    session.status, session.data = opened.state, dict(opened.data)
    await work.execute(SET_SESSION, {"session_id": session.id, "status": session.status, "data": session.data})


async def record_authorization(work: UnitOfWork, session: Session, paid: Snapshot) -> Payment:
    """The session paid for the cart: its payment, and the collection's new state; Conflicted when it has ended."""
    made = Payment(
        id=new_id("pay"),
        payment_session_id=session.id,
        provider_id=session.provider_id,
        currency_code=session.currency_code,
        amount=session.amount,
        data=dict(paid.data),
        created_at=(moment := now()),
        updated_at=moment,
    )
    terms = {"session_id": session.id, "state": paid.state, "payment_id": made.id, "data": made.data, "moment": moment}
    if (await work.execute(AUTHORIZE, terms)).first() is None:
        raise Conflicted()
    return made
