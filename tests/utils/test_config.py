import pytest

from utils.config import Settings, SettingsError, environment, table, variable

pytestmark = pytest.mark.pure

KEY = "Zm9vYmFyYmF6cXV4MDEyMzQ1Njc4OWFiY2RlZg"
PRODUCTION = {"PASAR_MODE": "production", "PASAR_AUTH_SECRET": KEY, "DATABASE_URL": "postgresql://u@db/shop"}


def test_without_any_variable_the_development_defaults_are_used() -> None:
    assert Settings.from_env({"PATH": "/bin"}) == Settings()
    assert Settings().base_url == "http://localhost:8000"


@pytest.mark.parametrize(
    ("host", "told"),
    [
        ("127.0.0.1", ("http://localhost:8000", "http://127.0.0.1:8000")),
        ("0.0.0.0", ("http://localhost:8000", "http://127.0.0.1:8000")),
        ("192.0.2.7", ("http://192.0.2.7:8000",)),
        ("2001:db8::7", ("http://[2001:db8::7]:8000",)),
    ],
)
def test_an_unset_public_address_is_the_one_that_storefronts_expect(host: str, told: tuple[str, ...]) -> None:
    settings = Settings(host=host)
    assert (settings.base_url, settings.own_urls) == (told[0], told)
    assert Settings(host=host, public_url="https://shop.example").own_urls == ("https://shop.example",)


def test_every_problem_is_told_at_once_and_says_what_to_do() -> None:
    given = {"PASAR_PROT": "1", "PASAR_PORT": "70000", "PASAR_ACCESS_LOG": "maybe", "PASAR_STORE_CORS": "shop.example"}
    with pytest.raises(SettingsError) as caught:
        Settings.from_env(given)
    told = {line.split()[0]: line for line in caught.value.problems}
    assert set(told) == set(given)
    assert "is not a setting" in told["PASAR_PROT"]
    assert told["PASAR_PORT"].endswith("must be a whole number from 1 to 65535")


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("postgres://u:p%40ss@db:5433/shop", "postgresql+asyncpg://u:p%40ss@db:5433/shop"),
        ("postgresql://u@db/shop?sslmode=require", "postgresql+asyncpg://u@db/shop?ssl=require"),
        ("postgresql://postgres:@/postgres?host=/run/pg", "postgresql+asyncpg://postgres:@/postgres?host=/run/pg"),
    ],
)
def test_a_database_address_is_turned_into_the_drivers(given: str, taken: str) -> None:
    assert Settings.from_env({"DATABASE_URL": given}).database_url == taken
    assert Settings.from_env({"PASAR_DATABASE_URL": given}).database_url == taken


PORTS = ["db:99999", "db:port", "db:-1", "db:0", "[::1", "a:1,b:70000"]


@pytest.mark.parametrize("place", PORTS)
@pytest.mark.parametrize(
    ("name", "like"),
    [
        ("DATABASE_URL", "postgresql://u:p@{}/shop"),
        ("REDIS_URL", "redis://:p@{}/0"),
        ("MONGO_URL", "mongodb://u:p@{}/chat"),
        ("MINIO_ENDPOINT", "http://{}"),
        ("PASAR_PUBLIC_URL", "https://{}"),
        ("PASAR_FILES_URL", "https://{}"),
        ("PASAR_STORE_CORS", "https://a.example,https://{}"),
        ("PASAR_ADMIN_CORS", "capacitor://{}"),
        ("PASAR_GOOGLE_ISSUER", "https://{}"),
        ("PASAR_AUTH_CALLBACK_URLS", "https://{}/callback"),
    ],
)
def test_a_port_that_is_none_is_refused_in_every_address(name: str, like: str, place: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_env({name: like.format(place)})
    said = [line for line in refused.value.problems if line.partition(" ")[0].endswith(name)]
    assert len(said) == 1, refused.value.problems
    assert "must be" in said[0] or "must have" in said[0]


@pytest.mark.parametrize("query", ["foo=1", "sslmode=require&application_name=shop", "connect_timeout=10"])
def test_a_parameter_that_the_driver_does_not_know_is_named(query: str) -> None:
    with pytest.raises(SettingsError, match=r"PASAR_DATABASE_URL has the parameter '(foo|application_|connect_)"):
        Settings.from_env({"DATABASE_URL": f"postgresql://u@db/shop?{query}"})


@pytest.mark.parametrize("given", ["redis://host/shop", "redis://host/0/1", "redis://host/-1"])
def test_a_redis_database_is_a_number(given: str) -> None:
    with pytest.raises(SettingsError, match="PASAR_REDIS_URL must be like redis://"):
        Settings.from_env({"REDIS_URL": given})


@pytest.mark.parametrize("given", ["mysql://u@db/shop", "postgresql:///shop", "postgresql://u@db/", "", "shop"])
def test_an_address_that_leads_to_no_database_is_refused(given: str) -> None:
    with pytest.raises(SettingsError, match="PASAR_DATABASE_URL"):
        Settings.from_env({"DATABASE_URL": given})


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("mongo_url", "mongodb://host"),
        ("mongo_url", "mongodb://u:p@a:1,b:2/chat?w=1"),
        ("mongo_url", "mongodb+srv://u:p@cluster.example"),
        ("redis_url", "redis://:hush@host:6379/0"),
        ("redis_url", "rediss://host"),
    ],
)
def test_the_address_of_another_server_is_taken_as_it_is(name: str, given: str) -> None:
    assert getattr(Settings.from_env({name.upper(): given}), name) == given
    assert "hush" not in repr(Settings.from_env({name.upper(): given}))


@pytest.mark.parametrize("given", ["", "host:27017", "postgresql://host/chat", "mongodb:///chat", "redis:///0"])
def test_an_address_that_leads_to_no_such_server_is_refused(given: str) -> None:
    for name in ("MONGO_URL", "REDIS_URL"):
        with pytest.raises(SettingsError, match=f"PASAR_{name} must be like "):
            Settings.from_env({name: given})


def test_production_has_its_own_defaults_which_can_be_set_too() -> None:
    assert Settings.from_env(PRODUCTION).store_cors == ()
    given = {
        **PRODUCTION,
        "PASAR_STORE_CORS": "https://Shop.example, https://b.example:8443/",
    }
    assert Settings.from_env(given).store_cors == ("https://shop.example", "https://b.example:8443")
    assert Settings.from_env({"PASAR_STORE_CORS": "*"}).store_cors == ("*",)


def test_a_child_process_gets_the_same_settings() -> None:
    given = {
        "PASAR_MODE": "production",
        "PASAR_AUTH_SECRET": KEY,
        "DATABASE_URL": "postgresql://u:secret@db/shop",
        "PASAR_WORKERS": "3",
    }
    settings = Settings.from_env(given)
    assert Settings.from_env(environment(settings)) == settings
    assert Settings.from_env(environment(Settings())) == Settings()


@pytest.mark.parametrize(
    "given",
    ["", "short", "a" * 64, "supersecretsupersecretsupersecretsupersecret", "change-me-Zm9vYmFyYmF6cXV4MDEyMzQ1Njc"],
)
def test_a_weak_or_well_known_key_of_tokens_is_refused(given: str) -> None:
    for mode in ("development", "production"):
        with pytest.raises(SettingsError, match="PASAR_AUTH_SECRET"):
            Settings.from_env({"PASAR_MODE": mode, "PASAR_AUTH_SECRET": given})


def test_production_does_not_start_without_a_key_of_tokens() -> None:
    with pytest.raises(SettingsError, match="PASAR_AUTH_SECRET must be set"):
        Settings.from_env({"PASAR_MODE": "production"})


def test_a_password_is_never_shown() -> None:
    settings = Settings.from_env({"DATABASE_URL": "postgresql://u:secret@db/shop"})
    assert "secret" not in repr(settings)
    assert "secret" not in "".join(value for _, value, _ in table(settings))


def test_the_table_names_every_variable_once() -> None:
    names = [name for name, _, _ in table()]
    assert len(names) == len(set(names)) == len(Settings.__slots__)
    assert variable("port") in names


def test_a_login_provider_is_set_up_whole_or_not_at_all() -> None:
    page = "https://shop.example/callback?from=google"
    whole = {
        "PASAR_GOOGLE_CLIENT_ID": "id.apps.example",
        "PASAR_GOOGLE_CLIENT_SECRET": "hush-hush",
        "PASAR_AUTH_CALLBACK_URLS": f"{page}, http://localhost:3000/callback",
    }
    settings = Settings.from_env(whole)
    assert settings.auth_callback_urls == (page, "http://localhost:3000/callback")
    assert settings.google_issuer == "https://accounts.google.com"
    assert "hush" not in repr(settings)
    assert Settings.from_env(environment(settings)) == settings
    for missing in ("PASAR_GOOGLE_CLIENT_SECRET", "PASAR_AUTH_CALLBACK_URLS"):
        with pytest.raises(SettingsError, match=missing):
            Settings.from_env({name: value for name, value in whole.items() if name != missing})


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("PASAR_AUTH_CALLBACK_URLS", "http://shop.example/callback"),
        ("PASAR_AUTH_CALLBACK_URLS", "https://shop.example/callback#part"),
        ("PASAR_AUTH_CALLBACK_URLS", "https://user@shop.example/callback"),
        ("PASAR_AUTH_CALLBACK_URLS", "javascript:alert(1)"),
        ("PASAR_GOOGLE_ISSUER", "http://accounts.example"),
        ("PASAR_GOOGLE_ISSUER", "https://accounts.example?x=1"),
        ("PASAR_GOOGLE_ISSUER", "accounts.example"),
    ],
)
def test_an_address_that_others_could_listen_to_is_refused(name: str, given: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} must be like"):
        Settings.from_env({name: given})


def test_in_production_the_provider_is_not_on_this_machine() -> None:
    given = {"PASAR_MODE": "production", "PASAR_AUTH_SECRET": KEY * 2, "PASAR_GOOGLE_ISSUER": "http://127.0.0.1:9000"}
    with pytest.raises(SettingsError, match="PASAR_GOOGLE_ISSUER must begin with https"):
        Settings.from_env(given)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("DATABSE_URL", "DATABASE_URL"),
        ("DATABASE_URI", "DATABASE_URL"),
        ("database_url", "DATABASE_URL"),
        ("DATABASEURL", "DATABASE_URL"),
        ("REDIS_URI", "REDIS_URL"),
        ("MONGODB_URL", "MONGO_URL"),
        ("MINIO_ENDPONT", "MINIO_ENDPOINT"),
        ("PASAR_DATABSE_URL", "PASAR_DATABASE_URL"),
        ("PASSAR_DATABASE_URL", "PASAR_DATABASE_URL"),
        ("PASR_AUTH_SECRET", "PASAR_AUTH_SECRET"),
        ("pasar_port", "PASAR_PORT"),
    ],
)
def test_a_slip_in_a_name_is_refused_and_the_name_that_was_meant_is_said(given: str, meant: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_env({given: "postgresql://u@db/shop"})
    assert refused.value.problems == [f"{given} is not a setting, but {meant} is; correct the name, or remove it"]


@pytest.mark.parametrize(
    "name",
    ["PATH", "PORT", "HOST", "MODE", "DATABASE_URL_TEST", "PGDATABASE", "REDIS_HOST", "GOOGLE_CLIENT_ID", "MINIO"],
)
def test_variables_of_other_programs_are_left_alone(name: str) -> None:
    assert Settings.from_env({name: "x"}) == Settings()


def test_two_names_of_one_setting_must_agree() -> None:
    one, other = "postgresql://u@db/shop", "postgresql://u@db/other"
    assert Settings.from_env({"DATABASE_URL": one, "PASAR_DATABASE_URL": one}).database_url.endswith("/shop")
    with pytest.raises(SettingsError, match="PASAR_DATABASE_URL and DATABASE_URL differ; remove one"):
        Settings.from_env({"DATABASE_URL": one, "PASAR_DATABASE_URL": other})


def test_production_runs_on_the_embedded_database_on_an_explicit_word_only() -> None:
    given = {name: text for name, text in PRODUCTION.items() if name != "DATABASE_URL"}
    with pytest.raises(SettingsError, match=r"DATABASE_URL must be set in production: .* or the word embedded"):
        Settings.from_env(given)
    settings = Settings.from_env({**given, "DATABASE_URL": "embedded"})
    assert settings.database_url == ""
    assert Settings.from_env(environment(settings)) == settings
    assert Settings.from_env({"PASAR_DATABASE_URL": "embedded"}) == Settings()
