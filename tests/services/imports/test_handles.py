"""Imports of products whose handles and option values are of any writing."""

from sqlalchemy import text as sql

from services.infrastructure.database.database import Database
from tests.services.imports.sheets import Import, item, one, sheet, variants_of

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


async def test_variants_keep_the_skus_that_were_made_for_them_before(database: Database, run: Import) -> None:
    values = {"Grøn": "BØTTE-GRN-1", "Żółty": "BOTTE-ZOTY-2", "S": "BOTTE-S"}
    text = sheet(*(item("bøtte-2", Option1_Name="Color", Option1_Value=value) for value in values))
    first, faults = await run(text)
    assert (first.created, faults) == (1, [])
    handle = (await one(database, "botte-2")).handle
    made = [variant.sku for variant in await variants_of(database, handle)]
    assert made[2] == "BOTTE-2-S"
    async with database.unit_of_work() as work:  # as another way of making them would have named them
        for now, before in zip(made, values.values(), strict=True):
            await work.execute(sql("UPDATE product_variant SET sku = :b WHERE sku = :n").bindparams(b=before, n=now))
    ids = [variant.id for variant in await variants_of(database, handle)]
    second, faults = await run(text)
    assert (second.unchanged, faults) == (1, [])
    assert [(v.id, v.sku) for v in await variants_of(database, handle)] == list(zip(ids, values.values(), strict=True))


async def test_a_kept_sku_makes_way_for_the_row_that_names_it(database: Database, run: Import) -> None:
    rows = [item("kande", Option1_Name="Color", Option1_Value=value) for value in ("Rød", "Blå")]
    await run(sheet(*rows))
    red, _ = [variant.sku for variant in await variants_of(database, "kande")]
    rows[1] |= {"Variant SKU": red}
    result, faults = await run(sheet(*rows))
    assert (result.failed, faults) == (0, [])
    skus = [variant.sku for variant in await variants_of(database, "kande")]
    assert len(set(skus)) == 2
    assert red in skus
    assert (await run(sheet(*rows)))[0].unchanged == 1
