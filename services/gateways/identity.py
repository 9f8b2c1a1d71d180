"""Ways to prove who one is: a slot. `emailpass` is our own; others send the person to their page and back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Proven:
    """Whom the provider knows: its own id of the person, and what it tells about them."""

    entity_id: str
    email: str | None = None
    is_email_verified: bool = False
    user_metadata: Mapping[str, Any] = field(default_factory=dict)


class AuthProvider(Protocol):
    """`flow` is `form` (an address and a password are handed to us) or `redirect`."""

    id: str
    display_name: str
    flow: str


class RedirectProvider(AuthProvider, Protocol):
    """A provider on whose pages people log in."""

    async def begin(self, *, state: str, callback_url: str) -> str:
        """Where to send the person."""
        ...

    async def finish(self, *, query: Mapping[str, str], state: str, callback_url: str) -> Proven:
        """Who came back; raises an AppError of kind `unauthorized` for an answer that proves nothing."""
        ...


class EmailPass:
    id = "emailpass"
    display_name = "E-mail and password"
    flow = "form"


def auth_providers() -> Mapping[str, AuthProvider]:
    """Every provider of this installation by its id."""
    return {provider.id: provider for provider in (EmailPass(),)}
