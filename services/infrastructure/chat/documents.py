"""What chat is in MongoDB: the collections, their indexes, and documents from structs and back.

`message` is the log of changes, and one document inserted there is a commit. Its `_id` is the conversation with the
number of the change, so that none is given twice; it holds the heads of its conversation as they were after it. The
document of a new message is the message's own and is brought up to date by later changes; a change of one is a document
without `seq` and `ver`, so that pages of messages pass it by.

`conversation` holds heads that may lag behind the log, `receipt` how far a side has come. `inbox` is a log, too: of a
side's conversations in the order they changed, each once, at its last place.

What the MongoDB-compatible server of the tests lacks is not used: no TTL index, no partial index, no transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.chat.conversation import Conversation
from models.chat.message import Message, NewMessage, from_text, to_text
from models.chat.receipt import Receipt
from utils import clock

Document = dict[str, Any]
Found = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Index:
    collection: str
    name: str
    fields: tuple[str, ...]
    unique: bool = False


INDEXES = (
    Index("conversation", "by_sides", ("customer_id", "seller_id"), unique=True),
    Index("conversation", "by_seller", ("seller_id",)),
    Index("message", "by_cid", ("conversation_id", "sender_id", "cid"), unique=True),
    Index("message", "by_id", ("conversation_id", "id")),
    Index("message", "by_place", ("conversation_id", "seq")),
    Index("message", "by_change", ("conversation_id", "ver")),
    Index("inbox", "by_conversation", ("reader", "conversation_id")),
)
# Own messages of a side are counted as they come, so that what is unread is a difference and never drifts.
COUNTS = {"customer": "by_customer", "seller": "by_seller"}
HEADS = ("seq", *COUNTS.values())


def moment() -> datetime:
    """Now, as exactly as MongoDB keeps it: in milliseconds."""
    at = clock.now()
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def place(scope: str, number: int) -> str:
    """An `_id` of a log: sorts by number within its scope."""
    return f"{scope}:{number:012d}"


def number_of(document: Found) -> int:
    return int(str(document["_id"]).rpartition(":")[2])


def after(scope: str, number: int) -> Document:
    """A filter of what stands in a log after a place."""
    return {"_id": {"$gt": place(scope, number), "$lt": f"{scope};"}}  # `;` is the sign after `:`


def new_conversation(conversation_id: str, customer_id: str, seller_id: str) -> Document:
    at = moment()
    heads = {"ver": 0, **dict.fromkeys(HEADS, 0)}
    who = {"customer_id": customer_id, "seller_id": seller_id}
    return {"_id": conversation_id, **who, **heads, "created_at": at, "changed_at": at}


def heads_after(entry: Found) -> Document:
    """What a conversation's document says once this is the last entry of its log."""
    heads = {name: entry[f"head_{name}"] for name in HEADS}
    return {**heads, "ver": number_of(entry), "changed_at": entry["at"]}


def log_entry(conversation: Found, **heads: int) -> Document:
    """The next place in the log of a conversation."""
    kept = {f"head_{name}": heads.get(name, conversation[name]) for name in HEADS}
    number = conversation["ver"] + 1
    return {"_id": place(conversation["_id"], number), "conversation_id": conversation["_id"], "at": moment(), **kept}


def message_document(conversation: Found, message_id: str, new: NewMessage) -> Document:
    heads = {"seq": conversation["seq"] + 1}
    if new.sender_type in COUNTS:
        own = COUNTS[new.sender_type]
        heads[own] = conversation[own] + 1
    entry = log_entry(conversation, **heads)
    return {
        **entry,
        "seq": heads["seq"],
        "ver": conversation["ver"] + 1,
        "id": message_id,
        **{name: getattr(new, name) for name in ("sender_type", "sender_id", "author_id", "cid", "kind")},
        "content_hash": new.content_hash(),
        "body": to_text(new.body),
        "created_at": entry["at"],
        "edited_at": None,
        "deleted_at": None,
    }


def edit_document(conversation: Found, message: Found, body: Mapping[str, Any] | None) -> Document:
    """A message's next form; without a body its tombstone."""
    entry = log_entry(conversation)
    if body is None:
        changed: Document = {"body": None, "content_hash": None, "deleted_at": entry["at"]}
    else:
        changed = {"body": to_text(body), "edited_at": entry["at"]}
    # By nobody and under a cid of its own, for the index of those is of all documents.
    return {**entry, "sender_id": "", "cid": entry["_id"], "of": message["_id"], "set": changed}


def read_conversation(found: Found) -> Conversation:
    values = {name: found[name] for name in Conversation.__struct_fields__ if name != "id"}
    return Conversation(id=found["_id"], **values)


def sides_of(conversation: Found) -> tuple[str, str]:
    """The ids of both sides, the customer first, as everywhere."""
    return conversation["customer_id"], conversation["seller_id"]


def read_message(found: Found) -> Message:
    values = {name: found[name] for name in Message.__struct_fields__}
    return Message(**{**values, "body": from_text(values["body"])})


def own_count(reader: str, conversation: Found) -> str:
    """The name of the reader's count among those of its conversation."""
    return COUNTS["customer" if reader == conversation["customer_id"] else "seller"]


def read_receipt(reader: str, conversation: Found, found: Found | None) -> Receipt:
    kept = {name: 0 if found is None else found[name] for name in ("delivered_seq", "read_seq", "read_own")}
    of_others = conversation["seq"] - conversation[own_count(reader, conversation)]
    read_of_others = kept["read_seq"] - kept.pop("read_own")
    return Receipt(conversation_id=conversation["_id"], reader=reader, unread=of_others - read_of_others, **kept)
