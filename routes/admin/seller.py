"""Sellers for administrators: applications, decisions, checklists."""

from controllers.admin import seller, seller_invite
from models.identity.admin_user import PowerLost
from models.seller.application import HandleTaken, LogoInvalid
from models.seller.invite import InviteClosed, InviteExists
from models.seller.kyc import ItemChanged, NothingSubmitted
from models.seller.lifecycle import KycIncomplete, MoveRefused
from models.seller.rules import CountryUnknown, HandleReserved
from models.seller.staff import AlreadyMember
from routes.schemas.admin import seller as s
from routes.schemas.seller import kyc as k
from routes.schemas.seller import seller as v
from routes.schemas.seller import staff as m
from routes.schemas.shared import common as c
from routes.table import USER, delete, get, post
from services.identity.rate_limit import TooManyAttempts

_reads = {"who": USER, "grant": "stores:read", "tag": "Admin stores"}
_writes = {"who": USER, "grant": "stores:write", "tag": "Admin stores"}
ONE = {"reply": c.single("seller", s.SELLER)}
INVITE = {"reply": c.single("invite", m.INVITE)}
ITEM = {"reply": c.single("kyc_item", k.ITEM)}
REVIEWED = (404, ItemChanged, NothingSubmitted)

ROUTES = [
    get(
        "/admin/sellers",
        seller.list_sellers,
        **_reads,
        summary="List stores of every state, newest first",
        query=s.LIST,
        reply=c.page("sellers", v.SELLER),
    ),
    get("/admin/sellers/{id}", seller.retrieve, **_reads, summary="Get a store with its staff", **ONE, errors=(404,)),
    post(
        "/admin/sellers/{id}",
        seller.update,
        **_writes,
        summary="Change a store's particulars, handle or commission",
        body=s.UPDATE,
        **ONE,
        errors=(404, CountryUnknown, HandleReserved, HandleTaken, LogoInvalid),
    ),
    post(
        "/admin/sellers/{id}/approve",
        seller.approve,
        **_writes,
        summary="Open a store whose checklist is verified",
        **ONE,
        errors=(404, MoveRefused, KycIncomplete),
    ),
    post(
        "/admin/sellers/{id}/reject",
        seller.reject,
        **_writes,
        summary="Turn an application down; its owners read the reason",
        body=s.REASON,
        **ONE,
        errors=(404, MoveRefused),
    ),
    post(
        "/admin/sellers/{id}/suspend",
        seller.suspend,
        **_writes,
        summary="Suspend a store: it stays listed and sells nothing; its open orders go on",
        body=s.REASON,
        **ONE,
        errors=(404, MoveRefused),
    ),
    post(
        "/admin/sellers/{id}/unsuspend",
        seller.unsuspend,
        **_writes,
        summary="Let a suspended store sell again",
        **ONE,
        errors=(404, MoveRefused),
    ),
    get(
        "/admin/sellers/{id}/invites",
        seller_invite.list_invites,
        **_reads,
        summary="List the invites to a store's staff",
        query=m.LIST_INVITES,
        reply=c.page("invites", m.INVITE),
        errors=(404,),
    ),
    post(
        "/admin/sellers/{id}/invites",
        seller_invite.create,
        **_writes,
        summary="Invite somebody to a store's staff: its first owner, or one more when nobody there can log in",
        body=m.INVITE_IN,
        **INVITE,
        errors=(404, PowerLost, InviteExists, AlreadyMember, TooManyAttempts),
    ),
    delete(
        "/admin/sellers/{id}/invites/{invite_id}",
        seller_invite.revoke,
        **_writes,
        summary="Revoke an invite to a store's staff",
        reply=c.deleted("invite"),
        errors=(404, PowerLost),
    ),
    post(
        "/admin/sellers/{id}/invites/{invite_id}/resend",
        seller_invite.resend,
        **_writes,
        summary="Send an invite to a store's staff again; earlier e-mails of it are void",
        **INVITE,
        errors=(404, PowerLost, InviteClosed, TooManyAttempts),
    ),
    get("/admin/sellers/{id}/kyc", seller.list_kyc, **_reads, summary="A store's checklist", reply=k.LIST),
    post(
        "/admin/sellers/{id}/kyc/{kind}/verify",
        seller.verify_kyc,
        **_writes,
        summary="Accept an item of the checklist",
        body=s.VERIFY,
        body_optional=True,
        **ITEM,
        errors=REVIEWED,
    ),
    post(
        "/admin/sellers/{id}/kyc/{kind}/reject",
        seller.reject_kyc,
        **_writes,
        summary="Refuse an item of the checklist; the owners read why",
        body=s.REJECT,
        **ITEM,
        errors=REVIEWED,
    ),
    post(
        "/admin/sellers/{id}/kyc/{kind}/reveal",
        seller.reveal_kyc,
        **_writes,
        summary="An item with its number whole; the audit log notes who asked",
        **ITEM,
        errors=REVIEWED,
        secret=True,
    ),
    get(
        "/admin/sellers/{id}/kyc-documents/{document_id}/content",
        seller.show_document,
        **_reads,
        summary="The image of a document of a store's checklist",
        media="image/webp",
        errors=(404,),
    ),
]
