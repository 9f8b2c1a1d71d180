"""Administrators and their invites, in the Admin API's shapes."""

from controllers.admin import invite, user
from models.identity.admin_user import GrantsExceeded, LastAdmin, NotAPerson, OwnAccount, PowerLost, UserExists
from models.seller.invite import InviteClosed, InviteExists, InviteForeign, InviteInvalid
from routes.schemas.admin import user as s
from routes.schemas.shared import common as c
from routes.table import INVITEE, USER, delete, get, post
from services.identity.rate_limit import TooManyAttempts

ONE, INVITE = c.single("user", s.USER), c.single("invite", s.INVITE)
_about = {"who": USER, "tag": "Users", "fields": s.FIELDS}
_reads, _writes = {**_about, "grant": "users:read"}, {**_about, "grant": "users:write"}
_invites = {"tag": "Invites", "fields": s.INVITE_FIELDS}
_power = (404, GrantsExceeded, OwnAccount, LastAdmin, PowerLost)

ROUTES = [
    get(
        "/admin/users",
        user.list_users,
        **_reads,
        summary="List the administrators",
        query=s.LIST,
        reply=c.page("users", s.USER),
    ),
    get("/admin/users/me", user.me, **_reads, summary="Read who is logged in", reply=ONE, errors=(NotAPerson,)),
    post(
        "/admin/users/me",
        user.change_me,
        **_reads,
        summary="Change one's own names, picture or metadata",
        body=s.CHANGE_ME,
        reply=ONE,
        errors=(NotAPerson, PowerLost),
    ),
    get("/admin/users/{id}", user.retrieve, **_reads, summary="Read an administrator", reply=ONE, errors=(404,)),
    post(
        "/admin/users/{id}",
        user.change,
        **_writes,
        summary="Change an administrator's names, picture, metadata or role",
        body=s.CHANGE,
        reply=ONE,
        errors=_power,
    ),
    delete(
        "/admin/users/{id}",
        user.remove,
        who=USER,
        grant="users:write",
        tag="Users",
        summary="Remove an administrator; their logins as one end at once",
        reply=c.deleted("user"),
        errors=_power,
    ),
    get(
        "/admin/invites",
        invite.list_invites,
        **{**_reads, **_invites},
        summary="List the invites to the administration",
        query=s.LIST_INVITES,
        reply=c.page("invites", s.INVITE),
    ),
    post(
        "/admin/invites",
        invite.create,
        **{**_writes, **_invites},
        summary="Invite an administrator; the token goes to the address by mail",
        body=s.INVITE_IN,
        reply=INVITE,
        errors=(GrantsExceeded, PowerLost, InviteExists, UserExists, TooManyAttempts),
    ),
    post(
        "/admin/invites/accept",
        invite.accept,
        who=INVITEE,
        tag="Invites",
        summary="Accept an invite with the token of its e-mail; log in again to act as an administrator",
        query=s.ACCEPT_QUERY,
        body=s.ACCEPT,
        reply=ONE,
        errors=(InviteInvalid, InviteForeign, UserExists, TooManyAttempts),
    ),
    get(
        "/admin/invites/{id}",
        invite.retrieve,
        **{**_reads, **_invites},
        summary="Read an invite",
        reply=INVITE,
        errors=(404,),
    ),
    delete(
        "/admin/invites/{id}",
        invite.revoke,
        who=USER,
        grant="users:write",
        tag="Invites",
        summary="Revoke an invite",
        reply=c.deleted("invite"),
        errors=(404, GrantsExceeded, PowerLost),
    ),
    post(
        "/admin/invites/{id}/resend",
        invite.resend,
        **{**_writes, **_invites},
        summary="Send an invite again; earlier e-mails of it are void",
        reply=INVITE,
        errors=(404, GrantsExceeded, PowerLost, InviteClosed, TooManyAttempts),
    ),
]
