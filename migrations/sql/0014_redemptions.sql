-- What a sale counted of limits and budgets, so that just this is given back when its order is called off.
ALTER TABLE promotion_redemption ADD COLUMN is_counted BOOLEAN DEFAULT 'false' NOT NULL;
ALTER TABLE promotion_redemption ADD COLUMN campaign_id TEXT;
ALTER TABLE promotion_redemption ADD COLUMN campaign_amount BIGINT DEFAULT '0' NOT NULL;
ALTER TABLE promotion_redemption ADD CONSTRAINT ck_promotion_redemption_campaign_amount CHECK (campaign_amount >= 0);
-- Sales from before counted what had a limit, as far as can be told today.
UPDATE promotion_redemption r SET is_counted = p."limit" IS NOT NULL
FROM promotion p WHERE p.id = r.promotion_id;
UPDATE promotion_redemption r
SET campaign_id = c.id, campaign_amount = CASE WHEN c.budget_type = 'spend' THEN r.amount ELSE 1 END
FROM promotion p JOIN campaign c ON c.id = p.campaign_id
WHERE p.id = r.promotion_id AND c.budget_limit IS NOT NULL;
