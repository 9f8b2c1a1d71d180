"""The tables that a plug-in declares, held against those that its migrations make."""

from sqlalchemy import Connection, inspect

from pasar.plugin import Plugin
from pasar.testing.shop import Shop
from services.deps import Deps


def table_faults(shop: Shop, plugin: Plugin) -> list[str]:
    """Tables and columns that are declared and were not made, or the other way round."""

    async def look(deps: Deps) -> list[str]:
        async with deps.database.engine.connect() as connection:
            return await connection.run_sync(lambda sync: differences(sync, plugin))

    return shop.run(look)


def differences(connection: Connection, plugin: Plugin) -> list[str]:
    look = inspect(connection)
    found: list[str] = []
    for table in plugin.tables:
        if not look.has_table(table.name):
            found.append(f"the table {table.name} is not made by any migration")
            continue
        made = {column["name"]: column["nullable"] for column in look.get_columns(table.name)}
        declared = {column.name: bool(column.nullable) for column in table.columns}
        found += [
            f"{table.name}.{name} differs"
            for name in sorted({*made} | {*declared})
            if made.get(name) is not declared.get(name)
        ]
        rules = {
            str(rule["name"]) for rule in (*look.get_unique_constraints(table.name), *look.get_foreign_keys(table.name))
        }
        rules |= {str(index["name"]) for index in look.get_indexes(table.name)}
        named = {str(rule.name) for rule in table.foreign_key_constraints} | {
            str(index.name) for index in table.indexes
        }
        found += [f"{table.name}: {name} is not made by any migration" for name in sorted(named - rules)]
    return found
