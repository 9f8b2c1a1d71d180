-- When a login last proved again who it is, and from which device it was made.
ALTER TABLE login_session ADD COLUMN proven_at TIMESTAMP WITH TIME ZONE;
ALTER TABLE login_session ADD COLUMN device_hash BYTEA;
-- A second factor is taken away by two administrators: one asks, another approves.
CREATE TABLE factor_removal (
	id TEXT NOT NULL,
	auth_identity_id TEXT NOT NULL,
	reason TEXT NOT NULL,
	status TEXT DEFAULT 'requested' NOT NULL,
	requested_by TEXT NOT NULL,
	decided_by TEXT,
	decided_at TIMESTAMP WITH TIME ZONE,
	expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	CONSTRAINT pk_factor_removal PRIMARY KEY (id),
	CONSTRAINT fk_factor_removal_auth_identity_id FOREIGN KEY(auth_identity_id) REFERENCES auth_identity (id) ON DELETE CASCADE,
	CONSTRAINT ck_factor_removal_status CHECK (status IN ('requested', 'approved', 'rejected')),
	CONSTRAINT ck_factor_removal_two CHECK (status <> 'approved' OR decided_by <> requested_by)
);
CREATE INDEX ix_factor_removal_auth_identity_id ON factor_removal (auth_identity_id);
