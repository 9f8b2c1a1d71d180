"""Uploads of sellers. No row says yet who may call, so none can be mounted: that is said where sellers are known."""

from controllers import upload
from routes.schemas import common as c
from routes.schemas import upload as s
from routes.table import delete, get, post
from services.flows.take_upload import NothingUploaded
from services.infra.images import ImageRefused

ONE = c.single("upload", s.UPLOAD)

VENDOR = [
    get(
        "/vendor/uploads",
        upload.list_uploads,
        summary="List the store's uploads",
        tag="Uploads",
        query=s.LIST,
        reply=c.page("uploads", s.UPLOAD),
    ),
    post(
        "/vendor/uploads",
        upload.begin,
        summary="Get leave to upload one image straight to the storage",
        tag="Uploads",
        body=s.BEGIN,
        reply=s.BEGUN,
        status=201,
        errors=(409,),
    ),
    get("/vendor/uploads/{id}", upload.retrieve, summary="Get an upload", tag="Uploads", reply=ONE, errors=(404,)),
    post(
        "/vendor/uploads/{id}/confirm",
        upload.confirm,
        summary="Say that the file is there: it is checked, made anew as WebP, and served from then on",
        tag="Uploads",
        reply=ONE,
        errors=(404, ImageRefused, NothingUploaded),
    ),
    delete(
        "/vendor/uploads/{id}",
        upload.remove,
        summary="Delete an upload and its images",
        tag="Uploads",
        reply=c.deleted("upload"),
        errors=(404,),
    ),
]
