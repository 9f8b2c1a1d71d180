"""Customers: an account's profile and its address book."""

from controllers.store import customer
from models.customer.customer import AddressBookFull, AddressNotFound, EmailTaken
from routes.schemas.shared import common as c
from routes.schemas.store import customer as schemas
from routes.table import CUSTOMER, REGISTRANT, delete, get, post
from services.customer.customer import AlreadyCustomer, ForeignEmail

REPLY = c.single("customer", schemas.CUSTOMER)
_about = {"tag": "Customers", "fields": schemas.FIELDS, "reply": REPLY}
_mine = {"who": CUSTOMER, **_about}

ROUTES = [
    post(
        "/store/customers",
        customer.create,
        who=REGISTRANT,
        **_about,
        summary="Make the account of a registration token",
        body=schemas.CREATE,
        errors=(EmailTaken, AlreadyCustomer, ForeignEmail),
    ),
    get("/store/customers/me", customer.retrieve, **_mine, summary="Read the customer who is logged in"),
    post("/store/customers/me", customer.update, **_mine, summary="Change one's profile", body=schemas.UPDATE),
    get(
        "/store/customers/me/addresses",
        customer.list_addresses,
        who=CUSTOMER,
        tag="Customers",
        summary="List one's addresses",
        query=schemas.LIST,
        fields=schemas.ADDRESS_FIELDS,
        reply=c.page("addresses", schemas.ADDRESS),
    ),
    post(
        "/store/customers/me/addresses",
        customer.create_address,
        **_mine,
        summary="Put an address into one's book",
        body=schemas.ADDRESS_IN,
        errors=(AddressBookFull,),
    ),
    get(
        "/store/customers/me/addresses/{address_id}",
        customer.retrieve_address,
        who=CUSTOMER,
        tag="Customers",
        summary="Read one of one's addresses",
        fields=schemas.ADDRESS_FIELDS,
        reply=c.single("address", schemas.ADDRESS),
        errors=(AddressNotFound,),
    ),
    post(
        "/store/customers/me/addresses/{address_id}",
        customer.update_address,
        **_mine,
        summary="Change one of one's addresses",
        body=schemas.ADDRESS_IN,
        errors=(AddressNotFound,),
    ),
    delete(
        "/store/customers/me/addresses/{address_id}",
        customer.delete_address,
        who=CUSTOMER,
        tag="Customers",
        summary="Remove one of one's addresses",
        fields=schemas.FIELDS,
        reply=c.deleted("address", schemas.CUSTOMER),
        errors=(AddressNotFound,),
    ),
]
