"""Notification providers."""
