"""Settings: one frozen object, read once from the environment; what is unknown or wrong stops the start."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from utils.setting_readers import (
    EMBEDDED,
    bucket_name,
    database_address,
    folder,
    issuer_address,
    module_names,
    one_of,
    origins,
    page_addresses,
    secret,
    secret_list,
    server_address,
    some_text,
    switch,
    web_address,
    whole,
)

PREFIX = "PASAR_"
# Hosts give databases under these plain names, so they are read beside PASAR_DATABASE_URL and its like.
PLAIN_NAMES = {
    "DATABASE_URL": "PASAR_DATABASE_URL",
    "MONGO_URL": "PASAR_MONGO_URL",
    "REDIS_URL": "PASAR_REDIS_URL",
    **{f"MINIO_{part}": f"PASAR_MINIO_{part}" for part in "ENDPOINT PUBLIC_URL ACCESS_KEY SECRET_KEY BUCKET".split()},
}
MODES = ("development", "production")
MONGO_DRIVERS = ("motor", "pymongo")
MEMORY = "memory"
BUSES = ("postgres", MEMORY)
LIKENESS = 0.88  # of two names, from 0 to 1, above which one is taken for a slip of the other: DATABSE_URL
LOCAL_HOSTS = ("127.0.0.1", "localhost", "0.0.0.0", "::")  # listened on, they are reached under localhost
MIB = 1024 * 1024
# In development: the ports that starters and their tools listen on, and pages inside of apps.
LOCAL_PORTS = (3000, 3001, 4173, 4200, 4321, 5000, 5173, 5174, 7001, 8000, 8080, 8081, 8100, 9000)
LOCAL_ORIGINS = (
    *(f"http://localhost:{port}" for port in LOCAL_PORTS),
    *("http://localhost", "https://localhost", "capacitor://localhost", "ionic://localhost", "tauri://localhost"),
)


class SettingsError(Exception):
    """The environment cannot be used; one line a problem, each saying what to do."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


def setting(default: Any, read: Callable[[str], Any], text: str, **more: Any) -> Any:
    """A field with its reader and help; `production` is the default of that mode where it differs."""
    return field(default=default, metadata={"read": read, "help": text, **more})


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set. `Settings()` is the development default without any environment."""

    mode: str = setting(
        "development", one_of(*MODES), "development or production; production does not migrate at start"
    )
    database_url: str = setting(
        "",
        database_address,
        "PostgreSQL 15 or later as a URI; without it, or with the word embedded, one runs in the data folder",
        secret=True,
    )
    database_pool_size: int = setting(
        10, whole(1, 200), "connections that requests of a worker share, first come first served; one more listens"
    )
    redis_url: str = setting(
        "",
        server_address("redis://user:password@host:6379/0", "redis", "rediss", path="/?[0-9]*"),
        "Redis for session cookies as a URI; without it they are kept in PostgreSQL",
        secret=True,
    )
    mongo_url: str = setting(
        "",
        server_address("mongodb://user:password@host:27017/name", "mongodb", "mongodb+srv"),
        "MongoDB for chat as a URI; without it PostgreSQL keeps chat",
        secret=True,
    )
    mongo_driver: str = setting(
        "motor",
        one_of(*MONGO_DRIVERS),
        "motor or pymongo: the client that speaks with MongoDB; motor is kept up no longer",
    )
    bus: str = setting(
        "postgres",
        one_of(*BUSES),
        "postgres or memory: what tells those who are connected, in all processes or, by memory, in the only one",
    )
    chat_edit_minutes: int = setting(
        15, whole(0, 525_600), "how long a chat message can be changed and deleted by who wrote it (minutes)"
    )
    data_dir: Path = setting(Path(".data"), folder, "folder of the embedded database and of uploaded files")
    host: str = setting("127.0.0.1", some_text, "address to listen on; 0.0.0.0 for all")
    port: int = setting(8000, whole(1, 65535), "TCP port to listen on")
    workers: int = setting(1, whole(1, 64), "server processes that share the port")
    public_url: str = setting(
        "",
        web_address,
        "address under which clients reach this server; default http://HOST:PORT, here http://localhost:PORT",
    )
    store_cors: tuple[str, ...] = setting(
        LOCAL_ORIGINS,
        origins,
        "origins of storefronts in browsers, separated by commas; * for any",
        production=(),
    )
    auth_cors: tuple[str, ...] = setting(
        LOCAL_ORIGINS,
        origins,
        "origins in browsers that may log people in, separated by commas; * for any, without cookies",
        production=(),
    )
    vendor_cors: tuple[str, ...] = setting(
        LOCAL_ORIGINS,
        origins,
        "origins of sellers' panels in browsers, separated by commas; * for any, without cookies",
        production=(),
    )
    admin_cors: tuple[str, ...] = setting(
        LOCAL_ORIGINS,
        origins,
        "origins of administrators' panels in browsers, separated by commas; * for any, without cookies",
        production=(),
    )
    auth_secret: str = setting(
        "",
        secret,
        "key of all tokens, 32 characters or more; development makes one and keeps it in the data folder",
        secret=True,
    )
    auth_former_secrets: tuple[str, ...] = setting(
        (),
        secret_list,
        "earlier values of PASAR_AUTH_SECRET, separated by commas, whose tokens still open; new ones are made with it",
        secret=True,
    )
    token_seconds: int = setting(
        86_400, whole(60, 2_592_000), "life of a login's only token, for clients that never refresh (seconds)"
    )
    access_token_seconds: int = setting(
        900, whole(30, 900), "life of an access token that comes with a refresh token (seconds)"
    )
    session_days: int = setting(30, whole(1, 365), "how long a login can be refreshed (days)")
    cookie_seconds: int = setting(36_000, whole(60, 2_592_000), "life of a session cookie (seconds)")
    login_tries: int = setting(10, whole(1, 1000), "failed logins per account in 15 minutes (count)")
    login_tries_per_address: int = setting(
        300, whole(1, 1_000_000), "failed logins per client address in 15 minutes (count)"
    )
    auth_callback_urls: tuple[str, ...] = setting(
        (),
        page_addresses,
        "pages that a login provider may send people back to, separated by commas; the first is the usual one",
    )
    google_client_id: str = setting("", some_text, "client id of the login with Google; without it there is none")
    google_client_secret: str = setting("", some_text, "its client secret", secret=True)
    google_issuer: str = setting(
        "https://accounts.google.com", issuer_address, "OpenID provider behind the login with Google; another for tests"
    )
    trusted_proxies: int = setting(0, whole(0, 10), "proxies in front whose X-Forwarded-For is believed (count)")
    body_limit_bytes: int = setting(100 * 1024, whole(1024, 100 * MIB), "largest request body (bytes)")
    rate_per_second: int = setting(
        0, whole(0, 1_000_000), "requests per second and client address, per worker; 0 = no limit", production=200
    )
    rate_burst: int = setting(
        400, whole(1, 1_000_000), "requests that a client address may send at once above the rate (count)"
    )
    socket_events_per_second: int = setting(
        10, whole(0, 100_000), "socket events per second and connection, a writing one counting twice; 0 = no limit"
    )
    socket_event_burst: int = setting(
        100, whole(1, 1_000_000), "socket events that a connection may send at once above the rate (count)"
    )
    socket_connections_per_address: int = setting(
        200, whole(0, 1_000_000), "socket connections of a client address, per worker (count); 0 = no limit"
    )
    socket_connections_per_person: int = setting(
        20, whole(0, 100_000), "socket connections of one login's person, per worker (count); 0 = no limit"
    )
    minio_endpoint: str = setting(
        "", web_address, "MinIO (or another S3 storage) that keeps the files; without it they lie in the data folder"
    )
    minio_public_url: str = setting(
        "", web_address, "address under which clients reach MinIO for uploads; default: the endpoint"
    )
    minio_access_key: str = setting("", some_text, "access key for MinIO", secret=True)
    minio_secret_key: str = setting("", some_text, "secret key for MinIO", secret=True)
    minio_bucket: str = setting("pasar", bucket_name, "bucket of the files; made when it is not there")
    files_url: str = setting(
        "", web_address, "address under which files are fetched, such as that of a CDN; default: that of this server"
    )
    upload_limit_bytes: int = setting(20 * MIB, whole(1024, 100 * MIB), "largest file that is uploaded (bytes)")
    upload_quota_bytes: int = setting(
        1024 * MIB,
        whole(MIB, 1024 * 1024 * MIB),
        "files that a store may keep in all, from its first upload on (bytes)",
    )
    access_log: bool = setting(True, switch, "one JSON line a request on standard output (on or off)")
    check_replies: bool = setting(False, switch, "check every reply against its schema; slow, for tests (on or off)")
    page_cache_bytes: int = setting(16 * MIB, whole(0, 4096 * MIB), "ready pages kept per worker (bytes); 0 = none")
    product_cache_count: int = setting(5000, whole(0, 1_000_000), "products kept ready per worker (count); 0 = none")
    stock_hold_seconds: int = setting(
        900, whole(30, 86_400), "how long a payment session holds stock; opened again: twice that in all (seconds)"
    )
    stock_hold_pause_seconds: int = setting(
        3600, whole(0, 604_800), "how long a cart holds nothing after its time to hold is over (seconds)"
    )
    stock_hold_share: int = setting(
        50, whole(1, 100), "share of an item's stock that one buyer holds at the most, a piece at least (percent)"
    )
    stock_hold_pieces: int = setting(
        1000, whole(0, 1_000_000), "pieces that one buyer holds at the most, in all carts (count); 0 = no limit"
    )
    stock_hold_pieces_per_address: int = setting(
        0,
        whole(0, 1_000_000),
        "pieces held from one client address, and of an item no more than the share (count); 0 = no limit",
        production=500,
    )
    order_quantity_limit: int = setting(
        0, whole(0, 1_000_000), "pieces of a variant in one order, unless the variant says another number; 0 = no limit"
    )
    drain_seconds: int = setting(20, whole(0, 600), "how long running requests may finish after SIGTERM (seconds)")
    plugins: tuple[str, ...] = setting(
        (), module_names, "modules of plug-ins, separated by commas, beside those that are installed as packages"
    )

    @classmethod
    def from_env(cls, environ: Mapping[str, str], more: Iterable[str] = ()) -> "Settings":
        """Settings of the environment; SettingsError with every problem found, never only the first.

        `more` are variables that others read: those of plug-ins.
        """
        known = {variable(f.name): f for f in fields(cls)}
        given = {PLAIN_NAMES.get(name, name): text for name, text in environ.items() if name in PLAIN_NAMES}
        given |= {name: text for name, text in environ.items() if name.startswith(PREFIX)}
        problems = [*unknown_names(environ, [*known, *more]), *contradictions(environ, known)]
        values: dict[str, Any] = {}
        for name, item in known.items():
            try:
                if name in given:
                    values[item.name] = item.metadata["read"](given[name])
            except ValueError as error:
                problems.append(f"{name} {error}")
        if values.get("mode") == "production" and variable("auth_secret") not in given:
            problems.append("PASAR_AUTH_SECRET must be set in production: openssl rand -base64 48")
        if values.get("mode") == "production" and variable("database_url") not in given:
            problems.append(
                "DATABASE_URL must be set in production: postgresql://user:password@host:5432/name, "
                f"or the word {EMBEDDED} for a database of this machine in PASAR_DATA_DIR"
            )
        if values.get("minio_endpoint") and not (values.get("minio_access_key") and values.get("minio_secret_key")):
            problems.append("MINIO_ENDPOINT needs MINIO_ACCESS_KEY and MINIO_SECRET_KEY beside it")
        if bool(values.get("google_client_id")) != bool(values.get("google_client_secret")):
            problems.append("PASAR_GOOGLE_CLIENT_ID and PASAR_GOOGLE_CLIENT_SECRET must be set together")
        if values.get("google_client_id") and not values.get("auth_callback_urls"):
            problems.append("PASAR_GOOGLE_CLIENT_ID needs PASAR_AUTH_CALLBACK_URLS beside it")
        if values.get("mode") == "production" and values.get("google_issuer", "").startswith("http:"):
            problems.append("PASAR_GOOGLE_ISSUER must begin with https:// in production")
        if problems:
            raise SettingsError(problems)
        if values.get("mode") == "production":
            values = {f.name: f.metadata["production"] for f in fields(cls) if "production" in f.metadata} | values
        return cls(**values)

    @property
    def in_development(self) -> bool:
        return self.mode == "development"

    @property
    def base_url(self) -> str:
        """Where clients reach this server, without a slash at the end."""
        return self.public_url or f"http://{self._local_names[0]}:{self.port}"

    @property
    def own_urls(self) -> tuple[str, ...]:
        """`base_url`, and the other names under which this machine reaches the server where no address was set."""
        if self.public_url:
            return (self.public_url,)
        return tuple(f"http://{name}:{self.port}" for name in self._local_names)

    @property
    def _local_names(self) -> tuple[str, ...]:
        """The host as addresses name it. On this machine `localhost` comes first: storefronts are there by default, in
        their lists of hosts whose pictures they show and as the site whose cookies browsers send."""
        if self.host in LOCAL_HOSTS:
            return ("localhost", "127.0.0.1")
        return (f"[{self.host}]" if ":" in self.host else self.host,)

    def __repr__(self) -> str:
        return f"Settings({', '.join(f'{row[0]}={row[1]}' for row in table(self))})"


def unknown_names(environ: Mapping[str, str], known: list[str]) -> list[str]:
    """A line for each variable that is meant for this server and that it does not know, near misses included."""
    readable = [*known, *PLAIN_NAMES]
    problems = []
    for name in sorted(set(environ) - set(readable)):
        close = get_close_matches(name.upper(), readable, n=1, cutoff=LIKENESS)
        if close:
            problems.append(f"{name} is not a setting, but {close[0]} is; correct the name, or remove it")
        elif name.upper().startswith(PREFIX):
            problems.append(f"{name} is not a setting; remove it or correct it (python app.py settings lists all)")
    return problems


def contradictions(environ: Mapping[str, str], known: Mapping[str, Field[Any]]) -> list[str]:
    """A line for each setting that two variables give two values."""

    def value(name: str) -> Any:
        try:
            return known[PLAIN_NAMES.get(name, name)].metadata["read"](environ[name])
        except ValueError:
            return environ[name]

    twice = ((plain, name) for plain, name in PLAIN_NAMES.items() if plain in environ and name in environ)
    return [f"{name} and {plain} differ; remove one" for plain, name in twice if value(plain) != value(name)]


def variable(name: str) -> str:
    """The environment variable of a field."""
    return PREFIX + name.upper()


def shown(item: Field[Any], value: Any, *, masked: bool = True) -> str:
    """A value as it is written in the environment; secrets are masked."""
    if masked and item.metadata.get("secret") and value:
        return "(set)"
    if isinstance(value, bool):
        return "on" if value else "off"
    return ",".join(value) if isinstance(value, tuple) else str(value)


def environment(settings: Settings) -> dict[str, str]:
    """The variables that make these settings again in a child process; secrets are in it."""
    pairs = ((item, getattr(settings, item.name)) for item in fields(Settings))
    given = {variable(item.name): shown(item, value, masked=False) for item, value in pairs if value != ""}
    return {variable("database_url"): EMBEDDED} | given


def table(settings: Settings | None = None) -> Iterator[tuple[str, str, str]]:
    """Rows of (variable, value or default, help); without settings the defaults, production's beside them."""
    for item in fields(Settings):
        assert item.default is not MISSING
        text = shown(item, item.default if settings is None else getattr(settings, item.name))
        if settings is None and "production" in item.metadata:
            text += f" (production: {shown(item, item.metadata['production']) or 'none'})"
        yield variable(item.name), text, item.metadata["help"]
