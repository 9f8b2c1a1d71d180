"""Registering, logging in, and staying logged in."""

from tests.conftest import Client
from tests.people import Person, registered


async def test_who_registers_gets_a_token_and_may_log_in(client: Client) -> None:
    ana = await registered(client, "ana@example.com")
    assert (await ana.whose())["sessions"][0]["is_current"]
    first = ana.token
    said = await ana.log_in()
    assert set(said) == {"token"}
    assert ana.token != first


async def test_words_and_statuses_are_those_that_storefronts_compare(client: Client) -> None:
    eva = await registered(client, "eva@example.com")
    again = await eva.send("POST", f"{eva.door}/register", {"email": "Eva@Example.com", "password": "another one 77"})
    assert (again.status, again.reason) == (401, "Unauthorized")
    assert await again.json() == {
        "type": "unauthorized",
        "code": "identity_exists",
        "message": "Identity with email already exists",
    }
    wrong = await Person(client, eva.email, "nonsense").log_in(401)
    assert wrong["message"] == "Invalid email or password"
    for body, message in (
        ({}, "Password should be a string"),
        ({"email": "a@b.example"}, "Password should be a string"),
        ({"password": "long enough 1"}, "Email should be a string"),
    ):
        for path in (eva.door, f"{eva.door}/register"):
            assert (await eva.ask("POST", path, body, 401))["message"] == message
    unknown = await eva.ask("POST", "/auth/customer/nope", eva.credentials(), 401)
    assert unknown["message"].startswith("Unable to retrieve the auth provider with id: nope")
    assert (await eva.ask("POST", "/auth/martian/emailpass", eva.credentials(), 400))["code"] == "actor_type_unknown"
    back = await eva.ask("GET", "/auth/customer/emailpass/callback", status=401)
    assert back["message"] == "Callback authentication not implemented for provider emailpass"
