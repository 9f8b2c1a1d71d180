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

