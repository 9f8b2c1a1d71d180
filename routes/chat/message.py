"""Messages of a conversation."""

from controllers.chat import message
from models.chat import rules
from models.chat.content import KindUnknown, TextMissing
from models.chat.conversation import ConversationNotFound
from models.chat.message import CidConflict, MessageChanged, MessageNotFound
from routes.schemas.chat import chat as s
from routes.table import PARTICIPANT, delete, get, post
from services.infrastructure.chat.slot import ChatAway
from utils.text import TextNotAllowed

_reads = {"who": PARTICIPANT, "grant": "chat:read", "tag": "Chat", "neutral": True}
_writes = {**_reads, "grant": "chat:write"}
MESSAGES = "/chat/conversations/{id}/messages"
SAYS = (ConversationNotFound, rules.ConversationBlocked, KindUnknown, TextMissing, TextNotAllowed, ChatAway)
TOO_LATE = (MessageNotFound, rules.MessageNotOwn, rules.EditWindowClosed)
CHANGES = (*TOO_LATE, MessageChanged, rules.MessageNotEditable)
DELETES = (ConversationNotFound, *TOO_LATE, ChatAway)

ROUTES = [
    get(
        MESSAGES,
        message.history,
        summary="Read messages in their order, from the end or from a place in either direction",
        **_reads,
        query=s.HISTORY,
        reply=s.PAGE,
        errors=(ConversationNotFound, ChatAway),
    ),
    post(
        MESSAGES,
        message.send,
        summary="Send a message, once for a cid",
        **_writes,
        body=s.SEND,
        reply=s.SENT,
        errors=(*SAYS, CidConflict, MessageNotFound),
    ),
    post(
        f"{MESSAGES}/{{message_id}}",
        message.edit,
        summary="Put other words into a message of one's own, for a while",
        **_writes,
        body=s.EDIT,
        reply=s.ONE_MESSAGE,
        errors=(*SAYS, *CHANGES),
    ),
    delete(
        f"{MESSAGES}/{{message_id}}",
        message.delete,
        summary="Delete a message of one's own side for both, for a while; its place stays",
        **_writes,
        reply=s.ONE_MESSAGE,
        errors=DELETES,
    ),
]
