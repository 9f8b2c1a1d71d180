-- Identities, their hats and their logins.
CREATE TABLE auth_identity (
    id TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_auth_identity PRIMARY KEY (id)
);

CREATE TABLE try_count (
    key BYTEA NOT NULL,
    used INTEGER NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_try_count PRIMARY KEY (key)
);
CREATE INDEX ix_try_count_ends_at ON try_count (ends_at);

CREATE TABLE auth_actor (
    auth_identity_id TEXT NOT NULL,
    actor_type TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_auth_actor PRIMARY KEY (auth_identity_id, actor_type),
    CONSTRAINT uq_auth_actor_actor_type_actor_id UNIQUE (actor_type, actor_id),
    CONSTRAINT ck_auth_actor_actor_type CHECK (actor_type IN ('customer', 'seller', 'affiliate', 'user')),
    CONSTRAINT fk_auth_actor_auth_identity_id FOREIGN KEY(auth_identity_id) REFERENCES auth_identity (id) ON DELETE CASCADE
);

CREATE TABLE auth_token (
    id TEXT NOT NULL,
    auth_identity_id TEXT NOT NULL,
    purpose TEXT NOT NULL,
    entity_id TEXT NOT NULL,
    data JSONB DEFAULT '{}' NOT NULL,
    attempts INTEGER DEFAULT '0' NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_auth_token PRIMARY KEY (id),
    CONSTRAINT ck_auth_token_purpose CHECK (purpose IN ('reset', 'verification', 'mfa')),
    CONSTRAINT fk_auth_token_auth_identity_id FOREIGN KEY(auth_identity_id) REFERENCES auth_identity (id) ON DELETE CASCADE
);
CREATE INDEX ix_auth_token_auth_identity_id ON auth_token (auth_identity_id);
CREATE INDEX ix_auth_token_expires_at ON auth_token (expires_at);

CREATE TABLE login_session (
    id TEXT NOT NULL,
    auth_identity_id TEXT NOT NULL,
    actor_type TEXT NOT NULL,
    provider TEXT NOT NULL,
    kind TEXT NOT NULL,
    generation INTEGER DEFAULT '0' NOT NULL,
    rotated_at TIMESTAMP WITH TIME ZONE,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    last_seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    mfa_completed_at TIMESTAMP WITH TIME ZONE,
    revoked_at TIMESTAMP WITH TIME ZONE,
    revoked_reason TEXT,
    address TEXT,
    user_agent TEXT,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_login_session PRIMARY KEY (id),
    CONSTRAINT ck_login_session_actor_type CHECK (actor_type IN ('customer', 'seller', 'affiliate', 'user')),
    CONSTRAINT ck_login_session_kind CHECK (kind IN ('bearer', 'rotating')),
    CONSTRAINT fk_login_session_auth_identity_id FOREIGN KEY(auth_identity_id) REFERENCES auth_identity (id) ON DELETE CASCADE
);
CREATE INDEX ix_login_session_auth_identity_id ON login_session (auth_identity_id);
CREATE INDEX ix_login_session_expires_at ON login_session (expires_at);

CREATE TABLE mfa_factor (
    id TEXT NOT NULL,
    auth_identity_id TEXT NOT NULL,
    provider TEXT NOT NULL,
    label TEXT,
    status TEXT DEFAULT 'pending' NOT NULL,
    sealed_secret BYTEA NOT NULL,
    last_step BIGINT DEFAULT '0' NOT NULL,
    enabled_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_mfa_factor PRIMARY KEY (id),
    CONSTRAINT ck_mfa_factor_status CHECK (status IN ('pending', 'enabled')),
    CONSTRAINT fk_mfa_factor_auth_identity_id FOREIGN KEY(auth_identity_id) REFERENCES auth_identity (id) ON DELETE CASCADE
);
CREATE INDEX ix_mfa_factor_auth_identity_id ON mfa_factor (auth_identity_id);
CREATE UNIQUE INDEX uq_mfa_factor_enabled ON mfa_factor (auth_identity_id, provider) WHERE status = 'enabled';

CREATE TABLE provider_identity (
    id TEXT NOT NULL,
    auth_identity_id TEXT NOT NULL,
    provider TEXT NOT NULL,
    entity_id TEXT NOT NULL,
    user_metadata JSONB DEFAULT '{}' NOT NULL,
    provider_metadata JSONB DEFAULT '{}' NOT NULL,
    verified_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_provider_identity PRIMARY KEY (id),
    CONSTRAINT uq_provider_identity_provider_entity_id UNIQUE (provider, entity_id),
    CONSTRAINT fk_provider_identity_auth_identity_id FOREIGN KEY(auth_identity_id) REFERENCES auth_identity (id) ON DELETE CASCADE
);
CREATE INDEX ix_provider_identity_auth_identity_id ON provider_identity (auth_identity_id);

CREATE TABLE recovery_code (
    auth_identity_id TEXT NOT NULL,
    code_hash BYTEA NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_recovery_code PRIMARY KEY (auth_identity_id, code_hash),
    CONSTRAINT fk_recovery_code_auth_identity_id FOREIGN KEY(auth_identity_id) REFERENCES auth_identity (id) ON DELETE CASCADE
);

CREATE TABLE session_cookie (
    token_hash BYTEA NOT NULL,
    session_id TEXT NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_session_cookie PRIMARY KEY (token_hash),
    CONSTRAINT fk_session_cookie_session_id FOREIGN KEY(session_id) REFERENCES login_session (id) ON DELETE CASCADE
);
CREATE INDEX ix_session_cookie_expires_at ON session_cookie (expires_at);
CREATE INDEX ix_session_cookie_session_id ON session_cookie (session_id);

-- Processes hold what a login is worth; they are told at once when it changes: by the id of the login, of its identity,
-- or of its customer. What a statement changes goes out in payloads short enough for NOTIFY (8,000 bytes).
CREATE FUNCTION tell_principals(ids text[]) RETURNS void LANGUAGE sql AS $$
    SELECT pg_notify('pasar_changes', 'principal:' || string_agg(id, ','))
    FROM (SELECT id, (row_number() OVER (ORDER BY id) - 1) / 200 AS page FROM unnest(ids) AS id GROUP BY id) AS pages
    GROUP BY page
$$;

DO $$
DECLARE
    rule record;
    event record;
    source text;
BEGIN
    FOR rule IN
        SELECT * FROM (VALUES
            ('auth_actor', 'auth_identity_id'),
            ('mfa_factor', 'auth_identity_id'),
            ('customer_group_customer', 'customer_id')
        ) AS rules (name, id)
    LOOP
        FOR event IN
            SELECT * FROM (VALUES
                ('INSERT', 'REFERENCING NEW TABLE AS fresh', ARRAY['fresh']),
                ('UPDATE', 'REFERENCING OLD TABLE AS stale NEW TABLE AS fresh', ARRAY['stale', 'fresh']),
                ('DELETE', 'REFERENCING OLD TABLE AS stale', ARRAY['stale'])
            ) AS events (name, tables, sources)
        LOOP
            SELECT string_agg(format('SELECT %I FROM %s', rule.id, s), ' UNION ') INTO source
            FROM unnest(event.sources) s;
            EXECUTE format(
                'CREATE FUNCTION %I() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN '
                'PERFORM tell_principals(ARRAY(%s)); RETURN NULL; END $f$',
                rule.name || '_principal_' || lower(event.name), source);
            EXECUTE format(
                'CREATE TRIGGER %I AFTER %s ON %I %s FOR EACH STATEMENT EXECUTE FUNCTION %I()',
                rule.name || '_principal_' || lower(event.name), event.name, rule.name, event.tables,
                rule.name || '_principal_' || lower(event.name));
        END LOOP;
    END LOOP;
END $$;

CREATE FUNCTION login_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('pasar_changes', 'principal:' || OLD.id);
    RETURN NULL;
END $$;
CREATE TRIGGER login_session_changed AFTER UPDATE OF revoked_at, expires_at, mfa_completed_at ON login_session
    FOR EACH ROW EXECUTE FUNCTION login_ended();
CREATE TRIGGER login_session_deleted AFTER DELETE ON login_session FOR EACH ROW EXECUTE FUNCTION login_ended();
