"""Load sales channels, publishable keys, customers and their groups."""

from models.customer.commands import CreateGroup, PutCustomer
from models.identity.account import address_of
from models.identity.api_key import TOKENS_OF_TITLES
from models.identity.commands import PutKey
from models.product.sales_channel import CreateChannel
from services.customer import bulk as customer_bulk
from services.identity import bulk as identity_bulk
from services.product import bulk_taxonomy
from services.seed.loading import Loading, columns

PERSON = ("first_name", "last_name", "company_name", "phone", "metadata")


async def load_access(loading: Loading) -> None:
    await load_channels(loading)
    await load_keys(loading)
    await load_customers(loading)


async def load_channels(loading: Loading) -> None:
    names = ("name", "description", "is_disabled", "metadata")
    channels = [CreateChannel(**columns(entry, *names)) for entry in loading.entries("sales_channels")]
    ids = await bulk_taxonomy.put_channels(loading.work, channels=channels, tally=loading.tally)
    loading.put_all("sales_channels", ids)


async def load_keys(loading: Loading) -> None:
    keys = [
        PutKey(
            sales_channel_ids=tuple(loading.names.id("sales_channels", name) for name in entry["sales_channels"]),
            **columns(entry, "title", "token"),
        )
        for entry in loading.entries("publishable_keys")
    ]
    ids = await identity_bulk.put_keys(loading.work, keys=keys, tally=loading.tally)
    loading.put_all("publishable_keys", ids)
    titles = {"titles": [key.title for key in keys]}
    for row in await loading.work.execute(TOKENS_OF_TITLES, titles) if keys else ():
        loading.names.put("tokens", row.title, row.token)
        loading.names.state("tokens", row.title)


async def load_customers(loading: Loading) -> None:
    groups = [CreateGroup(**columns(entry, "name", "metadata")) for entry in loading.entries("customer_groups")]
    ids = await customer_bulk.put_groups(loading.work, groups=groups, tally=loading.tally)
    loading.put_all("customer_groups", ids)
    customers = []
    for entry in loading.entries("customers"):
        named = columns(entry, "email", *PERSON)
        if "groups" in entry:
            named["group_ids"] = tuple(loading.names.id("customer_groups", name) for name in entry["groups"])
        customers.append(PutCustomer(**named))
    of_emails = await customer_bulk.put_customers(loading.work, customers=customers, tally=loading.tally)
    for customer in customers:
        email = address_of(customer.email)
        loading.names.put("customers", email, of_emails[email])
