"""Whether regions of the file may have the currencies that it states."""

from models.seed.names import REGION_CURRENCIES
from services.infrastructure.database.database import UnitOfWork
from services.region.region import ensure_currency_free
from services.seed.survey import Entry, Survey, each
from utils.errors import AppError


async def check_currencies(work: UnitOfWork, survey: Survey, document: Entry) -> None:
    """A problem for each region that gets another currency although something was bought or priced in it."""
    stated = {entry["name"]: (path, entry["currency"]) for path, entry in each(document, "regions")}
    held = {row.name: row.currency_code for row in await work.execute(REGION_CURRENCIES)} if stated else {}
    for name, (path, currency) in stated.items():
        if held.get(name, currency) == currency:
            continue
        try:
            await ensure_currency_free(work, survey.names.id("regions", name))
        except AppError as error:
            hint = f"Leave it {held[name]}, and state a region of another name"
            survey.problem(f"{path}.currency", error.text.rstrip("."), hint)
