"""The audit log: written in the transaction of the action, so that neither is there without the other."""

from collections.abc import Mapping, Sequence
from typing import Any

from models.audit import log as audit_log
from models.identity.principal import Principal
from services.infrastructure.database.database import UnitOfWork

Facts = Mapping[str, Any] | None
Entry = tuple[str, str, str, Facts, Facts]

SYSTEM = Principal(kind="system")  # the command line, and timers


async def record(
    work: UnitOfWork,
    *,
    who: Principal,
    action: str,
    entity: str,
    entity_id: str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    seller_id: str | None = None,
) -> None:
    """Note that `who` did `action` (`store.suspend`: entity and verb) to an entity.

    `before` and `after` hold what the action changed and no more; None where there was or is nothing. No secrets, no
    tokens. `seller_id` is the seller that is affected; a member's own by default.
    """
    await work.execute(audit_log.INSERT, _row(who, action, entity, entity_id, before, after, seller_id))


async def record_each(work: UnitOfWork, *, who: Principal, entries: Sequence[Entry]) -> None:
    """Several rows at once: (action, entity, id, before, after) each."""
    await work.execute(audit_log.INSERT, [_row(who, *entry) for entry in entries])


def _row(
    who: Principal, action: str, entity: str, entity_id: str, before: Facts, after: Facts, seller_id: str | None = None
) -> dict[str, Any]:
    return {
        "actor_type": who.kind,
        "actor_id": who.actor_id,
        "api_key_id": who.api_key_id,
        "seller_id": seller_id or who.seller_id,
        "action": action,
        "entity": entity,
        "entity_id": entity_id,
        "before": before,
        "after": after,
        "request_id": who.request_id,
    }


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What differs: the old values and the new ones of the keys of `after`."""
    names = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in names}, {name: after[name] for name in names}
