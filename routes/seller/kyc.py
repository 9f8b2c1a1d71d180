"""The checklist of a seller: its items, and the documents to them."""

from controllers.seller import kyc
from models.schema.seller import KINDS
from models.seller.kyc import DocumentNotReady, DocumentTaken
from routes.schemas.seller import kyc as s
from routes.schemas.seller import upload as uploads
from routes.schemas.shared import common as c
from routes.table import SELLER, delete, get, post
from services.identity.reauthentication import ProofRequired
from services.infrastructure.images.pool import ImageRefused
from services.workflows.process_upload import NothingUploaded

DOCUMENT = c.single("document", s.DOCUMENT)
BEGUN: c.Schema = {
    "type": "object",
    "properties": {"document": s.DOCUMENT, "grant": uploads.GRANT},
    "required": ["document", "grant"],
    "additionalProperties": False,
}
_reads = {"who": SELLER, "grant": "ownership:read", "tag": "Seller verification"}
_writes = {"who": SELLER, "grant": "ownership:write", "tag": "Seller verification"}

ROUTES = [
    get("/vendor/kyc", kyc.list_items, **_reads, summary="The checklist and how each item stands", reply=s.LIST),
    *(
        post(
            f"/vendor/kyc/{kind}",
            kyc.submit,
            **_writes,
            summary=f"Submit the {kind.replace('_', ' ')}; one that was verified waits for a check again",
            body=s.FORMS[kind],
            reply=c.single("kyc_item", s.ITEM),
            errors=(404, DocumentNotReady, DocumentTaken, ProofRequired),
        )
        for kind in KINDS
    ),
    get(
        "/vendor/kyc-documents",
        kyc.list_documents,
        **_reads,
        summary="List the documents, newest first",
        reply=s.DOCUMENTS_REPLY,
    ),
    post(
        "/vendor/kyc-documents",
        kyc.begin_document,
        **_writes,
        summary="Get leave to upload the image of a document straight to the storage",
        body=c.body(
            required=["filename", "mime_type", "size"],
            **{name: uploads.BEGIN["properties"][name] for name in ("filename", "mime_type", "size", "method")},
        ),
        reply=BEGUN,
        errors=(409,),
    ),
    post(
        "/vendor/kyc-documents/{id}/confirm",
        kyc.confirm_document,
        **_writes,
        summary="Say that the file is there: it is checked and made anew",
        reply=DOCUMENT,
        errors=(404, ImageRefused, NothingUploaded),
    ),
    get(
        "/vendor/kyc-documents/{id}/content",
        kyc.show_document,
        **_reads,
        summary="The image of a document; it has no public address",
        media="image/webp",
        errors=(404,),
    ),
    delete(
        "/vendor/kyc-documents/{id}",
        kyc.remove_document,
        **_writes,
        summary="Delete a document that no item shows",
        reply=c.deleted("kyc_document"),
        errors=(404, DocumentTaken),
    ),
]
