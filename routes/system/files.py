"""Files: fetched by anybody, uploaded under a signed address (with MinIO uploads go there, and not here)."""

from controllers.system import files
from routes.schemas.seller import upload as s
from routes.table import PUBLIC, get, post, put

LOCAL = {"who": PUBLIC, "streams": True, "hidden": True, "media": "*/*", "errors": (403, 404, 413, 415)}

ROUTES = [
    get(
        r"/files/{key:[\s\S]+}",
        files.fetch,
        who=PUBLIC,
        summary="A file",
        tag="Files",
        media="*/*",
        errors=(304, 404),
        params={"key": "The path in an address that the API gave."},
    ),
    put(r"/files/{key:[\s\S]+}", files.receive_put, **LOCAL, summary="Upload a file", query=s.SIGNED),
    post("/files", files.receive_post, **LOCAL, summary="Upload a file by a form", status=204),
]
