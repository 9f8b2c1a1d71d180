"""Schemas of chat: one form of a body for a request and for a socket event."""
