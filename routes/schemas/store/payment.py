"""Payment collections, sessions and providers on the wire."""

from routes.schemas.shared import common as c
from utils.fields import FieldSet

CREATE = c.body(required=("cart_id",), cart_id=c.ID)
CREATE_SESSION = c.body(required=("provider_id",), provider_id=c.ID, data=c.DATA)
PROVIDERS = c.listing("id", limit=20, region_id=c.ID, with_deleted=c.WITH_DELETED) | {"required": ["region_id"]}

COLLECTION_STATES = "not_paid awaiting authorized partially_authorized canceled completed failed".split()
SESSION_STATES = "authorized captured pending requires_more error canceled pending_authorization".split()
SESSION = c.entity(
    "PaymentSession",
    id=c.STRING,
    currency_code=c.STRING,
    provider_id=c.STRING,
    data=c.OBJECT,
    context=c.FREE,
    status=c.one_of(*SESSION_STATES),
    authorized_at=c.nullable(c.MOMENT),
    expires_at=c.nullable(c.MOMENT),
    payment_collection_id=c.STRING,
    payment=c.NULL,
    metadata=c.FREE,
    created_at=c.MOMENT,
    updated_at=c.MOMENT,
    deleted_at=c.NULL,
    amount=c.AMOUNT,
)
PAYMENT = c.entity(
    "Payment",
    id=c.STRING,
    amount=c.AMOUNT,
    currency_code=c.STRING,
    provider_id=c.STRING,
    payment_session_id=c.STRING,
    data=c.OBJECT,
    captured_at=c.nullable(c.MOMENT),
    canceled_at=c.nullable(c.MOMENT),
    created_at=c.MOMENT,
    updated_at=c.MOMENT,
)
PAYMENT_COLLECTION = c.entity(
    "PaymentCollection",
    "payment_sessions payments",
    id=c.STRING,
    currency_code=c.STRING,
    completed_at=c.nullable(c.MOMENT),
    status=c.one_of(*COLLECTION_STATES),
    metadata=c.FREE,
    created_at=c.MOMENT,
    updated_at=c.MOMENT,
    deleted_at=c.NULL,
    payment_providers=c.array(c.like("OnlyId", c.entity("PaymentProviderId", id=c.STRING))),
    payment_sessions=c.array(SESSION),
    payments=c.array(PAYMENT),
    amount=c.AMOUNT,
    authorized_amount=c.nullable(c.AMOUNT),
    captured_amount=c.nullable(c.AMOUNT),
    refunded_amount=c.nullable(c.AMOUNT),
)
PROVIDER = c.entity("PaymentProvider", id=c.STRING, is_enabled=c.BOOLEAN)
FIELDS = FieldSet(
    relations="payment_sessions payments payment_providers",
    defaults=(
        "id currency_code amount authorized_amount captured_amount refunded_amount status completed_at metadata "
        "created_at "
        "updated_at deleted_at *payment_providers *payment_sessions"
    ),
    extra="status payment_sessions(id amount currency_code provider_id data status)",
)
PROVIDER_FIELDS = FieldSet(relations="", defaults="id is_enabled")
