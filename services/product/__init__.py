"""Products: written by sellers, held ready for buyers, searched, filed under categories, moderated."""
