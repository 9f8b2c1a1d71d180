-- What a buyer says with a return and with a request for an order: where the parcel goes, and why the order is asked for.
ALTER TABLE order_return ADD COLUMN location_id TEXT;
ALTER TABLE order_transfer ADD COLUMN description TEXT;
