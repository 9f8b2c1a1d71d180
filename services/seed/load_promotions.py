"""Load campaigns and promotions."""

from services.pricing import bulk
from services.seed.loading import Loading
from services.seed.promotion_entries import campaign_of, promotion_of


async def load_promotions(loading: Loading) -> None:
    campaigns = [campaign_of(entry) for entry in loading.entries("campaigns")]
    ids = await bulk.put_campaigns(loading.work, campaigns=campaigns, tally=loading.tally)
    loading.put_all("campaigns", ids)

    def find(kind: str, name: str) -> str:
        return loading.names.variant(name) if kind == "variants" else loading.names.id(kind, name)

    promotions = [promotion_of(entry, find) for entry in loading.entries("promotions")]
    of_codes = await bulk.put_promotions(loading.work, promotions=promotions, tally=loading.tally)
    for code, row_id in of_codes.items():
        loading.names.put("promotions", code, row_id)
    loading.progress(len(promotions))
