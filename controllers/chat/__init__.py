"""Chat: one controller for an operation, whether it comes as a request or as a socket event."""
