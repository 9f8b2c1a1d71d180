-- Words that are searched are letters and digits: the signs between them only separate them.
CREATE FUNCTION plain_words(text TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN translate(coalesce(text, ''), U&'!"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~\00a0¡¿«»‹›“”„‘’‚–—…·•©®™×、。「」『』・（）\3000', repeat(' ', 64));

ALTER TABLE product DROP COLUMN search;
ALTER TABLE product ADD COLUMN search TSVECTOR GENERATED ALWAYS AS (
    setweight(to_tsvector('simple', plain_words(title)), 'A')
    || setweight(to_tsvector('simple', plain_words(coalesce(subtitle, '') || ' ' || coalesce(handle, ''))), 'B')
    || setweight(to_tsvector('simple', plain_words(description)), 'C')
) STORED NOT NULL;
CREATE INDEX ix_product_search ON product USING gin (search);

DROP INDEX IF EXISTS ix_order_line_words;  -- databases of one day have none: it came into 0010 later
CREATE INDEX ix_order_line_words ON order_line USING gin (
    to_tsvector('simple', plain_words(coalesce(snapshot ->> 'title', '') || ' ' || coalesce(snapshot ->> 'sku', '')))
);
