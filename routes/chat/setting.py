"""What a side does about a conversation without saying anything in it."""

from controllers.chat import setting
from models.chat.conversation import ConversationNotFound
from models.chat.message import MessageNotFound
from routes.schemas.chat import chat as s
from routes.table import PARTICIPANT, post
from services.infrastructure.chat.slot import ChatAway

_row = {"who": PARTICIPANT, "tag": "Chat", "neutral": True}
_reads = {**_row, "grant": "chat:read", "errors": (ConversationNotFound, ChatAway)}
_writes = {**_row, "grant": "chat:write", "errors": (ConversationNotFound, ChatAway)}
ONE = "/chat/conversations/{id}"

ROUTES = [
    post(
        f"{ONE}/receipts",
        setting.advance,
        summary="Say how far messages have come and were read; never back",
        **_reads,
        body=s.RECEIPT,
        reply=s.READING,
    ),
    post(
        f"{ONE}/mute",
        setting.mute,
        summary="Mute a conversation, or hear of it again",
        **_writes,
        body=s.MUTE,
        reply=s.ONE_CONVERSATION,
    ),
    post(
        f"{ONE}/archive",
        setting.archive,
        summary="Put a conversation away until a message comes, or take it out again",
        **_writes,
        body=s.ARCHIVE,
        reply=s.ONE_CONVERSATION,
    ),
    post(
        f"{ONE}/block",
        setting.block,
        summary="Block the other side, or take that back: while either has, neither can write",
        **_writes,
        body=s.BLOCK,
        reply=s.ONE_CONVERSATION,
    ),
    post(
        f"{ONE}/reports",
        setting.report,
        summary="Report a conversation or a message to the marketplace",
        **{**_writes, "errors": (ConversationNotFound, MessageNotFound, ChatAway)},
        body=s.REPORT,
        reply=s.REPORTED,
    ),
]
