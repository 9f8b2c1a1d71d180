"""Statements that ask whether the database answers, and which it is."""

from sqlalchemy import text

PING = text("SELECT 1")
VERSION = text("SELECT current_setting('server_version')")
