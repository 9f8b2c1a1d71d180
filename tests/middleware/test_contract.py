"""What comes in is what the row's schemas say, and refusals are in words that clients know."""

from typing import Any

import pytest
from aiohttp.test_utils import TestClient

Shop = TestClient[Any, Any]
URL = "/store/things"


async def refusal(shop: Shop, body: Any) -> str:
    answer = await shop.post(URL, json=body)
    assert answer.status == 400
    told = await answer.json()
    assert told["type"] == "invalid_data"
    return str(told["message"])


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "Invalid request: Field 'title' is required"),
        ({"title": 5}, "Invalid request: Expected type: 'string' for field 'title', got: '5'"),
        ({"title": "a", "nonsense": 1, "other": 2}, "Invalid request: Unrecognized fields: 'nonsense, other'"),
        ({"title": "a", "quantity": "2"}, "Invalid request: Expected type: 'number' for field 'quantity', got: '2'"),
        ({"title": "a", "quantity": 1.5}, "Invalid request: Expected type: 'number' for field 'quantity', got: '1.5'"),
        (
            {"title": "a", "quantity": 0},
            "Invalid request: Value for field 'quantity' too small, expected at least: '1'",
        ),
        ({"title": "a", "email": "nobody"}, "Invalid request: Invalid email address"),
        ({"title": "a", "kind": "c"}, "Invalid request: Expected: 'a, b' for field 'kind', but got: 'c'"),
        (
            {"title": "a", "address": "caaddr_x"},
            "Invalid request: Expected type: 'object' for field 'address', got: 'caaddr_x'",
        ),
        ({"title": "a", "address": {}}, "Invalid request: Field 'address, city' is required"),
        (
            {"title": 1, "items": [{}], "nope": 1},
            "Invalid request: Expected type: 'string' for field 'title', got: '1'; "
            "Field 'items, 0, variant_id' is required; Field 'items, 0, quantity' is required",
        ),
        ([], "Invalid request: Expected type: 'object', got: 'array'"),
    ],
)
async def test_a_body_that_does_not_fit_is_refused_in_known_words(shop: Shop, body: Any, message: str) -> None:
    assert await refusal(shop, body) == message


async def test_a_whole_number_may_be_written_with_a_point(shop: Shop) -> None:
    answer = await shop.post(URL, json={"title": "a", "quantity": 2.0})
    assert b'"quantity":2}' in await answer.read()


async def test_an_empty_body_with_a_json_content_type_is_taken_where_none_is_required(shop: Shop) -> None:
    answer = await shop.post(f"{URL}/thing_1/done", headers={"content-type": "application/json"})
    assert answer.status == 200
    answer = await shop.post(URL, headers={"content-type": "application/json"})
    assert (await answer.json())["message"] == "Invalid request: Field 'title' is required"


async def test_a_row_without_a_body_refuses_keys(shop: Shop) -> None:
    answer = await shop.post(f"{URL}/thing_1/done", json={"a": 1})
    assert (await answer.json())["message"] == "Invalid request: Unrecognized fields: 'a'"


@pytest.mark.parametrize("content_type", ["text/plain", "", "application/jsonx", "application/json; charset=latin-1"])
async def test_a_body_that_is_not_json_by_its_header_is_refused(shop: Shop, content_type: str) -> None:
    answer = await shop.post(URL, data=b'{"title":"a"}', headers={"content-type": content_type})
    assert answer.status == 415


BAD_JSON = {
    "cut off": b'{"title": "a"',
    "no quotes": b"{title: 1}",
    "trailing comma": b'{"title": "a",}',
    "two values": b'{"title": "a"}{}',
    "NaN": b'{"title": "a", "metadata": {"x": NaN}}',
    "infinity": b'{"title": "a", "metadata": {"x": Infinity}}',
    "minus infinity": b'{"title": "a", "metadata": {"x": -Infinity}}',
    "overflow": b'{"title": "a", "metadata": {"x": 1e999}}',
    "endless number": b'{"title": "a", "quantity": ' + b"9" * 5000 + b"}",
    "endless fraction": b'{"title": "a", "metadata": {"x": 0.' + b"1" * 5000 + b"}}",
    "19 digits": b'{"title": "a", "metadata": {"x": 9999999999999999999}}',
    "same key twice": b'{"title": "a", "title": "b"}',
    "same key twice below": b'{"title": "a", "metadata": {"x": 1, "x": 2}}',
    "deep lists": b'{"title": "a", "metadata": {"x": ' + b"[" * 40 + b"]" * 40 + b"}}",
    "very deep lists": b"[" * 50_000,
    "very deep objects": b'{"a":' * 9000 + b"1" + b"}" * 9000,
    "half a character": b'{"title": "\\ud800"}',
    "half a character as key": b'{"title": "a", "metadata": {"\\udc00": 1}}',
    "halves in wrong order": b'{"title": "\\udc00\\ud800"}',
    "NUL": b'{"title": "a\\u0000b"}',
    "NUL as key": b'{"title": "a", "metadata": {"\\u0000": 1}}',
    "raw NUL": b'{"title": "a\x00b"}',
    "raw line break": b'{"title": "a\nb"}',
    "not UTF-8": b'{"title": "\xff\xfe"}',
    "UTF-16": '{"title": "a"}'.encode("utf-16"),
    "overlong UTF-8": b'{"title": "\xc0\x80"}',
    "byte order mark": b'\xef\xbb\xbf{"title": "a"}',
    "comment": b'{"title": "a" /* hm */}',
    "single quotes": b"{'title': 'a'}",
    "hex": b'{"title": "a", "quantity": 0x10}',
    "leading zero": b'{"title": "a", "quantity": 010}',
    "plus": b'{"title": "a", "quantity": +1}',
    "bare word": b"title",
    "spaces": b"   ",
    "a form": b"title=a",
    "null": b"null",
    "control characters": b"\x01\x02\x03",
}


@pytest.mark.parametrize("name", BAD_JSON)
async def test_json_that_cannot_be_trusted_is_refused(shop: Shop, name: str) -> None:
    answer = await shop.post(URL, data=BAD_JSON[name], headers={"content-type": "application/json"})
    assert answer.status == 400, await answer.text()
    assert (await answer.json())["code"] in ("malformed_json", "invalid_request")


async def test_a_surrogate_pair_is_one_good_character(shop: Shop) -> None:
    answer = await shop.post(URL, data=b'{"title": "\\ud83d\\ude00"}', headers={"content-type": "application/json"})
    assert (await answer.json())["body"]["title"] == "\U0001f600"


async def test_32_levels_are_taken_and_33_are_not(shop: Shop) -> None:
    for levels, status in ((30, 201), (31, 400)):
        data = b'{"title": "a", "metadata": {"x": ' + b"[" * levels + b"]" * levels + b"}}"
        answer = await shop.post(URL, data=data, headers={"content-type": "application/json"})
        assert answer.status == status


@pytest.mark.parametrize(
    ("query", "parsed"),
    [
        ("", {}),
        ("limit=7&offset=3", {"limit": 7, "offset": 3}),
        ("id=a", {"id": ["a"]}),
        ("id=a&id=b", {"id": ["a", "b"]}),
        ("id[]=a&id[]=b", {"id": ["a", "b"]}),
        ("id[1]=b&id[0]=a", {"id": ["a", "b"]}),
        ("id%5B0%5D=a", {"id": ["a"]}),
        ("id=a,b", {"id": ["a", "b"]}),
        ("id[]=a,b", {"id": ["a", "b"]}),
        ("id[0]=a,b&id[1]=c", {"id": ["a,b", "c"]}),
        ("created_at[$gte]=2024-01-01", {"created_at": {"$gte": "2024-01-01"}}),
        ("created_at.$lt=2024-01-01T10:00:00.000Z", {"created_at": {"$lt": "2024-01-01T10:00:00.000Z"}}),
        ("is_on=true", {"is_on": True}),
        ("is_on=0", {"is_on": False}),
        ("price=1.5", {"price": 1.5}),
        ("order=-created_at", {"order": "-created_at"}),
        ("q=a+b%2Bc", {"q": "a b+c"}),
        ("title=%C3%BC&&", {"title": "ü"}),
        ("title=", {"title": ""}),
        ("title=a=b", {"title": "a=b"}),
    ],
)
async def test_a_bracket_query_string_is_read_by_its_schema(shop: Shop, query: str, parsed: dict[str, Any]) -> None:
    for _ in range(2):  # the second time from what is kept
        answer = await shop.get(f"{URL}?{query}")
        assert (await answer.json())["query"] == {"limit": 50, "offset": 0, **parsed}


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("nonsense=1&other=2", "Invalid request: Unrecognized fields: 'nonsense, other'"),
        ("limit=abc", "Invalid request: Expected type: 'number' for field 'limit', got: 'abc'"),
        ("limit=-1", "Invalid request: Value for field 'limit' too small, expected at least: '0'"),
        ("limit=1000000", "Invalid request: Value for field 'limit' too large, expected at most: '100'"),
        ("limit=1.5", "Invalid request: Expected type: 'number' for field 'limit', got: '1.5'"),
        ("limit=1e1", "Invalid request: Expected type: 'number' for field 'limit', got: '1e1'"),
        ("limit=NaN", "Invalid request: Expected type: 'number' for field 'limit', got: 'NaN'"),
        ("limit=" + "9" * 400, None),
        ("price=inf", "Invalid request: Expected type: 'number' for field 'price', got: 'inf'"),
        ("order=nonsense", "Order field nonsense is not valid"),
        ("order=-secret", "Order field -secret is not valid"),
        ("created_at[$where]=1", "Invalid request: Unrecognized fields: 'created_at, $where'"),
        ("created_at=2024", "Invalid request: Expected type: 'object' for field 'created_at', got: '2024'"),
        ("created_at[$gte]=yesterday", "Invalid request: Invalid value for field 'created_at, $gte', got: 'yesterday'"),
        ("title[a]=1", "Invalid request: Expected type: 'string' for field 'title', got: 'object'"),
        ("title=a&title=b", "Invalid request: Expected type: 'string' for field 'title', got: 'array'"),
        ("title=%00", "Invalid query string: it holds a NUL character"),
        ("title=%ff", "Invalid query string: it is not UTF-8"),
        ("title=%ed%a0%80", "Invalid query string: it is not UTF-8"),
        ("title%00=1", None),
        ("id[=1", "Invalid query string: its brackets do not match"),
        ("id]=1", None),
        ("id[a[b]]=1", "Invalid query string: its brackets do not match"),
        ("id[0][0][0][0][0]=1", "Invalid query string: it is nested more than 5 levels deep"),
        ("a=1&a[b]=2", None),
        ("a[b]=2&a=1", None),
        ("&".join(f"k{n}=1" for n in range(300)), "Invalid query string: it has more than 200 keys"),
        ("&".join(f"id={n}" for n in range(150)), None),
        ("title=" + "x" * 3000, None),
        ("__proto__[x]=1", None),
        ("constructor=1", None),
        ("fields[]=a", None),
    ],
)
async def test_a_query_string_that_does_not_fit_is_refused(shop: Shop, query: str, message: str | None) -> None:
    answer = await shop.get(f"{URL}?{query}")
    assert answer.status == 400
    told = await answer.json()
    assert told["type"] == "invalid_data"
    assert message is None or told["message"] == message


@pytest.mark.parametrize("path", ["%00", "a%00b", "x" * 200, "%0a", "%e2%80%ae"])
async def test_a_path_that_holds_no_id_is_refused(shop: Shop, path: str) -> None:
    answer = await shop.get(f"{URL}/{path}")
    assert answer.status in (400, 404)
    assert "message" in await answer.json()


async def test_fields_choose_what_is_shown(shop: Shop) -> None:
    answer = await shop.get(f"{URL}?fields=+secret,-parts")
    assert (await answer.json())["things"] == [{"id": "thing_1", "title": "A thing", "secret": None}]
