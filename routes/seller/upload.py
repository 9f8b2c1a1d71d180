"""Uploads of sellers: the images of their shop and its products."""

from controllers.seller import upload
from models.file.upload import UploadInUse, UploadIsLogo
from routes.schemas.seller import upload as s
from routes.schemas.shared import common as c
from routes.table import SELLER, delete, get, post
from services.infrastructure.images.pool import ImageRefused
from services.workflows.process_upload import NothingUploaded

ONE = c.single("upload", s.UPLOAD)
_reads = {"who": SELLER, "grant": "catalogue:read", "tag": "Seller uploads"}
_writes = {"who": SELLER, "grant": "catalogue:write", "tag": "Seller uploads"}

ROUTES = [
    get(
        "/vendor/uploads",
        upload.list_uploads,
        summary="List the store's uploads",
        **_reads,
        query=s.LIST,
        reply=c.page("uploads", s.UPLOAD),
    ),
    post(
        "/vendor/uploads",
        upload.begin,
        summary="Get leave to upload one image straight to the storage",
        **_writes,
        body=s.BEGIN,
        reply=s.BEGUN,
        errors=(409,),
    ),
    get("/vendor/uploads/{id}", upload.retrieve, summary="Get an upload", **_reads, reply=ONE, errors=(404,)),
    post(
        "/vendor/uploads/{id}/confirm",
        upload.confirm,
        summary="Say that the file is there: it is checked, made anew as WebP, and served from then on",
        **_writes,
        reply=ONE,
        errors=(404, ImageRefused, NothingUploaded),
    ),
    delete(
        "/vendor/uploads/{id}",
        upload.remove,
        summary="Delete an upload and its images",
        **_writes,
        reply=c.deleted("upload"),
        errors=(404, UploadInUse, UploadIsLogo),
    ),
]
