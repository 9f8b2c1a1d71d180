"""The installation's key, and what only it can make."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from services.infra.tokens import Tokens, secret_of
from utils.config import Settings

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
    assert tokens.seal("totp", "mfa_1", sealed) == b"12345678901234567890"
    assert tokens.seal("totp", "mfa_2", sealed) != b"12345678901234567890"
    assert Tokens("other").seal("totp", "mfa_1", sealed) != b"12345678901234567890"
