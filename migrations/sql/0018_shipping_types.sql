-- By which type a combined option chose a method, and what its store called that type.
ALTER TABLE order_shipping_method ADD COLUMN shared_type TEXT;
ALTER TABLE order_shipping_method ADD COLUMN type_label TEXT;
-- Orders from before: as far as can be told today.
UPDATE order_shipping_method m SET shared_type = o.type_code, type_label = o.type_label
FROM shipping_option o WHERE o.id = m.shipping_option_id;
-- Open carts are priced anew when they are next read, which tells their methods their types.
UPDATE change_counter SET version = version + 1 WHERE scope = 'shipping';
-- Values that products share are found by this key of their text.
CREATE INDEX ix_product_option_value_key ON product_option_value (left(md5(lower(btrim(value))), 16));
