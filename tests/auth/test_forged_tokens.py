"""Five hundred tokens that are not ours: none opens a door, and none breaks the page of a storefront."""

import asyncio
import hmac
import random
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from hashlib import sha256, sha384, sha512
from time import time
from typing import Any

import jwt
import orjson
import pytest

from services.deps import Deps
from services.infrastructure.tokens.tokens import AUDIENCE, ISSUER, Tokens
from tests.auth.conftest import customer, me
from tests.conftest import Client
from tests.middleware.probe import KEY
from tests.people import Person

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def part(value: Any) -> str:
    return urlsafe_b64encode(orjson.dumps(value)).decode().rstrip("=")


def read(text: str) -> Any:
    return orjson.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def signed(header: Any, claims: Any, key: bytes, digest: Any = sha256) -> str:
    body = f"{part(header)}.{part(claims)}"
    return f"{body}.{urlsafe_b64encode(hmac.digest(key, body.encode(), digest)).decode().rstrip('=')}"


def headers() -> Iterator[dict[str, Any]]:
    """Headers that ask to be believed in some other way."""
    for algorithm in ("none", "None", "NONE", "nOnE", "", "HS384", "HS512", "RS256", "ES256", "EdDSA", "hs256"):
        yield {"alg": algorithm, "typ": "JWT"}
    more: dict[str, Any]
    for more in (
        {"kid": "../../../../dev/null"},
        {"kid": "' UNION SELECT 'a"},
        {"jku": "https://evil.example/keys"},
        {"x5u": "https://evil.example/cert"},
        {"jwk": {"kty": "oct", "k": "AAAA"}},
        {"crit": ["exp"]},
        {"crit": ["b64"], "b64": False},
        {"crit": []},
        {"zip": "DEF"},
        {"cty": "JWT"},
        {"typ": "at+jwt"},
    ):
        yield {"alg": "HS256", "typ": "JWT", **more}


def changed_claims(good: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Claims that our own key would have to refuse."""
    now = int(time())
    for change in (
        {"exp": now - 60},
        {"exp": 0},
        {"exp": "never"},
        {"exp": None},
        {"iat": now + 3600},
        {"nbf": now + 3600},
        {"aud": "other"},
        {"aud": ["other"]},
        {"aud": None},
        {"iss": "other"},
        {"iss": None},
        {"sid": ""},
        {"sid": "lses_00000000000000000000000000"},
        {"sid": ["a"]},
        {"actor_type": "user"},
        {"actor_type": "seller"},
        {"actor_id": "cus_other"},
        {"actor_id": None},
        {"actor_id": 7},
        {"auth_identity_id": "authid_other"},
        {"auth_identity_id": ""},
    ):
        yield {**good, **change}
    for name in ("exp", "iat", "aud", "iss", "sid", "actor_type", "actor_id", "auth_identity_id"):
        yield {key: value for key, value in good.items() if key != name}


def forged(token: str, tokens: Tokens) -> Iterator[str]:
    head, body, mark = token.split(".")
    claims = read(body)
    own = tokens.key("access")
    keys = [b"", b"secret", b"supersecret", b"pasar", tokens.key("reset"), tokens.key("mfa"), own[:-1], KEY.encode()]
    for header in headers():
        yield f"{part(header)}.{body}."
        yield f"{part(header)}.{body}.{mark}"
        yield signed(header, claims, own)
        for key in keys:
            yield signed(header, claims, key)
    for digest in (sha384, sha512):
        yield signed({"alg": f"HS{digest().digest_size * 8}", "typ": "JWT"}, claims, own, digest)
    for key in keys:
        yield signed(read(head), claims, key)
    for other in changed_claims(claims):
        yield signed({"alg": "HS256", "typ": "JWT"}, other, own)
    chance = random.Random(4)
    for _ in range(200):  # a letter changed somewhere that counts
        place = chance.randrange(len(token))
        if token[place] != ".":
            yield token[:place] + chance.choice([c for c in ALPHABET if c != token[place]]) + token[place + 1 :]
    yield from (token[:-1] + letter for letter in ALPHABET if letter != token[-1])  # some mean the same bytes
    yield from (token[:length] for length in range(0, len(token), 9))
    yield from (f"{head}.{body}", f"{head}..{mark}", f".{body}.{mark}", "..", f"{token}.", f"{token}.{mark}", token * 5)
    yield from (
        "null",
        "undefined",
        "0",
        "[object Object]",
        "x" * 4000,
        token.upper(),
        token + "A",
        token + "=",
    )


@pytest.fixture(scope="module")
async def ana(client: Client) -> Person:
    return await customer(client, "ana@example.com")


async def test_five_hundred_forged_tokens_are_refused(ana: Person, deps: Deps) -> None:
    corpus = list(dict.fromkeys(forged(ana.token, deps.tokens)))
    assert len(corpus) >= 500
    assert await me(ana) == 200
    accepted = []
    for token in corpus:
        if ana.token != token and await me(Person(ana.client, "", token=token)) != 401:
            accepted.append(token)
    assert accepted == []


async def test_other_ways_to_say_a_token_are_not_taken(ana: Person) -> None:
    for value in (ana.token, f"Basic {ana.token}", f"Token {ana.token}", f"Bearer  {ana.token}", "Bearer", "Bearer "):
        sent = {"x-publishable-api-key": KEY, "authorization": value}
        assert (await ana.client.get("/store/me", headers=sent)).status == 401
    query = await ana.client.get(f"/store/me?token={ana.token}", headers={"x-publishable-api-key": KEY})
    assert query.status in (400, 401)


async def test_a_bad_token_shows_a_storefronts_page_as_to_anybody(ana: Person, deps: Deps) -> None:
    for token in [*forged(ana.token, deps.tokens)][::25]:
        if not token.isprintable():
            continue
        sent = {"x-publishable-api-key": KEY, "authorization": f"Bearer {token}"}
        reply = await ana.client.get("/store/anyone", headers=sent)
        assert (reply.status, (await reply.json())["kind"]) == (200, "anonymous")


async def test_a_token_ends_when_it_says(ana: Person, deps: Deps) -> None:
    claims = deps.tokens.read(ana.token)
    assert claims is not None
    short = deps.tokens.sign(dict(claims.whole) | {"exp": 0}, session_id=claims.session_id, seconds=1)
    assert await me(Person(ana.client, "", token=short)) == 200
    await asyncio.sleep(1.2)
    assert await me(Person(ana.client, "", token=short)) == 401


def test_what_the_library_signs_with_our_key_and_terms_is_ours() -> None:
    """The corpus bites: a token is refused for what is wrong with it, not for having been made here."""
    tokens = Tokens("a" * 20)
    now = int(time())
    claims = {"sid": "s", "auth_identity_id": "i", "actor_type": "customer", "actor_id": "", "iat": now}
    good = {**claims, "exp": now + 60, "aud": AUDIENCE, "iss": ISSUER}
    assert tokens.read(jwt.encode(good, tokens.key("access"), "HS256", sort_headers=True)) is not None


@pytest.mark.parametrize(
    "header", [b"Authorization: Bearer \xff.a", b"Cookie: connect.sid=\xff", b"Cookie: connect.sid=a\xffb"]
)
@pytest.mark.parametrize("path", ["customer/emailpass/update", "mfa/challenges/x/verify", "session"])
async def test_bytes_that_are_no_text_are_no_token_either(client: Client, header: bytes, path: str) -> None:
    url, body = client.make_url("/"), b""
    if path != "session":
        body = b'{"password":"a fresh password"}' if "update" in path else b'{"method":"totp","code":"123456"}'
    about = b"Host: x\r\nConnection: close\r\nContent-Type: application/json\r\n%b\r\n" % header
    line = f"POST /auth/{path} HTTP/1.1\r\n".encode()
    reader, writer = await asyncio.open_connection(url.host, url.port)
    writer.write(line + about + b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
    told = await reader.read()
    writer.close()
    assert told.startswith(b"HTTP/1.1 401 "), told
