"""What the server says in the namespace /chat by itself: to all connections of a customer, or of a seller's staff."""

from routes.chat.events import CHAT
from routes.events import Push
from routes.schemas.chat import pushes as s

PUSHES = [
    Push(CHAT, "session", s.SESSION, "The connection stands: begin with `sync`"),
    Push(CHAT, "msg:new", s.MESSAGE_TOLD, "A message has come; not told to the connection that sent it"),
    Push(CHAT, "msg:upd", s.MESSAGE_TOLD, "A message was edited or deleted: this is its latest form"),
    Push(CHAT, "receipt", s.RECEIPT, "A side has received or read more"),
    Push(CHAT, "typing", s.TYPING, "Somebody of the other side is typing; forget it after 6 s"),
    Push(CHAT, "inbox", s.INBOX, "A conversation has another place in the inbox, and this is unread now"),
    Push(CHAT, "conv:upd", s.CONVERSATION_TOLD, "A conversation was muted, archived or blocked, or no more"),
    Push(CHAT, "auth:expiring", s.EXPIRING, "The token ends soon: get a fresh one, and send `auth:refresh`"),
    Push(CHAT, "resync", s.RESYNC, "Something may have been missed: send `sync`"),
]
