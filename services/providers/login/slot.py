"""Ways to prove who one is: a slot. `emailpass` is our own; others send the person to their page and back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from utils.config import Settings
from utils.errors import AppError

FORM, REDIRECT = "form", "redirect"


class AuthProviderUnavailable(AppError):
    """The provider cannot be reached, or answers what cannot be used; it has proven nobody."""

    code, kind = "auth_provider_unavailable", "unavailable"
    message = "The login provider {provider} cannot be reached. Try again in a moment, or log in another way."


class LoginRefused(AppError):
    """What came back from the provider proves nothing. Why is for the log: whoever forges it learns nothing."""

    code, kind = "login_refused", "unauthorized"
    message = "The login was not confirmed by the provider {provider}. Begin anew."


class LoginDenied(AppError):
    code, kind = "login_denied", "unauthorized"
    message = "The login was given up on the page of {provider}."


@dataclass(frozen=True, slots=True)
class Proven:
    """Whom the provider knows: its own id of the person, and what it tells about them."""

    entity_id: str
    email: str | None = None
    is_email_verified: bool = False
    user_metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """A way to a provider's page and back. The words are secrets of this one trip, and differ from each other."""

    state: str
    nonce: str
    verifier: str
    callback_url: str


class AuthProvider(Protocol):
    """`flow` is `form` (an address and a password are handed to us) or `redirect`."""

    id: str
    display_name: str
    flow: str

    async def close(self) -> None: ...


class RedirectProvider(AuthProvider, Protocol):
    """A provider on whose pages people log in. Both calls raise AuthProviderUnavailable when it does not answer."""

    async def begin(self, trip: AuthorizationRequest) -> str:
        """Where to send the person."""
        ...

    async def finish(self, trip: AuthorizationRequest, query: Mapping[str, str]) -> Proven:
        """Who came back; LoginDenied or LoginRefused for an answer that proves nobody."""
        ...


class EmailPass:
    id = "emailpass"
    display_name = "E-mail and password"
    flow = FORM

    async def close(self) -> None:
        return


def google(settings: Settings) -> AuthProvider | None:
    if not settings.google_client_id:
        return None
    from services.providers.login import oidc  # the client and its cryptography take 0.1 s to load

    return oidc.google(settings)


PROVIDER_IDS = ("emailpass", "google")  # that are taken, set up or not
PROVIDERS: tuple[Callable[[Settings], AuthProvider | None], ...] = (lambda _: EmailPass(), google)


def auth_providers(settings: Settings) -> Mapping[str, AuthProvider]:
    """Every provider of this installation by its id; one that is not set up is not there."""
    return {provider.id: provider for provider in (make(settings) for make in PROVIDERS) if provider is not None}
