"""What an operator reads when the server starts: what fills each slot, and that it answered."""

from services import health, slots
from services.deps import Deps


async def test_the_start_names_what_fills_each_slot(deps: Deps) -> None:
    told: list[str] = []
    await slots.require(deps, told.append)
    by_slot = dict(line.split(": ", 1) for line in told)
    assert sorted(by_slot) == ["chat", "database", "files", "mail", "sessions"]
    assert by_slot["database"].startswith("PostgreSQL ")
    assert by_slot["database"].endswith(" answers")
    assert by_slot["mail"] == f"the folder {deps.settings.data_dir / 'outbox'}"
    for slot, url in (("sessions", deps.settings.redis_url), ("chat", deps.settings.mongo_url)):
        assert by_slot[slot].endswith(" answers") is bool(url)


async def test_a_password_of_the_database_is_not_told(deps: Deps) -> None:
    async with deps.database.reading() as work:
        told = await health.database_in_words(work, "postgresql+asyncpg://shop:hush@db.example:5432/shop")
    assert told.endswith(" at postgresql://shop:***@db.example:5432/shop")
