"""E-mails that events cause: a file for each kind of recipient."""
