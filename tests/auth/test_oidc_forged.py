"""What a provider's answer must not be: an issuer with keys of its own forges each of them."""

import base64
import hmac
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from hashlib import sha256
from time import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from aiohttp import web
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from controllers.http import DEPS
from services.deps import Deps
from services.providers.login import oidc
from services.providers.login.id_token import half_hash
from tests.auth.conftest import shop_of
from tests.auth.oidc import CLIENT_ID, CLIENT_SECRET, PAGE, FakeIssuer, begin, come_back, forget, public, rsa_key
from tests.conftest import Client
from utils.config import Settings

Change = Callable[[FakeIssuer], None]


@pytest.fixture(scope="module")
async def issuer() -> AsyncIterator[FakeIssuer]:
    made = FakeIssuer()
    async with made.server:
        yield made


@pytest.fixture(scope="module")
def settings(settings: Settings, issuer: FakeIssuer) -> Settings:
    return replace(
        settings,
        google_client_id=CLIENT_ID,
        google_client_secret=CLIENT_SECRET,
        google_issuer=issuer.issuer,
        auth_callback_urls=(PAGE,),
    )


@pytest.fixture(scope="module")
async def app(settings: Settings) -> web.Application:
    return shop_of(settings)


@pytest.fixture(autouse=True)
def fresh(issuer: FakeIssuer, deps: Deps) -> None:
    """The issuer honest again, and nothing of it remembered."""
    issuer.reset()
    forget(deps)


async def sent(client: Client, issuer: FakeIssuer) -> dict[str, str]:
    """A trip as the issuer sees it; its next token is for this one."""
    said = await begin(client)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(said["location"]).query).items()}
    issuer.nonce = asked["nonce"]
    return asked


async def outcome(client: Client, issuer: FakeIssuer, change: Change | None = None, **query: str) -> tuple[int, str]:
    """Status and code of a login in which the issuer answers as it was changed."""
    asked = await sent(client, issuer)
    if change is not None:
        change(issuer)
    given = {"code": "code-1", "state": asked["state"], **query}
    async with client.get("/auth/customer/google/callback", params=given) as reply:
        return reply.status, (await reply.json()).get("code", "")


async def test_an_honest_answer_logs_in_and_the_exchange_is_as_the_standard_has_it(
    client: Client, issuer: FakeIssuer, deps: Deps
) -> None:
    asked = await sent(client, issuer)
    assert asked["theme"] == "dark", "what the endpoint says already stays"
    said = await come_back(client, {"code": "code-1", "state": asked["state"], "scope": "openid", "authuser": "0"})
    claims = deps.tokens.read(said["token"])
    assert claims is not None
    assert claims.whole["user_metadata"] == {"email": "fay@provider.example", "email_verified": True}
    form, authorization = next((form, header) for what, form, header in issuer.asked if what == "token")
    assert base64.b64decode(authorization.removeprefix("Basic ")) == b"pasar+tests:a%3Asecret%2Fof%2Bthe+tests"
    assert (form["code"], form["redirect_uri"], form["grant_type"]) == ("code-1", PAGE, "authorization_code")
    digest = base64.urlsafe_b64encode(sha256(form["code_verifier"].encode()).digest())
    assert digest.decode().rstrip("=") == asked["code_challenge"]
    assert len({asked["state"], asked["nonce"], form["code_verifier"]}) == 3


def says(**claims: Any) -> Change:
    return lambda issuer: issuer.claims.update(claims)


def lacks(*names: str) -> Change:
    return lambda issuer: setattr(issuer, "without", names)


def signs(make: Callable[[FakeIssuer, dict[str, Any]], str]) -> Change:
    return lambda issuer: setattr(issuer, "sign", lambda claims: make(issuer, claims))


def pem(key: rsa.RSAPrivateKey) -> bytes:
    kind = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, kind)


def part(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def with_public_key(issuer: FakeIssuer, claims: dict[str, Any], key: bytes | None = None) -> str:
    """HS256 under what everybody can read; made by hand, since libraries refuse to."""
    text = f"{part({'alg': 'HS256', 'kid': 'one', 'typ': 'JWT'})}.{part(claims)}"
    return f"{text}.{part(hmac.digest(key or pem(issuer.key), text.encode(), 'sha256'))}"


def embedded(issuer: FakeIssuer, claims: dict[str, Any]) -> str:
    """Brings its own key along."""
    headers = {"kid": "one", "jwk": public(issuer.other_key, "one"), "jku": f"{issuer.issuer}/jwks"}
    return jwt.encode(claims, issuer.other_key, "RS256", headers=headers)


def tampered(issuer: FakeIssuer, claims: dict[str, Any]) -> str:
    head, _, mark = issuer.signed(claims).split(".")
    return f"{head}.{part({**claims, 'sub': 'somebody else'})}.{mark}"


FORGED: dict[str, Change] = {
    "another nonce": says(nonce="n" * 64),
    "no nonce": lacks("nonce"),
    "a nonce that is no text": says(nonce=1),
    "for another client": says(aud="another client"),
    "for several, and none asked": says(aud=[CLIENT_ID, "another client"]),
    "for several, and another asked": says(aud=[CLIENT_ID, "another client"], azp="another client"),
    "asked for by another": says(azp="another client"),
    "no audience": lacks("aud"),
    "of another issuer": says(iss="https://accounts.evil.example"),
    "of an issuer that begins alike": lambda issuer: issuer.claims.update(iss=f"{issuer.issuer}.evil.example"),
    "no issuer": lacks("iss"),
    "ended": says(exp=int(time()) - 120),
    "without an end": lacks("exp"),
    "an end that is no time": says(exp="soon"),
    "made long ago": says(iat=int(time()) - 3600),
    "made tomorrow": says(iat=int(time()) + 86_400),
    "made at no time": lacks("iat"),
    "made at a time that is none": says(iat=True),
    "not yet": says(nbf=int(time()) + 3600),
    "nobody": lacks("sub"),
    "an empty name": says(sub=""),
    "a name that is a number": says(sub=7),
    "an endless name": says(sub="s" * 300),
    "a name of NUL": says(sub="s\x00"),
    "beside another access token": says(at_hash=half_hash("another", "RS256")),
    "at_hash that is no text": says(at_hash=5),
    "at_hash without an access token": lambda issuer: (
        issuer.claims.update(at_hash=half_hash("access", "RS256")),
        issuer.tokens.update(access_token=None),
    )[0],
    "unsigned": signs(lambda _, claims: f"{part({'alg': 'none'})}.{part(claims)}."),
    "unsigned, in capitals": signs(lambda _, claims: f"{part({'alg': 'NONE', 'kid': 'one'})}.{part(claims)}."),
    "without its signature": signs(lambda issuer, claims: issuer.signed(claims).rpartition(".")[0] + "."),
    "HS256 with the public key": signs(with_public_key),
    "HS256 with the client's secret": signs(lambda i, claims: with_public_key(i, claims, CLIENT_SECRET.encode())),
    "another's key under a known name": signs(lambda i, claims: i.signed(claims, i.other_key)),
    "a key of its own": signs(embedded),
    "other words under a good signature": signs(tampered),
    "an algorithm that the provider does not use": signs(lambda i, claims: i.signed(claims, alg="RS512")),
    "extensions": signs(lambda i, c: jwt.encode(c, i.key, "RS256", headers={"kid": "one", "crit": ["b64"]})),
    "no token": signs(lambda *_: "nonsense"),
    "an empty token": signs(lambda *_: ""),
    "an endless token": signs(lambda i, claims: i.signed({**claims, "pad": "x" * 20_000})),
    "no id_token": lambda issuer: issuer.tokens.update(id_token=None),
}


@pytest.mark.parametrize("name", FORGED)
async def test_a_forged_answer_logs_nobody_in(client: Client, issuer: FakeIssuer, name: str) -> None:
    assert await outcome(client, issuer, FORGED[name]) == (401, "login_refused")


async def test_honest_variants_are_taken(client: Client, issuer: FakeIssuer) -> None:
    variants: list[Change] = [
        says(aud=[CLIENT_ID]),
        says(aud=[CLIENT_ID, "another"], azp=CLIENT_ID),
        says(at_hash=half_hash("access", "RS256")),
        says(iat=int(time()) + 20, exp=int(time()) - 20),
        says(email=None, name="n" * 5000, picture=3),
        signs(lambda i, claims: i.signed(claims, kid=None)),
    ]
    for variant in variants:
        issuer.reset()
        assert (await outcome(client, issuer, variant))[0] == 200


@pytest.mark.parametrize(
    "change",
    [
        lambda keys, issuer: keys.clear(),
        lambda keys, issuer: keys.__setitem__(0, {"kty": "oct", "k": part(b"k" * 32), "kid": "one"}),
        lambda keys, issuer: keys[0].update(use="enc"),
        lambda keys, issuer: keys[0].update(alg="RS512"),
        lambda keys, issuer: keys[0].update(n="AQAB"),
        lambda keys, issuer: keys.append(public(issuer.other_key, "one")),
        lambda keys, issuer: keys.__setitem__(slice(None), ["one", None, {}]),
    ],
)
async def test_a_key_that_does_not_fit_verifies_nothing(client: Client, issuer: FakeIssuer, change: Any) -> None:
    assert (await outcome(client, issuer, lambda i: change(i.published, i))) == (401, "login_refused")


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
async def test_short_keys_prove_nothing(client: Client, issuer: FakeIssuer) -> None:
    short = rsa.generate_private_key(65537, 1024)
    issuer.published = [public(short, "one")]
    assert await outcome(client, issuer, signs(lambda i, claims: i.signed(claims, short))) == (401, "login_refused")


async def test_other_kinds_of_keys_are_taken_when_the_provider_says_so(client: Client, issuer: FakeIssuer) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    issuer.published.append({**jwt.algorithms.ECAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": "curve"})
    by_curve = signs(lambda i, claims: i.signed(claims, key, "curve", "ES256"))
    assert await outcome(client, issuer, by_curve) == (401, "login_refused")
    issuer.discovery = {"id_token_signing_alg_values_supported": ["ES256"]}
    forget(client.app[DEPS])
    assert (await outcome(client, issuer, by_curve))[0] == 200


async def test_new_keys_are_found_and_looked_for_once_a_minute(
    client: Client, issuer: FakeIssuer, deps: Deps, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await outcome(client, issuer))[0] == 200
    assert issuer.count("jwks") == 1
    new = rsa_key()
    issuer.published = [public(new, "two")]
    by_new = signs(lambda i, claims: i.signed(claims, new, "two"))
    assert await outcome(client, issuer, by_new) == (401, "login_refused"), "asked for a moment ago"
    assert issuer.count("jwks") == 1
    keys: Any = deps.auth_providers["google"]
    monkeypatch.setattr(keys._keys, "_rest_seconds", 0.0)
    assert (await outcome(client, issuer, by_new))[0] == 200
    assert issuer.count("jwks") == 2
    monkeypatch.setattr(keys._keys, "_rest_seconds", oidc.REST_SECONDS)
    for _ in range(3):
        assert (await outcome(client, issuer, signs(lambda i, claims: i.signed(claims, new, "three"))))[0] == 401
    assert issuer.count("jwks") == 2
    assert issuer.count("discovery") == 1


async def test_a_redirect_that_another_provider_sends_is_refused(client: Client, issuer: FakeIssuer) -> None:
    assert await outcome(client, issuer, iss="https://accounts.evil.example") == (401, "login_refused")
    assert issuer.count("token") == 0, "the code goes to nobody"
    assert (await outcome(client, issuer, iss=issuer.issuer))[0] == 200
    issuer.reset()


async def test_errors_of_the_redirect_are_refusals(client: Client, issuer: FakeIssuer) -> None:
    said = await outcome(client, issuer, error="access_denied", error_description="<script>")
    assert said == (401, "login_denied")
    assert await outcome(client, issuer, error="server_error") == (401, "login_refused")
    assert await outcome(client, issuer, code="") == (401, "login_refused")
    assert issuer.count("token") == 0
