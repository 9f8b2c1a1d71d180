"""Orders, sellers' parts of them, and what happens to them."""
