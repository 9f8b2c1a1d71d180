"""JSON Schemas that several surfaces share."""
