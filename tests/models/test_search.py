"""Text search: the database and the server agree on what separates words."""

from sqlalchemy import func, select

from models.product_query import SIGNS
from services.infra.database import Database


async def test_what_separates_words_in_a_query_separates_them_in_the_database(database: Database) -> None:
    async with database.reading() as work:
        plain = select(func.plain_words(SIGNS), func.plain_words("wool, naïve 本"))
        assert tuple((await work.execute(plain)).one()) == (" " * len(SIGNS), "wool  naïve 本")
