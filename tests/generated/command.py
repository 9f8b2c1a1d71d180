"""The command `st` of schemathesis with less work a request: it sends the same bytes and checks the same answers.

`requests` looks up proxies and `.netrc` and goes through five layers for every request; here one plain connection is
kept to the one server. Hypothesis works out the characters of a text anew for every text; here once for each alphabet.
"""

import socket
import sys
from http.client import RemoteDisconnected
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from hypothesis.strategies._internal.strings import OneCharStringStrategy
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from requests.exceptions import ConnectionError as NoConnection
from requests.exceptions import ReadTimeout
from requests.sessions import Session
from urllib3 import HTTPHeaderDict, HTTPResponse
from urllib3.exceptions import ProtocolError

END_OF_HEAD = b"\r\n\r\n"
DEFAULTS = {"Accept-Encoding": "identity", "User-Agent": "python-urllib3"}
WITHOUT_BODY = {204, 304}


class Dropped(Exception):
    """The server closed the connection before it answered."""


class Connection:
    """A kept connection to one address."""

    def __init__(self, address: tuple[str, int], timeout: float) -> None:
        self.socket = socket.create_connection(address, timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.is_new = True

    def ask(self, message: bytes, method: str) -> tuple[HTTPResponse, bool]:
        """Send a request; the response, and whether the connection may be used again."""
        try:
            self.socket.sendall(message)
            version, status, reason, headers = self.head()
        except (ConnectionError, RemoteDisconnected) as error:
            raise Dropped from error
        self.is_new = False
        body = b"" if method == "HEAD" or status in WITHOUT_BODY else self.body(headers)
        response = HTTPResponse(BytesIO(body), headers, status, version, reason=reason, preload_content=False)
        return response, version == 11 and headers.get("connection", "").lower() != "close"

    def head(self) -> tuple[int, int, str, HTTPHeaderDict]:
        lines = self.until(END_OF_HEAD).decode("latin-1").split("\r\n")
        version, status, reason = [*lines[0].split(" ", 2), ""][:3]
        headers = HTTPHeaderDict()
        for line in lines[1:]:
            name, _, value = line.partition(":")
            headers.add(name, value.strip())
        return 11 if version == "HTTP/1.1" else 10, int(status), reason, headers

    def body(self, headers: HTTPHeaderDict) -> bytes:
        if headers.get("transfer-encoding", "").lower() == "chunked":
            whole = b""
            while size := int(self.until(b"\r\n").split(b";")[0], 16):
                whole += self.exactly(size)
                self.exactly(2)
            while self.until(b"\r\n"):
                pass
            return whole
        if (length := headers.get("content-length")) is not None:
            return self.exactly(int(length))
        whole = self.buffer
        while more := self.socket.recv(65_536):
            whole += more
        return whole

    def until(self, end: bytes) -> bytes:
        while (at := self.buffer.find(end)) < 0:
            self.more()
        found, self.buffer = self.buffer[:at], self.buffer[at + len(end) :]
        return found

    def exactly(self, size: int) -> bytes:
        while len(self.buffer) < size:
            self.more()
        found, self.buffer = self.buffer[:size], self.buffer[size:]
        return found

    def more(self) -> None:
        received = self.socket.recv(65_536)
        if not received:
            raise RemoteDisconnected("Remote end closed connection without response")
        self.buffer += received


class PlainAdapter(HTTPAdapter):
    """Sends what is plain HTTP with a known body over one kept connection; everything else goes the usual way."""

    connection: Connection | None = None

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        message = written(request)
        if message is None:
            return super().send(request, *args, **kwargs)
        try:
            answer = self.ask(request, message, kwargs.get("timeout") or 60.0)
        except TimeoutError as error:
            self.connection = None
            raise ReadTimeout(error, request=request) from error
        except (Dropped, OSError) as error:
            self.connection = None
            raise NoConnection(
                ProtocolError("Connection aborted.", error.__cause__ or error), request=request
            ) from error
        return self.build_response(request, answer)

    def ask(self, request: PreparedRequest, message: bytes, timeout: float) -> HTTPResponse:
        """A connection that was kept may be closed by now: then the request goes once more, over a new one."""
        connection, self.connection = self.connection, None
        if connection is not None:
            try:
                return self.asked(connection, request, message)
            except Dropped:
                pass
        parts = urlsplit(str(request.url))
        return self.asked(Connection((parts.hostname or "", parts.port or 80), timeout), request, message)

    def asked(self, connection: Connection, request: PreparedRequest, message: bytes) -> HTTPResponse:
        answer, stays = connection.ask(message, request.method or "")
        if stays:
            self.connection = connection
        else:
            connection.socket.close()
        return answer


def written(request: PreparedRequest) -> bytes | None:
    """The bytes of a request, as `http.client` writes them; None for what it would refuse or send in parts."""
    body: object = request.body.encode() if isinstance(request.body, str) else request.body or b""
    headers = {"Host": urlsplit(str(request.url)).netloc} | DEFAULTS
    for name, value in request.headers.items():
        for known in [known for known in headers if known.lower() == name.lower()]:
            del headers[known]
        headers[name] = value.decode("latin-1") if isinstance(value, bytes) else value
    text = f"{request.method} {request.path_url} HTTP/1.1\r\n" + "".join(f"{n}: {v}\r\n" for n, v in headers.items())
    lines = text.count("\r"), text.count("\n"), text.count("\r\n")
    if not isinstance(body, bytes) or set(lines) != {len(headers) + 1} or "\0" in text:
        return None
    try:
        return text.encode("latin-1") + b"\r\n" + body
    except UnicodeEncodeError:
        return None


def plain_session() -> None:
    """Every session asks only the server that it is sent to, and nothing of its surroundings."""
    made = Session.__init__

    def make(self: Session) -> None:
        made(self)
        self.trust_env = False
        self.mount("http://", PlainAdapter())

    Session.__init__ = make  # type: ignore[method-assign]


def remembered_alphabets() -> None:
    work_out = OneCharStringStrategy.from_characters_args
    known: dict[Any, OneCharStringStrategy] = {}

    def remembered(**asked: Any) -> OneCharStringStrategy:
        key = tuple((name, tuple(v) if isinstance(v, list | set) else v) for name, v in sorted(asked.items()))
        if key not in known:
            known[key] = work_out(**asked)
        return known[key]

    OneCharStringStrategy.from_characters_args = remembered  # type: ignore[method-assign]


if __name__ == "__main__":
    from schemathesis.cli import schemathesis

    plain_session()
    remembered_alphabets()
    sys.exit(schemathesis())
