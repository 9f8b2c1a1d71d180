"""An upload from the leave to send it to the image that is served, over each store of files."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import delete, func, select, update

from models.schema.file import upload, upload_quota
from services.infrastructure.files.slot import FileMissing
from services.workflows import process_upload
from tests.uploads import pictures as p
from tests.uploads.conftest import STORES, TAKES_FORMS, Seller
from utils.clock import now

GREEN_AT, RED_AT = (20, 160, 60), (220, 40, 30)


def near(pixel: Any, colour: tuple[int, int, int]) -> bool:
    return all(abs(a - b) < 40 for a, b in zip(pixel[:3], colour, strict=True))


async def fetched(seller: Seller, url: str, **headers: str) -> tuple[int, Any, bytes]:
    """From this shop, wherever the address says that it is."""
    path = "/" + url.split("/", 3)[3]
    async with seller.client.get(path, headers=headers) as reply:
        return reply.status, reply.headers, await reply.read()


async def used(seller: Seller, owner: str = "") -> tuple[int, int]:
    """What the quota says is used, and what the uploads hold."""
    owner = owner or seller.seller_id
    async with seller.deps.database.reading() as work:
        quota = select(upload_quota.c.used_bytes).where(upload_quota.c.owner_id == owner)
        held = select(func.coalesce(func.sum(upload.c.held_bytes), 0)).where(upload.c.seller_id == owner)
        return (await work.execute(quota)).scalar_one(), int((await work.execute(held)).scalar_one())


@pytest.fixture
async def poor_seller(other_seller: Seller) -> AsyncIterator[Seller]:
    """A seller whose quota a test may change."""
    yield other_seller
    async with other_seller.deps.database.unit_of_work() as work:
        await work.execute(delete(upload).where(upload.c.seller_id == other_seller.seller_id))
        await work.execute(delete(upload_quota).where(upload_quota.c.owner_id == other_seller.seller_id))


async def test_an_image_is_served_as_webp_in_the_sizes_that_were_asked_for(seller: Seller) -> None:
    made = await seller.upload(p.jpeg((1000, 600)), name="IMG_2024.01.jpeg", widths=[320, 640, 1280])
    assert (made["status"], made["mime_type"], made["width"], made["height"]) == ("ready", "image/webp", 1000, 600)
    assert [(v["name"], v["width"], v["height"]) for v in made["variants"]] == [
        ("full", 1000, 600),
        ("w320", 320, 192),
        ("w640", 640, 384),
    ]
    assert made["url"] == made["variants"][0]["url"]
    assert made["size"] == sum(variant["size"] for variant in made["variants"])
    for variant in made["variants"]:
        status, _, content = await fetched(seller, variant["url"])
        picture = p.opened(content)
        assert (status, picture.format, picture.size) == (200, "WEBP", (variant["width"], variant["height"]))
        assert near(picture.getpixel((2, 2)), RED_AT)
        assert near(picture.getpixel((picture.width - 3, 2)), GREEN_AT)
        assert len(content) == variant["size"]
    assert await seller.keys("incoming") == []


async def test_an_image_is_served_for_what_it_is_and_for_ever(seller: Seller) -> None:
    url = (await seller.upload(p.png(), "image/png", "a.png"))["url"]
    _, headers, _ = await fetched(seller, url)
    assert headers["Content-Type"] == "image/webp"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert headers["Content-Disposition"] == "inline"
    assert "sandbox" in headers["Content-Security-Policy"]
    status, again, content = await fetched(seller, url, **{"If-None-Match": headers["ETag"]})
    assert (status, content) == (304, b"")
    assert again["Cache-Control"] == headers["Cache-Control"]
    assert re.fullmatch(r".*/files/images/[0-9a-f]{32}/[0-9a-f]{16}-full\.webp", url)


async def test_nothing_of_the_camera_stays_and_the_picture_stands_upright(seller: Seller) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned to the right
    exif[0x010F] = "Secretcam"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    sent = p.jpeg((60, 40), exif=exif.tobytes(), comment=b"my street", icc_profile=None)
    made = await seller.upload(sent)
    assert (made["width"], made["height"]) == (40, 60)
    _, _, content = await fetched(seller, made["url"])
    picture = p.opened(content)
    assert not picture.getexif()
    assert {"exif", "icc_profile", "xmp"} & set(picture.info) == set()
    assert not re.search(rb"Secretcam|my street|EXIF|XMP |ICCP", content)
    assert near(picture.getpixel((20, 5)), RED_AT)
    assert near(picture.getpixel((20, 55)), GREEN_AT)


@pytest.mark.parametrize(
    ("content", "mime", "name"),
    [
        (p.jpeg(progressive=True), "image/jpeg", "a.JPG"),
        (p.encoded("JPEG", mode="CMYK"), "image/jpeg", "a.jpg"),
        (p.encoded("JPEG", mode="L"), "image/jpeg", "Foto vom 1.2.2024.jpg"),
        (p.encoded("PNG", mode="RGBA"), "image/png", "ein-Bild.png"),
        (p.encoded("PNG", mode="P", transparency=0), "image/png", "写真.png"),
        (p.encoded("PNG", mode="1"), "image/png", "a.png"),
        (p.encoded("PNG", mode="LA"), "image/png", "a.png"),
        (p.gif(), "image/gif", "a.gif"),
        (p.webp(lossless=True), "image/webp", "a.webp"),
        (p.webp(exif=b"Exif\0\0II*\0\x08\0\0\0\0\0"), "image/webp", "a.webp"),
        (p.jpeg() + bytes(40), "image/jpeg", "a.jpg"),
        (p.with_segments(p.jpeg(), p.segment(0xE2, b"MPF\0" + bytes(30))) + p.jpeg(), "image/jpeg", "a.jpg"),
        (p.jpeg((1, 1)), "image/jpeg", "a.jpg"),
        (p.jpeg((3000, 10)), "image/jpeg", "a.jpg"),
    ],
)
async def test_what_cameras_and_programs_write_is_taken(seller: Seller, content: bytes, mime: str, name: str) -> None:
    made = await seller.upload(content, mime, name)
    assert made.get("status") == "ready", made
    assert made["width"] <= 2560
    picture = p.opened((await fetched(seller, made["url"]))[2])
    if mime == "image/png" and picture.mode == "RGBA":
        assert picture.getchannel("A").getextrema()[1] == 255


@pytest.mark.parametrize("store_kind", [kind for kind in STORES if kind in TAKES_FORMS], indirect=True)
async def test_a_form_does_as_well(seller: Seller) -> None:
    made = await seller.upload(p.jpeg(), method="POST")
    assert made["status"] == "ready"


async def test_confirming_again_gives_the_same_answer_even_at_once(seller: Seller) -> None:
    content = p.jpeg((300, 200))
    begun = await seller.begin(content, "image/jpeg", "a.jpg")
    await seller.send(begun["grant"], content)
    path = f"/{begun['upload']['id']}"
    answers = await asyncio.gather(*(seller.ask("POST", f"{path}/confirm", status=200) for _ in range(4)))
    answers.append(await seller.ask("POST", f"{path}/confirm", status=200))
    answers.append(await seller.ask("GET", path, status=200))
    assert all(answer["upload"] == answers[0]["upload"] for answer in answers)
    key = answers[0]["upload"]["url"].split("/")[-2]
    assert len(await seller.keys(f"images/{key}")) == len(answers[0]["upload"]["variants"])
    assert len(set(await used(seller))) == 1


async def test_confirming_before_the_file_is_there_may_be_tried_again(seller: Seller) -> None:
    content = p.jpeg()
    begun = await seller.begin(content, "image/jpeg", "a.jpg")
    path = f"/{begun['upload']['id']}/confirm"
    refused = await seller.ask("POST", path, status=409)
    assert refused["code"] == "upload_missing"
    await seller.send(begun["grant"], content)
    await seller.ask("POST", path, status=200)


async def test_another_sellers_upload_is_as_missing_as_one_that_never_was(seller: Seller, other_seller: Seller) -> None:
    made = await seller.upload(p.jpeg())
    for method, rest in (("GET", ""), ("POST", "/confirm"), ("DELETE", "")):
        foreign = await other_seller.ask(method, f"/{made['id']}{rest}", status=404)
        missing = await other_seller.ask(method, f"/upl_none{rest}", status=404)
        assert str(foreign).replace(made["id"], "upl_none") == str(missing)
    assert made["id"] not in [each["id"] for each in (await other_seller.ask("GET", "", status=200))["uploads"]]
    assert made["id"] in [each["id"] for each in (await seller.ask("GET", "?limit=100", status=200))["uploads"]]


async def test_what_is_deleted_is_gone_with_its_files_and_its_room(seller: Seller) -> None:
    before = await used(seller)
    made = await seller.upload(p.jpeg((300, 200)))
    assert (await used(seller))[0] == before[0] + made["size"]
    gone = await seller.ask("DELETE", f"/{made['id']}", status=200)
    assert (gone["id"], gone["deleted"]) == (made["id"], True)
    assert (await fetched(seller, made["url"]))[0] == 404
    await seller.ask("GET", f"/{made['id']}", status=404)
    assert await seller.keys(f"images/{made['url'].split('/')[-2]}") == []
    assert await used(seller) == before


@pytest.mark.parametrize(
    "path",
    [
        "incoming/x",
        "images",
        "images/",
        "images/../files.key",
        "..%2ffiles.key",
        "files.key",
        "images/none.webp",
        "images%00",
    ],
)
async def test_only_what_was_made_public_is_served(seller: Seller, path: str) -> None:
    await seller.deps.files.put("incoming/x", b"<script>")
    async with seller.client.get(f"/files/{path}") as reply:
        assert reply.status in (400, 404)
    await seller.deps.files.delete("incoming/x")


async def test_what_is_no_image_is_only_offered_to_be_saved(seller: Seller) -> None:
    await seller.deps.files.put("catalogue/a.html", b"<script>")
    _, headers, _ = await fetched(seller, "http://x/files/catalogue/a.html")
    assert headers["Content-Type"] == "application/octet-stream"
    assert headers["Content-Disposition"] == "attachment"
    assert headers["X-Content-Type-Options"] == "nosniff"


async def test_a_quota_holds_against_requests_at_once(poor_seller: Seller) -> None:
    await poor_seller.upload(p.jpeg())
    async with poor_seller.deps.database.unit_of_work() as work:
        room = (await used(poor_seller))[0] + 5 * 100_000 + 99_999
        mine = upload_quota.c.owner_id == poor_seller.seller_id
        await work.execute(update(upload_quota).where(mine).values(limit_bytes=room))
    body = {"filename": "a.jpg", "mime_type": "image/jpeg", "size": 100_000}
    answers = await asyncio.gather(*(poor_seller.ask("POST", "", body) for _ in range(20)))
    assert sorted(answer["status_code"] for answer in answers) == [200] * 5 + [409] * 15
    assert {answer["code"] for answer in answers if answer["status_code"] == 409} == {"upload_quota_exceeded"}
    quota, held = await used(poor_seller)
    assert quota == held <= room
    for answer in answers:
        if answer["status_code"] == 200:
            await poor_seller.ask("DELETE", f"/{answer['upload']['id']}", status=200)
    await poor_seller.ask("POST", "", {**body, "size": 500_000})


async def test_images_that_do_not_fit_the_quota_are_refused_and_removed(poor_seller: Seller) -> None:
    content = p.encoded("PNG", (900, 700))
    begun = await poor_seller.begin(content, "image/png", "a.png")
    await poor_seller.send(begun["grant"], content)
    async with poor_seller.deps.database.unit_of_work() as work:
        mine = upload_quota.c.owner_id == poor_seller.seller_id
        await work.execute(update(upload_quota).where(mine).values(limit_bytes=10**9))
        await work.execute(update(upload).where(upload.c.id == begun["upload"]["id"]).values(held_bytes=1))
        await work.execute(update(upload_quota).where(mine).values(used_bytes=1, limit_bytes=1))
    refused = await poor_seller.ask("POST", f"/{begun['upload']['id']}/confirm", status=409)
    assert refused["code"] == "upload_quota_exceeded"
    assert (await poor_seller.ask("GET", f"/{begun['upload']['id']}"))["upload"]["status"] == "refused"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"filename": "a.jpg", "mime_type": "image/jpeg", "size": 0},
        {"filename": "a.jpg", "mime_type": "image/jpeg", "size": -5},
        {"filename": "a.jpg", "mime_type": "image/jpeg", "size": 1.5},
        {"filename": "a.jpg", "mime_type": "image/jpeg", "size": 30_000_000},
        {"filename": "a.jpg", "mime_type": "image/jpeg", "size": 10, "widths": [333]},
        {"filename": "a.jpg", "mime_type": "image/jpeg", "size": 10, "key": "images/x"},
        {"filename": "a.jpg", "mime_type": "image/jpeg", "size": 10, "seller_id": "sel_other"},
        {"filename": "a" * 300 + ".jpg", "mime_type": "image/jpeg", "size": 10},
        {"filename": "a.jpg", "mime_type": "image/jpeg", "size": 10, "method": "DELETE"},
    ],
)
async def test_what_cannot_be_begun(seller: Seller, body: dict[str, Any]) -> None:
    assert (await seller.ask("POST", "", body))["status_code"] == 400


async def test_the_sweep_settles_what_nobody_confirmed_and_removes_what_no_row_wants(seller: Seller) -> None:
    files, deps = seller.deps.files, seller.deps
    await process_upload.sweep(deps)
    kept = await seller.upload(p.jpeg())
    content = p.jpeg()
    late, open_ = [await seller.begin(content, "image/jpeg", "a.jpg") for _ in range(2)]
    for begun in (late, open_):
        await seller.send(begun["grant"], content)
    lost = "0" * 32
    key = kept["url"].split("/")[-2]
    for orphan in (f"incoming/{lost}", f"images/{lost}/a-full.webp", f"images/{key}/b-full.webp", f"incoming/{key}"):
        await files.put(orphan, b"x")
    async with deps.database.unit_of_work() as work:
        await work.execute(update(upload).where(upload.c.id == late["upload"]["id"]).values(expires_at=now()))
    assert (await seller.ask("POST", f"/{late['upload']['id']}/confirm", status=409))["code"] == "upload_expired"
    assert await process_upload.sweep(deps) == 5
    assert await process_upload.sweep(deps) == 0
    assert (await seller.ask("GET", f"/{late['upload']['id']}"))["upload"]["status"] == "refused"
    assert (await seller.ask("POST", f"/{late['upload']['id']}/confirm", status=400))["code"] == "upload_refused"
    assert (await fetched(seller, kept["url"]))[0] == 200
    await seller.ask("POST", f"/{open_['upload']['id']}/confirm", status=200)
    with pytest.raises(FileMissing):
        await files.stat(f"incoming/{lost}")
    quota, held = await used(seller)
    assert quota == held


async def test_an_idempotency_key_begins_one_upload(seller: Seller) -> None:
    headers = {
        "x-publishable-api-key": "pk_world_web",
        "x-test-store": seller.seller_id,
        "Idempotency-Key": "one-upload",
    }
    body = {"filename": "a.jpg", "mime_type": "image/jpeg", "size": 100}
    answers = []
    for _ in range(2):
        async with seller.client.post("/vendor/uploads", json=body, headers=headers) as reply:
            answers.append(await reply.json())
    assert answers[0] == answers[1]


@pytest.mark.parametrize("store_kind", ["folder"], indirect=True)
async def test_a_page_of_a_shop_may_upload_to_the_folder_and_a_strangers_may_not(seller: Seller) -> None:
    grant = (await seller.begin(p.jpeg(), "image/jpeg", "a.jpg"))["grant"]
    for origin, allowed in (("http://localhost:3000", True), ("https://evil.example", False)):
        asked = {
            "Origin": origin,
            "Access-Control-Request-Method": "PUT",
            "Access-Control-Request-Headers": "content-type",
        }
        async with seller.web.options(grant["url"], headers=asked) as reply:
            assert (reply.headers.get("Access-Control-Allow-Origin") == origin) is allowed
        async with seller.web.put(grant["url"], data=p.jpeg(), headers={**grant["headers"], "Origin": origin}) as reply:
            assert (reply.headers.get("Access-Control-Allow-Origin") == origin) is allowed


async def test_a_key_that_was_given_for_sending_is_none_for_reading(seller: Seller) -> None:
    content = p.jpeg()
    begun = await seller.begin(content, "image/jpeg", "a.jpg")
    await seller.send(begun["grant"], content)
    async with seller.web.get(begun["grant"]["url"]) as reply:
        assert 400 <= reply.status < 500
    async with seller.web.delete(begun["grant"]["url"]) as reply:
        assert 400 <= reply.status < 500
    await seller.ask("POST", f"/{begun['upload']['id']}/confirm", status=200)


async def test_a_file_that_never_came_gives_its_room_back_and_may_still_come(poor_seller: Seller) -> None:
    """Confirming what was refused on the way to the storage (404, cut off) says so; a second try is counted then."""
    content = p.jpeg()
    begun = await poor_seller.begin(content, "image/jpeg", "a.jpg")
    assert (await used(poor_seller))[0] >= len(content)
    path = f"/{begun['upload']['id']}/confirm"
    for _ in range(2):
        assert (await poor_seller.ask("POST", path, status=409))["code"] == "upload_missing"
        assert await used(poor_seller) == (0, 0)
    await poor_seller.send(begun["grant"], content)
    made = (await poor_seller.ask("POST", path, status=200))["upload"]
    assert await used(poor_seller) == (made["size"], made["size"])


async def test_uploads_that_were_never_finished_are_in_nobodys_way(poor_seller: Seller) -> None:
    """Without waiting for a sweep: they give way to the next upload that needs their room."""
    body = {"filename": "a.jpg", "mime_type": "image/jpeg", "size": 100_000}
    first = (await poor_seller.ask("POST", "", body, status=200))["upload"]["id"]
    async with poor_seller.deps.database.unit_of_work() as work:
        mine = upload_quota.c.owner_id == poor_seller.seller_id
        await work.execute(update(upload_quota).where(mine).values(limit_bytes=150_000))
    assert (await poor_seller.ask("POST", "", body, status=409))["code"] == "upload_quota_exceeded"
    async with poor_seller.deps.database.unit_of_work() as work:
        over = now() - timedelta(seconds=1)
        await work.execute(update(upload).where(upload.c.id == first).values(expires_at=over))
    await poor_seller.ask("POST", "", body, status=200)
    assert await used(poor_seller) == (100_000, 100_000)
    assert (await poor_seller.ask("GET", f"/{first}"))["upload"]["status"] == "refused"
