-- What sellers say of their stock: what an item is, what is on its way, and why a count changed.
ALTER TABLE inventory_item
    ADD COLUMN description TEXT,
    ADD COLUMN thumbnail TEXT,
    ADD COLUMN weight INTEGER,
    ADD COLUMN length INTEGER,
    ADD COLUMN height INTEGER,
    ADD COLUMN width INTEGER,
    ADD COLUMN hs_code TEXT,
    ADD COLUMN origin_country TEXT,
    ADD COLUMN mid_code TEXT,
    ADD COLUMN material TEXT;

ALTER TABLE inventory_level
    ADD COLUMN incoming BIGINT DEFAULT 0 NOT NULL,
    ADD CONSTRAINT ck_inventory_level_incoming CHECK (incoming >= 0);

ALTER TABLE inventory_movement ADD COLUMN reason TEXT;
CREATE INDEX ix_inventory_movement_page ON inventory_movement (item_id, id);
