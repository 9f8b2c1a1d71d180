"""Chat between customers and sellers: conversations, messages, inboxes; rules and statements."""
