"""Providers to log in with: a real one in a process of its own, and one that forges whatever a test wants."""

import asyncio
import json
import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from time import monotonic, sleep, time
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import aiohttp
import jwt
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric import rsa
from yarl import URL

from benchmarks.process import free_port
from services.deps import Deps
from tests.clients.packages import HERE, install, program
from tests.conftest import Client

PAGE, OTHER_PAGE = "http://localhost:3000/callback", "http://localhost:3000/panel/callback"
CLIENT_ID, CLIENT_SECRET = "pasar tests", "a:secret/of+the tests"
FORM = re.compile(r'<form[^>]* action="([^"]+)"')
PROMPT = re.compile(r'name="prompt" value="(\w+)"')


@contextmanager
def real_provider() -> Iterator[str]:
    """The issuer's address, while its process runs."""
    install()
    port = free_port()
    command = [program("node"), "oidc_server.mjs", str(port), CLIENT_ID, CLIENT_SECRET, PAGE, OTHER_PAGE]
    # `node` of the wheel is a program that starts the real one: a group of their own ends as one.
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "start_new_session": True}
    with subprocess.Popen(command, cwd=HERE, **pipes) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            yield f"http://127.0.0.1:{port}"
        finally:
            end_group(process)


def end_group(process: "subprocess.Popen[bytes]") -> None:
    """End a process that leads a group, and all of the group; AssertionError if one stays."""
    for number, seconds in ((signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0)):
        end = monotonic() + seconds
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
            while monotonic() < end:
                process.poll()  # what has ended and was not asked for still counts as a member
                os.killpg(process.pid, 0)
                sleep(0.02)
            continue
        return
    raise AssertionError(f"processes of the group {process.pid} do not end")


class Browser:
    """Somebody who goes through the provider's pages, and stops where one leads back to ours."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.session = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))

    async def go(self, location: str, *, gives_up: bool = False) -> dict[str, str]:
        """Log in and consent (or not); the query that our page gets."""
        async with self.session:
            method, address, form = "GET", location, None
            for _ in range(12):
                async with self.session.request(method, address, data=form, allow_redirects=False) as reply:
                    page, led_to = await reply.text(), reply.headers.get("Location", "")
                    assert reply.status in (200, 302, 303), page
                    base = reply.url
                if led_to.startswith((PAGE, OTHER_PAGE)):
                    return dict(parse_qsl(urlsplit(led_to).query))
                if led_to:
                    method, address, form = "GET", str(base.join(URL(led_to))), None
                    continue
                found, prompt = FORM.search(page), PROMPT.search(page)
                assert found is not None
                assert prompt is not None
                method, address = "POST", found[1]
                form = {"prompt": prompt[1], "login": self.name, "password": "any"}
                if gives_up:
                    method, address, form = "GET", f"{address}/abort", None
        raise AssertionError("the provider's pages have no end")


def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def public(key: Any, kid: str, **more: Any) -> dict[str, Any]:
    """A key as the provider publishes it."""
    made = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return {**made, "kid": kid, "use": "sig", **more}


class FakeIssuer:
    """Answers as it is told; every member may be changed by a test, and `reset` undoes that."""

    def __init__(self, port: int | None = None) -> None:
        self.key, self.other_key = rsa_key(), rsa_key()
        self.server = TestServer(self._app(), port=port)
        self.asked: list[tuple[str, dict[str, Any], str]] = []
        self.reset()

    def reset(self) -> None:
        self.published = [public(self.key, "one")]
        self.claims: dict[str, Any] = {}
        self.without: tuple[str, ...] = ()
        self.discovery: dict[str, Any] = {}
        self.tokens: dict[str, Any] = {}
        self.token_status, self.delays = 200, {"discovery": 0.0, "jwks": 0.0, "token": 0.0}
        self.hold: dict[str, asyncio.Event] = {}  # what is answered when a test says so
        self.nonce, self.nonces = "", dict[str, str]()  # of the latest trip, and by code
        self.sign: Callable[[dict[str, Any]], str] = self.signed
        self.asked.clear()

    @property
    def issuer(self) -> str:
        return str(self.server.make_url("")).rstrip("/")

    def _app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/.well-known/openid-configuration", self._discovery)
        app.router.add_get("/jwks", self._jwks)
        app.router.add_post("/token", self._token)
        return app

    def signed(self, claims: dict[str, Any], key: Any = None, kid: str | None = "one", alg: str = "RS256") -> str:
        return jwt.encode(claims, key or self.key, alg, headers={"kid": kid} if kid else {})

    async def _discovery(self, request: web.Request) -> web.Response:
        await self._note(request, "discovery")
        told = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize?theme=dark",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            **self.discovery,
        }
        return web.json_response(told)

    async def _jwks(self, request: web.Request) -> web.Response:
        await self._note(request, "jwks")
        return web.json_response({"keys": self.published})

    async def _token(self, request: web.Request) -> web.Response:
        form = await self._note(request, "token")
        moment = int(time())
        claims = {
            "iss": self.issuer,
            "sub": "subject-1",
            "aud": CLIENT_ID,
            "exp": moment + 300,
            "iat": moment,
            "nonce": self.nonces.get(form.get("code", ""), self.nonce),
            "email": "fay@provider.example",
            "email_verified": True,
            **self.claims,
        }
        for name in self.without:
            del claims[name]
        body = {"access_token": "access", "token_type": "Bearer", "id_token": self.sign(claims), **self.tokens}
        return web.Response(text=json.dumps(body), status=self.token_status, content_type="application/json")

    async def _note(self, request: web.Request, what: str) -> dict[str, str]:
        form = dict(parse_qsl((await request.read()).decode()))
        self.asked.append((what, form, request.headers.get("Authorization", "")))
        await asyncio.sleep(self.delays[what])
        if what in self.hold:
            await self.hold[what].wait()
        return form

    def count(self, what: str) -> int:
        return sum(name == what for name, _, _ in self.asked)


def forget(deps: Deps) -> None:
    """The shop has never heard of its provider."""
    provider: Any = deps.auth_providers["google"]
    for kept in (provider._endpoints, provider._keys):
        kept._value = None


async def begin(client: Client, actor: str = "customer", status: int = 200, **body: Any) -> dict[str, Any]:
    """What `/auth/<actor>/google` answers."""
    headers = body.pop("headers", {})
    async with client.post(f"/auth/{actor}/google", json=body, headers=headers) as reply:
        said: dict[str, Any] = await reply.json()
        assert reply.status == status, said
        return said


async def come_back(
    client: Client, query: dict[str, str], actor: str = "customer", status: int = 200, **more: Any
) -> dict[str, Any]:
    """What the callback answers."""
    async with client.get(f"/auth/{actor}/google/callback", params=query, **more) as reply:
        said: dict[str, Any] = await reply.json()
        assert reply.status == status, said
        return said


async def log_in(client: Client, name: str, actor: str = "customer", **body: Any) -> dict[str, Any]:
    """All the way through the real provider's pages."""
    said = await begin(client, actor, **body)
    return await come_back(client, await Browser(name).go(said["location"]), actor)
