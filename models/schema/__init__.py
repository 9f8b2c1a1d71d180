"""Tables only, a file a domain: the ground that every other room of this floor stands on."""
