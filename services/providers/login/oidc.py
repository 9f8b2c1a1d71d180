"""OpenID Connect: the code flow with PKCE, state and nonce, against a provider found by its issuer's address."""

import logging
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, quote_plus, urlencode, urlsplit, urlunsplit

from services.infrastructure.http.client import Answer, Kept, Outbound, OutboundFailed
from services.providers.login import id_token
from services.providers.login.id_token import KeyUnknown, TokenRefused, Wanted
from services.providers.login.slot import (
    REDIRECT,
    AuthorizationRequest,
    AuthProviderUnavailable,
    LoginDenied,
    LoginRefused,
    Proven,
)
from utils.config import Settings

log = logging.getLogger("pasar.oidc")
GOOGLE = "https://accounts.google.com"
KEPT_SECONDS = 3600.0  # how long the discovery document and the keys are believed
REST_SECONDS = 60.0  # keys are not fetched more often for tokens of keys that nobody knows
SCOPE = "openid email profile"
TOLD = {"name": 200, "given_name": 100, "family_name": 100, "picture": 1000, "locale": 35}  # longest
LONGEST_EMAIL = 254
GIVEN_UP = frozenset({"access_denied", "login_required", "interaction_required", "consent_required"})
# The provider's answers to a code that is wrong, used or another's; all other errors are between it and us.
CODE_WRONG = frozenset({"invalid_grant", "invalid_request"})


@dataclass(frozen=True, slots=True)
class Endpoints:
    """What the discovery document says, as far as we use it."""

    authorization: str
    token: str
    keys: str
    algorithms: tuple[str, ...]
    is_secret_posted: bool
    names_itself: bool  # every redirect back says who sends it (RFC 9207)


class OidcProvider:
    """A provider by its issuer. `hosts` are those beside the issuer's own that its endpoints may lie on."""

    flow = REDIRECT

    def __init__(
        self,
        id_: str,
        display_name: str,
        *,
        issuer: str,
        client_id: str,
        client_secret: str,
        hosts: Sequence[str] = (),
        more_issuers: Sequence[str] = (),
        outbound: Outbound | None = None,
    ) -> None:
        self.id, self.display_name = id_, display_name
        self.issuer, self.issuers, self.hosts = issuer, (issuer, *more_issuers), hosts
        self.client_id, self._client_secret = client_id, client_secret
        self.outbound = outbound or Outbound()
        self._endpoints = Kept(self._discover, seconds=KEPT_SECONDS, rest_seconds=REST_SECONDS)
        self._keys = Kept(self._fetch_keys, seconds=KEPT_SECONDS, rest_seconds=REST_SECONDS)

    async def close(self) -> None:
        await self.outbound.close()

    async def begin(self, trip: AuthorizationRequest) -> str:
        endpoints = await self._known_endpoints()
        challenge = urlsafe_b64encode(sha256(trip.verifier.encode()).digest()).decode().rstrip("=")
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": trip.callback_url,
            "scope": SCOPE,
            "state": trip.state,
            "nonce": trip.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        parts = urlsplit(endpoints.authorization)
        return urlunsplit(parts._replace(query=urlencode([*parse_qsl(parts.query), *asked.items()])))

    async def finish(self, trip: AuthorizationRequest, query: Mapping[str, str]) -> Proven:
        endpoints = await self._known_endpoints()
        sender = query.get("iss")
        if sender not in self.issuers and (sender is not None or endpoints.names_itself):
            raise self._refused(f"iss of the redirect: {str(sender)[:100]}")
        if "error" in query:
            if query["error"] in GIVEN_UP:
                raise LoginDenied(provider=self.id)
            raise self._refused(f"error {query['error'][:60]!r}")
        if not query.get("code"):
            raise self._refused("no code")
        answer = await self._exchange(endpoints, trip, query["code"])
        token, access = answer.body.get("id_token"), answer.body.get("access_token")
        if not isinstance(token, str):
            raise self._refused("no id_token")
        wanted = Wanted(self.issuers, self.client_id, trip.nonce, access if isinstance(access, str) else None)
        try:
            claims = await self._claims(endpoints, token, wanted)
        except TokenRefused as error:
            raise self._refused(f"ID token: {error}") from None
        return proven(claims)

    async def _claims(self, endpoints: Endpoints, token: str, wanted: Wanted) -> Mapping[str, Any]:
        algorithm, key_id = id_token.algorithm_and_key(token, endpoints.algorithms)
        try:
            key = id_token.chosen_key(await self._reached(self._keys.get()), algorithm, key_id)
        except KeyUnknown:  # the provider may have changed its keys
            key = id_token.chosen_key(await self._reached(self._keys.newer()), algorithm, key_id)
        return id_token.claims_of(token, key, algorithm, wanted)

    async def _exchange(self, endpoints: Endpoints, trip: AuthorizationRequest, code: str) -> Answer:
        """The tokens for a code; LoginRefused when the provider does not take it."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": trip.callback_url,
            "code_verifier": trip.verifier,
        }
        headers = {}
        if endpoints.is_secret_posted:
            form |= {"client_id": self.client_id, "client_secret": self._client_secret}
        else:
            pair = f"{quote_plus(self.client_id)}:{quote_plus(self._client_secret)}"
            headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
        answer: Answer = await self._reached(self.outbound.post_form(endpoints.token, form, headers))
        if answer.status == 200:
            return answer
        error = str(answer.body.get("error"))[:60]
        if answer.status in (400, 401) and error in CODE_WRONG:
            raise self._refused(f"the code was not taken: {error!r}")
        raise self._unavailable(f"token endpoint answers {answer.status} {error!r}")

    async def _known_endpoints(self) -> Endpoints:
        found: Endpoints = await self._reached(self._endpoints.get())
        return found

    async def _discover(self) -> Endpoints:
        answer = await self.outbound.get(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        said = answer.body
        if answer.status != 200 or said.get("issuer") != self.issuer:
            raise OutboundFailed(f"discovery of {self.issuer} answers {answer.status}, or for another issuer")
        ways = said.get("token_endpoint_auth_methods_supported")
        endpoints = Endpoints(
            self._own(said.get("authorization_endpoint")),
            self._own(said.get("token_endpoint")),
            self._own(said.get("jwks_uri")),
            id_token.allowed(said.get("id_token_signing_alg_values_supported")),
            isinstance(ways, list) and "client_secret_basic" not in ways,
            said.get("authorization_response_iss_parameter_supported") is True,
        )
        if not endpoints.algorithms:
            raise OutboundFailed(f"{self.issuer} signs with nothing that proves anything")
        return endpoints

    async def _fetch_keys(self) -> list[Any]:
        answer = await self.outbound.get((await self._endpoints.get()).keys)
        keys = answer.body.get("keys")
        if answer.status != 200 or not isinstance(keys, list):
            raise OutboundFailed(f"the keys of {self.issuer}: status {answer.status}")
        return keys

    def _own(self, url: Any) -> str:
        """An endpoint, when it lies where the issuer's may: what a document says leads us nowhere else."""
        issuer, parts = urlsplit(self.issuer), urlsplit(url if isinstance(url, str) else "")
        is_own = (parts.scheme, parts.netloc) == (issuer.scheme, issuer.netloc)
        is_known = parts.scheme == "https" and parts.netloc in self.hosts
        if not (is_own or is_known) or parts.fragment:
            raise OutboundFailed(f"{self.issuer} names an endpoint that is not its own: {str(url)[:100]}")
        return str(url)

    async def _reached(self, call: Any) -> Any:
        try:
            return await call
        except OutboundFailed as error:
            raise self._unavailable(str(error)) from error

    def _unavailable(self, why: str) -> AuthProviderUnavailable:
        log.warning("login provider %s: %s", self.id, why)
        return AuthProviderUnavailable(provider=self.id)

    def _refused(self, why: str) -> LoginRefused:
        log.info("login by %s refused: %r", self.id, why)
        return LoginRefused(provider=self.id)


def proven(claims: Mapping[str, Any]) -> Proven:
    """What a token that was found good tells; texts that are too long to be any are left out."""
    email = claims.get("email")
    if not isinstance(email, str) or not 3 <= len(email) <= LONGEST_EMAIL or "@" not in email or " " in email:
        email = None
    told = {name: claims.get(name) for name in TOLD}
    kept = {
        name: value
        for name, value in told.items()
        if isinstance(value, str) and 0 < len(value) <= TOLD[name] and value.isprintable()
    }
    is_verified = email is not None and claims.get("email_verified") is True
    return Proven(claims["sub"], email, is_verified, kept)


def google(settings: Settings) -> OidcProvider:
    is_google = settings.google_issuer == GOOGLE
    return OidcProvider(
        "google",
        "Google",
        issuer=settings.google_issuer,
        client_id=settings.google_client_id,
        client_secret=settings.google_client_secret,
        hosts=("accounts.google.com", "oauth2.googleapis.com", "www.googleapis.com") if is_google else (),
        more_issuers=("accounts.google.com",) if is_google else (),  # as its tokens may have it
    )
