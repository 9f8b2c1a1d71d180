"""Faults in who may what, and for how long: grants, identity, history, sweeps, events, holds, replies."""

import tests.mutants.named as t
from tests.mutants.named import Fault

RIGHTS: tuple[Fault, ...] = (
    # Grants, keys, channels, groups.
    Fault("models/schema/roles.py", 'SELLER_GRANTS - {"ownership:write"}', "SELLER_GRANTS", t.ROLES),
    Fault(
        "models/schema/roles.py",
        'writes("catalogue", "inventory") | reads("store", "shipping")',
        'writes("catalogue", "inventory", "orders") | reads("store", "shipping")',
        t.ROLES,
    ),
    Fault(
        "models/schema/roles.py",
        '"support": writes("chat") | reads("store", "catalogue", "orders"),',
        '"support": writes("chat", "store", "catalogue", "orders"),',
        t.ROLES,
    ),
    Fault("models/schema/roles.py", '"support": reads(*USER_AREAS)', '"support": writes(*USER_AREAS)', t.USERS),
    Fault(
        "models/schema/roles.py",
        '"suspended": writes("store", ',
        '"suspended": writes("catalogue", "store", ',
        t.STATES,
    ),
    Fault(
        "models/schema/roles.py",
        '"closed": writes("ownership", "orders", "chat"),',
        '"closed": writes("store", "ownership", "orders", "chat"),',
        t.STATES,
    ),
    Fault("services/cart/details.py", "wanted not in who.sales_channel_ids", "not wanted", t.CHANNEL),
    Fault(
        "services/cart/details.py",
        "email = email.lower() if email else None",
        "email = email",
        "tests/store/test_cart_owner.py " + t.WHO + "::test_a_guest_with_capital_letters_is_the_same_guest",
    ),
    Fault("services/cart/details.py", '"has_account": False}', '"has_account": True}', t.GUEST),
    Fault(
        "middleware/idempotency.py",
        "digest(request.method, request.raw_path, request[RAW])",
        "digest(request.method, request[RAW])",
        t.KEYS,
    ),
    Fault(
        "middleware/idempotency.py",
        "if stored is not None and stored.request_hash != claim.request_hash:",
        "if False:",
        t.KEYS + " tests/middleware/test_idempotency.py::test_the_same_key_with_another_request_is_refused",
    ),
    # Identity: cookies, origins, logins, tokens, addresses.
    Fault("middleware/limits.py", "hops[-trusted_proxies].strip()[:64]", "hops[0].strip()[:64]", t.HOPS),
    Fault("middleware/limits.py", "hops[-trusted_proxies].strip()[:64]", "hops[-1].strip()[:64]", t.HOPS),
    Fault("middleware/limits.py", "len(hops) >= trusted_proxies and", "len(hops) > 0 and", t.HOPS + " " + t.WHO),
    Fault(
        "middleware/authentication.py",
        "page.authority == request.host",
        "page.authority.endswith(request.host)",
        t.PAGES,
    ),
    Fault(
        "middleware/authentication.py",
        "page.authority == request.host",
        "page.authority.startswith(request.host)",
        t.PAGES,
    ),
    Fault("middleware/authentication.py", "page.authority == request.host", "request.host in origin", t.PAGES),
    Fault("middleware/authentication.py", "(is_write and not is_own_page(wire, request))", "False", t.PAGES),
    Fault(
        "middleware/authentication.py",
        '(None, "same-origin", "same-site", "none")',
        '(None, "same-origin", "same-site", "none", "cross-site")',
        t.PAGES,
    ),
    Fault(
        "middleware/authentication.py",
        "session_cache.get(claims.session_id, fresh=is_write)",
        "session_cache.get(claims.session_id, fresh=False)",
        t.ENDED,
    ),
    Fault(
        "middleware/authentication.py",
        "session_cache.get(session_id, fresh=is_write)",
        "session_cache.get(session_id, fresh=False)",
        t.ENDED,
    ),
    Fault("middleware/cors.py", 'allow_credentials=origin != "*"', "allow_credentials=True", t.ANY),
    Fault("services/order/transfer.py", " or pending.expires_at <= now():", ":", t.TRANSFER),
    Fault(
        "services/order/transfer.py",
        '{"transfer_id": pending.id, "status": status})',
        '{"transfer_id": "", "status": status})',
        t.TRANSFER,
    ),
    Fault(
        "services/identity/session.py",
        "DELETE_ENDED:\n        await work",
        "DELETE_ENDED[:3]:\n        await work",
        t.OLD_TRIES,
    ),
    Fault(
        "services/identity/session.py",
        'await work.execute(statement, {"before": now() - KEPT})',
        'await work.execute(statement, {"before": now()})',
        t.OLD_TRIES,
    ),
    # History, sweeps, events.
    Fault(
        "migrations/sql/0001_triggers.sql",
        "BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry",
        "BEFORE DELETE OR TRUNCATE ON ledger_entry",
        t.HISTORY,
    ),
    Fault(
        "migrations/sql/0001_triggers.sql",
        "BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_posting",
        "BEFORE TRUNCATE ON ledger_posting",
        t.HISTORY,
    ),
    Fault(
        "migrations/sql/0001_triggers.sql",
        "BEFORE UPDATE OR DELETE OR TRUNCATE ON inventory_movement",
        "BEFORE TRUNCATE ON inventory_movement",
        t.HISTORY,
    ),
    Fault(
        "migrations/sql/0010_order_progress.sql",
        "BEFORE UPDATE OR DELETE OR TRUNCATE ON order_change",
        "BEFORE DELETE OR TRUNCATE ON order_change",
        t.HISTORY,
    ),
    Fault(
        "migrations/sql/0005_people.sql",
        "BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log",
        "BEFORE TRUNCATE ON audit_log",
        t.HISTORY,
    ),
    Fault("services/inventory/hold.py", "await work.execute(inventory_hold.RELEASE_EXPIRED)]", "[]]", t.FREED),
    Fault(
        "models/inventory/hold.py",
        "RELEASE_EXPIRED = Prepared(_holds_released(stock_hold.c.expires_at <= func.now()))",
        "RELEASE_EXPIRED = Prepared(_holds_released(stock_hold.c.expires_at >= func.now()))",
        t.FREED,
    ),
    Fault(
        "models/inventory/hold.py",
        ".values(held=_level.held - locked.c.quantity)\n",
        ".values(held=_level.held)\n",
        t.FREED,
    ),
    Fault(
        "services/infrastructure/database/idempotency.py",
        'PRUNE, {"before": now() - KEPT}',
        'PRUNE, {"before": now() - 2 * KEPT}',
        t.OLD_KEYS,
    ),
    Fault(
        "models/journal/outbox.py",
        "outbox.c.delivered_at < bindparam",
        "outbox.c.created_at < bindparam",
        t.OLD_EVENTS,
    ),
    Fault(
        "services/infrastructure/events/outbox.py",
        "KEPT = timedelta(days=7)",
        "KEPT = timedelta(days=700)",
        t.OLD_EVENTS,
    ),
    Fault(
        "models/journal/outbox.py",
        "outbox.c.attempts < MOST_ATTEMPTS,",
        "outbox.c.attempts <= MOST_ATTEMPTS,",
        t.DEAD,
    ),
    Fault(
        "models/journal/outbox.py",
        "attempts=outbox.c.attempts + 1",
        "attempts=outbox.c.attempts",
        t.DEAD,
    ),
    # Holds and limits of quantity.
    Fault("models/cart/hold_limits.py", "end = since + 2 * span", "end = moment + span", t.WINDOW),
    Fault(
        "models/cart/hold_limits.py", "return (since, end) if moment < end else None", "return (since, end)", t.WINDOW
    ),
    Fault("models/cart/hold_limits.py", "since + 2 * span + pause:", "since + 2 * span:", t.WINDOW),
    Fault(
        "models/cart/hold_limits.py",
        "max(pieces * self.share // 100, 1)",
        "max(pieces * self.share // 100, 0)",
        t.WINDOW,
    ),
    Fault(
        "models/inventory/hold.py", 'values(holds_since=bindparam("since"))', "values(holds_since=func.now())", t.ONCE
    ),
    Fault("services/inventory/hold.py", "if window is not None else []", "if True else []", t.FOREVER),
    Fault("services/inventory/hold.py", "min(pieces, share[item_id], left)", "min(pieces, left)", t.SHARE),
    Fault("services/inventory/hold.py", "min(pieces, share[item_id], left)", "min(pieces, share[item_id])", t.ADDRESS),
    Fault("services/inventory/hold.py", "left -= pieces\n        if pieces", "left -= 0\n        if pieces", t.MEMBER),
    Fault("services/inventory/hold.py", "max(row.buyer_of_item, row.address_of_item)", "row.buyer_of_item", t.ADDRESS),
    Fault(
        "models/cart/cart.py",
        "self.customer is not None and self.customer.has_account else self.id",
        "self.customer is not None else self.id",
        t.SHARE,
    ),
    Fault(
        "models/cart/hold_limits.py",
        '_lock(2, bindparam("address", type_=Text))',
        "_lock(2, cast(cart.c.id, Text))",
        t.AT_ONCE,
    ),
    Fault(
        "services/cart/lines.py",
        "pieces[variant_id] > limit",
        "pieces[variant_id] > limit + 1",
        t.LIMIT,
    ),
    Fault(
        "services/cart/lines.py",
        "pieces[line.variant_id] += line.quantity\n    for variant_id",
        "pieces[line.variant_id] = line.quantity\n    for variant_id",
        t.LIMIT,
    ),
    Fault("services/inventory/hold.py", "pieces <= backorder.get(item, 0)", "pieces <= 10**9", t.FOREVER),
    # Replies.
    Fault(
        "routes/schemas/shared/common.py",
        '"object", "properties": properties, "additionalProperties": False}\n    unknown',
        '"object", "properties": properties}\n    unknown',
        t.CLOSED,
    ),
    Fault(
        "routes/schemas/shared/common.py",
        '"required": [key], "additionalProperties": False}',
        '"required": [key]}',
        t.CLOSED,
    ),
)
