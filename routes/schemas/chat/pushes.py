"""What the server tells whoever is connected, without being asked."""

from models.schema.chat import SIDES
from routes.schemas.chat.chat import CONVERSATION, MESSAGE, RECEIPT_TOLD
from routes.schemas.shared import common as c

SESSION = c.envelope(
    "ChatSession",
    server_time=c.MOMENT,
    session_id={**c.STRING, "description": "Of this connection."},
    reader_id={**c.nullable(c.STRING), "description": "Whose inbox is told here: the customer's or the seller's."},
    expires_at={**c.MOMENT, "description": "When the token ends, and the connection with it."},
    limits=c.entity(
        "ChatLimits",
        event_bytes=c.INTEGER,
        text_length=c.INTEGER,
        edit_minutes=c.INTEGER,
        synced_conversations=c.INTEGER,
    ),
)
MESSAGE_TOLD = c.envelope("MessageTold", message=MESSAGE)
RECEIPT = c.envelope("ReceiptTold", conversation_id=c.STRING, receipt=RECEIPT_TOLD)
TYPING = c.envelope("TypingTold", conversation_id=c.STRING, side=c.one_of(*SIDES), is_typing=c.BOOLEAN)
INBOX = c.envelope(
    "InboxTold",
    conversation_id=c.STRING,
    seq=c.INTEGER,
    ver=c.INTEGER,
    user_ver=c.INTEGER,
    unread=c.INTEGER,
    total_unread=c.INTEGER,
)
CONVERSATION_TOLD = c.envelope("ConversationTold", conversation=CONVERSATION)
EXPIRING = c.envelope("ExpiringTold", seconds={**c.NUMBER, "description": "That the token is still good for."})
RESYNC = c.envelope("ResyncTold", reason=c.one_of("gap"))
