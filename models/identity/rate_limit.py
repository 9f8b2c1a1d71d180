"""Rate limits on guessing: attempts counted in one row a limit."""

from sqlalchemy import Float, bindparam, case, cast, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from models.schema.identity import attempt_count
from utils.sql import Prepared

_OVER = attempt_count.c.ends_at <= func.now()

_new = insert(attempt_count).values(key=bindparam("key"), used=1, ends_at=bindparam("ends"))
COUNT = Prepared(
    _new.on_conflict_do_update(
        index_elements=[attempt_count.c.key],
        set_={
            "used": case((_OVER, 1), else_=attempt_count.c.used + 1),
            "ends_at": case((_OVER, _new.excluded.ends_at), else_=attempt_count.c.ends_at),
        },
        # A count that is full stays as it is: what is refused costs no write.
        where=_OVER | (attempt_count.c.used < bindparam("limit", type_=attempt_count.c.used.type)),
    ).returning(attempt_count.c.used)
)
GIVE_BACK = Prepared(
    update(attempt_count)
    .where(attempt_count.c.key == bindparam("which"), attempt_count.c.used > 0)
    .values(used=attempt_count.c.used - 1)
)
SECONDS_LEFT = Prepared(
    select(
        attempt_count.c.used,
        cast(func.extract("epoch", attempt_count.c.ends_at - func.now()), Float).label("left"),
    ).where(attempt_count.c.key == bindparam("which"))
)
DELETE = Prepared(delete(attempt_count).where(attempt_count.c.key == bindparam("which")))
