"""Sellers of a member: applications, particulars, states, the closure window."""

from controllers.seller import seller
from models.seller.application import HandleFixed, HandleTaken, LogoInvalid
from models.seller.lifecycle import ClosureInvalid, MoveRefused
from models.seller.rules import CountryUnknown, HandleReserved
from routes.schemas.seller import seller as s
from routes.schemas.shared import common as c
from routes.table import APPLICANT, MEMBER, SELLER, delete, get, post
from services.identity.account import EmailUnverified

ONE = c.single("seller", s.SELLER)
_tag = {"tag": "Seller stores"}
_writes = {"who": SELLER, "grant": "store:write", **_tag, "reply": ONE}
_owns = {"who": SELLER, "grant": "ownership:write", **_tag, "reply": ONE, "errors": (MoveRefused,)}
_said = (CountryUnknown, HandleReserved, HandleTaken, 404)

ROUTES = [
    get(
        "/vendor/sellers",
        seller.list_own,
        who=MEMBER,
        **_tag,
        summary="List the stores that the member works for, with the role in each",
        query=s.LIST,
        reply=c.page("sellers", s.MINE),
    ),
    post(
        "/vendor/sellers",
        seller.apply,
        who=APPLICANT,
        **_tag,
        summary="Apply for a store: it waits for approval; who only registered becomes its owner and logs in anew",
        body=s.APPLY,
        reply=s.APPLIED,
        errors=(*_said, EmailUnverified),
    ),
    get(
        "/vendor/sellers/me",
        seller.retrieve,
        who=SELLER,
        grant="store:read",
        **_tag,
        summary="Get the store",
        reply=ONE,
    ),
    post(
        "/vendor/sellers/me",
        seller.update,
        **_writes,
        summary="Change the store's particulars",
        body=s.UPDATE,
        errors=(*_said, HandleFixed, LogoInvalid),
    ),
    post(
        "/vendor/sellers/me/closure",
        seller.set_closure,
        **_writes,
        summary="Close the store for a time: it stays listed, and sells nothing in between",
        body=s.CLOSURE,
        errors=(ClosureInvalid,),
    ),
    delete("/vendor/sellers/me/closure", seller.clear_closure, **_writes, summary="End the closure, or call it off"),
    post(
        "/vendor/sellers/me/close",
        seller.close,
        **_owns,
        summary="Take the store off the market; orders that were placed go on",
    ),
    post("/vendor/sellers/me/reopen", seller.reopen, **_owns, summary="Put a closed store back on the market"),
    post("/vendor/sellers/me/resubmit", seller.resubmit, **_owns, summary="Ask again for the approval of the store"),
]
