"""The checklist of a seller: one form an item. Identifying numbers come whole and are shown masked."""

from models.schema.seller import KINDS
from routes.schemas.shared import common as c

LINE: c.Schema = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "\\S"}
NUMBER: c.Schema = {
    "type": "string",
    "minLength": 4,
    "maxLength": 40,
    "pattern": "^[A-Za-z0-9][A-Za-z0-9 ./-]{2,38}[A-Za-z0-9]$",
}
DATE: c.Schema = {"type": "string", "format": "date", "maxLength": 10}
PHONE: c.Schema = {"type": "string", "minLength": 3, "maxLength": 40}
COUNTRY: c.Schema = {"type": "string", "pattern": "^[A-Za-z]{2}$"}
DOCUMENTS: c.Schema = {"type": "array", "items": c.ID, "minItems": 1, "maxItems": 4, "uniqueItems": True}

FORMS = {
    "legal_entity": c.body(
        required=["type", "legal_name", "country_code"],
        type=c.one_of("individual", "company"),
        legal_name=LINE,
        registration_number=LINE,
        address=LINE,
        country_code=COUNTRY,
    ),
    "tax_id": c.body(
        required=["number", "country_code"], number=NUMBER, country_code=COUNTRY, type={**LINE, "maxLength": 40}
    ),
    "representative": c.body(
        required=["first_name", "last_name", "date_of_birth"],
        first_name=LINE,
        last_name=LINE,
        date_of_birth=DATE,
        position=LINE,
        email=c.EMAIL,
        phone=PHONE,
    ),
    "identity_document": c.body(
        required=["type", "number", "country_code", "document_ids"],
        type=c.one_of("passport", "identity_card", "driving_licence", "residence_permit"),
        number=NUMBER,
        country_code=COUNTRY,
        expires_on=DATE,
        document_ids=DOCUMENTS,
    ),
    "address_proof": c.body(
        required=["type", "document_ids"],
        type=c.one_of("utility_bill", "bank_statement", "tax_letter", "lease", "registry_extract"),
        issued_on=DATE,
        document_ids=DOCUMENTS,
    ),
    "bank_account": c.body(
        required=["holder", "account_number", "bank_name", "country_code", "currency_code"],
        holder=LINE,
        account_number=NUMBER,
        bank_name=LINE,
        bank_code={**LINE, "maxLength": 40},
        country_code=COUNTRY,
        currency_code=c.CURRENCY,
    ),
}
_MOMENT = c.nullable(c.MOMENT)
ITEM = c.entity(
    "KycItem",
    "revision note submitted_at reviewed_at",
    kind=c.one_of(*KINDS),
    status=c.one_of("missing", "submitted", "verified", "rejected"),
    data={**c.FREE, "description": "As it was submitted; identifying numbers show their last digits."},
    document_ids=c.array(c.STRING),
    revision=c.INTEGER,
    note={**c.nullable(c.STRING), "description": "What the reviewer says of it."},
    submitted_at=_MOMENT,
    reviewed_at=_MOMENT,
)
DOCUMENT = c.entity(
    "KycDocument",
    id=c.STRING,
    filename=c.STRING,
    status=c.one_of("pending", "ready", "refused"),
    mime_type=c.nullable(c.STRING),
    size=c.nullable(c.INTEGER),
    width=c.nullable(c.INTEGER),
    height=c.nullable(c.INTEGER),
    reason=c.nullable(c.STRING),
    created_at=c.MOMENT,
    updated_at=c.MOMENT,
)
LIST: c.Schema = {
    "type": "object",
    "properties": {"kyc": c.array(ITEM), "is_complete": c.BOOLEAN},
    "required": ["kyc", "is_complete"],
    "additionalProperties": False,
}
DOCUMENTS_REPLY: c.Schema = {
    "type": "object",
    "properties": {"documents": c.array(DOCUMENT)},
    "required": ["documents"],
    "additionalProperties": False,
}
