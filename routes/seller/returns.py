"""Returns to a seller: what buyers want to send back, and what has come."""

from controllers.seller import returns
from models.order.return_request import NothingReceived, ReturnQuantityNotOpen, ReturnStateForbids
from routes.schemas.seller import returns as s
from routes.schemas.shared import common as c
from routes.table import SELLER, get, post

ONE = c.single("return", s.RETURN)
_reads = {"who": SELLER, "grant": "orders:read", "tag": "Seller returns", "fields": s.FIELDS}
_writes = {"who": SELLER, "grant": "orders:write", "tag": "Seller returns", "fields": s.FIELDS, "reply": ONE}

ROUTES = [
    get(
        "/vendor/returns",
        returns.list_returns,
        summary="List the store's returns, the newest first",
        **_reads,
        query=s.LIST,
        reply=c.page("returns", s.RETURN),
    ),
    get("/vendor/returns/{id}", returns.retrieve, summary="Get a return", **_reads, reply=ONE),
    post(
        "/vendor/returns/{id}/receive",
        returns.receive,
        summary="Say what has come, in which state, and where it goes on stock; what is missing stays awaited",
        **_writes,
        body=s.RECEIVE,
        errors=(NothingReceived, ReturnQuantityNotOpen, ReturnStateForbids),
    ),
    post(
        "/vendor/returns/{id}/cancel",
        returns.cancel,
        summary="Refuse a return, or await nothing more of it",
        **_writes,
        body=s.CANCEL,
        body_optional=True,
        errors=(ReturnStateForbids,),
    ),
]
