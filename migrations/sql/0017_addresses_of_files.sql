-- Addresses of our own files lose the host: it is added when they are told. Ours are those of an upload, and those that
-- an import has fetched (their image says from where); an address of somebody else's shop stays as it is.
CREATE TEMPORARY TABLE own_address ON COMMIT DROP AS
SELECT DISTINCT a.url, regexp_replace(a.url, '^https?://[^/]+', '') AS path
FROM (
    SELECT thumbnail AS url FROM product UNION SELECT thumbnail FROM product_variant UNION SELECT url FROM product_image
    UNION SELECT logo FROM store UNION SELECT thumbnail FROM inventory_item
) a
WHERE a.url ~ '^https?://[^/]+/files/(images/[a-z0-9]{32}/|catalogue/[^/]+/[0-9a-f]{32}[.])'
  AND (
    EXISTS (SELECT 1 FROM upload u WHERE u.key = substring(a.url FROM '/files/images/([a-z0-9]{32})/'))
    OR EXISTS (SELECT 1 FROM product_image i WHERE i.url = a.url AND i.metadata ? 'source')
  );
UPDATE product p SET thumbnail = o.path FROM own_address o WHERE p.thumbnail = o.url;
UPDATE product_variant v SET thumbnail = o.path FROM own_address o WHERE v.thumbnail = o.url;
UPDATE product_image i SET url = o.path FROM own_address o WHERE i.url = o.url;
UPDATE store s SET logo = o.path FROM own_address o WHERE s.logo = o.url;
UPDATE inventory_item i SET thumbnail = o.path FROM own_address o WHERE i.thumbnail = o.url;
-- What carts and orders show of their products.
UPDATE order_line l SET snapshot = jsonb_set(l.snapshot::jsonb, '{thumbnail}', to_jsonb(o.path))
FROM own_address o WHERE l.snapshot ->> 'thumbnail' = o.url;
UPDATE cart c
SET document = regexp_replace(
    c.document::text,
    '"thumbnail":\s*"https?://[^/"]+(/files/(images/[a-z0-9]{32}|catalogue/[^/"]+)/[^"]+)"', '"thumbnail":"\1"', 'g'
)::json
WHERE EXISTS (SELECT 1 FROM own_address o WHERE position(o.url IN c.document::text) > 0);
