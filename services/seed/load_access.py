"""Load sales channels, publishable keys, customers and their groups."""

import secrets

from models.identity.api_key import TOKENS_OF_TITLES
from models.schema.customer import customer, customer_group, customer_group_customer
from models.schema.identity import api_key, api_key_sales_channel, sales_channel
from models.shared.kinds import Kind
from services.seed.loading import Loading, columns

CHANNEL = Kind(sales_channel, "name", ("name",), "sc")
KEY = Kind(api_key, "title", ("title",), "apk", only=api_key.c.type == "publishable")
KEY_CHANNEL = Kind(api_key_sales_channel, "api_key_id", ("api_key_id", "sales_channel_id"))
GROUP = Kind(customer_group, "name", ("name",), "cusgroup")
CUSTOMER = Kind(customer, "email", ("email", "has_account"), "cus", only=customer.c.deleted_at.is_(None))
MEMBERSHIP = Kind(customer_group_customer, "customer_id", ("customer_id", "group_id"))
TOKEN_BYTES = 32


async def load_access(loading: Loading) -> None:
    await load_channels(loading)
    await load_keys(loading)
    await load_customers(loading)


async def load_channels(loading: Loading) -> None:
    rows = [
        columns(entry, "name", "description", "is_disabled", "metadata") for entry in loading.entries("sales_channels")
    ]
    for (name,), identity in (await loading.rows(CHANNEL, rows)).ids.items():
        loading.names.put("sales_channels", name, identity)


async def load_keys(loading: Loading) -> None:
    entries = loading.entries("publishable_keys")
    found = await loading.rows(
        KEY,
        [columns(entry, "title", "token") for entry in entries],
        fresh=lambda _: {"token": f"pk_{secrets.token_hex(TOKEN_BYTES)}"},
    )
    for (title,), identity in found.ids.items():
        loading.names.put("publishable_keys", title, identity)
    links = [
        {"api_key_id": found.ids[(entry["title"],)], "sales_channel_id": loading.names.id("sales_channels", name)}
        for entry in entries
        for name in entry["sales_channels"]
    ]
    await loading.rows(KEY_CHANNEL, links, owners=found.ids.values(), whole=True)
    for row in (
        await loading.work.execute(TOKENS_OF_TITLES, {"titles": [entry["title"] for entry in entries]})
        if entries
        else ()
    ):
        loading.names.put("tokens", row.title, row.token)
        loading.names.state("tokens", row.title)


async def load_customers(loading: Loading) -> None:
    groups = await loading.rows(
        GROUP, [columns(entry, "name", "metadata") for entry in loading.entries("customer_groups")]
    )
    for (name,), identity in groups.ids.items():
        loading.names.put("customer_groups", name, identity)
    entries = {entry["email"].lower(): entry for entry in loading.entries("customers")}
    rows = [
        {"email": email, "has_account": False}
        | columns(entry, "first_name", "last_name", "company_name", "phone", "metadata")
        for email, entry in entries.items()
    ]
    found = await loading.rows(CUSTOMER, rows)
    members, owners = [], []
    for (email, _), identity in found.ids.items():
        loading.names.put("customers", email, identity)
        if "groups" in entries[email]:
            owners.append(identity)
            members += [
                {"customer_id": identity, "group_id": loading.names.id("customer_groups", name)}
                for name in entries[email]["groups"]
            ]
    await loading.rows(MEMBERSHIP, members, owners=owners, whole=True)
