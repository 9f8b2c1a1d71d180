"""E-mails to whoever logs in, or is invited to. Their tokens are made when the e-mail is, and stand in it alone."""

from collections.abc import Mapping
from typing import Any

from models.identity.account import EMAILPASS
from services.deps import Deps
from services.identity import account
from services.identity.account import RESET, VERIFICATION
from services.providers.notification.slot import Message
from services.seller import invite


async def send_reset(deps: Deps, payload: Mapping[str, Any]) -> None:
    """A token to choose a new password with, to an address that somebody logs in with; nothing to any other."""
    async with deps.database.unit_of_work() as work:
        known = await account.find_known(work, provider=EMAILPASS, entity_id=payload["entity_id"])
        if known is None:
            return
        terms = {"identity_id": known.identity_id, "entity_id": known.entity_id}
        token = await account.create_token(work, deps.tokens, purpose=RESET, **terms)
    text = "Somebody, hopefully you, asked for a new password. If it was not you, nothing has changed."
    await deps.notifications.send(
        message_with_token(token, known.entity_id, "password-reset", "Choose a new password", text)
    )


CHANGES = {
    "password": "Your password was changed",
    "factor_added": "A second factor was added to your account",
    "factor_removed": "A second factor was removed from your account",
    "factor_removal_requested": "An administrator has asked to remove your second factor",
    "recovery_codes": "New recovery codes were made for your account",
    "provider_linked": "Another way to log in was linked to your account",
    "email": "The e-mail address of your store was changed",
    "payout_account": "The account for payouts of your store was changed",
    "owner_made": "Somebody was made or invited to be an owner of a store with your account",
    "administrator_made": "Somebody was made or invited to be an administrator with your account",
    "secret_key": "A secret API key was made, or given more scopes, with your account",
}
NOTICE = (
    "{what}. If that was you, there is nothing to do. If it was not, choose a new password by mail now: all logins end,"
    " and so do second factors and other ways to log in that were added since you last showed a code of ours that was"
    " mailed to this address."
)


async def send_notice(deps: Deps, payload: Mapping[str, Any]) -> None:
    """What changed, to the address from before the change."""
    what, change = CHANGES[payload["change"]], payload["change"]
    key, text = f"security-notice-{payload['id']}", NOTICE.format(what=what)
    data = {"change": change}
    await deps.notifications.send(Message(key, payload["email"], "security-notice", what, f"{text}\n", data))


async def send_verification(deps: Deps, payload: Mapping[str, Any]) -> None:
    """A code that shows that the address is theirs."""
    terms = {"identity_id": payload["identity_id"], "entity_id": payload["entity_id"]}
    async with deps.database.unit_of_work() as work:
        code = await account.create_token(work, deps.tokens, purpose=VERIFICATION, **terms)
    text = "With this code you show that this address is yours."
    await deps.notifications.send(
        message_with_token(code, payload["entity_id"], "verification", "Is this your address?", text)
    )


async def send_invite(deps: Deps, payload: Mapping[str, Any]) -> None:
    """A token to accept an invite with; nothing when it was revoked, accepted or sent again meanwhile."""
    terms = {"invite_id": payload["invite_id"], "number": payload["number"]}
    async with deps.database.reading() as work:
        found = await invite.find_email_parts(work, deps.tokens, **terms)
    if found is None:
        return
    token, email, where = found
    text = f"You are invited to {where}. Register or log in with this address, then accept with this token."
    await deps.notifications.send(message_with_token(token, email, "invite", f"An invitation to {where}", text))


def message_with_token(token: str, to: str, template: str, subject: str, text: str) -> Message:
    key = f"{template}-{token.partition('.')[0]}"
    return Message(key, to, template, subject, f"{text}\n\n{token}\n", {"token": token})
