"""Guests: customers without an account, one row an e-mail address."""

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert as upsert

from models.schema.customer import customer
from utils.sql import Prepared

# The guest of this address: a new row, or the one that is there.
UPSERT_GUEST = Prepared(
    upsert(customer)
    .on_conflict_do_update(
        index_elements=["email", "has_account"],
        index_where=customer.c.deleted_at.is_(None),
        set_={"updated_at": func.now()},
    )
    .returning(customer.c.id),
    *("id", "email", "has_account"),
)
