"""A seller's staff and its invites, and the people themselves."""

from controllers.seller import invite, staff
from models.seller.invite import InviteClosed, InviteExists, InviteForeign, InviteInvalid
from models.seller.staff import AlreadyMember, LastOwner, OwnersOnly, OwnRoleChanged
from routes.schemas.seller import staff as s
from routes.schemas.shared import common as c
from routes.table import APPLICANT, MEMBER, SELLER, delete, get, post
from services.identity.rate_limit import TooManyAttempts

ME = c.single("member", s.PROFILE)
ONE = c.single("member", s.MEMBER)
INVITE = c.single("invite", s.INVITE)
_mine = {"who": MEMBER, "tag": "Seller members", "reply": ME}
_reads = {"who": SELLER, "grant": "staff:read", "tag": "Seller members"}
_writes = {"who": SELLER, "grant": "staff:write", "tag": "Seller members"}
_invites = {"tag": "Seller invites"}
_ranks = (404, OwnersOnly, LastOwner, OwnRoleChanged)

ROUTES = [
    get("/vendor/me", staff.me, **_mine, summary="Read who is logged in, and the stores they work for"),
    post("/vendor/me", staff.change_me, **_mine, summary="Change one's names, phone or metadata", body=s.PROFILE_IN),
    get(
        "/vendor/members",
        staff.list_members,
        **_reads,
        summary="List the store's staff",
        query=s.LIST,
        reply=c.page("members", s.MEMBER),
    ),
    delete(
        "/vendor/members/me",
        staff.leave,
        **{**_reads, "grant": "store:read"},  # every role may go
        summary="Leave the store; the last owner stays",
        reply=c.deleted("member"),
        errors=_ranks,
    ),
    get(
        "/vendor/members/{id}", staff.retrieve, **_reads, summary="Read a member of the staff", reply=ONE, errors=(404,)
    ),
    post(
        "/vendor/members/{id}",
        staff.change,
        **_writes,
        summary="Give a member another role",
        body=s.CHANGE,
        reply=ONE,
        errors=_ranks,
    ),
    delete(
        "/vendor/members/{id}",
        staff.remove,
        **_writes,
        summary="Take a member off the staff",
        reply=c.deleted("member"),
        errors=_ranks,
    ),
    get(
        "/vendor/invites",
        invite.list_invites,
        **{**_reads, **_invites},
        summary="List the store's invites",
        query=s.LIST_INVITES,
        reply=c.page("invites", s.INVITE),
    ),
    post(
        "/vendor/invites",
        invite.create,
        **{**_writes, **_invites},
        summary="Invite somebody to the staff; the token goes to the address by mail",
        body=s.INVITE_IN,
        reply=INVITE,
        errors=(OwnersOnly, OwnRoleChanged, InviteExists, AlreadyMember, TooManyAttempts),
    ),
    post(
        "/vendor/invites/accept",
        invite.accept,
        who=APPLICANT,
        **_invites,
        summary="Accept an invite with the token of its e-mail; log in again to act as a member",
        body=s.ACCEPT,
        reply=s.JOINED,
        errors=(InviteInvalid, InviteForeign, AlreadyMember, TooManyAttempts),
    ),
    get(
        "/vendor/invites/{id}",
        invite.retrieve,
        **{**_reads, **_invites},
        summary="Read an invite",
        reply=INVITE,
        errors=(404,),
    ),
    delete(
        "/vendor/invites/{id}",
        invite.revoke,
        **{**_writes, **_invites},
        summary="Revoke an invite",
        reply=c.deleted("invite"),
        errors=(404, OwnersOnly, OwnRoleChanged),
    ),
    post(
        "/vendor/invites/{id}/resend",
        invite.resend,
        **{**_writes, **_invites},
        summary="Send an invite again; earlier e-mails of it are void",
        reply=INVITE,
        errors=(404, OwnersOnly, OwnRoleChanged, InviteClosed, TooManyAttempts),
    ),
]
