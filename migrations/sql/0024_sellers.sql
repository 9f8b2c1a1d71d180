-- One word for who sells: `seller`, where tables and columns said `store`. `attempt_count` and `authorization_request`
-- are what `try_count` and `auth_redirect` were.
ALTER TABLE store RENAME TO seller;
ALTER TABLE store_member RENAME TO seller_member;
ALTER TABLE store_order RENAME TO seller_order;
ALTER TABLE try_count RENAME TO attempt_count;
ALTER TABLE auth_redirect RENAME TO authorization_request;

DO $$
DECLARE
    found record;
BEGIN
    FOR found IN
        SELECT c.relname, a.attname
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
            AND a.attname IN ('store_id', 'store_order_id') AND NOT a.attisdropped
    LOOP
        EXECUTE format('ALTER TABLE %I RENAME COLUMN %I TO %I', found.relname, found.attname,
                       replace(found.attname, 'store', 'seller'));
    END LOOP;
END $$;

-- What is named after tables and columns: constraints (their indexes go along), then the other indexes.
CREATE FUNCTION pg_temp.renamed(name text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT replace(replace(
        regexp_replace(name, '(^|_)store(?=_|$)', '\1seller', 'g'),
        'try_count', 'attempt_count'), 'auth_redirect', 'authorization_request')
$$;
DO $$
DECLARE
    found record;
BEGIN
    FOR found IN
        SELECT conrelid::regclass AS place, conname AS name, pg_temp.renamed(conname) AS fresh
        FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND conrelid <> 0 AND contype <> 't'
            AND conname <> pg_temp.renamed(conname) AND conname !~ '(^|_)enabled_in_store(_|$)'
    LOOP
        EXECUTE format('ALTER TABLE %s RENAME CONSTRAINT %I TO %I', found.place, found.name, found.fresh);
    END LOOP;
    FOR found IN
        SELECT relname AS name, pg_temp.renamed(relname) AS fresh
        FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'i' AND relname <> pg_temp.renamed(relname)
    LOOP
        EXECUTE format('ALTER INDEX %I RENAME TO %I', found.name, found.fresh);
    END LOOP;
END $$;
DROP FUNCTION pg_temp.renamed(text);

-- Snapshots of sellers: the scope is named after the table. Carts priced under the former name are priced once more.
UPDATE change_counter SET scope = 'sellers' WHERE scope = 'stores';
DROP TRIGGER store_changed ON seller;
CREATE TRIGGER seller_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON seller
    FOR EACH STATEMENT EXECUTE FUNCTION scope_changed('sellers');

-- Functions name tables and columns in their text.
ALTER FUNCTION variant_store() RENAME TO variant_seller;
ALTER TRIGGER variant_store ON product_variant RENAME TO variant_seller;
CREATE OR REPLACE FUNCTION variant_seller() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT seller_id INTO NEW.seller_id FROM product WHERE id = NEW.product_id;
    RETURN NEW;
END $$;

ALTER FUNCTION store_keeps_owner() RENAME TO seller_keeps_owner;
DROP TRIGGER store_keeps_owner ON seller_member;
CREATE CONSTRAINT TRIGGER seller_keeps_owner AFTER INSERT OR UPDATE OR DELETE ON seller_member
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION seller_keeps_owner();
CREATE OR REPLACE FUNCTION seller_keeps_owner() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    seller_of text := coalesce(OLD.seller_id, NEW.seller_id);
BEGIN
    PERFORM 1 FROM seller WHERE id = seller_of FOR NO KEY UPDATE;
    IF FOUND AND NOT EXISTS (SELECT 1 FROM seller_member WHERE seller_id = seller_of AND role = 'owner') THEN
        RAISE EXCEPTION 'seller % would have no owner', seller_of
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_seller_member_owner', TABLE = 'seller_member';
    END IF;
    RETURN NULL;
END $$;

ALTER FUNCTION store_renamed() RENAME TO seller_renamed;
ALTER TRIGGER store_renamed ON seller RENAME TO seller_renamed;
CREATE OR REPLACE FUNCTION seller_renamed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    fresh bigint := bump_counter('catalogue');
BEGIN
    UPDATE product SET search = product_words(product, NEW.name), version = fresh WHERE seller_id = NEW.id;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION product_reworded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' OR (NEW.title, NEW.subtitle, NEW.handle, NEW.description, NEW.seller_id)
        IS DISTINCT FROM (OLD.title, OLD.subtitle, OLD.handle, OLD.description, OLD.seller_id)
    THEN
        NEW.search := product_words(NEW, (SELECT name FROM seller WHERE id = NEW.seller_id));
        NEW.title_key := fold(NEW.title);
    END IF;
    RETURN NEW;
END $$;

-- Those that tell processes whose logins are worth something else now (see 0005).
DO $$
DECLARE
    event text;
    place text;
BEGIN
    FOREACH event IN ARRAY ARRAY['insert', 'update', 'delete'] LOOP
        FOREACH place IN ARRAY ARRAY['store', 'store_member'] LOOP
            EXECUTE format('ALTER FUNCTION %I() RENAME TO %I', place || '_principal_' || event,
                           replace(place, 'store', 'seller') || '_principal_' || event);
            EXECUTE format('ALTER TRIGGER %I ON %I RENAME TO %I', place || '_principal_' || event,
                           replace(place, 'store', 'seller'), replace(place, 'store', 'seller') || '_principal_' || event);
        END LOOP;
    END LOOP;
END $$;
CREATE OR REPLACE FUNCTION seller_principal_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM tell_principals(ARRAY(SELECT m.member_id FROM fresh c JOIN seller_member m ON m.seller_id = c.id));
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION seller_principal_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM tell_principals(ARRAY(
        SELECT m.member_id FROM stale c JOIN seller_member m ON m.seller_id = c.id
        UNION SELECT m.member_id FROM fresh c JOIN seller_member m ON m.seller_id = c.id
    ));
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION seller_principal_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM tell_principals(ARRAY(SELECT m.member_id FROM stale c JOIN seller_member m ON m.seller_id = c.id));
    RETURN NULL;
END $$;

-- Events that wait in the outbox are read by the names of today.
UPDATE outbox SET payload = (payload - 'store_id') || jsonb_build_object('seller_id', payload -> 'store_id')
WHERE payload ? 'store_id';
UPDATE outbox SET payload = (payload - 'store_order_id')
    || jsonb_build_object('seller_order_id', payload -> 'store_order_id')
WHERE payload ? 'store_order_id';
UPDATE outbox SET payload = (payload - 'store_order_ids')
    || jsonb_build_object('seller_order_ids', payload -> 'store_order_ids')
WHERE payload ? 'store_order_ids';
