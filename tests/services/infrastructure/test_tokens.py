"""The installation's key, and what only it can make."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.identity.mfa import code_hash
from services.identity.oauth import STATE, authorization_request_of
from services.infrastructure.tokens.tokens import Tokens, secret_of
from services.providers.login.slot import AuthorizationRequest
from utils.clock import FixedClock
from utils.config import Settings, SettingsError

pytestmark = pytest.mark.pure


def test_development_makes_one_key_and_keeps_it_to_itself(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: secret_of(settings), range(40)))
    assert len(made) == 1
    assert len(made.pop()) >= 48
    files = list((tmp_path / "data").iterdir())
    assert [file.name for file in files] == ["auth_secret"]
    assert files[0].stat().st_mode & 0o777 == 0o600
    assert secret_of(replace(settings, auth_secret="another")) == "another"


def test_a_token_of_one_use_is_none_of_another() -> None:
    tokens, other = Tokens("one key"), Tokens("another key")
    token = tokens.of_row("reset", "atok_1")
    assert tokens.row_of("reset", token) == "atok_1"
    assert tokens.row_of("verification", token) is None
    assert other.row_of("reset", token) is None
    for wrong in ("", ".", "atok_1", "atok_1.", f"atok_2.{token.partition('.')[2]}", token + "A", token[:-1], "é.é"):
        assert tokens.row_of("reset", wrong) is None


def test_a_sealed_secret_is_read_under_its_own_name_only() -> None:
    tokens = Tokens("one key")
    sealed = tokens.seal("totp", "mfa_1", b"12345678901234567890")
    assert sealed != b"12345678901234567890"
    assert tokens.open("totp", "mfa_1", sealed) == [b"12345678901234567890"]
    assert tokens.open("totp", "mfa_2", sealed) == []
    assert tokens.open("sms", "mfa_1", sealed) == []
    assert Tokens("other").open("totp", "mfa_1", sealed) == []
    assert tokens.seal("totp", "mfa_1", b"12345678901234567890") != sealed, "never twice the same"


def test_what_was_sealed_cannot_be_changed() -> None:
    tokens = Tokens("one key")
    sealed = tokens.seal("totp", "mfa_1", b"12345678901234567890")
    for at in range(len(sealed)):
        assert tokens.open("totp", "mfa_1", sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]) == []
    assert tokens.open("totp", "mfa_1", sealed[:-1]) == []


# Made by the version before secrets could be changed.
BEFORE = "the-secret-of-an-installation-before-rotation"
MOMENT = FixedClock(datetime(2026, 11, 28, 12, tzinfo=UTC))
OLD_ROW = "atok_1.bLGE0BaMULWH-HsVV4SEScOhP-VEa65H"
OLD_SEALED = bytes.fromhex("ec9513aee9b3abcea85b1af29967681142bab653")
OLD_RECOVERY = "a5c03b81e06ca6af0b526e41cca1f69dcfdd70b8fb80d6c9df4fc3993738082d"
OLD_ACCESS = (
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJhdXRoX2lkZW50aXR5X2lkIjoiYXV0aGlkXzEiLCJhY3Rvcl90eXBlIjoiY3VzdG9tZXIiLCJhY3Rvcl"
    "9pZCI6ImN1c18xIiwic2lkIjoibHNlc18xIiwiYXVkIjoicGFzYXIiLCJpc3MiOiJwYXNhciIsImlhdCI6MTc5NTg1Nzc4MiwiZXhwIjo0MTk1ODU3NzgyfQ"
    ".-qxfo811ynrWOCh5iXsYVY0-JRe2-GSNlZgHkPnVsxY"
)
OLD_TRIP = AuthorizationRequest(
    "atrip_1.TwVk9vDUwqZ14AlN_jO-D5wBd9IMLl7j",
    "c7ff1960793bfaace0bdc098911cb3dc262df45af2435fefc9dfb1d34491ec0c",
    "8caeddc1b97444d6f3453d78ddbae2927cc7f9422578ccb8cafef851b845040f",
    "https://x.example/back",
)


@pytest.mark.parametrize(
    "tokens",
    [
        Tokens(BEFORE, clock=MOMENT),
        Tokens("the newest", [BEFORE], clock=MOMENT),
        Tokens("the newest", ["one between", BEFORE], clock=MOMENT),
    ],
    ids=["same secret", "former", "before the former"],
)
def test_tokens_of_older_versions_and_of_former_secrets_still_open(tokens: Tokens) -> None:
    assert tokens.row_of("reset", OLD_ROW) == "atok_1"
    assert b"12345678901234567890" in tokens.open("totp", "mfa_1", OLD_SEALED)
    read = tokens.read(OLD_ACCESS)
    assert read is not None
    assert (read.session_id, read.identity_id, read.actor_id) == ("lses_1", "authid_1", "cus_1")
    assert OLD_RECOVERY in [code_hash(each, "authid_1", "ABCDEF-123456").hex() for each in tokens.ring]
    maker = tokens.maker(STATE, OLD_TRIP.state)
    assert maker is not None
    assert authorization_request_of(maker, "atrip_1", OLD_TRIP.callback_url) == OLD_TRIP
    assert not tokens.is_current(OLD_SEALED)


def test_what_is_new_is_made_with_the_newest_secret() -> None:
    before, after = Tokens(BEFORE), Tokens("the newest", [BEFORE])
    fresh = Tokens("the newest")
    sealed = after.seal("totp", "mfa_1", b"secret")
    assert fresh.open("totp", "mfa_1", sealed) == [b"secret"]
    assert before.open("totp", "mfa_1", sealed) == []
    assert after.is_current(sealed)
    assert not after.is_current(before.seal("totp", "mfa_1", b"secret"))
    assert after.open("totp", "mfa_1", before.seal("totp", "mfa_1", b"secret")) == [b"secret"]
    assert after.of_row("reset", "atok_1") == fresh.of_row("reset", "atok_1") != before.of_row("reset", "atok_1")
    claims = {"auth_identity_id": "authid_1", "actor_type": "customer", "actor_id": "cus_1"}
    token = after.sign(claims, session_id="lses_1", seconds=60)
    assert fresh.read(token) is not None
    assert before.read(token) is None


def test_a_secret_that_was_taken_away_opens_nothing() -> None:
    later = Tokens("the newest", clock=MOMENT)
    assert later.row_of("reset", OLD_ROW) is None
    assert later.read(OLD_ACCESS) is None
    assert b"12345678901234567890" not in later.open("totp", "mfa_1", OLD_SEALED)


def test_former_secrets_are_held_to_the_same_strength() -> None:
    strong = ["k8Jw2mQz7Rt5Yx1Vb9Nc4Lp6Hs3Gd0Fa", "q4Zw7nKx2Rb9Tc5Ym1Vd8Lg6Hp3Js0Uf"]
    read = Settings.from_env({"PASAR_AUTH_SECRET": strong[0], "PASAR_AUTH_FORMER_SECRETS": ",".join(strong)})
    assert read.auth_former_secrets == tuple(strong)
    assert strong[1] not in repr(read)
    with pytest.raises(SettingsError, match="PASAR_AUTH_FORMER_SECRETS is too weak"):
        Settings.from_env({"PASAR_AUTH_FORMER_SECRETS": f"{strong[0]},short"})
