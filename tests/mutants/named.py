"""What rows of faults are made of, and the tests that they name, each under a word of its own."""

from typing import NamedTuple


class Fault(NamedTuple):
    """The file, its exact text, which occurs in it once, the text of the fault, and the tests that must notice."""

    file: str
    old: str
    new: str
    tests: str


COM, WHO, SWEEP = (
    "tests/seller/test_commission.py",
    "tests/store/test_who_may.py",
    "tests/services/infrastructure/test_sweeps.py",
)
HOLD, PAY, PAID = (
    "tests/workflows/test_hold_limits.py",
    "tests/workflows/test_payments.py",
    "tests/workflows/test_payments_at_complete.py",
)
PROMO, PRICE, TAX = "tests/models/test_promotion.py", "tests/models/test_price.py", "tests/models/test_tax.py"
TOTALS, TABLES = "tests/models/test_totals.py", "tests/models/test_money_tables.py"
OFF, REPLIES = "tests/seller/test_order_cancel.py", "tests/routes/test_replies.py"

SALE = f"{COM}::test_each_seller_pays_commission_of_goods_after_discount_and_before_tax_and_shipping"
PARTS = f"{COM}::test_a_partial_cancel_gives_back_its_part_of_the_commission_and_the_last_one_the_rest"
YEN = f"{COM}::test_commission_in_whole_yen_is_rounded_half_up"
BUDGET = f"{COM}::test_a_budget_is_given_back_by_the_cancel_that_takes_the_last_of_the_order"
HISTORY = f"{COM}::test_history_is_neither_changed_nor_removed"
ROLES = f"{WHO}::test_roles_with_a_seller_may_do_this_and_nothing_else"
USERS = f"{WHO}::test_roles_of_administrators_may_do_this_and_nothing_else"
STATES = f"{WHO}::test_states_of_a_seller_let_these_writes_through_and_no_others"
KEYS = f"{WHO}::test_an_idempotency_key_of_one_cart_never_answers_for_another"
COMBINED = f"{WHO}::test_combined_shipping_takes_the_cheapest_option_of_the_type_for_each_seller"
GUEST = f"{WHO}::test_a_guest_who_types_a_members_address_pays_what_guests_pay"
CHANNEL = f"{WHO}::test_a_cart_is_sold_in_a_channel_of_its_key"
HOPS = f"{WHO}::test_the_client_is_whom_the_outermost_trusted_proxy_saw"
PAGES = f"{WHO}::test_only_our_own_pages_write_with_the_cookie"
ANY = f"{WHO}::test_any_origin_may_call_without_credentials_only"
ENDED = f"{WHO}::test_a_write_asks_whether_the_login_was_ended_though_no_notice_came"
TRANSFER = f"{WHO}::test_a_transfer_token_ends"
DIGITS = f"{SWEEP}::test_currencies_have_the_digits_of_the_standard"
AMOUNTS = f"{SWEEP}::test_amounts_go_to_minor_units_and_back"
FREED = f"{SWEEP}::test_the_sweep_frees_holds_that_are_over_and_no_others"
OLD_KEYS = f"{SWEEP}::test_old_idempotency_keys_are_forgotten_and_young_ones_kept"
OLD_TRIES = f"{SWEEP}::test_counts_of_tries_and_tokens_that_ended_long_ago_are_forgotten"
OLD_EVENTS = f"{SWEEP}::test_delivered_events_are_forgotten_after_a_week_and_waiting_ones_never"
DEAD = f"{SWEEP}::test_an_event_that_fails_is_tried_twelve_times_and_then_left_for_a_person"
WINDOW = f"{HOLD}::test_windows_of_holds_end_twice_their_time_after_the_first_and_begin_again_after_the_pause"
ONCE = f"{HOLD}::test_reopening_prolongs_a_hold_once_to_an_end_that_nothing_moves"
FOREVER = f"{HOLD}::test_a_buyer_who_reopens_for_ever_holds_nothing_after_the_end"
SHARE = f"{HOLD}::test_one_buyer_holds_a_share_of_the_stock_and_others_buy_the_rest"
ADDRESS = f"{HOLD}::test_one_address_with_many_carts_holds_no_more_than_its_share_and_its_pieces"
MEMBER = f"{HOLD}::test_a_customer_with_many_carts_holds_what_one_buyer_may"
AT_ONCE = f"{HOLD}::test_the_limits_hold_when_all_carts_are_opened_at_once"
LIMIT = f"{HOLD}::test_an_order_takes_no_more_of_a_variant_than_its_limit"
TWICE = f"{PAID}::test_an_authorization_of_a_cart_that_was_bought_meanwhile_is_cancelled"
OTHER = f"{PAID}::test_another_amount_or_currency_than_ours_is_refused_for_review"
CAPTURED = f"{PAID}::test_a_captured_payment_is_paid"
CLOSED = f"{REPLIES}::test_no_reply_lets_an_unknown_key_through"
PIECES = f"{OFF}::test_pieces_are_called_off_one_by_one_and_add_up_to_the_whole"
WHOLE = f"{OFF}::test_a_whole_order_is_called_off_and_leaves_nothing_behind"
UNKNOWN = f"{PAY}::test_an_unknown_outcome_is_looked_up_before_anything_else"
CHANGED = f"{PAY}::test_a_session_that_ends_with_a_change_of_the_cart_is_cancelled_at_the_provider"
