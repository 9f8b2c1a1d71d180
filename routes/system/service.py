"""The server's own routes: health, readiness, the contract and the reference page."""

from controllers.system import service
from routes.schemas.shared import common as c
from routes.table import PUBLIC, get

STATUS = c.single("status", c.STRING)
SLOT = c.entity("Slot", slot=c.STRING, engine=c.STRING, status=c.one_of("ok", "degraded"))
READINESS = {
    "type": "object",
    "properties": {
        "status": c.one_of("ready", "degraded"),
        "degraded": {**c.array(c.STRING), "description": "Slots whose engines do not answer; all else goes on."},
        "slots": c.array(SLOT),
    },
    "required": ["status"],
    "additionalProperties": False,
}

ROUTES = [
    get("/health", service.health, who=PUBLIC, rate="none", summary="Is the process alive?", reply=STATUS),
    get("/ready", service.ready, who=PUBLIC, rate="none", summary="May requests be sent here?", reply=READINESS),
    get("/openapi.json", service.contract, who=PUBLIC, summary="This document", reply=c.FREE),
    get("/asyncapi.json", service.events_contract, who=PUBLIC, summary="The document of socket events", reply=c.FREE),
    get("/docs", service.reference, who=PUBLIC, summary="The reference page", media="text/html"),
    get("/docs/assets/{name}", service.asset, who=PUBLIC, hidden=True, summary="Its files", media="*/*", errors=(404,)),
]
