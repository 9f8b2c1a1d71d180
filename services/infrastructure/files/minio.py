"""Files in MinIO, or anything else that speaks S3: clients upload straight to it under addresses signed here."""

import asyncio
import hmac
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from io import BytesIO
from itertools import islice
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

import urllib3
from minio import Minio
from minio.datatypes import PostPolicy
from minio.error import InvalidResponseError, MinioException, S3Error

from services.infrastructure.files.slot import (
    BucketRefused,
    FileMissing,
    FileTooLarge,
    Grant,
    StorageAway,
    StorageRefused,
    Stored,
    checked,
)
from services.infrastructure.http.circuit_breaker import Breaker
from utils.clock import SYSTEM

T = TypeVar("T")
REGION = "us-east-1"
CONNECT_SECONDS, READ_SECONDS = 0.5, 4.0
PROBE_SECONDS = 1.0
LONGEST_SECONDS = 30.0  # of one call, with all its bytes
CONNECTIONS = 16
LISTED_AT_ONCE = 500
# What must not be taken for an object that is not there.
MISSING = frozenset({"NoSuchKey", "NoSuchObject", "NotFound"})
DISPOSITION = "attachment"  # whoever fetches from the storage itself, past this server, gets a download


class MinioFiles:
    """A bucket. `public_endpoint` is where clients reach it, if that is not where this server does."""

    def __init__(
        self,
        endpoint: str,
        *,
        access_key: str,
        secret_key: str,
        bucket: str,
        base_url: str,
        public_endpoint: str = "",
    ) -> None:
        self.bucket = bucket
        self.base_url = base_url
        self.public_endpoint = public_endpoint or endpoint
        self._access_key, self._secret_key = access_key, secret_key
        self.endpoint = endpoint
        self.client = self._client(READ_SECONDS)
        self._prober = self._client(PROBE_SECONDS)
        self.breaker = Breaker("MinIO", StorageAway, seconds=LONGEST_SECONDS)
        # Threads of its own: should they wait for a storage that is away, nobody else waits for a thread.
        self._threads = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="minio")

    def _client(self, read_seconds: float) -> Minio:
        address = urlsplit(self.endpoint)
        return Minio(
            address.netloc,
            access_key=self._access_key,
            secret_key=self._secret_key,
            secure=address.scheme == "https",
            region=REGION,
            http_client=urllib3.PoolManager(
                num_pools=2,
                maxsize=CONNECTIONS,
                timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=read_seconds),
                retries=urllib3.Retry(total=1, connect=0, read=0),
            ),
        )

    async def prepare(self) -> None:
        """Make the bucket if it is not there; nothing in it can be fetched without a signature.

        Asks whatever the breaker says. StorageAway when the storage does not answer, BucketRefused when it does not let
        us use or make the bucket.
        """

        def make() -> None:
            if not self._prober.bucket_exists(self.bucket):
                try:
                    self._prober.make_bucket(self.bucket)
                except S3Error as error:
                    if error.code not in ("BucketAlreadyOwnedByYou", "BucketAlreadyExists"):
                        raise

        try:
            await self._ask(make)
        except StorageRefused as refused:
            raise BucketRefused(bucket=self.bucket, reason=str(refused.__cause__)) from refused

    async def ping(self) -> None:
        """Come back when the storage has answered and has the bucket; the bucket is made anew should it be gone."""
        await self.prepare()

    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def put(self, key: str, content: bytes, media_type: str = "application/octet-stream") -> str:
        stored = partial(
            self.client.put_object,
            self.bucket,
            checked(key),
            length=len(content),
            content_type=media_type,
            metadata={"Content-Disposition": DISPOSITION},
        )

        def store() -> None:
            stored(data=BytesIO(content))

        try:
            await self.call(store)
        except FileMissing:  # the bucket itself, which was there at the start
            await self.prepare()
            await self.call(store)
        return self.url(key)

    async def get(self, key: str, limit_bytes: int | None = None) -> bytes:
        def read() -> bytes:
            response = self.client.get_object(self.bucket, checked(key))
            try:
                content: bytes = response.read(amt=None if limit_bytes is None else limit_bytes + 1)
            finally:
                response.close()
                response.release_conn()
            if limit_bytes is not None and len(content) > limit_bytes:
                raise FileTooLarge(limit_bytes=limit_bytes)
            return content

        return await self.call(read, key)

    async def stat(self, key: str) -> Stored:
        found = await self.call(partial(self.client.stat_object, self.bucket, checked(key)), key)
        return Stored(key, found.size or 0, found.last_modified or datetime.min.replace(tzinfo=UTC))

    async def delete(self, key: str) -> None:
        try:
            await self.call(partial(self.client.remove_object, self.bucket, checked(key)), key)
        except FileMissing:
            return

    async def listing(self, folder: str) -> AsyncIterator[Stored]:
        pages: Iterator[Any] = iter(())

        def more(count: int) -> list[Any]:
            return list(islice(pages, count))

        try:
            pages = iter(
                await self.call(
                    partial(self.client.list_objects, self.bucket, prefix=f"{checked(folder)}/", recursive=True)
                )
            )
            while batch := await self.call(partial(more, LISTED_AT_ONCE)):
                for found in batch:
                    if not found.is_dir:
                        yield Stored(found.object_name, found.size or 0, found.last_modified)
        except FileMissing:  # no bucket yet
            return

    async def tidy(self, before: datetime) -> int:
        """The storage itself forgets uploads that were not finished."""
        return 0

    def url(self, key: str) -> str:
        return f"{self.base_url}/files/{checked(key)}"

    def grant_put(self, key: str, *, media_type: str, size: int, seconds: int) -> Grant:
        """As the `minio` package signs addresses, with type and length among the signed headers, which it cannot."""
        headers = {
            "content-length": str(size),
            "content-type": media_type,
            "host": urlsplit(self.public_endpoint).netloc,
        }
        moment = SYSTEM.now()  # what is signed is judged by the storage's clock
        stamp = moment.strftime("%Y%m%dT%H%M%SZ")
        scope = (stamp[:8], REGION, "s3", "aws4_request")
        names = ";".join(sorted(headers))
        query = "&".join(
            f"{name}={quote(value, safe='')}"
            for name, value in (
                ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
                ("X-Amz-Credential", "/".join((self._access_key, *scope))),
                ("X-Amz-Date", stamp),
                ("X-Amz-Expires", str(seconds)),
                ("X-Amz-SignedHeaders", names),
            )
        )
        path = f"/{self.bucket}/{checked(key)}"
        lines = [f"{name}:{headers[name]}" for name in sorted(headers)]
        request = "\n".join(["PUT", path, query, *lines, "", names, "UNSIGNED-PAYLOAD"])
        text = "\n".join(["AWS4-HMAC-SHA256", stamp, "/".join(scope), sha256(request.encode()).hexdigest()])
        secret = b"AWS4" + self._secret_key.encode()
        for part in (*scope, text):
            secret = hmac.new(secret, part.encode(), sha256).digest()
        url = f"{self.public_endpoint}{path}?{query}&X-Amz-Signature={secret.hex()}"
        return Grant(
            "PUT",
            url,
            moment + timedelta(seconds=seconds),
            headers={"Content-Type": media_type, "Content-Length": str(size)},
        )

    def grant_post(self, key: str, *, media_type: str, least: int, most: int, seconds: int) -> Grant:
        until = SYSTEM.now() + timedelta(seconds=seconds)
        policy = PostPolicy(self.bucket, until)
        policy.add_equals_condition("key", checked(key))
        policy.add_equals_condition("Content-Type", media_type)
        policy.add_content_length_range_condition(least, most)
        fields = {"key": key, "Content-Type": media_type, **self.client.presigned_post_policy(policy)}
        return Grant("POST", f"{self.public_endpoint}/{self.bucket}", until, fields=fields)

    async def call(self, ask: Callable[[], T], key: str = "") -> T:
        """Ask, or refuse at once while the storage is away."""
        return await self.breaker.call(lambda: self._ask(ask, key))

    async def _ask(self, ask: Callable[[], T], key: str = "") -> T:
        """Ask in a thread; what S3 says in our words."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, ask)
        except S3Error as error:
            if error.code in MISSING or error.code == "NoSuchBucket":
                raise FileMissing(key=key) from None
            # What the storage says of itself (SlowDown, ServerNotInitialized) comes with a status of 500 or more.
            is_ill = getattr(error.response, "status", 500) >= 500
            raise (StorageAway if is_ill else StorageRefused)() from error
        except (urllib3.exceptions.HTTPError, MinioException) as error:
            # Some storages say in a type of XML that the package does not read that there is no such file.
            if isinstance(error, InvalidResponseError) and getattr(error, "_code", 0) == 404:
                raise FileMissing(key=key) from None
            raise StorageAway() from error
