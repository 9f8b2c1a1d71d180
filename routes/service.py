"""The server's own routes: health, readiness, the contract and the reference page."""

from controllers import service
from routes.schemas import common as c
from routes.table import PUBLIC, get

STATUS = c.single("status", c.STRING)

ROUTES = [
    get("/health", service.health, who=PUBLIC, rate="none", summary="Is the process alive?", reply=STATUS),
    get("/ready", service.ready, who=PUBLIC, rate="none", summary="May requests be sent here?", reply=STATUS),
    get("/openapi.json", service.contract, who=PUBLIC, summary="This document", reply=c.FREE),
    get("/docs", service.reference, who=PUBLIC, summary="The reference page", media="text/html"),
    get("/docs/assets/{name}", service.asset, who=PUBLIC, hidden=True, summary="Its files", media="*/*", errors=(404,)),
]
