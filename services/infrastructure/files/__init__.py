"""File storage: a slot, with a local folder and S3."""
