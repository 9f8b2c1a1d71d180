CREATE TABLE auth_redirect (
    id TEXT NOT NULL,
    provider TEXT NOT NULL,
    actor_type TEXT NOT NULL,
    callback_url TEXT NOT NULL,
    is_rotating BOOLEAN NOT NULL,
    binding_hash BYTEA,
    link_identity_id TEXT,
    address TEXT NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_auth_redirect PRIMARY KEY (id),
    CONSTRAINT ck_auth_redirect_actor_type CHECK (actor_type IN ('customer', 'seller', 'affiliate', 'user')),
    CONSTRAINT fk_auth_redirect_link_identity_id FOREIGN KEY(link_identity_id) REFERENCES auth_identity (id) ON DELETE CASCADE
);
CREATE INDEX ix_auth_redirect_link_identity_id ON auth_redirect (link_identity_id);
CREATE INDEX ix_auth_redirect_expires_at ON auth_redirect (expires_at);
