"""`make services` itself: starting, finding again, stopping only its own, and saying what is wrong."""

import json
import os
import re
import shutil
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from aiohttp.test_utils import unused_port

from tests.services_up import __main__ as services
from tests.services_up import install
from tests.services_up.servers import NotStarted, Server

ROOT = Path(__file__).resolve().parents[2]
LISTEN = """
import socket, sys, time
s = socket.create_server(("127.0.0.1", int(sys.argv[1])))
print("listening", flush=True)
time.sleep(60)
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(services, "HOME", tmp_path)
    yield tmp_path
    services.stop()


def listener(home: Path, port: int, code: str = LISTEN) -> Server:
    def answers() -> None:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()

    command = [sys.executable, "-c", code, str(port)]
    return Server("Listener", port, home / "listener", command, {"LISTENER_URL": f"it's {port}"}, answers)


def test_a_service_is_started_found_again_and_stopped(home: Path) -> None:
    server = listener(home, unused_port())
    assert services.launch(server)
    services.wait_for(server)
    assert not services.launch(server)
    note = services.note_of(services.note_path(server))
    assert note is not None
    assert note.port == server.port
    services.stop()
    assert not note.lives()
    with pytest.raises(OSError, match="refused"):
        server.answers()
    assert services.launch(server)


def test_a_process_that_took_the_number_of_a_dead_one_is_left_alone(home: Path) -> None:
    """The note names this very process by its number, but one that began at another time."""
    note = {"pid": os.getpid(), "began": "1", "port": 1, "stop_signal": 9}
    (home / "listener.json").write_text(json.dumps(note))
    assert services.note_of(home / "listener.json") is None
    services.stop()


def test_a_taken_port_is_said_with_the_way_out(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(NotStarted, match=rf"port {port} is taken.*SERVICES_PORT"):
            services.launch(listener(home, port))


def test_a_service_that_dies_is_said_with_the_end_of_its_log(home: Path) -> None:
    server = listener(home, unused_port(), "print('no such option'); raise SystemExit(1)")
    services.launch(server)
    with pytest.raises(NotStarted, match="no such option"):
        services.wait_for(server)


def test_the_addresses_are_for_a_shell_and_for_their_owner_only(home: Path) -> None:
    services.write_variables([listener(home, 1)])
    assert (home / "env").read_text() == "export LISTENER_URL='it'\"'\"'s 1'\n"
    assert (home / "env").stat().st_mode & 0o777 == 0o600


def test_what_cannot_be_installed_is_said_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(install.CannotInstall, match="as root: apt-get install --no-install-recommends redis-server"):
        install.install_packages(["redis-server"])


def test_the_version_of_a_go_is_read(tmp_path: Path) -> None:
    fake = tmp_path / "go"
    fake.write_text(f"#!{shutil.which('sh')}\necho go version go1.19.8 linux/amd64\n")
    fake.chmod(0o755)
    assert install.version(fake) == (1, 19) < install.OLDEST_GO


def test_compose_offers_the_same_ports_and_only_to_this_machine() -> None:
    composed = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    ports = [port for service in composed.values() for port in service["ports"]]
    base = services.BASE_PORT
    assert [re.fullmatch(r"127\.0\.0\.1:(\d+):\d+", port)[1] for port in ports] == [  # type: ignore[index]
        str(base + number) for number in range(1, 5)
    ]
    assert all("healthcheck" in service for service in composed.values())
