"""Events of the namespace /chat: the operations of the routes under /chat, and what concerns the connection itself."""

from controllers.chat import connection, conversation, message, setting, sync
from models.chat.conversation import ConversationNotFound
from models.chat.message import CidConflict, MessageNotFound
from routes.chat.message import CHANGES, DELETES, SAYS
from routes.events import event
from routes.schemas.chat import chat as s
from routes.schemas.shared import common as c
from routes.table import IDENTITY, PARTICIPANT
from services.chat.conversation import OtherSideMissing
from services.infrastructure.chat.slot import ChatAway

CHAT = "/chat"
ECHO = {"type": "string", "maxLength": 64, "description": "Comes back as it was sent."}
PONG = c.entity("Pong", time=c.MOMENT, echo=c.nullable(c.STRING))
CALLER = c.entity(
    "Caller",
    actor_type={**c.STRING, "description": "customer, seller, user or another kind of person."},
    actor_id={**c.nullable(c.STRING), "description": "Null for somebody who has registered and is nobody yet."},
    seller_ids={**c.array(c.STRING), "description": "The sellers that a member works for."},
)
CONVERSATION, MESSAGE = "conversation_id", "message_id"
OF_ONE = {CONVERSATION: "id"}  # the ids of a body, by their names in a path
OF_MESSAGE = {**OF_ONE, MESSAGE: MESSAGE}
_row = {"who": PARTICIPANT, "errors": (ConversationNotFound, ChatAway)}
_reads = {**_row, "grant": "chat:read"}
_writes = {**_row, "grant": "chat:write", "rate": "write"}

EVENTS = [
    event(
        CHAT,
        "ping",
        connection.ping,
        who=IDENTITY,
        summary="Is the connection alive?",
        body=c.body(echo=ECHO),
        reply=PONG,
    ),
    event(CHAT, "whoami", connection.whoami, who=IDENTITY, summary="Who the connection's token is", reply=CALLER),
    event(
        CHAT,
        "auth:refresh",
        connection.renew,
        who=IDENTITY,
        rate="write",
        summary="Go on with a fresh token of the same person; anybody else's ends the connection",
        body=s.RENEW,
        reply=s.RENEWED,
    ),
    event(
        CHAT,
        "conv:open",
        conversation.open_conversation,
        summary="Open the conversation with a seller, or with a customer who has bought",
        **{**_writes, "errors": (OtherSideMissing, ChatAway)},
        body=s.OPEN,
        reply=s.OPENED,
    ),
    event(
        CHAT,
        "msg:send",
        message.send,
        summary="Send a message, once for a cid; acknowledged when it is kept",
        **{**_writes, "errors": (*SAYS, CidConflict, MessageNotFound)},
        ids=OF_ONE,
        body=s.with_ids(s.SEND, CONVERSATION),
        reply=s.SENT,
    ),
    event(
        CHAT,
        "msg:edit",
        message.edit,
        summary="Put other words into a message of one's own, for a while",
        **{**_writes, "errors": (*SAYS, *CHANGES)},
        ids=OF_MESSAGE,
        idempotent=True,
        body=s.with_ids(s.EDIT, CONVERSATION, MESSAGE),
        reply=s.ONE_MESSAGE,
    ),
    event(
        CHAT,
        "msg:delete",
        message.delete,
        summary="Delete a message of one's own side for both, for a while; its place stays",
        **{**_writes, "errors": DELETES},
        ids=OF_MESSAGE,
        body=s.with_ids(c.body(), CONVERSATION, MESSAGE),
        reply=s.ONE_MESSAGE,
    ),
    event(
        CHAT,
        "history",
        message.history,
        summary="Read messages in their order, from the end or from a place in either direction",
        **_reads,
        ids=OF_ONE,
        body=s.with_ids(s.HISTORY, CONVERSATION),
        reply=s.PAGE,
    ),
    event(
        CHAT,
        "sync",
        sync.sync,
        summary="Get what changed in conversations and in the inbox since the versions that a client holds",
        **_reads,
        body=s.SYNC,
        reply=s.SYNCED,
    ),
    event(
        CHAT,
        "receipt",
        setting.advance,
        summary="Say how far messages have come and were read; never back",
        **{**_reads, "rate": "write"},
        ids=OF_ONE,
        body=s.with_ids(s.RECEIPT, CONVERSATION),
        reply=s.READING,
    ),
    event(
        CHAT,
        "typing",
        setting.show_typing,
        summary="Show the other side that somebody is typing; it is kept nowhere",
        **{**_writes, "rate": "read"},
        ids=OF_ONE,
        body=s.with_ids(s.TYPING, CONVERSATION),
        reply=s.NOTHING,
    ),
    event(
        CHAT,
        "conv:mute",
        setting.mute,
        summary="Mute a conversation, or hear of it again",
        **_writes,
        ids=OF_ONE,
        body=s.with_ids(s.MUTE, CONVERSATION),
        reply=s.ONE_CONVERSATION,
    ),
    event(
        CHAT,
        "conv:archive",
        setting.archive,
        summary="Put a conversation away until a message comes, or take it out again",
        **_writes,
        ids=OF_ONE,
        body=s.with_ids(s.ARCHIVE, CONVERSATION),
        reply=s.ONE_CONVERSATION,
    ),
    event(
        CHAT,
        "conv:block",
        setting.block,
        summary="Block the other side, or take that back: while either has, neither can write",
        **_writes,
        ids=OF_ONE,
        body=s.with_ids(s.BLOCK, CONVERSATION),
        reply=s.ONE_CONVERSATION,
    ),
    event(
        CHAT,
        "report",
        setting.report,
        summary="Report a conversation or a message to the marketplace",
        **{**_writes, "errors": (ConversationNotFound, MessageNotFound, ChatAway)},
        ids=OF_ONE,
        body=s.with_ids(s.REPORT, CONVERSATION),
        reply=s.REPORTED,
    ),
]
