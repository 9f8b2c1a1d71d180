"""RFC 6238, appendix B."""

import pytest

from models.identity import totp

pytestmark = pytest.mark.pure

SECRETS = {"sha1": b"12345678901234567890", "sha256": b"12345678901234567890123456789012"}
SECRETS["sha512"] = (b"1234567890" * 7)[:64]
VECTORS = [
    (59, "94287082", "46119246", "90693936"),
    (1111111109, "07081804", "68084774", "25091201"),
    (1111111111, "14050471", "67062674", "99943326"),
    (1234567890, "89005924", "91819424", "93441116"),
    (2000000000, "69279037", "90698825", "38618901"),
    (20000000000, "65353130", "77737706", "47863826"),
]


@pytest.mark.parametrize(("seconds", "sha1", "sha256", "sha512"), VECTORS)
def test_codes_are_those_of_the_rfc(seconds: int, sha1: str, sha256: str, sha512: str) -> None:
    for digest, wanted in (("sha1", sha1), ("sha256", sha256), ("sha512", sha512)):
        assert totp.code_at(SECRETS[digest], seconds // 30, digits=8, digest=digest) == wanted


def test_a_code_counts_a_step_early_or_late_and_never_again() -> None:
    secret, at = SECRETS["sha1"], 1_234_567_890.0
    step = int(at) // 30
    for offset, taken in ((-2, None), (-1, step - 1), (0, step), (1, step + 1), (2, None)):
        assert totp.step_of(secret, totp.code_at(secret, step + offset), at=at, after=0) == taken
    assert totp.step_of(secret, totp.code_at(secret, step), at=at, after=step) is None


def test_an_app_is_told_what_it_needs() -> None:
    told = totp.address(SECRETS["sha1"], issuer="My Shop", account="ana@example.com")
    assert told.startswith("otpauth://totp/My%20Shop:ana@example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=")
