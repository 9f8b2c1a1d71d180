"""Many rows in one statement: a JSON array, bound as `rows`, read as a table of some columns.

Statement triggers fire once for all of them, and the number of statements does not grow with the rows.
"""

from functools import cache
from typing import Any

from sqlalchemy import Delete, Insert, Table, Update, and_, bindparam, column, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.selectable import TableValuedAlias


@cache
def recordset(table: Table, names: tuple[str, ...]) -> TableValuedAlias:
    """The bound JSON array `rows` as a table with these columns."""
    columns = [column(name, table.c[name].type) for name in names]
    return (
        func.jsonb_to_recordset(bindparam("rows", type_=JSONB)).table_valued(*columns).render_derived(with_types=True)
    )


@cache
def insertion(table: Table, names: tuple[str, ...]) -> Insert:
    rows = recordset(table, names)
    return insert(table).from_select(list(names), select(*rows.c))


@cache
def change(table: Table, names: tuple[str, ...]) -> Update:
    identity = [c.name for c in table.primary_key.columns]
    rows = recordset(table, (*identity, *names))
    values: dict[str, Any] = {name: rows.c[name] for name in names}
    if "updated_at" in table.c:
        values["updated_at"] = func.now()
    return update(table).values(values).where(and_(*(table.c[name] == rows.c[name] for name in identity)))


@cache
def removal(table: Table) -> Delete:
    identity = tuple(c.name for c in table.primary_key.columns)
    rows = recordset(table, identity)
    return delete(table).where(and_(*(table.c[name] == rows.c[name] for name in identity)))
