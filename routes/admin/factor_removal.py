"""The way back for who has lost a second factor: one administrator asks, another one approves."""

from controllers.admin import factor_removal
from models.identity.admin_user import NotAPerson, PowerLost
from models.identity.factor_removal import NoFactorToRemove, RemovalClosed, SecondPersonNeeded
from routes.schemas.admin import factor_removal as s
from routes.table import USER, get, post
from services.identity.reauthentication import ProofRequired

_about = {"who": USER, "tag": "Users", "grant": "users:write"}

ROUTES = [
    get(
        "/admin/factor-removals",
        factor_removal.list_removals,
        who=USER,
        tag="Users",
        grant="users:read",
        summary="List the latest requests to remove a person's second factor",
        reply=s.LIST,
    ),
    post(
        "/admin/factor-removals",
        factor_removal.ask,
        **_about,
        summary="Ask to remove a person's second factor; another administrator must approve it",
        body=s.ASK,
        reply=s.ONE,
        errors=(404, NoFactorToRemove, NotAPerson, PowerLost, ProofRequired),
    ),
    post(
        "/admin/factor-removals/{id}/approve",
        factor_removal.approve,
        **_about,
        summary="Approve what another administrator has asked for: the factor and all logins of the person end",
        reply=s.ONE,
        errors=(404, RemovalClosed, SecondPersonNeeded, NotAPerson, PowerLost, ProofRequired),
    ),
    post(
        "/admin/factor-removals/{id}/reject",
        factor_removal.reject,
        **_about,
        summary="Reject a request to remove a second factor, or take one's own back",
        reply=s.ONE,
        errors=(404, RemovalClosed, NotAPerson),
    ),
]
