"""Events of the namespace /chat: is the connection alive, and whose is it?"""

from controllers import chat
from routes.events import event
from routes.schemas.shared import common as c
from routes.table import IDENTITY

CHAT = "/chat"
ECHO = {"type": "string", "maxLength": 64, "description": "Comes back as it was sent."}
PONG = c.entity("Pong", time=c.MOMENT, echo=c.nullable(c.STRING))
CALLER = c.entity(
    "Caller",
    actor_type={**c.STRING, "description": "customer, seller, user or another kind of person."},
    actor_id={**c.nullable(c.STRING), "description": "Null for somebody who has registered and is nobody yet."},
    seller_ids={**c.array(c.STRING), "description": "The sellers that a member works for."},
)

EVENTS = [
    event(
        CHAT, "ping", chat.ping, who=IDENTITY, summary="Is the connection alive?", body=c.body(echo=ECHO), reply=PONG
    ),
    event(CHAT, "whoami", chat.whoami, who=IDENTITY, summary="Who the connection's token is", reply=CALLER),
]
