-- The tables of the first schema.
CREATE TABLE api_key (
    id TEXT NOT NULL,
    token TEXT NOT NULL,
    title TEXT NOT NULL,
    type TEXT DEFAULT 'publishable' NOT NULL,
    revoked_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_api_key PRIMARY KEY (id),
    CONSTRAINT ck_api_key_type CHECK (type IN ('publishable')),
    CONSTRAINT uq_api_key_token UNIQUE (token)
);

CREATE TABLE change_counter (
    scope TEXT NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_change_counter PRIMARY KEY (scope)
);

CREATE TABLE country (
    iso_2 TEXT NOT NULL,
    iso_3 TEXT NOT NULL,
    num_code TEXT NOT NULL,
    name TEXT NOT NULL,
    display_name TEXT NOT NULL,
    metadata JSONB,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_country PRIMARY KEY (iso_2),
    CONSTRAINT ck_country_iso_2 CHECK (iso_2 ~ '^[a-z]{2}$'),
    CONSTRAINT uq_country_iso_3 UNIQUE (iso_3)
);

CREATE TABLE currency (
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    symbol TEXT NOT NULL,
    symbol_native TEXT NOT NULL,
    decimal_digits INTEGER NOT NULL,
    rounding INTEGER DEFAULT '0' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_currency PRIMARY KEY (code),
    CONSTRAINT ck_currency_code CHECK (code ~ '^[a-z]{3}$'),
    CONSTRAINT ck_currency_decimal_digits CHECK (decimal_digits BETWEEN 0 AND 3)
);

CREATE TABLE customer (
    id TEXT NOT NULL,
    email TEXT NOT NULL,
    has_account BOOLEAN DEFAULT 'false' NOT NULL,
    first_name TEXT,
    last_name TEXT,
    company_name TEXT,
    phone TEXT,
    metadata JSONB,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    deleted_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_customer PRIMARY KEY (id)
);
CREATE UNIQUE INDEX uq_customer_email_account ON customer (email, has_account) WHERE deleted_at IS NULL;

CREATE TABLE customer_group (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    metadata JSONB,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_customer_group PRIMARY KEY (id),
    CONSTRAINT uq_customer_group_name UNIQUE (name)
);

CREATE TABLE idempotency_key (
    scope TEXT NOT NULL,
    key TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    status INTEGER NOT NULL,
    reply BYTEA NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_idempotency_key PRIMARY KEY (scope, key),
    CONSTRAINT ck_idempotency_key_key_length CHECK (length(key) BETWEEN 1 AND 255)
);
CREATE INDEX ix_idempotency_key_created_at ON idempotency_key (created_at);

CREATE TABLE inventory_movement (
    id BIGSERIAL NOT NULL,
    item_id TEXT NOT NULL,
    location_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    stocked BIGINT DEFAULT '0' NOT NULL,
    reserved BIGINT DEFAULT '0' NOT NULL,
    backordered BIGINT DEFAULT '0' NOT NULL,
    reference TEXT,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_inventory_movement PRIMARY KEY (id),
    CONSTRAINT ck_inventory_movement_kind CHECK (kind IN ('receive', 'adjust', 'sell', 'release', 'ship', 'return'))
);
CREATE INDEX ix_inventory_movement_item ON inventory_movement (item_id, location_id, id);
CREATE INDEX ix_inventory_movement_reference ON inventory_movement (reference);

CREATE TABLE ledger_posting (
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    reference TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_ledger_posting PRIMARY KEY (id),
    CONSTRAINT uq_ledger_posting_kind_reference UNIQUE (kind, reference),
    CONSTRAINT ck_ledger_posting_kind CHECK (kind IN ('sale'))
);

CREATE TABLE outbox (
    id BIGSERIAL NOT NULL,
    event_id TEXT NOT NULL,
    topic TEXT NOT NULL,
    payload JSONB NOT NULL,
    attempts INTEGER DEFAULT '0' NOT NULL,
    last_error TEXT,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE,
    delivered_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_outbox PRIMARY KEY (id),
    CONSTRAINT uq_outbox_event_id UNIQUE (event_id)
);
CREATE INDEX ix_outbox_undelivered ON outbox (id) WHERE delivered_at IS NULL;

CREATE TABLE price_list (
    id TEXT NOT NULL,
    title TEXT NOT NULL,
    description TEXT DEFAULT '' NOT NULL,
    type TEXT DEFAULT 'sale' NOT NULL,
    status TEXT DEFAULT 'draft' NOT NULL,
    starts_at TIMESTAMP WITH TIME ZONE,
    ends_at TIMESTAMP WITH TIME ZONE,
    region_ids TEXT[] DEFAULT '{}' NOT NULL,
    customer_group_ids TEXT[] DEFAULT '{}' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_price_list PRIMARY KEY (id),
    CONSTRAINT ck_price_list_type CHECK (type IN ('sale', 'override')),
    CONSTRAINT ck_price_list_status CHECK (status IN ('draft', 'active')),
    CONSTRAINT ck_price_list_window CHECK (ends_at > starts_at),
    CONSTRAINT uq_price_list_title UNIQUE (title)
);

CREATE TABLE price_preference (
    id TEXT NOT NULL,
    attribute TEXT NOT NULL,
    value TEXT NOT NULL,
    is_tax_inclusive BOOLEAN DEFAULT 'false' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_price_preference PRIMARY KEY (id),
    CONSTRAINT uq_price_preference_attribute_value UNIQUE (attribute, value),
    CONSTRAINT ck_price_preference_attribute CHECK (attribute IN ('region_id', 'currency_code'))
);

CREATE TABLE product_category (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    handle TEXT NOT NULL,
    description TEXT DEFAULT '' NOT NULL,
    parent_category_id TEXT,
    mpath TEXT NOT NULL,
    rank INTEGER DEFAULT '0' NOT NULL,
    is_active BOOLEAN DEFAULT 'true' NOT NULL,
    is_internal BOOLEAN DEFAULT 'false' NOT NULL,
    external_id TEXT,
    metadata JSONB,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_product_category PRIMARY KEY (id),
    CONSTRAINT ck_product_category_not_own_parent CHECK (parent_category_id <> id),
    CONSTRAINT uq_product_category_handle UNIQUE (handle),
    CONSTRAINT fk_product_category_parent_category_id FOREIGN KEY(parent_category_id) REFERENCES product_category (id)
);
CREATE INDEX ix_product_category_parent_category_id ON product_category (parent_category_id);

CREATE TABLE product_collection (
    id TEXT NOT NULL,
    title TEXT NOT NULL,
    handle TEXT NOT NULL,
    external_id TEXT,
    metadata JSONB,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_product_collection PRIMARY KEY (id),
    CONSTRAINT uq_product_collection_handle UNIQUE (handle)
);

CREATE TABLE product_tag (
    id TEXT NOT NULL,
    value TEXT NOT NULL,
    external_id TEXT,
    metadata JSONB,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_product_tag PRIMARY KEY (id),
    CONSTRAINT uq_product_tag_value UNIQUE (value)
);

CREATE TABLE product_type (
    id TEXT NOT NULL,
    value TEXT NOT NULL,
    external_id TEXT,
    metadata JSONB,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_product_type PRIMARY KEY (id),
    CONSTRAINT uq_product_type_value UNIQUE (value)
);

CREATE TABLE sales_channel (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    is_disabled BOOLEAN DEFAULT 'false' NOT NULL,
    metadata JSONB,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_sales_channel PRIMARY KEY (id),
    CONSTRAINT uq_sales_channel_name UNIQUE (name)
);

CREATE TABLE shipping_profile (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    type TEXT DEFAULT 'default' NOT NULL,
    metadata JSONB,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_shipping_profile PRIMARY KEY (id),
    CONSTRAINT uq_shipping_profile_name UNIQUE (name)
);

CREATE TABLE stock_hold (
    cart_id TEXT NOT NULL,
    item_id TEXT NOT NULL,
    location_id TEXT NOT NULL,
    quantity BIGINT NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_stock_hold PRIMARY KEY (cart_id, item_id, location_id),
    CONSTRAINT ck_stock_hold_quantity CHECK (quantity > 0)
);
CREATE INDEX ix_stock_hold_expires_at ON stock_hold (expires_at);
CREATE INDEX ix_stock_hold_item ON stock_hold (item_id, location_id);

CREATE TABLE store (
    id TEXT NOT NULL,
    handle TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    logo TEXT,
    status TEXT DEFAULT 'open' NOT NULL,
    address_1 TEXT,
    address_2 TEXT,
    city TEXT,
    province TEXT,
    postal_code TEXT,
    country_code TEXT,
    phone TEXT,
    latitude DOUBLE PRECISION,
    longitude DOUBLE PRECISION,
    commission_rate NUMERIC(6, 3) DEFAULT '0' NOT NULL,
    metadata JSONB,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_store PRIMARY KEY (id),
    CONSTRAINT ck_store_handle CHECK (handle ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    CONSTRAINT ck_store_status CHECK (status IN ('pending', 'open', 'suspended', 'closed')),
    CONSTRAINT ck_store_latitude CHECK (latitude BETWEEN -90 AND 90),
    CONSTRAINT ck_store_longitude CHECK (longitude BETWEEN -180 AND 180),
    CONSTRAINT ck_store_commission_rate CHECK (commission_rate BETWEEN 0 AND 100),
    CONSTRAINT uq_store_handle UNIQUE (handle)
);

CREATE TABLE api_key_sales_channel (
    api_key_id TEXT NOT NULL,
    sales_channel_id TEXT NOT NULL,
    CONSTRAINT pk_api_key_sales_channel PRIMARY KEY (api_key_id, sales_channel_id),
    CONSTRAINT fk_api_key_sales_channel_api_key_id FOREIGN KEY(api_key_id) REFERENCES api_key (id) ON DELETE CASCADE,
    CONSTRAINT fk_api_key_sales_channel_sales_channel_id FOREIGN KEY(sales_channel_id) REFERENCES sales_channel (id) ON DELETE CASCADE
);

CREATE TABLE campaign (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    identifier TEXT NOT NULL,
    description TEXT,
    starts_at TIMESTAMP WITH TIME ZONE,
    ends_at TIMESTAMP WITH TIME ZONE,
    budget_type TEXT,
    budget_limit BIGINT,
    budget_currency_code TEXT,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_campaign PRIMARY KEY (id),
    CONSTRAINT ck_campaign_window CHECK (ends_at > starts_at),
    CONSTRAINT ck_campaign_budget_type CHECK (budget_type IN ('spend', 'usage')),
    CONSTRAINT ck_campaign_budget_limit CHECK (budget_limit >= 0),
    CONSTRAINT ck_campaign_budget_currency CHECK ((coalesce(budget_type, '') = 'spend') = (budget_currency_code IS NOT NULL)),
    CONSTRAINT uq_campaign_identifier UNIQUE (identifier),
    CONSTRAINT fk_campaign_budget_currency_code FOREIGN KEY(budget_currency_code) REFERENCES currency (code)
);

CREATE TABLE customer_group_customer (
    customer_id TEXT NOT NULL,
    group_id TEXT NOT NULL,
    CONSTRAINT pk_customer_group_customer PRIMARY KEY (customer_id, group_id),
    CONSTRAINT fk_customer_group_customer_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE CASCADE,
    CONSTRAINT fk_customer_group_customer_group_id FOREIGN KEY(group_id) REFERENCES customer_group (id) ON DELETE CASCADE
);
CREATE INDEX ix_customer_group_customer_group_id ON customer_group_customer (group_id);

CREATE TABLE inventory_item (
    id TEXT NOT NULL,
    store_id TEXT NOT NULL,
    sku TEXT,
    title TEXT,
    metadata JSONB,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_inventory_item PRIMARY KEY (id),
    CONSTRAINT fk_inventory_item_store_id FOREIGN KEY(store_id) REFERENCES store (id)
);
CREATE UNIQUE INDEX uq_inventory_item_store_id_sku ON inventory_item (store_id, sku);

CREATE TABLE ledger_entry (
    id BIGSERIAL NOT NULL,
    posting_id TEXT NOT NULL,
    account TEXT NOT NULL,
    store_id TEXT,
    store_order_id TEXT,
    currency_code TEXT NOT NULL,
    amount BIGINT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_ledger_entry PRIMARY KEY (id),
    CONSTRAINT ck_ledger_entry_account CHECK (account IN ('gateway_clearing', 'seller_pending', 'platform_fee')),
    CONSTRAINT ck_ledger_entry_amount CHECK (amount <> 0),
    CONSTRAINT ck_ledger_entry_store CHECK ((account = 'seller_pending') = (store_id IS NOT NULL)),
    CONSTRAINT fk_ledger_entry_posting_id FOREIGN KEY(posting_id) REFERENCES ledger_posting (id),
    CONSTRAINT fk_ledger_entry_store_id FOREIGN KEY(store_id) REFERENCES store (id)
);
CREATE INDEX ix_ledger_entry_account ON ledger_entry (account, store_id, currency_code);
CREATE INDEX ix_ledger_entry_posting_id ON ledger_entry (posting_id);

CREATE TABLE product (
    id TEXT NOT NULL,
    store_id TEXT NOT NULL,
    title TEXT NOT NULL,
    subtitle TEXT,
    description TEXT,
    handle TEXT NOT NULL,
    status TEXT DEFAULT 'draft' NOT NULL,
    is_giftcard BOOLEAN DEFAULT 'false' NOT NULL,
    discountable BOOLEAN DEFAULT 'true' NOT NULL,
    thumbnail TEXT,
    collection_id TEXT,
    type_id TEXT,
    shipping_profile_id TEXT,
    weight INTEGER,
    length INTEGER,
    height INTEGER,
    width INTEGER,
    hs_code TEXT,
    origin_country TEXT,
    mid_code TEXT,
    material TEXT,
    external_id TEXT,
    version BIGINT DEFAULT '0' NOT NULL,
    search TSVECTOR GENERATED ALWAYS AS (setweight(to_tsvector('simple', coalesce(title, '')), 'A') || setweight(to_tsvector('simple', coalesce(subtitle, '') || ' ' || replace(coalesce(handle, ''), '-', ' ')), 'B') || setweight(to_tsvector('simple', coalesce(description, '')), 'C')) STORED NOT NULL,
    metadata JSONB,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    deleted_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_product PRIMARY KEY (id),
    CONSTRAINT uq_product_store_id_external_id UNIQUE (store_id, external_id),
    CONSTRAINT ck_product_status CHECK (status IN ('draft', 'proposed', 'published', 'rejected')),
    CONSTRAINT ck_product_handle CHECK (handle ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    CONSTRAINT fk_product_store_id FOREIGN KEY(store_id) REFERENCES store (id),
    CONSTRAINT uq_product_handle UNIQUE (handle),
    CONSTRAINT fk_product_collection_id FOREIGN KEY(collection_id) REFERENCES product_collection (id),
    CONSTRAINT fk_product_type_id FOREIGN KEY(type_id) REFERENCES product_type (id),
    CONSTRAINT fk_product_shipping_profile_id FOREIGN KEY(shipping_profile_id) REFERENCES shipping_profile (id)
);
CREATE INDEX ix_product_collection_id ON product (collection_id);
CREATE INDEX ix_product_listed ON product (created_at, id) WHERE status = 'published' AND deleted_at IS NULL;
CREATE INDEX ix_product_search ON product USING gin (search);
CREATE INDEX ix_product_store_id ON product (store_id);
CREATE INDEX ix_product_type_id ON product (type_id);
CREATE INDEX ix_product_version ON product (version);

CREATE TABLE region (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    currency_code TEXT NOT NULL,
    automatic_taxes BOOLEAN DEFAULT 'true' NOT NULL,
    metadata JSONB,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_region PRIMARY KEY (id),
    CONSTRAINT uq_region_name UNIQUE (name),
    CONSTRAINT fk_region_currency_code FOREIGN KEY(currency_code) REFERENCES currency (code)
);

CREATE TABLE stock_location (
    id TEXT NOT NULL,
    store_id TEXT NOT NULL,
    name TEXT NOT NULL,
    rank INTEGER DEFAULT '0' NOT NULL,
    address_1 TEXT,
    address_2 TEXT,
    city TEXT,
    province TEXT,
    postal_code TEXT,
    country_code TEXT,
    phone TEXT,
    metadata JSONB,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_stock_location PRIMARY KEY (id),
    CONSTRAINT fk_stock_location_store_id FOREIGN KEY(store_id) REFERENCES store (id)
);
CREATE INDEX ix_stock_location_store_id ON stock_location (store_id);
CREATE UNIQUE INDEX uq_stock_location_store_id_name ON stock_location (store_id, name);

CREATE TABLE tax_region (
    id TEXT NOT NULL,
    country_code TEXT NOT NULL,
    province_code TEXT,
    parent_id TEXT,
    metadata JSONB,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_tax_region PRIMARY KEY (id),
    CONSTRAINT uq_tax_region_place UNIQUE NULLS NOT DISTINCT (country_code, province_code),
    CONSTRAINT ck_tax_region_province_code CHECK (province_code = lower(province_code)),
    CONSTRAINT ck_tax_region_parent CHECK ((province_code IS NULL) = (parent_id IS NULL)),
    CONSTRAINT fk_tax_region_country_code FOREIGN KEY(country_code) REFERENCES country (iso_2),
    CONSTRAINT fk_tax_region_parent_id FOREIGN KEY(parent_id) REFERENCES tax_region (id) ON DELETE CASCADE
);
CREATE INDEX ix_tax_region_parent_id ON tax_region (parent_id);

CREATE TABLE campaign_usage (
    campaign_id TEXT NOT NULL,
    used BIGINT DEFAULT '0' NOT NULL,
    usage_limit BIGINT,
    CONSTRAINT pk_campaign_usage PRIMARY KEY (campaign_id),
    CONSTRAINT ck_campaign_usage_used CHECK (used >= 0),
    CONSTRAINT ck_campaign_usage_usage_limit CHECK (used <= usage_limit),
    CONSTRAINT fk_campaign_usage_campaign_id FOREIGN KEY(campaign_id) REFERENCES campaign (id) ON DELETE CASCADE
);

CREATE TABLE cart (
    id TEXT NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    region_id TEXT NOT NULL,
    sales_channel_id TEXT,
    customer_id TEXT,
    currency_code TEXT NOT NULL,
    document JSON NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    completed_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_cart PRIMARY KEY (id),
    CONSTRAINT ck_cart_version CHECK (version > 0),
    CONSTRAINT fk_cart_region_id FOREIGN KEY(region_id) REFERENCES region (id),
    CONSTRAINT fk_cart_sales_channel_id FOREIGN KEY(sales_channel_id) REFERENCES sales_channel (id),
    CONSTRAINT fk_cart_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id)
);
-- A cart's document is rewritten with every change: it stays in its row uncompressed, in a page that has room for the
-- next version.
ALTER TABLE cart SET (toast_tuple_target = 8160, fillfactor = 50);
CREATE INDEX ix_cart_customer_id ON cart (customer_id);
CREATE INDEX ix_cart_open ON cart (updated_at) WHERE completed_at IS NULL;

CREATE TABLE fulfillment_set (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    type TEXT DEFAULT 'shipping' NOT NULL,
    location_id TEXT NOT NULL,
    metadata JSONB,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_fulfillment_set PRIMARY KEY (id),
    CONSTRAINT ck_fulfillment_set_type CHECK (type IN ('shipping', 'pickup')),
    CONSTRAINT fk_fulfillment_set_location_id FOREIGN KEY(location_id) REFERENCES stock_location (id)
);
CREATE UNIQUE INDEX uq_fulfillment_set_location_id_name ON fulfillment_set (location_id, name);

CREATE TABLE inventory_level (
    item_id TEXT NOT NULL,
    location_id TEXT NOT NULL,
    stocked BIGINT DEFAULT '0' NOT NULL,
    reserved BIGINT DEFAULT '0' NOT NULL,
    held BIGINT DEFAULT '0' NOT NULL,
    backordered BIGINT DEFAULT '0' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_inventory_level PRIMARY KEY (item_id, location_id),
    CONSTRAINT ck_inventory_level_reserved CHECK (reserved >= 0),
    CONSTRAINT ck_inventory_level_held CHECK (held >= 0),
    CONSTRAINT ck_inventory_level_backordered CHECK (backordered >= 0),
    CONSTRAINT ck_inventory_level_available CHECK (stocked - reserved - held >= 0),
    CONSTRAINT fk_inventory_level_item_id FOREIGN KEY(item_id) REFERENCES inventory_item (id) ON DELETE CASCADE,
    CONSTRAINT fk_inventory_level_location_id FOREIGN KEY(location_id) REFERENCES stock_location (id)
);
CREATE INDEX ix_inventory_level_location_id ON inventory_level (location_id);

CREATE TABLE product_category_product (
    product_id TEXT NOT NULL,
    category_id TEXT NOT NULL,
    CONSTRAINT pk_product_category_product PRIMARY KEY (product_id, category_id),
    CONSTRAINT fk_product_category_product_product_id FOREIGN KEY(product_id) REFERENCES product (id) ON DELETE CASCADE,
    CONSTRAINT fk_product_category_product_category_id FOREIGN KEY(category_id) REFERENCES product_category (id) ON DELETE CASCADE
);
CREATE INDEX ix_product_category_product_category_id ON product_category_product (category_id);

CREATE TABLE product_image (
    id TEXT NOT NULL,
    product_id TEXT NOT NULL,
    url TEXT NOT NULL,
    alt TEXT,
    rank INTEGER DEFAULT '0' NOT NULL,
    metadata JSONB,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_product_image PRIMARY KEY (id),
    CONSTRAINT uq_product_image_product_id_url UNIQUE (product_id, url),
    CONSTRAINT fk_product_image_product_id FOREIGN KEY(product_id) REFERENCES product (id) ON DELETE CASCADE
);
CREATE INDEX ix_product_image_product_id ON product_image (product_id);

CREATE TABLE product_option (
    id TEXT NOT NULL,
    product_id TEXT NOT NULL,
    title TEXT NOT NULL,
    rank INTEGER DEFAULT '0' NOT NULL,
    metadata JSONB,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_product_option PRIMARY KEY (id),
    CONSTRAINT uq_product_option_product_id_title UNIQUE (product_id, title),
    CONSTRAINT fk_product_option_product_id FOREIGN KEY(product_id) REFERENCES product (id) ON DELETE CASCADE
);
CREATE INDEX ix_product_option_product_id ON product_option (product_id);

CREATE TABLE product_sales_channel (
    product_id TEXT NOT NULL,
    sales_channel_id TEXT NOT NULL,
    CONSTRAINT pk_product_sales_channel PRIMARY KEY (product_id, sales_channel_id),
    CONSTRAINT fk_product_sales_channel_product_id FOREIGN KEY(product_id) REFERENCES product (id) ON DELETE CASCADE,
    CONSTRAINT fk_product_sales_channel_sales_channel_id FOREIGN KEY(sales_channel_id) REFERENCES sales_channel (id) ON DELETE CASCADE
);
CREATE INDEX ix_product_sales_channel_sales_channel_id ON product_sales_channel (sales_channel_id);

CREATE TABLE product_tag_product (
    product_id TEXT NOT NULL,
    tag_id TEXT NOT NULL,
    CONSTRAINT pk_product_tag_product PRIMARY KEY (product_id, tag_id),
    CONSTRAINT fk_product_tag_product_product_id FOREIGN KEY(product_id) REFERENCES product (id) ON DELETE CASCADE,
    CONSTRAINT fk_product_tag_product_tag_id FOREIGN KEY(tag_id) REFERENCES product_tag (id) ON DELETE CASCADE
);
CREATE INDEX ix_product_tag_product_tag_id ON product_tag_product (tag_id);

CREATE TABLE product_variant (
    id TEXT NOT NULL,
    product_id TEXT NOT NULL,
    store_id TEXT NOT NULL,
    title TEXT NOT NULL,
    sku TEXT,
    barcode TEXT,
    ean TEXT,
    upc TEXT,
    allow_backorder BOOLEAN DEFAULT 'false' NOT NULL,
    manage_inventory BOOLEAN DEFAULT 'true' NOT NULL,
    requires_shipping BOOLEAN DEFAULT 'true' NOT NULL,
    variant_rank INTEGER DEFAULT '0' NOT NULL,
    thumbnail TEXT,
    weight INTEGER,
    length INTEGER,
    height INTEGER,
    width INTEGER,
    hs_code TEXT,
    origin_country TEXT,
    mid_code TEXT,
    material TEXT,
    metadata JSONB,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_product_variant PRIMARY KEY (id),
    CONSTRAINT uq_product_variant_store_id_sku UNIQUE (store_id, sku),
    CONSTRAINT fk_product_variant_product_id FOREIGN KEY(product_id) REFERENCES product (id) ON DELETE CASCADE,
    CONSTRAINT fk_product_variant_store_id FOREIGN KEY(store_id) REFERENCES store (id)
);
CREATE INDEX ix_product_variant_barcode ON product_variant (barcode);
CREATE INDEX ix_product_variant_ean ON product_variant (ean);
CREATE INDEX ix_product_variant_product_id ON product_variant (product_id);
CREATE INDEX ix_product_variant_upc ON product_variant (upc);

CREATE TABLE promotion (
    id TEXT NOT NULL,
    code TEXT NOT NULL,
    is_automatic BOOLEAN DEFAULT 'false' NOT NULL,
    type TEXT DEFAULT 'standard' NOT NULL,
    status TEXT DEFAULT 'draft' NOT NULL,
    is_tax_inclusive BOOLEAN DEFAULT 'false' NOT NULL,
    "limit" INTEGER,
    campaign_id TEXT,
    store_id TEXT,
    method_id TEXT NOT NULL,
    method_type TEXT NOT NULL,
    target_type TEXT NOT NULL,
    allocation TEXT,
    value NUMERIC(20, 4) NOT NULL,
    currency_code TEXT,
    max_quantity INTEGER,
    buy_rules_min_quantity INTEGER,
    apply_to_quantity INTEGER,
    rules JSONB DEFAULT '[]' NOT NULL,
    target_rules JSONB DEFAULT '[]' NOT NULL,
    buy_rules JSONB DEFAULT '[]' NOT NULL,
    metadata JSONB,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_promotion PRIMARY KEY (id),
    CONSTRAINT ck_promotion_type CHECK (type IN ('standard', 'buyget')),
    CONSTRAINT ck_promotion_status CHECK (status IN ('draft', 'active', 'inactive')),
    CONSTRAINT ck_promotion_limit CHECK ("limit" > 0),
    CONSTRAINT ck_promotion_method_type CHECK (method_type IN ('fixed', 'percentage')),
    CONSTRAINT ck_promotion_target_type CHECK (target_type IN ('items', 'order', 'shipping_methods')),
    CONSTRAINT ck_promotion_allocation CHECK (allocation IN ('each', 'across', 'once')),
    CONSTRAINT ck_promotion_allocated CHECK (allocation IS NOT NULL OR target_type = 'order'),
    CONSTRAINT ck_promotion_value CHECK (value >= 0 AND (method_type = 'fixed' OR value <= 100)),
    CONSTRAINT ck_promotion_fixed_value CHECK (method_type = 'percentage' OR (currency_code IS NOT NULL AND value = trunc(value))),
    CONSTRAINT ck_promotion_max_quantity CHECK (max_quantity > 0),
    CONSTRAINT ck_promotion_buyget CHECK (type = 'standard' OR (coalesce(buy_rules_min_quantity, 0) > 0 AND coalesce(apply_to_quantity, 0) > 0 AND target_type = 'items')),
    CONSTRAINT uq_promotion_code UNIQUE (code),
    CONSTRAINT fk_promotion_campaign_id FOREIGN KEY(campaign_id) REFERENCES campaign (id),
    CONSTRAINT fk_promotion_store_id FOREIGN KEY(store_id) REFERENCES store (id),
    CONSTRAINT uq_promotion_method_id UNIQUE (method_id),
    CONSTRAINT fk_promotion_currency_code FOREIGN KEY(currency_code) REFERENCES currency (code)
);
CREATE INDEX ix_promotion_campaign_id ON promotion (campaign_id);
CREATE INDEX ix_promotion_store_id ON promotion (store_id);

CREATE TABLE region_country (
    iso_2 TEXT NOT NULL,
    region_id TEXT NOT NULL,
    CONSTRAINT pk_region_country PRIMARY KEY (iso_2),
    CONSTRAINT fk_region_country_iso_2 FOREIGN KEY(iso_2) REFERENCES country (iso_2),
    CONSTRAINT fk_region_country_region_id FOREIGN KEY(region_id) REFERENCES region (id) ON DELETE CASCADE
);
CREATE INDEX ix_region_country_region_id ON region_country (region_id);

CREATE TABLE region_payment_provider (
    region_id TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    CONSTRAINT pk_region_payment_provider PRIMARY KEY (region_id, provider_id),
    CONSTRAINT fk_region_payment_provider_region_id FOREIGN KEY(region_id) REFERENCES region (id) ON DELETE CASCADE
);

CREATE TABLE tax_rate (
    id TEXT NOT NULL,
    tax_region_id TEXT NOT NULL,
    rate NUMERIC(7, 4) NOT NULL,
    code TEXT,
    name TEXT NOT NULL,
    is_default BOOLEAN DEFAULT 'false' NOT NULL,
    is_combinable BOOLEAN DEFAULT 'false' NOT NULL,
    metadata JSONB,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_tax_rate PRIMARY KEY (id),
    CONSTRAINT ck_tax_rate_rate CHECK (rate BETWEEN 0 AND 100),
    CONSTRAINT uq_tax_rate_tax_region_id_name UNIQUE (tax_region_id, name),
    CONSTRAINT fk_tax_rate_tax_region_id FOREIGN KEY(tax_region_id) REFERENCES tax_region (id) ON DELETE CASCADE
);
CREATE INDEX ix_tax_rate_tax_region_id ON tax_rate (tax_region_id);
CREATE UNIQUE INDEX uq_tax_rate_default ON tax_rate (tax_region_id) WHERE is_default;

CREATE TABLE payment_collection (
    id TEXT NOT NULL,
    cart_id TEXT NOT NULL,
    currency_code TEXT NOT NULL,
    amount BIGINT NOT NULL,
    status TEXT DEFAULT 'not_paid' NOT NULL,
    authorized_amount BIGINT,
    captured_amount BIGINT,
    refunded_amount BIGINT,
    completed_at TIMESTAMP WITH TIME ZONE,
    metadata JSONB,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_payment_collection PRIMARY KEY (id),
    CONSTRAINT ck_payment_collection_amount CHECK (amount >= 0),
    CONSTRAINT ck_payment_collection_authorized CHECK (authorized_amount <= amount),
    CONSTRAINT ck_payment_collection_captured CHECK (captured_amount <= authorized_amount),
    CONSTRAINT ck_payment_collection_refunded CHECK (refunded_amount <= captured_amount),
    CONSTRAINT ck_payment_collection_status CHECK (status IN ('not_paid', 'awaiting', 'authorized', 'partially_authorized', 'canceled', 'completed', 'failed')),
    CONSTRAINT uq_payment_collection_cart_id UNIQUE (cart_id),
    CONSTRAINT fk_payment_collection_cart_id FOREIGN KEY(cart_id) REFERENCES cart (id)
);

CREATE TABLE price (
    id TEXT NOT NULL,
    variant_id TEXT NOT NULL,
    price_list_id TEXT,
    currency_code TEXT NOT NULL,
    amount BIGINT NOT NULL,
    min_quantity INTEGER,
    max_quantity INTEGER,
    region_id TEXT,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_price PRIMARY KEY (id),
    CONSTRAINT ck_price_amount CHECK (amount >= 0),
    CONSTRAINT ck_price_min_quantity CHECK (min_quantity > 0),
    CONSTRAINT ck_price_max_quantity CHECK (max_quantity > 0 AND max_quantity >= coalesce(min_quantity, 1)),
    CONSTRAINT uq_price_place UNIQUE NULLS NOT DISTINCT (variant_id, price_list_id, currency_code, region_id, min_quantity, max_quantity),
    CONSTRAINT fk_price_variant_id FOREIGN KEY(variant_id) REFERENCES product_variant (id) ON DELETE CASCADE,
    CONSTRAINT fk_price_price_list_id FOREIGN KEY(price_list_id) REFERENCES price_list (id) ON DELETE CASCADE,
    CONSTRAINT fk_price_currency_code FOREIGN KEY(currency_code) REFERENCES currency (code),
    CONSTRAINT fk_price_region_id FOREIGN KEY(region_id) REFERENCES region (id) ON DELETE CASCADE
);
CREATE INDEX ix_price_price_list_id ON price (price_list_id);
CREATE INDEX ix_price_variant_id ON price (variant_id);

CREATE TABLE product_option_value (
    id TEXT NOT NULL,
    option_id TEXT NOT NULL,
    value TEXT NOT NULL,
    rank INTEGER DEFAULT '0' NOT NULL,
    metadata JSONB,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_product_option_value PRIMARY KEY (id),
    CONSTRAINT uq_product_option_value_option_id_value UNIQUE (option_id, value),
    CONSTRAINT fk_product_option_value_option_id FOREIGN KEY(option_id) REFERENCES product_option (id) ON DELETE CASCADE
);
CREATE INDEX ix_product_option_value_option_id ON product_option_value (option_id);

CREATE TABLE promotion_usage (
    promotion_id TEXT NOT NULL,
    used BIGINT DEFAULT '0' NOT NULL,
    usage_limit BIGINT,
    CONSTRAINT pk_promotion_usage PRIMARY KEY (promotion_id),
    CONSTRAINT ck_promotion_usage_used CHECK (used >= 0),
    CONSTRAINT ck_promotion_usage_usage_limit CHECK (used <= usage_limit),
    CONSTRAINT fk_promotion_usage_promotion_id FOREIGN KEY(promotion_id) REFERENCES promotion (id) ON DELETE CASCADE
);

CREATE TABLE service_zone (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    fulfillment_set_id TEXT NOT NULL,
    metadata JSONB,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_service_zone PRIMARY KEY (id),
    CONSTRAINT fk_service_zone_fulfillment_set_id FOREIGN KEY(fulfillment_set_id) REFERENCES fulfillment_set (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX uq_service_zone_set_name ON service_zone (fulfillment_set_id, name);

CREATE TABLE tax_rate_rule (
    id TEXT NOT NULL,
    tax_rate_id TEXT NOT NULL,
    reference TEXT NOT NULL,
    reference_id TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_tax_rate_rule PRIMARY KEY (id),
    CONSTRAINT uq_tax_rate_rule_tax_rate_id_reference_reference_id UNIQUE (tax_rate_id, reference, reference_id),
    CONSTRAINT ck_tax_rate_rule_reference CHECK (reference IN ('product', 'product_type', 'shipping_option')),
    CONSTRAINT fk_tax_rate_rule_tax_rate_id FOREIGN KEY(tax_rate_id) REFERENCES tax_rate (id) ON DELETE CASCADE
);

CREATE TABLE variant_image (
    variant_id TEXT NOT NULL,
    image_id TEXT NOT NULL,
    CONSTRAINT pk_variant_image PRIMARY KEY (variant_id, image_id),
    CONSTRAINT fk_variant_image_variant_id FOREIGN KEY(variant_id) REFERENCES product_variant (id) ON DELETE CASCADE,
    CONSTRAINT fk_variant_image_image_id FOREIGN KEY(image_id) REFERENCES product_image (id) ON DELETE CASCADE
);

CREATE TABLE variant_inventory_item (
    variant_id TEXT NOT NULL,
    item_id TEXT NOT NULL,
    required_quantity INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_variant_inventory_item PRIMARY KEY (variant_id, item_id),
    CONSTRAINT ck_variant_inventory_item_required_quantity CHECK (required_quantity > 0),
    CONSTRAINT fk_variant_inventory_item_variant_id FOREIGN KEY(variant_id) REFERENCES product_variant (id) ON DELETE CASCADE,
    CONSTRAINT fk_variant_inventory_item_item_id FOREIGN KEY(item_id) REFERENCES inventory_item (id) ON DELETE CASCADE
);
CREATE INDEX ix_variant_inventory_item_item_id ON variant_inventory_item (item_id);

CREATE TABLE geo_zone (
    id TEXT NOT NULL,
    service_zone_id TEXT NOT NULL,
    type TEXT DEFAULT 'country' NOT NULL,
    country_code TEXT NOT NULL,
    province_code TEXT,
    city TEXT,
    postal_expression TEXT,
    metadata JSONB,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_geo_zone PRIMARY KEY (id),
    CONSTRAINT ck_geo_zone_type CHECK (type IN ('country', 'province', 'city', 'zip')),
    CONSTRAINT fk_geo_zone_service_zone_id FOREIGN KEY(service_zone_id) REFERENCES service_zone (id) ON DELETE CASCADE
);
CREATE INDEX ix_geo_zone_service_zone_id ON geo_zone (service_zone_id);

CREATE TABLE orders (
    id TEXT NOT NULL,
    display_id BIGINT GENERATED BY DEFAULT AS IDENTITY,
    cart_id TEXT NOT NULL,
    payment_collection_id TEXT,
    customer_id TEXT,
    email TEXT,
    region_id TEXT NOT NULL,
    sales_channel_id TEXT,
    currency_code TEXT NOT NULL,
    locale TEXT,
    total BIGINT NOT NULL,
    totals JSONB NOT NULL,
    shipping_address JSONB,
    billing_address JSONB,
    promotions JSONB NOT NULL,
    metadata JSONB,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_orders PRIMARY KEY (id),
    CONSTRAINT ck_orders_total CHECK (total >= 0),
    CONSTRAINT uq_orders_display_id UNIQUE (display_id),
    CONSTRAINT uq_orders_cart_id UNIQUE (cart_id),
    CONSTRAINT fk_orders_cart_id FOREIGN KEY(cart_id) REFERENCES cart (id),
    CONSTRAINT uq_orders_payment_collection_id UNIQUE (payment_collection_id),
    CONSTRAINT fk_orders_payment_collection_id FOREIGN KEY(payment_collection_id) REFERENCES payment_collection (id),
    CONSTRAINT fk_orders_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id),
    CONSTRAINT fk_orders_region_id FOREIGN KEY(region_id) REFERENCES region (id),
    CONSTRAINT fk_orders_sales_channel_id FOREIGN KEY(sales_channel_id) REFERENCES sales_channel (id)
);
CREATE INDEX ix_orders_created_at ON orders (created_at, id);
CREATE INDEX ix_orders_customer_id ON orders (customer_id);

CREATE TABLE payment_session (
    id TEXT NOT NULL,
    payment_collection_id TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    currency_code TEXT NOT NULL,
    amount BIGINT NOT NULL,
    status TEXT DEFAULT 'pending' NOT NULL,
    data JSONB DEFAULT '{}' NOT NULL,
    context JSONB DEFAULT '{}' NOT NULL,
    metadata JSONB,
    expires_at TIMESTAMP WITH TIME ZONE,
    authorized_at TIMESTAMP WITH TIME ZONE,
    voided_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_payment_session PRIMARY KEY (id),
    CONSTRAINT ck_payment_session_amount CHECK (amount >= 0),
    CONSTRAINT ck_payment_session_status CHECK (status IN ('unknown', 'pending', 'requires_more', 'authorized', 'captured', 'error', 'canceled')),
    CONSTRAINT fk_payment_session_payment_collection_id FOREIGN KEY(payment_collection_id) REFERENCES payment_collection (id)
);
CREATE UNIQUE INDEX uq_payment_session_live ON payment_session (payment_collection_id) WHERE voided_at IS NULL;

CREATE TABLE shipping_option (
    id TEXT NOT NULL,
    store_id TEXT NOT NULL,
    name TEXT NOT NULL,
    price_type TEXT DEFAULT 'flat' NOT NULL,
    service_zone_id TEXT NOT NULL,
    shipping_profile_id TEXT NOT NULL,
    provider_id TEXT DEFAULT 'manual_manual' NOT NULL,
    type_code TEXT NOT NULL,
    type_label TEXT NOT NULL,
    type_description TEXT,
    data JSONB,
    enabled_in_store BOOLEAN DEFAULT 'true' NOT NULL,
    is_return BOOLEAN DEFAULT 'false' NOT NULL,
    metadata JSONB,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_shipping_option PRIMARY KEY (id),
    CONSTRAINT ck_shipping_option_price_type CHECK (price_type IN ('flat', 'calculated')),
    CONSTRAINT fk_shipping_option_store_id FOREIGN KEY(store_id) REFERENCES store (id),
    CONSTRAINT fk_shipping_option_service_zone_id FOREIGN KEY(service_zone_id) REFERENCES service_zone (id) ON DELETE CASCADE,
    CONSTRAINT fk_shipping_option_shipping_profile_id FOREIGN KEY(shipping_profile_id) REFERENCES shipping_profile (id)
);
CREATE INDEX ix_shipping_option_service_zone_id ON shipping_option (service_zone_id);
CREATE INDEX ix_shipping_option_store_id ON shipping_option (store_id);
CREATE UNIQUE INDEX uq_shipping_option_store_name_zone ON shipping_option (store_id, service_zone_id, name);

CREATE TABLE variant_option_value (
    variant_id TEXT NOT NULL,
    option_value_id TEXT NOT NULL,
    CONSTRAINT pk_variant_option_value PRIMARY KEY (variant_id, option_value_id),
    CONSTRAINT fk_variant_option_value_variant_id FOREIGN KEY(variant_id) REFERENCES product_variant (id) ON DELETE CASCADE,
    CONSTRAINT fk_variant_option_value_option_value_id FOREIGN KEY(option_value_id) REFERENCES product_option_value (id) ON DELETE CASCADE
);
CREATE INDEX ix_variant_option_value_option_value_id ON variant_option_value (option_value_id);

CREATE TABLE payment (
    id TEXT NOT NULL,
    payment_collection_id TEXT NOT NULL,
    payment_session_id TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    currency_code TEXT NOT NULL,
    amount BIGINT NOT NULL,
    data JSONB DEFAULT '{}' NOT NULL,
    captured_at TIMESTAMP WITH TIME ZONE,
    canceled_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_payment PRIMARY KEY (id),
    CONSTRAINT ck_payment_amount CHECK (amount >= 0),
    CONSTRAINT fk_payment_payment_collection_id FOREIGN KEY(payment_collection_id) REFERENCES payment_collection (id),
    CONSTRAINT uq_payment_payment_session_id UNIQUE (payment_session_id),
    CONSTRAINT fk_payment_payment_session_id FOREIGN KEY(payment_session_id) REFERENCES payment_session (id)
);
CREATE INDEX ix_payment_payment_collection_id ON payment (payment_collection_id);

CREATE TABLE promotion_redemption (
    promotion_id TEXT NOT NULL,
    order_id TEXT NOT NULL,
    code TEXT NOT NULL,
    amount BIGINT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT uq_promotion_redemption_promotion_id_order_id UNIQUE (promotion_id, order_id),
    CONSTRAINT ck_promotion_redemption_amount CHECK (amount >= 0),
    CONSTRAINT fk_promotion_redemption_promotion_id FOREIGN KEY(promotion_id) REFERENCES promotion (id),
    CONSTRAINT fk_promotion_redemption_order_id FOREIGN KEY(order_id) REFERENCES orders (id)
);
CREATE INDEX ix_promotion_redemption_order_id ON promotion_redemption (order_id);

CREATE TABLE shipping_option_price (
    id TEXT NOT NULL,
    shipping_option_id TEXT NOT NULL,
    currency_code TEXT NOT NULL,
    region_id TEXT,
    amount BIGINT NOT NULL,
    rules JSONB DEFAULT '[]' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_shipping_option_price PRIMARY KEY (id),
    CONSTRAINT ck_shipping_option_price_amount CHECK (amount >= 0),
    CONSTRAINT fk_shipping_option_price_shipping_option_id FOREIGN KEY(shipping_option_id) REFERENCES shipping_option (id) ON DELETE CASCADE,
    CONSTRAINT fk_shipping_option_price_currency_code FOREIGN KEY(currency_code) REFERENCES currency (code),
    CONSTRAINT fk_shipping_option_price_region_id FOREIGN KEY(region_id) REFERENCES region (id) ON DELETE CASCADE
);
CREATE INDEX ix_shipping_option_price_shipping_option_id ON shipping_option_price (shipping_option_id);

CREATE TABLE store_order (
    id TEXT NOT NULL,
    order_id TEXT NOT NULL,
    store_id TEXT NOT NULL,
    status TEXT DEFAULT 'placed' NOT NULL,
    currency_code TEXT NOT NULL,
    total BIGINT NOT NULL,
    commission_rate NUMERIC(6, 3) NOT NULL,
    commission BIGINT NOT NULL,
    totals JSONB NOT NULL,
    metadata JSONB,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    canceled_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_store_order PRIMARY KEY (id),
    CONSTRAINT uq_store_order_order_id_store_id UNIQUE (order_id, store_id),
    CONSTRAINT ck_store_order_total CHECK (total >= 0),
    CONSTRAINT ck_store_order_commission CHECK (commission BETWEEN 0 AND total),
    CONSTRAINT ck_store_order_status CHECK (status IN ('placed', 'accepted', 'packed', 'shipped', 'delivered', 'canceled')),
    CONSTRAINT fk_store_order_order_id FOREIGN KEY(order_id) REFERENCES orders (id),
    CONSTRAINT fk_store_order_store_id FOREIGN KEY(store_id) REFERENCES store (id)
);
CREATE INDEX ix_store_order_store ON store_order (store_id, created_at, id);

CREATE TABLE order_line (
    id TEXT NOT NULL,
    order_id TEXT NOT NULL,
    store_order_id TEXT NOT NULL,
    rank INTEGER NOT NULL,
    product_id TEXT NOT NULL,
    variant_id TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    unit_price BIGINT NOT NULL,
    compare_at_unit_price BIGINT,
    is_tax_inclusive BOOLEAN NOT NULL,
    snapshot JSONB NOT NULL,
    tax_lines JSONB NOT NULL,
    adjustments JSONB NOT NULL,
    totals JSONB NOT NULL,
    metadata JSONB,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    fulfilled_quantity INTEGER DEFAULT '0' NOT NULL,
    shipped_quantity INTEGER DEFAULT '0' NOT NULL,
    delivered_quantity INTEGER DEFAULT '0' NOT NULL,
    CONSTRAINT pk_order_line PRIMARY KEY (id),
    CONSTRAINT ck_order_line_quantity CHECK (quantity > 0),
    CONSTRAINT ck_order_line_unit_price CHECK (unit_price >= 0),
    CONSTRAINT ck_order_line_progress CHECK (delivered_quantity <= shipped_quantity AND shipped_quantity <= fulfilled_quantity AND fulfilled_quantity <= quantity),
    CONSTRAINT fk_order_line_order_id FOREIGN KEY(order_id) REFERENCES orders (id),
    CONSTRAINT fk_order_line_store_order_id FOREIGN KEY(store_order_id) REFERENCES store_order (id)
);
CREATE INDEX ix_order_line_order_id ON order_line (order_id);
CREATE INDEX ix_order_line_store_order_id ON order_line (store_order_id);
CREATE INDEX ix_order_line_variant_id ON order_line (variant_id);

CREATE TABLE order_shipping_method (
    id TEXT NOT NULL,
    order_id TEXT NOT NULL,
    store_order_id TEXT NOT NULL,
    shipping_option_id TEXT NOT NULL,
    name TEXT NOT NULL,
    amount BIGINT NOT NULL,
    is_tax_inclusive BOOLEAN NOT NULL,
    data JSONB NOT NULL,
    tax_lines JSONB NOT NULL,
    adjustments JSONB NOT NULL,
    totals JSONB NOT NULL,
    metadata JSONB,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_order_shipping_method PRIMARY KEY (id),
    CONSTRAINT ck_order_shipping_method_amount CHECK (amount >= 0),
    CONSTRAINT fk_order_shipping_method_order_id FOREIGN KEY(order_id) REFERENCES orders (id),
    CONSTRAINT fk_order_shipping_method_store_order_id FOREIGN KEY(store_order_id) REFERENCES store_order (id)
);
CREATE INDEX ix_order_shipping_method_order_id ON order_shipping_method (order_id);
CREATE INDEX ix_order_shipping_method_store_order_id ON order_shipping_method (store_order_id);
