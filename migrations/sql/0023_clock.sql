-- The clock of a sandbox: how far it is ahead of the machine's. When it is moved, all counters move with it: what processes
-- hold and what carts were priced with may depend on the time.

CREATE TABLE sandbox_clock (
    id BOOLEAN DEFAULT true NOT NULL,
    ahead INTERVAL NOT NULL,
    CONSTRAINT pk_sandbox_clock PRIMARY KEY (id),
    CONSTRAINT ck_sandbox_clock_one_row CHECK (id)
);

INSERT INTO change_counter (scope, version) VALUES ('clock', 1);

CREATE FUNCTION clock_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM bump_counter(scope) FROM (SELECT scope FROM change_counter ORDER BY scope) AS scopes;
    RETURN NULL;
END $$;

CREATE TRIGGER sandbox_clock_moved AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON sandbox_clock
    FOR EACH STATEMENT EXECUTE FUNCTION clock_moved();
