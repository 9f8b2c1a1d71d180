"""Who calls: accounts, logins, second factors, API keys, administrators, limits on guessing."""
