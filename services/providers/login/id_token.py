"""ID tokens of OpenID Connect: whether one proves who its person is, to us, now, for this trip (Core 1.0, 3.1.3.7)."""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256, sha384, sha512
from typing import Any

import jwt

from utils.clock import SYSTEM

# Signatures that only the provider can make. HS* are made with a secret that we hold as well, `none` by anybody.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
USUAL = ("RS256",)  # what a provider signs with that does not say
KEY_TYPES = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}
CURVES = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521", "EdDSA": "Ed25519"}
HASHES = {"256": sha256, "384": sha384, "512": sha512, "DSA": sha512}  # by the end of the algorithm's name
LEEWAY_SECONDS = 60
OLDEST_SECONDS = 600  # it was made for this trip, which takes no longer
LONGEST, LONGEST_SUBJECT = 16 * 1024, 255
SHORTEST_RSA_BITS = 2048


class TokenRefused(Exception):
    """The token proves nothing; the text says why, for the log."""


class KeyUnknown(TokenRefused):
    """Signed with a key that is not among the ones we know; there may be newer ones."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a token must say to be one for us."""

    issuers: Sequence[str]
    client_id: str
    nonce: str
    access_token: str | None


def allowed(supported: Any) -> tuple[str, ...]:
    """The algorithms that a provider says it signs with, without those that prove nothing."""
    named = supported if isinstance(supported, list) else USUAL
    return tuple(name for name in ALGORITHMS if name in named)


def algorithm_and_key(token: str, algorithms: Iterable[str]) -> tuple[str, str | None]:
    """What the header says, when it is one that we take."""
    if len(token) > LONGEST:
        raise TokenRefused("too long")
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.InvalidTokenError, ValueError) as error:
        raise TokenRefused(f"not a token: {error}") from error
    name, key_id = header.get("alg"), header.get("kid")
    if name not in tuple(algorithms):
        raise TokenRefused(f"algorithm {str(name)[:20]}")
    if "crit" in header or "b64" in header:
        raise TokenRefused("extensions in the header")
    if key_id is not None and not isinstance(key_id, str):
        raise TokenRefused("kid is no text")
    return str(name), key_id


def chosen_key(keys: Iterable[Any], algorithm: str, key_id: str | None) -> jwt.PyJWK:
    """The provider's key that the token names; without a name the only one that fits."""
    fit = [key for key in keys if isinstance(key, dict) and fits(key, algorithm)]
    named = [key for key in fit if key.get("kid") == key_id] if key_id is not None else fit
    if len(named) != 1:
        raise KeyUnknown(f"{len(named)} keys fit")
    try:
        key = jwt.PyJWK(named[0], algorithm=algorithm)
    except (jwt.PyJWTError, ValueError, TypeError, KeyError) as error:
        raise TokenRefused(f"the key cannot be used: {error}") from error
    if getattr(key.key, "key_size", SHORTEST_RSA_BITS) < SHORTEST_RSA_BITS and KEY_TYPES[algorithm[:2]] == "RSA":
        raise TokenRefused("the key is too short")
    return key


def fits(key: Mapping[str, Any], algorithm: str) -> bool:
    """May this key verify signatures of this algorithm?"""
    return (
        key.get("kty") == KEY_TYPES[algorithm[:2]]
        and key.get("use", "sig") == "sig"
        and key.get("alg", algorithm) == algorithm
        and ("crv" not in key or key["crv"] == CURVES.get(algorithm))
    )


def claims_of(token: str, key: jwt.PyJWK, algorithm: str, wanted: Wanted) -> Mapping[str, Any]:
    """What the token says, when all of it is as it must be; TokenRefused otherwise."""
    try:
        claims = jwt.decode(
            token,
            key,
            [algorithm],
            audience=wanted.client_id,
            issuer=list(wanted.issuers),
            leeway=LEEWAY_SECONDS,
            options={"require": ["iss", "sub", "aud", "exp", "iat"]},
        )
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise TokenRefused(f"{type(error).__name__}: {error}") from error
    check_party(claims, wanted.client_id)
    check_trip(claims, algorithm, wanted)
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT or not subject.isprintable():
        raise TokenRefused("sub")
    return claims


def check_party(claims: Mapping[str, Any], client_id: str) -> None:
    """Of several audiences one must have asked for the token, and that must be us."""
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if (several or "azp" in claims) and claims.get("azp") != client_id:
        raise TokenRefused("azp")


def check_trip(claims: Mapping[str, Any], algorithm: str, wanted: Wanted) -> None:
    """The token is of this trip: made lately, with our nonce, and beside this access token."""
    issued, nonce, mark = claims["iat"], claims.get("nonce"), claims.get("at_hash")
    if isinstance(issued, bool) or not isinstance(issued, int | float) or issued < SYSTEM.timestamp() - OLDEST_SECONDS:
        raise TokenRefused("iat")
    if not isinstance(nonce, str) or not hmac.compare_digest(nonce.encode(), wanted.nonce.encode()):
        raise TokenRefused("nonce")
    if "at_hash" not in claims:
        return
    right = half_hash(wanted.access_token or "", algorithm)
    if not wanted.access_token or not isinstance(mark, str) or not hmac.compare_digest(mark.encode(), right.encode()):
        raise TokenRefused("at_hash")


def half_hash(text: str, algorithm: str) -> str:
    """The left half of the text's hash, as `at_hash` writes it."""
    digest = HASHES[algorithm[-3:]](text.encode()).digest()
    return urlsafe_b64encode(digest[: len(digest) // 2]).decode().rstrip("=")
