-- Who holds stock, and since when a cart has held any: holds are limited by buyer, address and time.
ALTER TABLE stock_hold ADD COLUMN buyer TEXT, ADD COLUMN address TEXT;
CREATE INDEX ix_stock_hold_buyer ON stock_hold (buyer);
CREATE INDEX ix_stock_hold_address ON stock_hold (address);
ALTER TABLE cart ADD COLUMN holds_since TIMESTAMP WITH TIME ZONE;

-- So many pieces of a variant may stand in one order; without a limit as many as there are.
ALTER TABLE product_variant ADD COLUMN order_limit INTEGER;
ALTER TABLE product_variant ADD CONSTRAINT ck_product_variant_order_limit CHECK (order_limit > 0);
