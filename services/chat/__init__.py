"""Chat: what a customer and a seller's staff do in their conversation, and who is told of it."""
