-- The platform's word on a product: one that was rejected is not published again until the platform says so.
ALTER TABLE product ADD COLUMN rejected_at TIMESTAMP WITH TIME ZONE;
ALTER TABLE product ADD COLUMN rejection_reason TEXT;
ALTER TABLE product ADD CONSTRAINT ck_product_rejection CHECK (
    (rejected_at IS NULL) = (rejection_reason IS NULL) AND (rejected_at IS NULL OR status <> 'published')
);
