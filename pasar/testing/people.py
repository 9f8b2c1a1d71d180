"""People with logins, made without the detour over registration: customers, staff of sellers, administrators."""

from dataclasses import dataclass
from secrets import token_hex

from models.identity.account import EMAILPASS
from models.identity.session import Visitor
from models.schema.customer import customer
from models.schema.identity import admin_user, auth_identity, provider_identity
from models.schema.seller import member, seller_member
from models.seller.staff import STAFF
from models.shared.crud import insert_new, insert_rows
from services.deps import Deps
from services.identity import account, session
from services.infrastructure.database.database import UnitOfWork
from utils.ids import new_id

NOBODYS = Visitor("127.0.0.1", "tests")


@dataclass(frozen=True)
class Person:
    """Somebody who is logged in. `id` is that of the customer, member or administrator."""

    token: str
    id: str
    identity_id: str
    email: str
    seller_id: str = ""


async def token_of(deps: Deps, work: UnitOfWork, *, actor_type: str, actor_id: str, email: str = "") -> tuple[str, str]:
    """A new identity with this actor type, and the token of its login. Without an address it logs in with nothing."""
    identity_id = new_id("authid")
    await work.execute(insert_rows(auth_identity), {"id": identity_id})
    if email:
        entity = {"id": new_id("provid"), "auth_identity_id": identity_id, "provider": EMAILPASS}
        await work.execute(insert_rows(provider_identity), {**entity, "entity_id": email})
    await account.link_actor(work, identity_id=identity_id, actor_type=actor_type, actor_id=actor_id)
    login = await session.create(
        work,
        deps.settings,
        identity_id=identity_id,
        actor_type=actor_type,
        provider="emailpass",
        rotating=False,
        visitor=NOBODYS,
    )
    return identity_id, session.issue(deps.tokens, deps.settings, login).token


async def employ(work: UnitOfWork, seller_id: str, member_id: str, role: str, email: str = "") -> None:
    row = {"id": member_id, "email": email or f"{token_hex(6)}@example.com"}
    await work.execute(insert_new(member), row)
    await work.execute(insert_rows(seller_member), {"seller_id": seller_id, "member_id": member_id, "role": role})


async def make_customer(deps: Deps, email: str = "") -> Person:
    """A customer with an account."""
    customer_id, email = new_id("cus"), email or f"{token_hex(6)}@example.com"
    async with deps.database.unit_of_work() as work:
        await work.execute(insert_rows(customer), {"id": customer_id, "email": email, "has_account": True})
        identity_id, token = await token_of(deps, work, actor_type="customer", actor_id=customer_id, email=email)
    return Person(token, customer_id, identity_id, email)


async def make_staff(deps: Deps, *, seller_id: str, role: str = "owner", email: str = "") -> Person:
    """A member of the seller's staff. A seller without any gets an owner of its own first."""
    member_id, email = new_id("mem"), email or f"{token_hex(6)}@example.com"
    async with deps.database.unit_of_work() as work:
        if role != "owner" and (await work.execute(STAFF, {"own_seller": seller_id})).first() is None:
            await employ(work, seller_id, new_id("mem"), "owner", "")
        await employ(work, seller_id, member_id, role, email)
        identity_id, token = await token_of(deps, work, actor_type="seller", actor_id=member_id, email=email)
    return Person(token, member_id, identity_id, email, seller_id)


async def make_administrator(deps: Deps, *, role: str = "admin", email: str = "") -> Person:
    """An administrator of this role."""
    user_id, email = new_id("user"), email or f"{token_hex(6)}@example.com"
    async with deps.database.unit_of_work() as work:
        await work.execute(insert_rows(admin_user), {"id": user_id, "email": email, "role": role})
        identity_id, token = await token_of(deps, work, actor_type="user", actor_id=user_id)
    return Person(token, user_id, identity_id, email)
