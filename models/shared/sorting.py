"""The order of lists, the same in every database: text by its letters first, then as it is written."""

from typing import Any

from sqlalchemy import ColumnElement, Text, bindparam, collate, func

from utils.folding import fold

# Columns that have what they are sorted by in a column of its own, with an index.
KEPT = {("product", "title"): "title_key"}


def sort_keys(column: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    """What stands for the column in ORDER BY. Ids are not read by people and sort as they are."""
    name = getattr(column, "name", "")
    if not isinstance(column.type, Text) or name == "id":
        return [column]
    table = getattr(column, "table", None)
    kept = KEPT.get((getattr(table, "name", ""), name))
    folded = table.c[kept] if kept is not None and table is not None else collate(func.fold(column), "C")
    return [folded, collate(column, "C")]


def sorted_by(column: ColumnElement[Any], key: ColumnElement[Any], descending: bool) -> list[ColumnElement[Any]]:
    """The whole ORDER BY: rows of equal text stand in the order of their ids, so that pages never overlap."""
    keys = [*sort_keys(column), *(() if column is key else (key,))]
    return [one.desc() if descending else one for one in keys]


def mentions(content: ColumnElement[Any], text: str) -> list[ColumnElement[bool]]:
    """Every word of the text stands somewhere in the content, however it is accented, composed or cased."""
    return [func.fold(content).contains(word, autoescape=True) for word in fold(text).split()]


def asked_for(content: ColumnElement[Any]) -> ColumnElement[bool]:
    """The text of the parameter `q` stands in the content; NULL asks for nothing."""
    q = bindparam("q", type_=Text)
    return q.is_(None) | (func.strpos(func.fold(content), func.fold(q)) > 0)
