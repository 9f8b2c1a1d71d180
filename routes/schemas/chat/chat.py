"""What chat takes and tells, by REST and by sockets alike."""

from collections.abc import Mapping
from typing import Any

from models.chat.content import LONGEST_TEXT
from models.chat.message import MOST
from models.schema.chat import REASONS, SENDERS, SIDES
from routes.schemas.shared import common as c
from routes.schemas.shared.common import Schema

LARGEST = 2**53 - 1  # that every client's numbers hold
MOST_SYNCED = 50  # conversations in one request
NUMBER: Schema = {"type": "integer", "minimum": 0, "maximum": LARGEST}
LIMIT: Schema = {"type": "integer", "minimum": 1, "maximum": MOST, "default": 50}

# Taken in
CID: Schema = {
    "type": "string",
    "minLength": 8,
    "maxLength": 64,
    "pattern": "^[!-~]{8,64}$",
    "description": "The sender's own id of the message, such as a UUID; sent again, it is the same message.",
}
TEXT: Schema = {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT}
BODY: Schema = {
    "title": "TextBodyIn",
    **c.body(required=["text"], text=TEXT, reply_to={**c.ID, "description": "A message of this conversation."}),
}
KIND: Schema = {"type": "string", "pattern": "^[a-z]{1,32}$", "maxLength": 32, "default": "text"}
SEND = c.body(required=["cid", "body"], cid=CID, kind=KIND, body=BODY)
EDIT = c.body(
    required=["body"],
    body=BODY,
    ver={**NUMBER, "description": "The version that is meant; refused when there is another by now."},
)
OPEN = c.body(
    seller_id={**c.ID, "description": "For customers: whom to talk to."},
    customer_id={**c.ID, "description": "For sellers: somebody who has bought from them."},
)
RECEIPT = c.body(delivered_seq=NUMBER, read_seq=NUMBER)
MUTE = c.body(required=["is_muted"], is_muted=c.FLAG, until=c.MOMENT_IN)
ARCHIVE = c.body(required=["is_archived"], is_archived=c.FLAG)
BLOCK = c.body(required=["is_blocked"], is_blocked=c.FLAG)
REPORT = c.body(
    required=["reason"],
    reason=c.one_of(*REASONS),
    message_id={**c.ID, "description": "Without one, the whole conversation."},
    note=c.TEXT,
)
TYPING = c.body(required=["is_typing"], is_typing=c.FLAG)
LATEST = c.body(before={**NUMBER, "description": "A `user_ver`: the conversations before it."}, limit=LIMIT)
HISTORY = c.body(
    before_seq={**NUMBER, "description": "The last messages before it; without both, the last ones of all."},
    after_seq={**NUMBER, "description": "The first messages after it."},
    limit=LIMIT,
)
INBOX_AFTER: Schema = {**NUMBER, "description": "The last `user_ver` that the client has; 0 for all."}
HELD = c.body(required=["conversation_id", "after_ver"], conversation_id=c.ID, after_ver=NUMBER)
SYNC = c.body(conversations=c.many(HELD, MOST_SYNCED), inbox_after=INBOX_AFTER, limit=LIMIT)
SYNC_QUERY = c.body(
    conversation=c.many(
        {"type": "string", "maxLength": 150, "pattern": "^[!-~]{1,128}:[0-9]{1,15}$", "description": "`id:ver`"},
        MOST_SYNCED,
    ),
    inbox_after=INBOX_AFTER,
    limit=LIMIT,
)
RENEW = c.body(required=["token"], token={"type": "string", "minLength": 1, "maxLength": 2048})


def with_ids(schema: Mapping[str, Any], *names: str) -> Schema:
    """The body of a socket event, which has what a request has in its path beside the rest."""
    ids = dict.fromkeys(names, c.ID)
    return c.body(required=[*names, *schema.get("required", ())], **ids, **schema["properties"])


# Told
SAID = c.entity("TextBody", "reply_to", text=c.STRING, reply_to=c.STRING)
MESSAGE = c.entity(
    "Message",
    id=c.STRING,
    conversation_id=c.STRING,
    seq={**c.INTEGER, "description": "Its place: 1, 2, 3, ..."},
    ver={**c.INTEGER, "description": "The conversation's version that its last change made."},
    sender_type=c.one_of(*SENDERS),
    sender_id=c.STRING,
    author_id={**c.nullable(c.STRING), "description": "The member who wrote it, for the seller's own side."},
    cid={**c.nullable(c.STRING), "description": "For its own side."},
    kind=c.STRING,
    body={"anyOf": [SAID, c.NULL], "description": "Null: it was deleted."},
    created_at=c.MOMENT,
    edited_at=c.nullable(c.MOMENT),
    deleted_at=c.nullable(c.MOMENT),
)
CONVERSATION = c.entity(
    "Conversation",
    id=c.STRING,
    customer_id=c.STRING,
    seller_id=c.STRING,
    name={**c.nullable(c.STRING), "description": "The other side's."},
    seq={**c.INTEGER, "description": "How many messages there are."},
    ver={**c.INTEGER, "description": "How many changes of messages there were."},
    user_ver={**c.INTEGER, "description": "Its place among the changes of the inbox; 0: nothing was ever said."},
    unread=c.INTEGER,
    delivered_seq=c.INTEGER,
    read_seq=c.INTEGER,
    is_muted=c.BOOLEAN,
    muted_until=c.nullable(c.MOMENT),
    is_archived={**c.BOOLEAN, "description": "Until a message comes."},
    blocked_by={**c.array(c.one_of(*SIDES)), "description": "While there is any, neither side can write."},
    created_at=c.MOMENT,
    changed_at=c.MOMENT,
    last_message=c.nullable(MESSAGE),
)
RECEIPT_TOLD = c.entity("ChatReceipt", reader_id=c.STRING, delivered_seq=c.INTEGER, read_seq=c.INTEGER)
ONE_MESSAGE = c.single("message", MESSAGE)
SENT = c.envelope("SentMessage", message=MESSAGE, is_duplicate=c.BOOLEAN)
PAGE = c.envelope("MessagePage", messages=c.array(MESSAGE), has_more=c.BOOLEAN, ver=c.INTEGER)
ONE_CONVERSATION = c.single("conversation", CONVERSATION)
OPENED = c.envelope("OpenedConversation", conversation=CONVERSATION, receipts=c.array(RECEIPT_TOLD))
CONVERSATIONS = c.envelope(
    "ConversationPage", conversations=c.array(CONVERSATION), limit=c.INTEGER, total_unread=c.INTEGER
)
READING = c.envelope("ChatReading", receipt=RECEIPT_TOLD, unread=c.INTEGER, total_unread=c.INTEGER)
REPORTED = c.envelope("ChatReported", is_reported=c.BOOLEAN)
NOTHING = c.envelope("ChatNothing")
MISSED_INBOX = c.entity("MissedInbox", conversations=c.array(CONVERSATION), user_ver=c.INTEGER, has_more=c.BOOLEAN)
MISSED = c.entity(
    "MissedConversation",
    conversation_id=c.STRING,
    messages=c.array(MESSAGE),
    receipts=c.array(RECEIPT_TOLD),
    ver={**c.INTEGER, "description": "What to ask after next."},
    has_more=c.BOOLEAN,
    is_reset={**c.BOOLEAN, "description": "The client has what never was: it begins anew."},
)
SYNCED = c.envelope("Synced", inbox=c.nullable(MISSED_INBOX), conversations=c.array(MISSED), total_unread=c.INTEGER)
RENEWED = c.envelope("RenewedConnection", expires_at=c.MOMENT)
