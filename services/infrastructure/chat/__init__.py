"""The chat store: a slot, with MongoDB."""
