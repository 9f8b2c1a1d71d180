"""Rate limits on guessing: attempts counted in one row a limit."""

from sqlalchemy import Float, bindparam, case, cast, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from models.schema.identity import try_count
from utils.sql import Prepared

_OVER = try_count.c.ends_at <= func.now()

_new = insert(try_count).values(key=bindparam("key"), used=1, ends_at=bindparam("ends"))
COUNT = Prepared(
    _new.on_conflict_do_update(
        index_elements=[try_count.c.key],
        set_={
            "used": case((_OVER, 1), else_=try_count.c.used + 1),
            "ends_at": case((_OVER, _new.excluded.ends_at), else_=try_count.c.ends_at),
        },
        # A count that is full stays as it is: what is refused costs no write.
        where=_OVER | (try_count.c.used < bindparam("limit", type_=try_count.c.used.type)),
    ).returning(try_count.c.used)
)
GIVE_BACK = Prepared(
    update(try_count)
    .where(try_count.c.key == bindparam("which"), try_count.c.used > 0)
    .values(used=try_count.c.used - 1)
)
SECONDS_LEFT = Prepared(
    select(
        try_count.c.used,
        cast(func.extract("epoch", try_count.c.ends_at - func.now()), Float).label("left"),
    ).where(try_count.c.key == bindparam("which"))
)
DELETE = Prepared(delete(try_count).where(try_count.c.key == bindparam("which")))
