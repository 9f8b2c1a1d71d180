"""What belongs to the marketplace, for the matrix: made and changed as an administrator does."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from secrets import token_hex
from typing import Any

from sqlalchemy import insert

from models.schema.identity import factor_removal
from services.deps import Deps
from tests.conftest import Client
from tests.matrix.samples import Samples
from tests.staff import Worker, administrator
from tests.verifying import applicant, submit_all, verify_all
from utils.clock import now
from utils.ids import new_id

Json = dict[str, Any]


def fresh() -> str:
    return token_hex(5)


# Kind, collection, name of one in a reply, and what it is made of.
NOUNS: tuple[tuple[str, str, str, Callable[[], Json]], ...] = (
    ("admin_region", "regions", "region", lambda: {"name": fresh(), "currency_code": "gbp"}),
    ("admin_channel", "sales-channels", "sales_channel", lambda: {"name": fresh()}),
    ("admin_category", "product-categories", "product_category", lambda: {"name": fresh()}),
    ("admin_collection", "collections", "collection", lambda: {"title": fresh()}),
    ("admin_tag", "product-tags", "product_tag", lambda: {"value": fresh()}),
    ("admin_type", "product-types", "product_type", lambda: {"value": fresh()}),
    ("admin_reason", "return-reasons", "return_reason", lambda: {"value": fresh(), "label": "Too loud"}),
    ("admin_profile", "shipping-profiles", "shipping_profile", lambda: {"name": fresh(), "type": "default"}),
    ("admin_customer", "customers", "customer", lambda: {"email": f"{fresh()}@example.com"}),
    ("admin_group", "customer-groups", "customer_group", lambda: {"name": fresh()}),
    ("tax_region", "tax-regions", "tax_region", lambda: {"country_code": "se"}),
)
Write = Callable[[Callable[[str], str]], Json]


def made_of(body: Callable[[], Json]) -> Write:
    return lambda _: body()


def joining(kind: str) -> Write:
    return lambda s: {"add": [s(kind)], "remove": []}


def rate(s: Callable[[str], str]) -> Json:
    rules = [{"reference": "product", "reference_id": s("listed_product")}]
    return {"tax_region_id": s("tax_region"), "name": fresh(), "rate": 7, "rules": rules}


BODIES: Mapping[str, Write] = {
    **{f"POST /admin/{plural}{end}": made_of(body) for _, plural, _, body in NOUNS for end in ("", "/{id}")},
    "POST /admin/regions": lambda s: {"name": fresh(), "currency_code": "gbp", "countries": ["gb"]},
    "POST /admin/product-categories": lambda s: {"name": fresh(), "parent_category_id": s("category")},
    "POST /admin/product-categories/{id}": lambda s: {"name": fresh(), "parent_category_id": s("category")},
    "POST /admin/return-reasons": lambda s: {
        "value": fresh(),
        "label": "Too loud",
        "parent_return_reason_id": s("return_reason"),
    },
    "POST /admin/return-reasons/{id}": lambda s: {"label": "Loud", "parent_return_reason_id": s("return_reason")},
    "POST /admin/customers/{id}": lambda s: {"first_name": "Ada"},
    "POST /admin/tax-regions": lambda s: {
        "country_code": "se",
        "province_code": "se-o",
        "parent_id": s("tax_region"),
    },
    "POST /admin/tax-regions/{id}": lambda s: {"metadata": {"note": "x"}},
    "POST /admin/tax-rates": rate,
    "POST /admin/tax-rates/{id}": lambda s: {name: value for name, value in rate(s).items() if name != "tax_region_id"},
    "POST /admin/tax-rates/{id}/rules": lambda s: {"reference": "product", "reference_id": s("listed_product")},
    "POST /admin/sales-channels/{id}/products": joining("listed_product"),
    "POST /admin/product-categories/{id}/products": joining("listed_product"),
    "POST /admin/collections/{id}/products": joining("listed_product"),
    "POST /admin/customers/{id}/customer-groups": joining("admin_group"),
    "POST /admin/customer-groups/{id}/customers": joining("admin_customer"),
    "POST /admin/sellers/{id}/invites": lambda s: {"email": f"{fresh()}@example.com", "role": "owner"},
    "POST /admin/invites": lambda s: {"email": f"{fresh()}@example.com"},
    "POST /admin/api-keys/{id}/sales-channels": joining("sales_channel"),
    "POST /admin/sellers/{id}": lambda s: {"name": "Renamed", "commission_rate": 12},
}


async def furnish(client: Client, deps: Deps, admin: Worker, made: Samples) -> None:
    """Something of every kind, and sellers in the states that administrators decide about."""
    for kind, plural, singular, body in NOUNS:
        made.add(kind, "*", (await admin.post(f"/admin/{plural}", body()))[singular]["id"])
    path, said = "/admin/tax-rates", {"tax_region_id": made.ids["tax_region"]["*"], "name": "Reduced", "rate": 6}
    made.add("tax_rate", "*", (await admin.post(path, said))["tax_rate"]["id"])
    rule = {"reference": "product_type", "reference_id": made.ids["type"]["*"]}
    answer = await admin.post(f"{path}/{made.ids['tax_rate']['*']}/rules", rule)
    made.add("tax_rule", "*", answer["tax_rate"]["rules"][0]["id"])
    made.add("user", "*", (await administrator(client, deps, role="support")).actor_id)
    invite = await admin.post("/admin/invites", {"email": "new@example.com"})
    made.add("user_invite", "*", invite["invite"]["id"])
    for kind, word in (("api_key", "secret"), ("publishable_key", "publishable")):
        key = await admin.post("/admin/api-keys", {"title": kind, "type": word})
        made.add(kind, "*", key["api_key"]["id"])
    made.add("factor_removal", "*", await removal(client, deps))
    await applications(client, deps, admin, made)


async def removal(client: Client, deps: Deps) -> str:
    """Somebody's second factor that an administrator asks to remove."""
    person, asking = await administrator(client, deps), await administrator(client, deps)
    row = {"id": new_id("frem"), "auth_identity_id": person.identity_id, "reason": "lost"}
    async with deps.database.unit_of_work() as work:
        ends = now() + timedelta(days=1)
        await work.execute(insert(factor_removal), {**row, "requested_by": asking.actor_id, "expires_at": ends})
    return row["id"]


async def applications(client: Client, deps: Deps, admin: Worker, made: Samples) -> None:
    for kind in ("submitted_seller", "waiting_seller", "suspended_seller"):
        owner, seller_id = await applicant(client)
        made.add(kind, "*", seller_id)
        await submit_all(deps, owner)
        if kind == "submitted_seller":
            invite = await admin.post(
                f"/admin/sellers/{seller_id}/invites", {"email": "co@example.com", "role": "owner"}
            )
            made.add("seller_invite", "*", invite["invite"]["id"])
            items = (await owner.get("/vendor/kyc"))["kyc"]
            made.add("shown_document", "*", next(item["document_ids"][0] for item in items if item["document_ids"]))
            continue
        await verify_all(admin, seller_id)
        if kind == "suspended_seller":
            await admin.post(f"/admin/sellers/{seller_id}/approve")
            await admin.post(f"/admin/sellers/{seller_id}/suspend", {"reason": "We want to look at it."})
