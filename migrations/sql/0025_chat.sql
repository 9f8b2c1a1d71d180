-- Chat between customers and sellers, where no MongoDB keeps it.
CREATE TABLE chat_conversation (
    id TEXT NOT NULL,
    customer_id TEXT NOT NULL,
    seller_id TEXT NOT NULL,
    seq BIGINT DEFAULT '0' NOT NULL,
    ver BIGINT DEFAULT '0' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_chat_conversation PRIMARY KEY (id),
    CONSTRAINT uq_chat_conversation_customer_id_seller_id UNIQUE (customer_id, seller_id),
    CONSTRAINT ck_chat_conversation_heads CHECK (seq >= 0 AND ver >= seq),
    CONSTRAINT fk_chat_conversation_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id),
    CONSTRAINT fk_chat_conversation_seller_id FOREIGN KEY(seller_id) REFERENCES seller (id)
);
CREATE INDEX ix_chat_conversation_seller_id ON chat_conversation (seller_id);

CREATE TABLE chat_message (
    conversation_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    ver BIGINT NOT NULL,
    id TEXT NOT NULL,
    sender_type TEXT NOT NULL,
    sender_id TEXT NOT NULL,
    author_id TEXT,
    cid TEXT NOT NULL,
    content_hash BYTEA,
    kind TEXT NOT NULL,
    body JSON,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    edited_at TIMESTAMP WITH TIME ZONE,
    deleted_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_chat_message PRIMARY KEY (conversation_id, seq),
    CONSTRAINT uq_chat_message_conversation_id_ver UNIQUE (conversation_id, ver),
    CONSTRAINT uq_chat_message_cid UNIQUE (conversation_id, sender_id, cid),
    CONSTRAINT ck_chat_message_place CHECK (seq > 0 AND ver >= seq),
    CONSTRAINT ck_chat_message_sender_type CHECK (sender_type IN ('customer', 'seller', 'system')),
    CONSTRAINT ck_chat_message_body CHECK ((deleted_at IS NULL) = (body IS NOT NULL)),
    CONSTRAINT ck_chat_message_content_hash CHECK ((deleted_at IS NULL) = (content_hash IS NOT NULL)),
    CONSTRAINT fk_chat_message_conversation_id FOREIGN KEY(conversation_id) REFERENCES chat_conversation (id),
    CONSTRAINT uq_chat_message_id UNIQUE (id)
);

CREATE TABLE chat_reader (
    id TEXT NOT NULL,
    user_ver BIGINT DEFAULT '0' NOT NULL,
    CONSTRAINT pk_chat_reader PRIMARY KEY (id)
);

CREATE TABLE chat_inbox (
    conversation_id TEXT NOT NULL,
    reader_id TEXT NOT NULL,
    delivered_seq BIGINT DEFAULT '0' NOT NULL,
    read_seq BIGINT DEFAULT '0' NOT NULL,
    unread BIGINT DEFAULT '0' NOT NULL,
    user_ver BIGINT DEFAULT '0' NOT NULL,
    CONSTRAINT pk_chat_inbox PRIMARY KEY (conversation_id, reader_id),
    CONSTRAINT ck_chat_inbox_watermarks CHECK (read_seq >= 0 AND delivered_seq >= read_seq),
    CONSTRAINT fk_chat_inbox_conversation_id FOREIGN KEY(conversation_id) REFERENCES chat_conversation (id),
    CONSTRAINT fk_chat_inbox_reader_id FOREIGN KEY(reader_id) REFERENCES chat_reader (id)
);
CREATE INDEX ix_chat_inbox_reader_id_user_ver ON chat_inbox (reader_id, user_ver);

-- Functions, because a statement inside one sees what was committed while the one before it waited. Rows are taken in one
-- order everywhere: the conversation, the customer's and then the seller's row of chat_reader, the inbox.

-- Put a conversation last in both sides' inboxes; `sender` said something new in it, unless null.
CREATE FUNCTION chat_told(head chat_conversation, sender TEXT) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    side TEXT;
    place BIGINT;
BEGIN
    FOREACH side IN ARRAY ARRAY[head.customer_id, head.seller_id] LOOP
        UPDATE chat_reader SET user_ver = user_ver + 1 WHERE id = side RETURNING user_ver INTO place;
        UPDATE chat_inbox SET user_ver = place, unread = unread + (reader_id <> sender IS TRUE)::int
        WHERE conversation_id = head.id AND reader_id = side;
    END LOOP;
END $$;

-- A new message; nothing where there is no such conversation.
CREATE FUNCTION chat_send(
    conversation TEXT, message TEXT, sender_type TEXT, sender TEXT, author TEXT, cid TEXT, content_hash BYTEA, kind TEXT,
    body JSON, moment TIMESTAMP WITH TIME ZONE, OUT new_seq BIGINT, OUT new_ver BIGINT
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
    PERFORM chat_told(head, sender);
    new_seq := head.seq;
    new_ver := head.ver;
    RETURN NEXT;
END $$;

-- The next form of a message that is there; without a body its tombstone. The number of the change.
CREATE FUNCTION chat_change(conversation TEXT, message TEXT, new_body JSON, moment TIMESTAMP WITH TIME ZONE)
RETURNS BIGINT LANGUAGE plpgsql AS $$
DECLARE
    head chat_conversation;
BEGIN
    UPDATE chat_conversation AS c SET ver = c.ver + 1, changed_at = moment WHERE c.id = conversation RETURNING * INTO head;
    UPDATE chat_message AS m SET
        ver = head.ver,
        body = new_body,
        content_hash = CASE WHEN new_body IS NOT NULL THEN m.content_hash END,
        edited_at = CASE WHEN new_body IS NULL THEN m.edited_at ELSE moment END,
        deleted_at = CASE WHEN new_body IS NULL THEN moment END
    WHERE m.conversation_id = head.id AND m.id = message;
    PERFORM chat_told(head, NULL);
    RETURN head.ver;
END $$;

-- A receipt, moved on where it grows; nothing where there is none. Who holds the reader's row is alone with its inbox.
CREATE FUNCTION chat_advance(conversation TEXT, reader TEXT, delivered BIGINT, read BIGINT)
RETURNS SETOF chat_inbox LANGUAGE plpgsql AS $$
DECLARE
    kept chat_inbox;
    to_read BIGINT;
    to_delivered BIGINT;
    place BIGINT;
BEGIN
    SELECT least(read, seq), least(greatest(read, delivered), seq) INTO to_read, to_delivered
    FROM chat_conversation WHERE id = conversation;
    SELECT * INTO kept FROM chat_inbox WHERE conversation_id = conversation AND reader_id = reader;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    IF kept.read_seq < to_read OR kept.delivered_seq < to_delivered THEN
        UPDATE chat_reader SET user_ver = user_ver + 1 WHERE id = reader RETURNING user_ver INTO place;
        UPDATE chat_inbox AS i SET
            delivered_seq = greatest(i.delivered_seq, to_delivered),
            read_seq = greatest(i.read_seq, to_read),
            unread = i.unread - (
                SELECT count(*) FROM chat_message AS m
                WHERE m.conversation_id = conversation AND m.seq > i.read_seq AND m.seq <= to_read
                    AND m.sender_id <> reader
            ),
            user_ver = place
        WHERE i.conversation_id = conversation AND i.reader_id = reader RETURNING * INTO kept;
    END IF;
    RETURN NEXT kept;
END $$;
