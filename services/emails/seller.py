"""E-mails to the owners of a seller about what the platform decided."""

from collections.abc import Mapping
from typing import Any

from models.seller.lifecycle import OWNERS
from services.deps import Deps
from services.providers.notification.slot import Message
from services.seller import profile as seller_profile

TEXTS = {
    "approve": ("Your store is open", "{name} was approved: buyers see it from now on."),
    "reject": ("Your store was not approved", "{name} was not approved. Change what is wrong and submit it again."),
    "suspend": (
        "Your store is suspended",
        "{name} is suspended: it sells nothing until further notice. Open orders go on.",
    ),
    "unsuspend": ("Your store is open again", "{name} sells again."),
}
KYC = ("Something is missing for your store", "For {name}, the item {item} was not accepted. Submit it again.")


async def send_decision(deps: Deps, payload: Mapping[str, Any]) -> None:
    """To every owner, once a decision."""
    subject, text = TEXTS[payload["action"]]
    key = f"store-{payload['action']}-{payload['seller_id']}-{payload['at']}"
    await _to_owners(deps, payload["seller_id"], key, f"store-{payload['action']}", subject, text, payload["reason"])


async def send_kyc_rejection(deps: Deps, payload: Mapping[str, Any]) -> None:
    """To every owner, once a submission."""
    subject, text = KYC
    key = f"kyc-{payload['seller_id']}-{payload['kind']}-{payload['revision']}"
    text = text.replace("{item}", payload["kind"].replace("_", " "))
    await _to_owners(deps, payload["seller_id"], key, "kyc-rejected", subject, text, payload["reason"])


async def _to_owners(
    deps: Deps, seller_id: str, key: str, template: str, subject: str, text: str, reason: str | None
) -> None:
    async with deps.database.reading() as work:
        seller = await seller_profile.get_seller(work, seller_id=seller_id)
        owners = (await work.execute(OWNERS, {"seller_id": seller_id})).all()
    told = text.replace("{name}", seller.name) + (f"\n\nThe reason: {reason}" if reason else "") + "\n"
    data = {"seller_id": seller_id, "reason": reason or ""}
    for owner in owners:
        await deps.notifications.send(Message(f"{key}-{owner.id}", owner.email, template, subject, told, data))
