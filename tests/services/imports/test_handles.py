"""Imports of products whose handles are of any writing."""

from services.infra.database import Database
from tests.services.imports.sheets import Import, item, one, sheet

HANDLES = {
    "陶器の湯呑み": "taoqinotangtunmi",
    "кружка-синяя": "kruzhka-sinyaya",
    "حقيبة-جلدية": "hqybh-jldyh",
    "łódź-kubek": "lodz-kubek",
    "bøtte": "botte",
}


async def test_handles_of_any_writing_are_written_in_ascii_and_found_again(database: Database, run: Import) -> None:
    text = sheet(*(item(handle, sku=f"I-{place}") for place, handle in enumerate(HANDLES)))
    first, faults = await run(text)
    assert (first.created, faults) == (5, [])
    for handle, made in HANDLES.items():
        assert (await one(database, made)).external_id == handle
    second, _ = await run(text)
    assert (second.unchanged, second.created, second.updated) == (5, 0, 0)
