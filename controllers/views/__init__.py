"""Wire forms that several surfaces share."""
