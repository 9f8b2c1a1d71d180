"""The cart, its document, and its stock holds."""
