-- What those who are connected are told about their inboxes, and what a side decides about a conversation.

-- What is unread in all is asked for after every message: the rows that count are few, however many a side has.
CREATE INDEX ix_chat_inbox_unread ON chat_inbox (reader_id) INCLUDE (unread) WHERE unread > 0;

-- Put a conversation last in one side's inbox, with so many more unread. Rows are taken in the order of 0025.
CREATE FUNCTION chat_place(
    conversation TEXT, side TEXT, more BIGINT, OUT reader_id TEXT, OUT user_ver BIGINT, OUT unread BIGINT
) RETURNS SETOF RECORD LANGUAGE plpgsql AS $$
DECLARE
    place BIGINT;
BEGIN
    UPDATE chat_reader AS r SET user_ver = r.user_ver + 1
    WHERE r.id = side AND EXISTS (SELECT FROM chat_inbox AS i WHERE i.conversation_id = conversation AND i.reader_id = side)
    RETURNING r.user_ver INTO place;
    RETURN QUERY UPDATE chat_inbox AS i SET user_ver = place, unread = i.unread + more
    WHERE i.conversation_id = conversation AND i.reader_id = side RETURNING i.reader_id, i.user_ver, i.unread;
END $$;

-- As in 0025, and tells where the conversation stands now in both inboxes.
DROP FUNCTION chat_send(TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, BYTEA, TEXT, JSON, TIMESTAMP WITH TIME ZONE);
CREATE FUNCTION chat_send(
    conversation TEXT, message TEXT, sender_type TEXT, sender TEXT, author TEXT, cid TEXT, content_hash BYTEA, kind TEXT,
    body JSON, moment TIMESTAMP WITH TIME ZONE, OUT new_seq BIGINT, OUT new_ver BIGINT,
    OUT customer TEXT, OUT customer_ver BIGINT, OUT customer_unread BIGINT,
    OUT seller TEXT, OUT seller_ver BIGINT, OUT seller_unread BIGINT
) RETURNS SETOF RECORD LANGUAGE plpgsql AS $$
DECLARE
    head chat_conversation;
BEGIN
    UPDATE chat_conversation AS c SET seq = c.seq + 1, ver = c.ver + 1, changed_at = moment
    WHERE c.id = conversation RETURNING * INTO head;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    INSERT INTO chat_message
        (conversation_id, seq, ver, id, sender_type, sender_id, author_id, cid, content_hash, kind, body, created_at)
    VALUES (head.id, head.seq, head.ver, message, sender_type, sender, author, cid, content_hash, kind, body, moment);
    SELECT * INTO customer, customer_ver, customer_unread
    FROM chat_place(head.id, head.customer_id, (sender <> head.customer_id)::int);
    SELECT * INTO seller, seller_ver, seller_unread
    FROM chat_place(head.id, head.seller_id, (sender <> head.seller_id)::int);
    new_seq := head.seq;
    new_ver := head.ver;
    RETURN NEXT;
END $$;

-- What a side has said of a conversation, whoever keeps chat. `archived_seq`: put away until a message comes after it.
CREATE TABLE chat_setting (
    conversation_id TEXT NOT NULL,
    reader_id TEXT NOT NULL,
    is_muted BOOLEAN DEFAULT 'false' NOT NULL,
    muted_until TIMESTAMP WITH TIME ZONE,
    archived_seq BIGINT,
    CONSTRAINT pk_chat_setting PRIMARY KEY (conversation_id, reader_id),
    CONSTRAINT ck_chat_setting_archived_seq CHECK (archived_seq >= 0)
);

-- Who wants to hear no more of whom: while there is a row, neither of the two can write.
CREATE TABLE chat_block (
    customer_id TEXT NOT NULL,
    seller_id TEXT NOT NULL,
    blocked_by TEXT NOT NULL,
    author_id TEXT,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_chat_block PRIMARY KEY (customer_id, seller_id, blocked_by),
    CONSTRAINT ck_chat_block_blocked_by CHECK (blocked_by IN ('customer', 'seller')),
    CONSTRAINT fk_chat_block_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id),
    CONSTRAINT fk_chat_block_seller_id FOREIGN KEY(seller_id) REFERENCES seller (id)
);
CREATE INDEX ix_chat_block_seller_id ON chat_block (seller_id);

-- What somebody reported, as it was then: what is edited or deleted later is still there to be looked at.
CREATE TABLE chat_report (
    id TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    message_id TEXT,
    reader_id TEXT NOT NULL,
    author_id TEXT,
    reason TEXT NOT NULL,
    note TEXT,
    content JSON,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_chat_report PRIMARY KEY (id),
    CONSTRAINT ck_chat_report_reason CHECK (reason IN ('spam', 'abuse', 'fraud', 'other')),
    CONSTRAINT uq_chat_report_once UNIQUE NULLS NOT DISTINCT (conversation_id, message_id, reader_id)
);
