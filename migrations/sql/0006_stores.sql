-- Stores of applicants: their particulars, closure windows, and what is checked before they open.
ALTER TABLE store
    ADD COLUMN email TEXT,
    ADD COLUMN currency_code TEXT,
    ADD COLUMN status_reason TEXT,
    ADD COLUMN status_changed_at TIMESTAMP WITH TIME ZONE,
    ADD COLUMN opened_at TIMESTAMP WITH TIME ZONE,
    ADD COLUMN closed_from TIMESTAMP WITH TIME ZONE,
    ADD COLUMN closed_to TIMESTAMP WITH TIME ZONE,
    ADD COLUMN closure_note TEXT,
    ADD CONSTRAINT fk_store_currency_code FOREIGN KEY(currency_code) REFERENCES currency (code),
    ADD CONSTRAINT ck_store_closure CHECK (num_nonnulls(closed_from, closed_to) <> 1 AND closed_from < closed_to),
    ADD CONSTRAINT ck_store_closure_note CHECK (closure_note IS NULL OR closed_from IS NOT NULL);
-- Stores that are open or were, since before there was a way to say when they opened.
UPDATE store SET opened_at = created_at WHERE status IN ('open', 'suspended', 'closed');

CREATE TABLE kyc_item (
    store_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    status TEXT DEFAULT 'submitted' NOT NULL,
    data JSONB NOT NULL,
    revision INTEGER DEFAULT 1 NOT NULL,
    note TEXT,
    submitted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    reviewed_at TIMESTAMP WITH TIME ZONE,
    reviewed_by TEXT,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_kyc_item PRIMARY KEY (store_id, kind),
    CONSTRAINT ck_kyc_item_kind CHECK (kind IN ('legal_entity', 'tax_id', 'representative', 'identity_document', 'address_proof', 'bank_account')),
    CONSTRAINT ck_kyc_item_status CHECK (status IN ('submitted', 'verified', 'rejected')),
    CONSTRAINT ck_kyc_item_revision CHECK (revision > 0),
    CONSTRAINT ck_kyc_item_reviewed CHECK ((status = 'submitted') = (reviewed_at IS NULL)),
    CONSTRAINT fk_kyc_item_store_id FOREIGN KEY(store_id) REFERENCES store (id) ON DELETE CASCADE
);

CREATE TABLE kyc_document (
    upload_id TEXT NOT NULL,
    store_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    rank INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_kyc_document PRIMARY KEY (upload_id),
    CONSTRAINT fk_kyc_document_store_id_kind FOREIGN KEY(store_id, kind) REFERENCES kyc_item (store_id, kind) ON DELETE CASCADE,
    CONSTRAINT fk_kyc_document_upload_id FOREIGN KEY(upload_id) REFERENCES upload (id)
);
CREATE INDEX ix_kyc_document_store_id_kind ON kyc_document (store_id, kind);
