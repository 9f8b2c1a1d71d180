"""People who register and log in, over HTTP."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from aiohttp import ClientResponse

from tests.conftest import Client

PASSWORD = "correct horse battery"
Json = dict[str, Any]


@dataclass
class Person:
    """Somebody at the door `/auth/<actor>/emailpass`; `token` is what they were given last."""

    client: Client
    email: str
    password: str = PASSWORD
    actor: str = "customer"
    token: str = ""

    @property
    def door(self) -> str:
        return f"/auth/{self.actor}/emailpass"

    async def send(self, method: str, path: str, body: Any = None, **headers: str) -> ClientResponse:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token and "authorization" not in given:
            given["authorization"] = f"Bearer {self.token}"
        return await self.client.request(method, path, json=body, headers={k: v for k, v in given.items() if v})

    async def ask(self, method: str, path: str, body: Any = None, status: int = 200, **headers: str) -> Json:
        reply = await self.send(method, path, body, **headers)
        payload: Json = await reply.json()
        assert reply.status == status, (reply.status, payload)
        return payload

    def credentials(self, **more: Any) -> Json:
        return {"email": self.email, "password": self.password, **more}

    async def register(self, status: int = 200, **more: Any) -> Json:
        said = await self.ask("POST", f"{self.door}/register", self.credentials(**more), status, authorization="")
        self.token = said.get("token", self.token)
        return said

    async def log_in(self, status: int = 200, **more: Any) -> Json:
        said = await self.ask("POST", self.door, self.credentials(**more), status, authorization="")
        self.token = said.get("token", self.token)
        return said

    async def whose(self) -> Json:
        """The sessions list: 200 for a good token, 401 for any other."""
        return await self.ask("GET", "/auth/sessions")


async def registered(client: Client, email: str, actor: str = "customer") -> Person:
    person = Person(client, email, actor=actor)
    await person.register()
    return person


def letters(folder: Path, to: str) -> list[Json]:
    """The mails that an address was sent, oldest first; other than those that tell of a change (`notices`)."""
    return [mail for mail in sent(folder, to) if mail["template"] != "security-notice"]


def notices(folder: Path, to: str) -> list[str]:
    """The changes that an address was told of, oldest first."""
    return [str(mail["data"]["change"]) for mail in sent(folder, to) if mail["template"] == "security-notice"]


def sent(folder: Path, to: str) -> list[Json]:
    files = sorted(folder.glob("*.json"), key=lambda file: file.stat().st_mtime_ns) if folder.exists() else []
    return [mail for mail in (orjson.loads(file.read_bytes()) for file in files) if mail["to"] == to]
