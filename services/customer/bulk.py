"""Many customers and groups at once, as files state them: found by addresses and names.

They are brought to what is said of them; what is not said stays. Nothing is noted in the audit log.
"""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from msgspec import UNSET

from models.customer import bulk as kinds
from models.customer.commands import CreateGroup, PutCustomer
from models.customer.management import GROUPS
from models.identity.account import address_of
from models.shared.commands import given
from services.infrastructure.database.database import UnitOfWork
from services.shared import crud
from services.shared.sync import Tally, sync

# Ids by (name,), or by address.
Ids = Mapping[tuple[Any, ...], str]


async def put_groups(work: UnitOfWork, *, groups: Sequence[CreateGroup], tally: Tally) -> Ids:
    """Make or change customer groups."""
    return (await sync(work, kinds.GROUP, [group.changes() for group in groups], tally=tally)).ids


async def put_customers(work: UnitOfWork, *, customers: Sequence[PutCustomer], tally: Tally) -> Mapping[str, str]:
    """Make or change customers without an account; ids by address. NotFound for groups that are not there."""
    named = chain.from_iterable(given(one.group_ids, ()) for one in customers)
    await crud.ensure(work, GROUPS.target, GROUPS.what, named)
    stated = [
        {n: v for n, v in one.changes().items() if n != "group_ids"}
        | {"email": address_of(one.email), "has_account": False}
        for one in customers
    ]
    found = await sync(work, kinds.CUSTOMER, stated, tally=tally)
    ids = {email: row_id for (email, _), row_id in found.ids.items()}
    groups = {ids[address_of(one.email)]: one.group_ids for one in customers if one.group_ids is not UNSET}
    links = [{"customer_id": row_id, "group_id": group_id} for row_id, some in groups.items() for group_id in some]
    await sync(work, kinds.MEMBERSHIP, links, tally=tally, owners=groups, whole=True)
    return ids
