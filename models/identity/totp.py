"""Time-based one-time passwords (RFC 6238): pure arithmetic."""

import hmac
from base64 import b32encode
from urllib.parse import quote

STEP_SECONDS = 30
DIGITS = 6
SLACK = 1  # steps that a phone's clock may be off


def code_at(secret: bytes, step: int, *, digits: int = DIGITS, digest: str = "sha1") -> str:
    """The code of a step: RFC 4226's truncation of an HMAC of the step's number."""
    mac = hmac.digest(secret, step.to_bytes(8), digest)
    start = mac[-1] & 15
    number = int.from_bytes(mac[start : start + 4]) & 0x7FFF_FFFF
    return str(number % 10**digits).zfill(digits)


def step_of(secret: bytes, code: str, *, at: float, after: int) -> int | None:
    """The step whose code this is, near `at` (seconds since 1970) and later than `after`; None when there is none."""
    if not code.isascii():
        return None
    now = int(at) // STEP_SECONDS
    for step in range(now - SLACK, now + SLACK + 1):
        if hmac.compare_digest(code_at(secret, step), code) and step > after:
            return step
    return None


def base32(secret: bytes) -> str:
    return b32encode(secret).decode().rstrip("=")


def address(secret: bytes, *, issuer: str, account: str) -> str:
    """What an authenticator app reads from a QR code."""
    label = f"{quote(issuer, safe='')}:{quote(account, safe='@')}"
    terms = f"secret={base32(secret)}&issuer={quote(issuer, safe='')}&digits={DIGITS}&period={STEP_SECONDS}"
    return f"otpauth://totp/{label}?{terms}"
