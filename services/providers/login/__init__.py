"""Login providers: our own password login, and OpenID Connect."""
