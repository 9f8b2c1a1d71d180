"""Faults in chat on the wire: whose a conversation is, what either side is told, what may be changed."""

from tests.mutants.named import Fault

LINKED, ROUTES = "tests/sockets/test_chat_connection.py", "tests/sockets/test_chat_routes.py"
TALK, BUS = "tests/sockets/test_talk.py", "tests/services/infrastructure/test_bus.py"
FOREIGN = f"{LINKED}::test_a_foreign_conversation_is_one_that_is_not_there"
WINDOW = f"{ROUTES}::test_the_window_of_changes_closes"
CHANGED = f"{TALK}::test_a_message_is_edited_and_deleted_for_both"
BOTH = f"{TALK}::test_both_sides_write_and_hear_each_other"
DEVICES = f"{TALK}::test_every_device_of_both_sides_is_told_but_the_one_that_said_it"

CHAT: tuple[Fault, ...] = (
    Fault(
        "services/chat/conversation.py",
        "    conversation.require_side(side.reader)\n",
        "",
        FOREIGN,
    ),
    Fault("models/chat/told.py", '"cid": found.cid if is_own else None', '"cid": found.cid', BOTH),
    Fault("models/chat/told.py", "found.author_id if is_own else None", "found.author_id", BOTH),
    Fault("models/chat/rules.py", " or message.author_id != side.author_id", "", CHANGED),
    Fault(
        "models/chat/rules.py",
        "at >= message.created_at + window",
        "False",
        f"{ROUTES}::test_the_window_of_changes_closes",
    ),
    Fault(
        "models/chat/rules.py",
        "    if any(blocked_by):",
        "    if not any(blocked_by):",
        f"{ROUTES}::test_a_block_stops_both_until_who_made_it_takes_it_back",
    ),
    Fault(
        "services/chat/conversation.py",
        "found is None or not found.is_listed",
        "found is None",
        f"{ROUTES}::test_a_seller_that_is_not_listed_is_none",
    ),
    Fault("middleware/delivery.py", "if seat.sid != notice.origin:", "if True:", DEVICES),
    Fault(
        "middleware/delivery.py",
        "return member.seller_id if GRANT in member.grants else None",
        "return member.seller_id",
        f"{ROUTES}::test_roles_without_the_grant_neither_read_nor_hear",
    ),
    Fault(
        "middleware/sockets.py",
        "if claims is None or not is_same or before.actor_id not in (None, fresh.actor_id):",
        "if claims is None:",
        f"{LINKED}::test_a_token_that_is_not_of_the_same_person_ends_the_connection",
    ),
    Fault(
        "middleware/sockets.py",
        "                self.delivery.enter(seat, principal)\n",
        "                pass\n",
        f"{LINKED}::test_a_member_who_leaves_or_loses_the_grant_hears_nothing_more",
    ),
    Fault(
        "services/infrastructure/bus/postgres.py",
        "if int(number) != publisher.number + 1 or publisher.parts:",
        "if publisher.parts:",
        f"{BUS}::test_what_was_lost_is_noticed",
    ),
    Fault(
        "services/chat/message.py",
        "    if not sent.is_duplicate:\n",
        "    if True:\n",
        f"{TALK}::test_a_message_sent_again_is_the_same_and_told_once",
    ),
    Fault(
        "services/chat/receipt.py",
        "    if (receipt.read_seq, receipt.delivered_seq) != (before.read_seq, before.delivered_seq):\n",
        "    if True:\n",
        f"{TALK}::test_staff_share_one_inbox",
    ),
)
