"""What can go wrong between us and PostgreSQL, and which of it is another request that was faster."""

import asyncpg

from utils.errors import AppError
from utils.sql import driver_error, sqlstate

# Serialization failure, deadlock, lock timeout: the same request may well succeed in a moment.
RETRY = frozenset({"40001", "40P01", "55P03"})
# Constraints that decide between two requests for one thing: whoever meets one came second, and may look again. What
# a row refers to may have been removed since it was looked up. A violation of any other is a mistake of ours and stays
# an error.
RACES = frozenset(
    {
        "fk_cart_region_id",
        "fk_cart_sales_channel_id",
        "fk_chat_conversation_customer_id",
        "fk_chat_conversation_seller_id",
        "fk_inventory_level_item_id",
        "fk_inventory_level_location_id",
        "fk_orders_region_id",
        "fk_orders_sales_channel_id",
        "fk_product_category_product_category_id",
        "fk_product_collection_id",
        "fk_product_sales_channel_sales_channel_id",
        "fk_product_shipping_profile_id",
        "fk_product_tag_product_tag_id",
        "fk_product_type_id",
        "fk_return_item_reason_id",
        "fk_shipping_option_shipping_profile_id",
        "fk_variant_inventory_item_item_id",
        "uq_customer_email_account",  # one account per address
        "uq_fulfillment_set_location_id_name",  # two of one name in one place
        "uq_inventory_item_seller_id_sku",
        "uq_customer_group_name",
        "uq_ledger_posting_kind_reference",  # a fact is posted once
        "uq_orders_cart_id",  # a cart is ordered once
        "uq_orders_payment_collection_id",
        "uq_payment_collection_cart_id",  # a cart is paid in one place
        "uq_payment_payment_session_id",  # a session is authorized once
        "uq_payment_session_live",  # one open session per collection
        "uq_product_category_handle",
        "uq_product_collection_handle",
        "uq_product_tag_value",
        "uq_product_type_value",
        "uq_promotion_redemption_promotion_id_order_id",  # an order uses a promotion once
        "uq_service_zone_set_name",
        "uq_shipping_option_seller_name_zone",
        "uq_stock_location_seller_id_name",
        "uq_seller_handle",  # two stores want one handle
        "uq_region_name",
        "uq_return_reason_value",
        "uq_sales_channel_name",
        "uq_shipping_profile_name",
        "uq_tax_rate_default",
        "uq_tax_rate_tax_region_id_name",
        "uq_tax_region_place",
    }
)


class ConcurrencyConflict(AppError):
    code, kind = "invalid_state_error", "conflict"
    message = (
        "The request conflicted with another request. You may retry the request with the provided Idempotency-Key."
    )


class IdempotencyKeyInUse(AppError):
    """Another request with the same Idempotency-Key committed first; the middleware replays its reply."""

    code, kind = "idempotency_key_taken", "conflict"
    message = "Another request with this Idempotency-Key has just been carried out. Send the request again."


class DatabaseUnavailable(ConnectionError):
    """The connection was lost under a statement, which may or may not have been carried out."""


def was_lost(error: BaseException, raw: asyncpg.Connection) -> bool:
    """Did a statement fail because its connection ended?"""
    cause = driver_error(error)
    if isinstance(cause, asyncpg.InternalClientError):  # the server's farewell was read, the end itself not yet
        return True
    if isinstance(cause, (asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
        return raw.is_closed() or (sqlstate(cause) or "").startswith(("08", "57P"))
    return False


def leaves_doubt(error: BaseException) -> bool:
    """Was something given up half-way: by cancellation, after a time, or because two used one connection at once?"""
    cause = driver_error(error)
    if isinstance(cause, asyncpg.InterfaceError):
        return not isinstance(cause, ValueError)  # a wrong argument, which was never sent
    return isinstance(cause, TimeoutError) or not isinstance(cause, Exception)


def is_lost_race(error: Exception, races: frozenset[str]) -> bool:
    cause = driver_error(error)
    kinds = (asyncpg.UniqueViolationError, asyncpg.ForeignKeyViolationError)
    return isinstance(cause, kinds) and cause.constraint_name in races
