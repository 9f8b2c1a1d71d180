-- Sellers' staff, administrators, and the log of what they do.
CREATE TABLE member (
    id TEXT NOT NULL,
    email TEXT NOT NULL,
    first_name TEXT,
    last_name TEXT,
    phone TEXT,
    metadata JSONB,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_member PRIMARY KEY (id)
);

CREATE TABLE store_member (
    store_id TEXT NOT NULL,
    member_id TEXT NOT NULL,
    role TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_store_member PRIMARY KEY (store_id, member_id),
    CONSTRAINT ck_store_member_role CHECK (role IN ('owner', 'manager', 'catalogue', 'orders', 'support')),
    CONSTRAINT fk_store_member_store_id FOREIGN KEY(store_id) REFERENCES store (id) ON DELETE CASCADE,
    CONSTRAINT fk_store_member_member_id FOREIGN KEY(member_id) REFERENCES member (id) ON DELETE CASCADE
);
CREATE INDEX ix_store_member_member_id ON store_member (member_id);

CREATE TABLE admin_user (
    id TEXT NOT NULL,
    email TEXT NOT NULL,
    first_name TEXT,
    last_name TEXT,
    avatar_url TEXT,
    role TEXT DEFAULT 'admin' NOT NULL,
    metadata JSONB,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    deleted_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_admin_user PRIMARY KEY (id),
    CONSTRAINT ck_admin_user_role CHECK (role IN ('admin', 'support'))
);
CREATE UNIQUE INDEX uq_admin_user_email ON admin_user (email) WHERE deleted_at IS NULL;

CREATE TABLE audit_log (
    id BIGSERIAL NOT NULL,
    actor_type TEXT NOT NULL,
    actor_id TEXT,
    api_key_id TEXT,
    store_id TEXT,
    action TEXT NOT NULL,
    entity TEXT NOT NULL,
    entity_id TEXT NOT NULL,
    before JSONB,
    after JSONB,
    request_id TEXT,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_audit_log PRIMARY KEY (id)
);
CREATE INDEX ix_audit_log_actor ON audit_log (actor_id, id);
CREATE INDEX ix_audit_log_entity ON audit_log (entity, entity_id, id);
CREATE INDEX ix_audit_log_store ON audit_log (store_id, id);
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();

-- A store's states: refused applications as well.
ALTER TABLE store DROP CONSTRAINT ck_store_status;
ALTER TABLE store ADD CONSTRAINT ck_store_status CHECK (status IN ('pending', 'open', 'suspended', 'rejected', 'closed'));

-- A store that has staff has an owner. Two owners who leave at once meet at the store's row: the second one sees that
-- the first is gone.
CREATE FUNCTION store_keeps_owner() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    store_of text := coalesce(OLD.store_id, NEW.store_id);
BEGIN
    PERFORM 1 FROM store WHERE id = store_of FOR NO KEY UPDATE;
    IF FOUND AND NOT EXISTS (SELECT 1 FROM store_member WHERE store_id = store_of AND role = 'owner') THEN
        RAISE EXCEPTION 'store % would have no owner', store_of
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_store_member_owner', TABLE = 'store_member';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER store_keeps_owner AFTER INSERT OR UPDATE OR DELETE ON store_member
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION store_keeps_owner();

-- Processes are told at once what a login is worth when a role or a store's state changes (see 0002).
DO $$
DECLARE
    rule record;
    event record;
    source text;
BEGIN
    FOR rule IN
        SELECT * FROM (VALUES
            ('store_member', 'SELECT member_id FROM %s'),
            ('admin_user', 'SELECT id FROM %s'),
            ('store', 'SELECT m.member_id FROM %s c JOIN store_member m ON m.store_id = c.id')
        ) AS rules (name, query)
    LOOP
        FOR event IN
            SELECT * FROM (VALUES
                ('INSERT', 'REFERENCING NEW TABLE AS fresh', ARRAY['fresh']),
                ('UPDATE', 'REFERENCING OLD TABLE AS stale NEW TABLE AS fresh', ARRAY['stale', 'fresh']),
                ('DELETE', 'REFERENCING OLD TABLE AS stale', ARRAY['stale'])
            ) AS events (name, tables, sources)
        LOOP
            SELECT string_agg(format(rule.query, s), ' UNION ') INTO source FROM unnest(event.sources) s;
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
