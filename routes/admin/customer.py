"""Customers and their groups, as administrators keep them."""

from controllers.admin import customer
from routes.schemas.admin import customer as s
from routes.schemas.admin import forms
from routes.schemas.fields import admin as f
from routes.schemas.shared import common as c
from routes.schemas.store.customer import ADDRESS
from routes.table import USER, crud_routes, get, post

_writes = {"who": USER, "grant": "customers:write", "tag": "Admin customers", "body": forms.JOIN}

ROUTES = [
    *crud_routes(
        "/admin/customers",
        customer.CUSTOMERS,
        area="customers",
        tag="Admin customers",
        a="a customer",
        entity=s.CUSTOMER,
        forms=s.CUSTOMERS,
        fields=f.CUSTOMER,
    ),
    get(
        "/admin/customers/{id}/addresses",
        customer.list_addresses,
        who=USER,
        grant="customers:read",
        tag="Admin customers",
        summary="List a customer's addresses",
        query=s.ADDRESSES,
        reply=c.page("addresses", ADDRESS),
    ),
    post(
        "/admin/customers/{id}/customer-groups",
        customer.set_groups,
        **_writes,
        summary="Put a customer into groups, or take them out",
        fields=f.CUSTOMER,
        reply=c.single("customer", s.CUSTOMER),
    ),
    *crud_routes(
        "/admin/customer-groups",
        customer.GROUPS,
        area="customers",
        tag="Admin customers",
        a="a customer group",
        entity=s.GROUP,
        forms=s.GROUPS,
        fields=f.GROUP,
    ),
    post(
        "/admin/customer-groups/{id}/customers",
        customer.GROUPS.join,
        **_writes,
        summary="Put customers into a group, or take them out",
        fields=f.GROUP,
        reply=c.single("customer_group", s.GROUP),
    ),
]
