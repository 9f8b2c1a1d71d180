"""Customers as files state them: what their rows are found by."""

from models.schema.customer import customer, customer_group, customer_group_customer
from models.shared.kinds import Kind

GROUP = Kind(customer_group, "name", ("name",), "cusgroup")
CUSTOMER = Kind(customer, "email", ("email", "has_account"), "cus", only=customer.c.deleted_at.is_(None))
MEMBERSHIP = Kind(customer_group_customer, "customer_id", ("customer_id", "group_id"))
