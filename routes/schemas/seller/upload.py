"""Uploads on the wire."""

from routes.schemas.shared import common as c
from services.file.upload import ENDINGS, MOST_WIDTHS, USUAL_WIDTHS, WIDTHS

SIGNED = c.query(
    required=["expires", "signature"],
    expires={"type": "string", "pattern": "^[0-9]{1,12}$"},
    signature={"type": "string", "pattern": "^[0-9a-f]{64}$"},
)

WIDTH: c.Schema = {"type": "integer", "enum": [*WIDTHS], "minimum": min(WIDTHS), "maximum": max(WIDTHS)}
BEGIN = c.body(
    required=["filename", "mime_type", "size"],
    filename={"type": "string", "minLength": 1, "maxLength": 200},
    mime_type=c.one_of(*ENDINGS),
    size={"type": "integer", "minimum": 1, "maximum": 100 * 1024 * 1024},
    method={**c.one_of("PUT", "POST"), "default": "PUT"},
    widths={
        "type": "array",
        "items": WIDTH,
        "maxItems": MOST_WIDTHS,
        "uniqueItems": True,
        "description": f"Widths of the copies (pixels); usually {', '.join(map(str, USUAL_WIDTHS))}.",
    },
)
LIST = c.query(
    limit={"type": "integer", "minimum": 0, "maximum": 100, "default": 20},
    offset={"type": "integer", "minimum": 0, "maximum": 1_000_000, "default": 0},
)

IMAGE = c.entity("UploadImage", name=c.STRING, url=c.STRING, width=c.INTEGER, height=c.INTEGER, size=c.INTEGER)
UPLOAD = c.entity(
    "Upload",
    id=c.STRING,
    filename=c.STRING,
    status=c.one_of("pending", "ready", "refused"),
    mime_type=c.nullable(c.STRING),
    size=c.nullable(c.INTEGER),
    width=c.nullable(c.INTEGER),
    height=c.nullable(c.INTEGER),
    url=c.nullable(c.STRING),
    variants=c.array(IMAGE),
    reason=c.nullable(c.STRING),
    expires_at=c.MOMENT,
    created_at=c.MOMENT,
    updated_at=c.MOMENT,
)
WORDS: c.Schema = {"type": "object", "additionalProperties": c.STRING}
GRANT: c.Schema = {
    **c.entity("UploadGrant", method=c.one_of("PUT", "POST"), url=c.STRING, headers=WORDS, fields=WORDS),
    "description": "PUT: the file as the body, with exactly these headers. POST: a form of these fields, then `file`.",
}
GRANT["properties"] = {**GRANT["properties"], "expires_at": c.MOMENT}
BEGUN: c.Schema = {
    "type": "object",
    "properties": {"upload": UPLOAD, "grant": GRANT},
    "required": ["upload", "grant"],
    "additionalProperties": False,
}
