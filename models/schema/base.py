"""What every table shares: one metadata, named constraints, and the columns most rows have."""

from typing import Any

from sqlalchemy import BigInteger, Column, ColumnElement, DateTime, MetaData, Table, Text, func, literal_column, select
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def id_column() -> Column[str]:
    return Column("id", Text, primary_key=True)


def moment(name: str, *, nullable: bool = True) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


def minor(name: str, *, nullable: bool = False, server_default: str | None = None) -> Column[int]:
    """An amount of money in minor units of the row's currency."""
    return Column(name, BigInteger, nullable=nullable, server_default=server_default)


def metadata_column() -> Column[Any]:
    """Free data of the API's clients: an object or null."""
    return Column("metadata", JSONB)


def stamps() -> tuple[Column[Any], Column[Any]]:
    """When a row was made and last changed: by the clock in force, and by the database's for rows of SQL by hand."""
    return stamp("created_at"), stamp("updated_at")


def stamp(name: str) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=False, default=func.now(), server_default=func.now())


def json_of(table: Table | None = None, **parts: ColumnElement[Any]) -> ColumnElement[Any]:
    """A row's columns, and parts beside them, as one JSON object."""
    values = {column.name: column for column in table.c} if table is not None else {}
    named = [part for name, value in (values | parts).items() for part in (literal_column(f"'{name}'"), value)]
    return func.json_build_object(*named)


def json_list(rows: ColumnElement[Any]) -> ColumnElement[Any]:
    """An aggregate that gives an empty JSON array where it has no rows."""
    return func.coalesce(rows, literal_column("'[]'::json"))


def json_rows(
    row: Table | ColumnElement[Any], condition: ColumnElement[bool], by: ColumnElement[Any]
) -> ColumnElement[Any]:
    """The table's rows (or what is made of each) under the condition as one JSON array in the given order."""
    made = json_of(row) if isinstance(row, Table) else row
    return json_list(select(func.json_agg(aggregate_order_by(made, by))).where(condition).scalar_subquery())
