"""Tokens: what the installation's key signs, and how it is known again.

Every use has a key of its own, derived from the secret, so that a token of one use never passes for one of another.
"""

import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import jwt
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from jwt.types import Options

from services.infrastructure.files.private import shared_secret
from utils.clock import SYSTEM, Clock
from utils.config import Settings

AUDIENCE, ISSUER = "pasar", "pasar"
ALGORITHM = "HS256"
# All of ours begin alike; a header with anything else in it (kid, crit, jku, another algorithm) is not ours.
HEADER = jwt.encode({}, "-" * 32, ALGORITHM, sort_headers=True).partition(".")[0] + "."
LONGEST = 2048
LEEWAY_SECONDS = 30  # clocks of several machines
# The library asks the machine's clock, and we our own.
OPTIONS: Options = {
    "require": ["exp", "iat", "sid", "aud", "iss"],
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
}
KEY_ID_BYTES, NONCE_BYTES = 8, 12
LONGEST_PADDED = 32  # bytes; what is sealed today is longer: key id, nonce and the cipher's tag are 36
HELD = 5_000  # tokens known to be good, kept with what they say


@dataclass(frozen=True, slots=True)
class Claims:
    """What a good token says: the login it belongs to, and the actor type that it was made for."""

    session_id: str
    identity_id: str
    actor_type: str
    actor_id: str
    expires_at: int
    whole: Mapping[str, Any]


def signature(key: bytes, text: str) -> str:
    """32 characters that only the key's holder can make."""
    return urlsafe_b64encode(hmac.digest(key, text.encode(), "sha256")[:24]).decode()


class Tokens:
    """Signs and reads. Reading never raises: what is not good in every way is None.

    What is new is made with the newest secret; what `former` ones made is still read, until they are taken away.
    """

    def __init__(self, secret: str, former: Sequence[str] = (), *, clock: Clock = SYSTEM) -> None:
        self._secret = secret.encode()
        self._clock = clock
        self._access = self.key("access")
        self._key_id = hmac.digest(self._secret, b"pasar key id", sha256)[:KEY_ID_BYTES]
        self._held: dict[str, Claims] = {}
        self.ring: tuple[Tokens, ...] = (self, *(Tokens(each, clock=clock) for each in former))

    def key(self, use: str) -> bytes:
        return hmac.digest(self._secret, b"pasar:" + use.encode(), sha256)

    def sign(self, claims: Mapping[str, Any], *, session_id: str, seconds: int) -> str:
        """An access token of a login for so many seconds."""
        issued = int(self._clock.timestamp())
        more = {"sid": session_id, "aud": AUDIENCE, "iss": ISSUER, "iat": issued, "exp": issued + seconds}
        return jwt.encode({**claims, **more}, self._access, ALGORITHM, sort_headers=True)

    def read(self, token: str) -> Claims | None:
        found = self._held.get(token)
        if found is None:
            found = self._verified(token)
            if found is None:
                return None
            if len(self._held) >= HELD:
                del self._held[next(iter(self._held))]
            self._held[token] = found
        return found if self._clock.timestamp() < found.expires_at else None

    def _verified(self, token: str) -> Claims | None:
        if len(token) > LONGEST or not token.isascii() or not token.startswith(HEADER):
            return None
        signer = next((each for each in self.ring if each._has_signed(token)), None)
        try:
            return None if signer is None else claims_of(token, signer._access, self._clock.timestamp())
        except (jwt.InvalidTokenError, ValueError, TypeError):
            return None

    def _has_signed(self, token: str) -> bool:
        # The last letter of a signature has bits that mean nothing; only the one way to write it is taken.
        body, _, mark = token.rpartition(".")
        wanted = urlsafe_b64encode(hmac.digest(self._access, body.encode(), sha256)).decode().rstrip("=")
        return hmac.compare_digest(mark, wanted)

    def of_row(self, use: str, row_id: str) -> str:
        """The token of a row. It stands nowhere: the row's id is enough to make it, for who has the key."""
        return f"{row_id}.{signature(self.key(use), row_id)}"

    def row_of(self, use: str, token: str) -> str | None:
        """The row's id if the token is the one that `of_row` makes of it."""
        return None if self.maker(use, token) is None else token.partition(".")[0]

    def maker(self, use: str, token: str) -> "Tokens | None":
        """The secret that made the token of a row, for what was derived from it besides; None for a wrong token."""
        row_id, _, given = token.partition(".")
        if not row_id or not token.isascii() or len(token) > LONGEST:
            return None
        marks = ((each, signature(each.key(use), row_id)) for each in self.ring)
        return next((each for each, mark in marks if hmac.compare_digest(given, mark)), None)

    def seal(self, use: str, name: str, plain: bytes) -> bytes:
        """A secret that only `open` reads, under the same use and name; it says by which key (AES-256-GCM)."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return self._key_id + nonce + self._cipher(use).encrypt(nonce, plain, f"{use}:{name}".encode())

    def open(self, use: str, name: str, sealed: bytes) -> list[bytes]:
        """What was sealed; nothing for what was changed, is another's, or was sealed by an unknown key.

        Older versions sealed 32 bytes at the most with a pad, which does not say of which key: there is one candidate
        for each.
        """
        if len(sealed) <= LONGEST_PADDED:
            return [each._unpadded(use, name, sealed) for each in self.ring]
        key_id, nonce = sealed[:KEY_ID_BYTES], sealed[KEY_ID_BYTES : KEY_ID_BYTES + NONCE_BYTES]
        rest, bound = sealed[KEY_ID_BYTES + NONCE_BYTES :], f"{use}:{name}".encode()
        try:
            return [each._cipher(use).decrypt(nonce, rest, bound) for each in self.ring if each._key_id == key_id]
        except InvalidTag:
            return []

    def is_current(self, sealed: bytes) -> bool:
        """Was it sealed with the newest secret, in today's form?"""
        return len(sealed) > LONGEST_PADDED and sealed.startswith(self._key_id)

    def _cipher(self, use: str) -> AESGCM:
        return AESGCM(self.key(f"seal {use}"))

    def _unpadded(self, use: str, name: str, sealed: bytes) -> bytes:
        pad = hmac.digest(self.key(use), name.encode(), sha256)
        return bytes(a ^ b for a, b in zip(sealed, pad, strict=False))


def claims_of(token: str, key: bytes, moment: float) -> Claims | None:
    """What a token says that was signed with the key; None, or an error of the library, when it is not for us, now."""
    said = jwt.decode(token, key, [ALGORITHM], audience=AUDIENCE, issuer=ISSUER, options=OPTIONS)
    begins, ends = max(int(said["iat"]), int(said.get("nbf", 0))), int(said["exp"])
    words = [said.get(name) for name in ("sid", "auth_identity_id", "actor_type", "actor_id")]
    if begins > moment + LEEWAY_SECONDS or not all(isinstance(word, str) for word in words) or not all(words[:3]):
        return None
    session_id, identity_id, actor_type, actor_id = map(str, words)
    return Claims(session_id, identity_id, actor_type, actor_id, ends, said)


def hashed(token: str) -> bytes:
    """What is stored of a random token; one that came in a header may hold bytes that are no text."""
    return sha256(token.encode(errors="surrogateescape")).digest()


def secret_of(settings: Settings) -> str:
    """The setting, or in development the key of the data folder, made when it is not there yet."""
    if settings.auth_secret:
        return settings.auth_secret
    path: Path = settings.data_dir / "auth_secret"
    return shared_secret(path, secrets.token_urlsafe(48).encode()).decode().strip()
