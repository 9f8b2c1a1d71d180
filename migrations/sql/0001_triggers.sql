-- Change counters: every statement that changes read-mostly rows moves the counter of their scope in the same
-- transaction and notifies the processes when it commits. Product rows also remember the counter's value, so that a
-- process that is behind can ask which products changed.

INSERT INTO change_counter (scope, version)
SELECT scope, 1 FROM unnest(ARRAY['access', 'catalogue', 'promotions', 'regions', 'shipping', 'stores', 'taxonomy']) AS scope;

CREATE FUNCTION bump_counter(changed text) RETURNS bigint LANGUAGE sql AS $$
    WITH bumped AS (
        UPDATE change_counter SET version = version + 1 WHERE scope = changed RETURNING version
    ), told AS (
        SELECT pg_notify('pasar_changes', changed || ':' || version) FROM bumped
    )
    SELECT version FROM bumped, told
$$;

CREATE FUNCTION scope_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM bump_counter(TG_ARGV[0]);
    RETURN NULL;
END $$;

DO $$
DECLARE
    pair record;
BEGIN
    FOR pair IN
        SELECT * FROM (VALUES
            ('access', ARRAY['sales_channel', 'api_key', 'api_key_sales_channel']),
            ('stores', ARRAY['store']),
            ('taxonomy', ARRAY['product_category', 'product_collection', 'product_type', 'product_tag']),
            ('regions', ARRAY['currency', 'country', 'region', 'region_country', 'region_payment_provider',
                              'price_preference', 'price_list', 'tax_region', 'tax_rate', 'tax_rate_rule']),
            ('shipping', ARRAY['shipping_profile', 'stock_location', 'fulfillment_set', 'service_zone', 'geo_zone',
                               'shipping_option', 'shipping_option_price']),
            ('promotions', ARRAY['promotion', 'campaign'])
        ) AS scopes (scope, tables)
    LOOP
        FOR i IN 1 .. array_length(pair.tables, 1) LOOP
            EXECUTE format(
                'CREATE TRIGGER %I AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %I FOR EACH STATEMENT '
                'EXECUTE FUNCTION scope_changed(%L)', pair.tables[i] || '_changed', pair.tables[i], pair.scope);
        END LOOP;
    END LOOP;
END $$;

-- Products: one function per table, made from how a changed row leads to its product.
CREATE FUNCTION products_changed(ids text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    fresh bigint;
BEGIN
    IF ids IS NULL OR cardinality(ids) = 0 THEN RETURN; END IF;
    fresh := bump_counter('catalogue');
    UPDATE product SET version = fresh WHERE id = ANY (ids);
END $$;

DO $$
DECLARE
    rule record;
    event record;
    source text;
BEGIN
    FOR rule IN
        SELECT * FROM (VALUES
            ('product_option', 'SELECT product_id FROM %s c'),
            ('product_image', 'SELECT product_id FROM %s c'),
            ('product_variant', 'SELECT product_id FROM %s c'),
            ('product_sales_channel', 'SELECT product_id FROM %s c'),
            ('product_category_product', 'SELECT product_id FROM %s c'),
            ('product_tag_product', 'SELECT product_id FROM %s c'),
            ('product_option_value', 'SELECT o.product_id FROM %s c JOIN product_option o ON o.id = c.option_id'),
            ('variant_option_value', 'SELECT v.product_id FROM %s c JOIN product_variant v ON v.id = c.variant_id'),
            ('variant_image', 'SELECT v.product_id FROM %s c JOIN product_variant v ON v.id = c.variant_id'),
            ('variant_inventory_item', 'SELECT v.product_id FROM %s c JOIN product_variant v ON v.id = c.variant_id'),
            ('price', 'SELECT v.product_id FROM %s c JOIN product_variant v ON v.id = c.variant_id')
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
                'PERFORM products_changed(ARRAY(%s)); RETURN NULL; END $f$',
                rule.name || '_' || lower(event.name) || 'ed', source);
            EXECUTE format(
                'CREATE TRIGGER %I AFTER %s ON %I %s FOR EACH STATEMENT EXECUTE FUNCTION %I()',
                rule.name || '_' || lower(event.name) || 'ed', event.name, rule.name, event.tables,
                rule.name || '_' || lower(event.name) || 'ed');
        END LOOP;
    END LOOP;
END $$;

-- The product row itself takes its version before it is written; a row whose version is being set is left alone.
CREATE FUNCTION product_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' OR NEW.version = OLD.version THEN
        NEW.version := bump_counter('catalogue');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER product_written BEFORE INSERT OR UPDATE ON product FOR EACH ROW EXECUTE FUNCTION product_written();
CREATE FUNCTION product_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM bump_counter('catalogue');
    PERFORM pg_notify('pasar_changes', 'product:' || OLD.id);
    RETURN OLD;
END $$;
CREATE TRIGGER product_deleted AFTER DELETE ON product FOR EACH ROW EXECUTE FUNCTION product_deleted();

-- A variant's store is its product's store.
CREATE FUNCTION variant_store() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT store_id INTO NEW.store_id FROM product WHERE id = NEW.product_id;
    RETURN NEW;
END $$;
CREATE TRIGGER variant_store BEFORE INSERT OR UPDATE ON product_variant FOR EACH ROW EXECUTE FUNCTION variant_store();

-- Stock has no counter: a busy shop would make it the hottest row of all. Processes are told which items changed, in
-- payloads short enough for NOTIFY (8,000 bytes): 6,000 bytes of ids, and the rest of the last one.
CREATE FUNCTION stock_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('pasar_changes', 'stock:' || string_agg(item_id, ','))
    FROM (SELECT item_id, sum(octet_length(item_id) + 1) OVER (ORDER BY item_id) / 6000 AS page
          FROM changed GROUP BY item_id) AS pages
    GROUP BY page;
    RETURN NULL;
END $$;
CREATE TRIGGER stock_inserted AFTER INSERT ON inventory_level REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION stock_changed();
CREATE TRIGGER stock_updated AFTER UPDATE ON inventory_level REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION stock_changed();
CREATE TRIGGER stock_deleted AFTER DELETE ON inventory_level REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION stock_changed();

-- What is append-only stays so.
CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: write a reversing row instead', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER inventory_movement_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON inventory_movement
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER ledger_posting_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_posting
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();

-- Every posting balances per currency when its transaction commits.
CREATE FUNCTION posting_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM ledger_entry WHERE posting_id = NEW.id GROUP BY currency_code HAVING sum(amount) <> 0
    ) THEN
        RAISE EXCEPTION 'ledger posting % does not sum to zero', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_posting_balances AFTER INSERT ON ledger_posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION posting_balances();
-- Entries join a posting only in the transaction that wrote it: later there would be no check left to run.
CREATE FUNCTION entry_joins_fresh_posting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM ledger_posting WHERE id = NEW.posting_id AND xmin = pg_current_xact_id()::xid) THEN
        RAISE EXCEPTION 'ledger posting % is closed', NEW.posting_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_entry_fresh BEFORE INSERT ON ledger_entry FOR EACH ROW EXECUTE FUNCTION entry_joins_fresh_posting();

CREATE FUNCTION outbox_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NOTIFY pasar_outbox;
    RETURN NULL;
END $$;
CREATE TRIGGER outbox_written AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION outbox_written();

-- The counters of promotions and campaigns: a row each, whose limit follows the definition but never falls below use.
CREATE FUNCTION usage_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'promotion' THEN
        INSERT INTO promotion_usage (promotion_id, usage_limit) VALUES (NEW.id, NEW."limit")
        ON CONFLICT (promotion_id) DO UPDATE SET usage_limit =
            CASE WHEN EXCLUDED.usage_limit IS NOT NULL THEN greatest(EXCLUDED.usage_limit, promotion_usage.used) END
        WHERE promotion_usage.usage_limit IS DISTINCT FROM EXCLUDED.usage_limit;
    ELSE
        INSERT INTO campaign_usage (campaign_id, usage_limit) VALUES (NEW.id, NEW.budget_limit)
        ON CONFLICT (campaign_id) DO UPDATE SET usage_limit =
            CASE WHEN EXCLUDED.usage_limit IS NOT NULL THEN greatest(EXCLUDED.usage_limit, campaign_usage.used) END
        WHERE campaign_usage.usage_limit IS DISTINCT FROM EXCLUDED.usage_limit;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER promotion_usage_follows AFTER INSERT OR UPDATE ON promotion FOR EACH ROW EXECUTE FUNCTION usage_follows();
CREATE TRIGGER campaign_usage_follows AFTER INSERT OR UPDATE ON campaign FOR EACH ROW EXECUTE FUNCTION usage_follows();
