"""The command that makes administrators, run as a person runs it, and what they can do then."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from models.schema.audit import audit_log
from models.schema.identity import admin_user
from services.deps import Deps
from tests.conftest import Client
from tests.people import PASSWORD, Person, registered

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def seed_file() -> Path | None:
    """An empty database."""
    return None


async def create(url: str, email: str, *more: str, password: str | None = PASSWORD) -> subprocess.CompletedProcess[str]:
    """`create-admin` with the password on standard input; None: with nobody to ask."""
    given = ["--password-stdin"] if password is not None else []
    command = [sys.executable, str(ROOT / "app.py"), "create-admin", "--email", email, *given, *more]
    environment = {"DATABASE_URL": url, "PATH": ""}

    def run() -> subprocess.CompletedProcess[str]:
        typed = "" if password is None else f"{password}\n"
        return subprocess.run(
            command, input=typed, capture_output=True, text=True, env=environment, timeout=60, check=False
        )

    return await asyncio.to_thread(run)


async def test_an_administrator_is_made_and_logs_in(client: Client, deps: Deps, database_url: str) -> None:
    done = await create(database_url, "Boss@Example.com", "--first-name", "Bo")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("boss@example.com is an administrator (user_")
    assert PASSWORD not in done.stdout + done.stderr
    boss = Person(client, "boss@example.com", actor="user")
    await boss.log_in()
    me = (await boss.ask("GET", "/admin/users/me"))["user"]
    assert (me["email"], me["role"], me["first_name"]) == ("boss@example.com", "admin", "Bo")
    again = await create(database_url, "boss@example.com", password="something else entirely")
    assert (again.returncode, again.stdout) == (
        0,
        "boss@example.com is an administrator already; nothing was changed\n",
    )
    await boss.log_in()
    async with deps.database.reading() as work:
        logged = (await work.execute(select(audit_log).where(audit_log.c.entity_id == me["id"]))).all()
    assert [(row.actor_type, row.action) for row in logged] == [("system", "user.create")]


async def test_an_address_that_somebody_registered_needs_its_password(client: Client, database_url: str) -> None:
    squatter = await registered(client, "ops@example.com")
    refused = await create(database_url, "ops@example.com", password="a password of the operator")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "--reset-password" in refused.stderr
    squatter.actor = "user"
    await squatter.log_in()
    await squatter.ask("GET", "/admin/users/me", status=401)
    done = await create(database_url, "ops@example.com", "--reset-password", password="a password of the operator")
    assert "all logins of the address have ended" in done.stdout
    assert (await squatter.send("GET", "/auth/sessions")).status == 401
    await squatter.log_in(401)
    ops = Person(client, "ops@example.com", "a password of the operator", "user")
    await ops.log_in()
    await ops.ask("GET", "/admin/users/me")


async def test_a_customer_becomes_an_administrator_with_the_same_password(client: Client, database_url: str) -> None:
    await registered(client, "ana@example.com")
    done = await create(database_url, "ana@example.com", "--role", "support")
    assert "with the password that the address had already" in done.stdout
    ana = Person(client, "ana@example.com", actor="user")
    await ana.log_in()
    assert (await ana.ask("GET", "/admin/users/me"))["user"]["role"] == "support"


async def test_a_forgotten_password_is_replaced(client: Client, database_url: str) -> None:
    await create(database_url, "forgetful@example.com")
    done = await create(database_url, "forgetful@example.com", "--reset-password", password="one to remember")
    assert done.returncode == 0, done.stderr
    await Person(client, "forgetful@example.com", PASSWORD, "user").log_in(401)
    await Person(client, "forgetful@example.com", "one to remember", "user").log_in()


@pytest.mark.parametrize(
    ("email", "password", "code", "told"),
    [
        ("cy@example.com", "password", 1, "Choose a password"),
        ("cy@example.com", "", 1, "Choose a password"),
        ("cy@example.com", None, 1, "--password-stdin"),
        ("nobody", PASSWORD, 2, "'nobody' is not an e-mail address"),
    ],
)
async def test_what_cannot_be_used_is_said(
    deps: Deps, database_url: str, email: str, password: str | None, code: int, told: str
) -> None:
    refused = await create(database_url, email, password=password)
    assert (refused.returncode, refused.stdout) == (code, "")
    assert told in refused.stderr
    async with deps.database.reading() as work:
        found = await work.execute(select(admin_user.c.id).where(admin_user.c.email == "cy@example.com"))
        assert found.first() is None
