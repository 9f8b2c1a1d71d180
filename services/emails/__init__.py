"""E-mails that events cause, a file for each kind of recipient: `buyer`, `identity` (who logs in or is invited) and
`seller` (its owners)."""
