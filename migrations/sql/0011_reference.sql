-- The value of a removed return reason is free again.
ALTER TABLE return_reason DROP CONSTRAINT uq_return_reason_value;
CREATE UNIQUE INDEX uq_return_reason_value ON return_reason (value) WHERE deleted_at IS NULL;
-- Administrators' lists of customers.
CREATE INDEX ix_customer_created_at ON customer (created_at, id) WHERE deleted_at IS NULL;
