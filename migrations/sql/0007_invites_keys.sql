-- Invites of stores and of the administration, secret API keys, and the last administrator.
CREATE TABLE invite (
    id TEXT NOT NULL,
    store_id TEXT,
    email TEXT NOT NULL,
    role TEXT NOT NULL,
    number INTEGER DEFAULT 1 NOT NULL,
    invited_by TEXT,
    accepted_by TEXT,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    accepted_at TIMESTAMP WITH TIME ZONE,
    revoked_at TIMESTAMP WITH TIME ZONE,
    metadata JSONB,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_invite PRIMARY KEY (id),
    CONSTRAINT ck_invite_role CHECK (
        CASE WHEN store_id IS NULL THEN role IN ('admin', 'support')
        ELSE role IN ('owner', 'manager', 'catalogue', 'orders', 'support') END),
    CONSTRAINT ck_invite_accepted CHECK ((accepted_at IS NULL) = (accepted_by IS NULL)),
    CONSTRAINT fk_invite_store_id FOREIGN KEY(store_id) REFERENCES store (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX uq_invite_open ON invite (store_id, email) NULLS NOT DISTINCT
    WHERE accepted_at IS NULL AND revoked_at IS NULL;

-- Secret keys: their hash, what is shown of them, and what they may do. A publishable key stands in clear as before.
ALTER TABLE api_key ALTER COLUMN token DROP NOT NULL;
ALTER TABLE api_key ADD COLUMN token_hash BYTEA;
ALTER TABLE api_key ADD COLUMN redacted TEXT;
ALTER TABLE api_key ADD COLUMN scopes TEXT[] DEFAULT '{}' NOT NULL;
ALTER TABLE api_key ADD COLUMN created_by TEXT;
ALTER TABLE api_key ADD COLUMN revoked_by TEXT;
ALTER TABLE api_key ADD CONSTRAINT uq_api_key_token_hash UNIQUE (token_hash);
ALTER TABLE api_key DROP CONSTRAINT ck_api_key_type;
ALTER TABLE api_key ADD CONSTRAINT ck_api_key_type CHECK (type IN ('publishable', 'secret'));
ALTER TABLE api_key ADD CONSTRAINT ck_api_key_secret CHECK (
    CASE type WHEN 'secret' THEN token IS NULL AND num_nonnulls(token_hash, redacted) = 2 AND scopes <> '{}'
    ELSE token IS NOT NULL AND num_nonnulls(token_hash, redacted) = 0 AND scopes = '{}' END);

-- Apart from the key: each change of a key makes every process load the keys anew, and a use is no change.
CREATE TABLE api_key_use (
    api_key_id TEXT NOT NULL,
    last_used_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_api_key_use PRIMARY KEY (api_key_id),
    CONSTRAINT fk_api_key_use_api_key_id FOREIGN KEY(api_key_id) REFERENCES api_key (id) ON DELETE CASCADE
);

-- An installation that has administrators keeps one. Two that go at once meet at the lock: the second one sees that the
-- first is gone.
CREATE FUNCTION users_keep_admin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.role <> 'admin' OR OLD.deleted_at IS NOT NULL THEN
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('users_keep_admin'));
    IF NOT EXISTS (SELECT 1 FROM admin_user WHERE role = 'admin' AND deleted_at IS NULL) THEN
        RAISE EXCEPTION 'there would be no administrator'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_admin_user_last', TABLE = 'admin_user';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER users_keep_admin AFTER UPDATE OR DELETE ON admin_user
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION users_keep_admin();
