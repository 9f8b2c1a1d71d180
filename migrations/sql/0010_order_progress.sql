-- Orders on their way: what is packed, shipped, delivered, called off, sent back; who did it; and the lists of sellers.
ALTER TABLE store_order ADD COLUMN accepted_at TIMESTAMP WITH TIME ZONE;
ALTER TABLE store_order ADD COLUMN canceled_total BIGINT DEFAULT '0' NOT NULL;
ALTER TABLE store_order ADD COLUMN canceled_commission BIGINT DEFAULT '0' NOT NULL;
ALTER TABLE store_order ADD CONSTRAINT ck_store_order_canceled CHECK (
    canceled_total BETWEEN 0 AND total AND canceled_commission BETWEEN 0 AND commission
);
CREATE INDEX ix_store_order_store_status ON store_order (store_id, status, created_at, id);

ALTER TABLE order_line ADD COLUMN canceled_quantity INTEGER DEFAULT '0' NOT NULL;
ALTER TABLE order_line ADD COLUMN stock_needs JSONB DEFAULT '{}' NOT NULL;
ALTER TABLE order_line DROP CONSTRAINT ck_order_line_progress;
ALTER TABLE order_line ADD CONSTRAINT ck_order_line_progress CHECK (
    delivered_quantity >= 0 AND delivered_quantity <= shipped_quantity AND shipped_quantity <= fulfilled_quantity
    AND canceled_quantity >= 0 AND fulfilled_quantity + canceled_quantity <= quantity
);
-- What sellers look orders up by, besides their numbers.
CREATE INDEX ix_order_line_words ON order_line USING gin (
    to_tsvector('simple', coalesce(snapshot ->> 'title', '') || ' ' || coalesce(snapshot ->> 'sku', ''))
);
-- Orders from before: what their variants take today, as far as the sale took it.
UPDATE order_line l SET stock_needs = needs.pieces
FROM (
    SELECT b.id, jsonb_object_agg(n.item_id, n.required_quantity) AS pieces
    FROM order_line b JOIN variant_inventory_item n ON n.variant_id = b.variant_id
    WHERE EXISTS (
        SELECT 1 FROM inventory_movement m WHERE m.reference = b.order_id AND m.item_id = n.item_id AND m.kind = 'sell'
    )
    GROUP BY b.id
) needs
WHERE needs.id = l.id;

CREATE TABLE fulfillment (
    id TEXT NOT NULL,
    order_id TEXT NOT NULL,
    store_order_id TEXT NOT NULL,
    location_id TEXT,
    shipping_option_id TEXT,
    carrier TEXT,
    requires_shipping BOOLEAN NOT NULL,
    created_by TEXT,
    metadata JSONB,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    packed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    shipped_at TIMESTAMP WITH TIME ZONE,
    delivered_at TIMESTAMP WITH TIME ZONE,
    canceled_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_fulfillment PRIMARY KEY (id),
    CONSTRAINT ck_fulfillment_progress CHECK (
        (delivered_at IS NULL OR shipped_at IS NOT NULL) AND (canceled_at IS NULL OR shipped_at IS NULL)
    ),
    CONSTRAINT fk_fulfillment_order_id FOREIGN KEY(order_id) REFERENCES orders (id),
    CONSTRAINT fk_fulfillment_store_order_id FOREIGN KEY(store_order_id) REFERENCES store_order (id)
);
CREATE INDEX ix_fulfillment_order_id ON fulfillment (order_id);
CREATE INDEX ix_fulfillment_store_order_id ON fulfillment (store_order_id);

CREATE TABLE fulfillment_item (
    id TEXT NOT NULL,
    fulfillment_id TEXT NOT NULL,
    order_line_id TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_fulfillment_item PRIMARY KEY (id),
    CONSTRAINT uq_fulfillment_item_fulfillment_id_order_line_id UNIQUE (fulfillment_id, order_line_id),
    CONSTRAINT ck_fulfillment_item_quantity CHECK (quantity > 0),
    CONSTRAINT fk_fulfillment_item_fulfillment_id FOREIGN KEY(fulfillment_id) REFERENCES fulfillment (id),
    CONSTRAINT fk_fulfillment_item_order_line_id FOREIGN KEY(order_line_id) REFERENCES order_line (id)
);
CREATE INDEX ix_fulfillment_item_order_line_id ON fulfillment_item (order_line_id);

CREATE TABLE fulfillment_label (
    id TEXT NOT NULL,
    fulfillment_id TEXT NOT NULL,
    tracking_number TEXT NOT NULL,
    tracking_url TEXT NOT NULL,
    label_url TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_fulfillment_label PRIMARY KEY (id),
    CONSTRAINT fk_fulfillment_label_fulfillment_id FOREIGN KEY(fulfillment_id) REFERENCES fulfillment (id)
);
CREATE INDEX ix_fulfillment_label_fulfillment_id ON fulfillment_label (fulfillment_id);

CREATE TABLE fulfillment_stock (
    fulfillment_id TEXT NOT NULL,
    item_id TEXT NOT NULL,
    location_id TEXT NOT NULL,
    quantity BIGINT NOT NULL,
    CONSTRAINT pk_fulfillment_stock PRIMARY KEY (fulfillment_id, item_id, location_id),
    CONSTRAINT ck_fulfillment_stock_quantity CHECK (quantity > 0),
    CONSTRAINT fk_fulfillment_stock_fulfillment_id FOREIGN KEY(fulfillment_id) REFERENCES fulfillment (id)
);

CREATE TABLE order_change (
    id TEXT NOT NULL,
    store_order_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    actor_type TEXT NOT NULL,
    actor_id TEXT,
    reason TEXT,
    data JSONB NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_order_change PRIMARY KEY (id),
    CONSTRAINT fk_order_change_store_order_id FOREIGN KEY(store_order_id) REFERENCES store_order (id)
);
CREATE INDEX ix_order_change_store_order ON order_change (store_order_id, created_at, id);
CREATE TRIGGER order_change_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON order_change
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();

-- What is called off is owed no more: a posting that reverses its part of the sale.
ALTER TABLE ledger_posting DROP CONSTRAINT ck_ledger_posting_kind;
ALTER TABLE ledger_posting ADD CONSTRAINT ck_ledger_posting_kind CHECK (kind IN ('sale', 'cancel'));

-- Goods that came back, as their seller found them.
ALTER TABLE order_return DROP CONSTRAINT ck_order_return_status;
ALTER TABLE order_return ADD CONSTRAINT ck_order_return_status CHECK (
    status IN ('requested', 'partially_received', 'received', 'canceled')
);
ALTER TABLE order_return ADD COLUMN canceled_reason TEXT;
ALTER TABLE return_item ADD COLUMN restocked_quantity INTEGER DEFAULT '0' NOT NULL;
ALTER TABLE return_item ADD CONSTRAINT ck_return_item_restocked CHECK (restocked_quantity BETWEEN 0 AND received_quantity);
