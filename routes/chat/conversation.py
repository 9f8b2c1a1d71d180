"""Conversations of a customer, or of the seller that a member acts for."""

from controllers.chat import conversation, sync
from models.chat.conversation import ConversationNotFound
from routes.schemas.chat import chat as s
from routes.table import PARTICIPANT, get, post
from services.chat.conversation import OtherSideMissing
from services.infrastructure.chat.slot import ChatAway

_reads = {"who": PARTICIPANT, "grant": "chat:read", "tag": "Chat", "neutral": True}
_writes = {**_reads, "grant": "chat:write"}

ROUTES = [
    get(
        "/chat/conversations",
        conversation.list_conversations,
        summary="List the conversations, those that changed last first",
        **_reads,
        query=s.LATEST,
        reply=s.CONVERSATIONS,
        errors=(ChatAway,),
    ),
    post(
        "/chat/conversations",
        conversation.open_conversation,
        summary="Open the conversation with a seller, or with a customer who has bought",
        **_writes,
        body=s.OPEN,
        reply=s.OPENED,
        errors=(OtherSideMissing, ChatAway),
    ),
    get(
        "/chat/conversations/{id}",
        conversation.retrieve,
        summary="Get a conversation, and how far both sides have come",
        **_reads,
        reply=s.OPENED,
        errors=(ConversationNotFound, ChatAway),
    ),
    get(
        "/chat/sync",
        sync.sync_by_query,
        summary="Get what changed in conversations and in the inbox since the versions that a client holds",
        **_reads,
        query=s.SYNC_QUERY,
        reply=s.SYNCED,
        errors=(ConversationNotFound, ChatAway),
    ),
]
