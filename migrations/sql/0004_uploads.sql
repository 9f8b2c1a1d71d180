-- Uploads and their quotas.
CREATE TABLE upload_quota (
    owner_id TEXT NOT NULL,
    used_bytes BIGINT DEFAULT '0' NOT NULL,
    limit_bytes BIGINT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_upload_quota PRIMARY KEY (owner_id),
    CONSTRAINT ck_upload_quota_used_bytes CHECK (used_bytes BETWEEN 0 AND limit_bytes)
);

CREATE TABLE upload (
    id TEXT NOT NULL,
    store_id TEXT,
    owner_id TEXT,
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    status TEXT DEFAULT 'pending' NOT NULL,
    announced_mime TEXT NOT NULL,
    announced_bytes BIGINT NOT NULL,
    widths JSONB NOT NULL,
    held_bytes BIGINT NOT NULL,
    bytes BIGINT,
    mime TEXT,
    width INTEGER,
    height INTEGER,
    variants JSONB,
    reason TEXT,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_upload PRIMARY KEY (id),
    CONSTRAINT ck_upload_owner CHECK (num_nonnulls(store_id, owner_id) = 1),
    CONSTRAINT ck_upload_status CHECK (status IN ('pending', 'ready', 'refused')),
    CONSTRAINT ck_upload_key CHECK (key ~ '^[a-z0-9]{32}$'),
    CONSTRAINT ck_upload_name CHECK (length(name) BETWEEN 1 AND 200),
    CONSTRAINT ck_upload_announced_bytes CHECK (announced_bytes > 0),
    CONSTRAINT ck_upload_held_bytes CHECK (held_bytes >= 0 AND (status <> 'refused' OR held_bytes = 0)),
    CONSTRAINT ck_upload_ready CHECK ((status = 'ready') = (num_nonnulls(bytes, mime, width, height, variants) = 5) AND (status = 'ready' OR num_nonnulls(bytes, mime, width, height, variants) = 0)),
    CONSTRAINT ck_upload_made CHECK (bytes > 0 AND bytes = held_bytes AND width > 0 AND height > 0),
    CONSTRAINT ck_upload_reason CHECK ((status = 'refused') = (reason IS NOT NULL)),
    CONSTRAINT fk_upload_store_id FOREIGN KEY(store_id) REFERENCES store (id),
    CONSTRAINT uq_upload_key UNIQUE (key)
);
CREATE INDEX ix_upload_owner ON upload (owner_id, created_at, id) WHERE owner_id IS NOT NULL;
CREATE INDEX ix_upload_pending ON upload (expires_at) WHERE status = 'pending';
CREATE INDEX ix_upload_store ON upload (store_id, created_at, id) WHERE store_id IS NOT NULL;
