-- Codes are compared without blanks at the ends and without case. Of codes that differ in that only, the oldest keeps
-- its own; the others stay as they are under a code with their id behind it.
UPDATE promotion p SET code = btrim(p.code) || '~' || p.id
WHERE EXISTS (
    SELECT FROM promotion older
    WHERE lower(btrim(older.code)) = lower(btrim(p.code)) AND (older.created_at, older.id) < (p.created_at, p.id)
);
CREATE UNIQUE INDEX uq_promotion_code_key ON promotion (lower(btrim(code)));
