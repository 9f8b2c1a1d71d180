"""How an import makes handles, and the parts of SKUs that are made of them: the one place that says so."""

from utils.text import slug


def handle_of(text: str) -> str:
    """The handle for a text; empty where nothing can be made of it."""
    return slug(text)
