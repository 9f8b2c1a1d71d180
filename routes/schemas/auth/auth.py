"""Logins on the wire."""

from routes.schemas.shared import common as c

WORD = {"type": "string", "maxLength": 1000}
ROTATING = {
    **c.FLAG,
    "description": "Give a short access token and a refresh token instead of one token for a day.",
}
# For providers on whose pages people log in; others do not look at it.
WISH = {
    "callback_url": {
        "type": "string",
        "maxLength": 1000,
        "description": "Where the provider sends people back to: one of the installation's list, the first by default.",
    },
    "binding": {
        "type": "string",
        "minLength": 16,
        "maxLength": 200,
        "description": "A random secret that the browser keeps; coming back needs the same one.",
    },
    "link": {**c.FLAG, "description": "Let the provider's account log in who is logged in now."},
}
REGISTER = c.body(email=c.EMAIL, password=WORD, rotating=ROTATING)
CREDENTIALS = c.body(email={"type": "string", "maxLength": 254}, password=WORD, rotating=ROTATING, **WISH)
SENT = c.query(rotating=ROTATING, **WISH)
# What providers send back, ours and what Google adds to it.
CALLBACK = c.body(
    code={"type": "string", "maxLength": 2048},
    state={"type": "string", "maxLength": 200},
    iss={"type": "string", "maxLength": 300},
    error={"type": "string", "maxLength": 200},
    error_description=c.TEXT,
    error_uri=c.TEXT,
    binding=WISH["binding"],
    scope=c.TEXT,
    **{name: {"type": "string", "maxLength": 300} for name in ("authuser", "prompt", "hd", "session_state")},
)
FORGET = c.body(
    required=["identifier"], identifier={"type": "string", "minLength": 1, "maxLength": 254}, metadata=c.METADATA
)
CHANGE = c.body(password=WORD, email={"type": "string", "maxLength": 254})
REFRESH = c.body(refresh_token={"type": "string", "maxLength": 300})
ASK = c.body(
    required=["entity_id", "entity_type"],
    entity_id={"type": "string", "minLength": 1, "maxLength": 254},
    entity_type=c.one_of("email"),
    code_provider=c.one_of("token"),
    metadata=c.METADATA,
)
CONFIRM = c.body(
    required=["code"], code={"type": "string", "minLength": 1, "maxLength": 300}, code_provider=c.one_of("token")
)

CHALLENGE = c.entity("MfaChallenge", id=c.STRING, status=c.STRING, methods=c.array(c.STRING), expires_at=c.MOMENT)
LOGIN: c.Schema = {
    "type": "object",
    "properties": {
        "token": c.STRING,
        "refresh_token": c.STRING,
        "expires_in": c.INTEGER,
        "mfa_required": c.BOOLEAN,
        "mfa_challenge": CHALLENGE,
    },
    "required": ["token"],
    "additionalProperties": False,
}
ENTRY = {
    **{name: value for name, value in LOGIN.items() if name != "required"},
    "properties": {
        **LOGIN["properties"],
        "location": {**c.STRING, "description": "The provider's page: the login goes on there."},
    },
    "anyOf": [{"required": ["token"]}, {"required": ["location"]}],
}
DONE = c.single("success", c.BOOLEAN)
PROVIDERS = c.page(
    "providers",
    c.entity("AuthProvider", id=c.STRING, identifier=c.STRING, display_name=c.STRING, flow=c.STRING),
    counted=False,
)
USER = c.single(
    "user",
    c.entity(
        "AuthContext",
        actor_id=c.STRING,
        actor_type=c.STRING,
        auth_identity_id=c.STRING,
        auth_provider=c.STRING,
        mfa_enabled=c.BOOLEAN,
        mfa_challenge_completed_at=c.nullable(c.STRING),
        app_metadata=c.FREE,
        user_metadata=c.FREE,
        iat=c.INTEGER,
        exp=c.INTEGER,
    ),
)
SESSION = c.entity(
    "LoginSession",
    id=c.STRING,
    actor_type=c.STRING,
    auth_provider=c.STRING,
    is_current=c.BOOLEAN,
    is_rotating=c.BOOLEAN,
    address=c.nullable(c.STRING),
    user_agent=c.nullable(c.STRING),
    created_at=c.MOMENT,
    last_seen_at=c.MOMENT,
    expires_at=c.MOMENT,
)
SESSIONS = c.page("sessions", SESSION, counted=False)
ENDED = c.deleted("session")
REVOKED = c.single("revoked", c.INTEGER)
PROVEN = {
    "entity_id": c.STRING,
    "entity_type": c.STRING,
    "code_provider": c.STRING,
    "verified_at": c.nullable(c.MOMENT),
}
VERIFICATION = c.single("verification", c.entity("AuthVerification", **PROVEN))
CONFIRMED = c.entity("AuthVerification", **PROVEN)

CODE = {"type": "string", "minLength": 1, "maxLength": 64}
METHOD = c.one_of("totp", "recovery_code")
START_FACTOR = c.body(
    required=["provider"],
    provider=c.one_of("totp"),
    label=c.nullable({"type": "string", "maxLength": 100}),
    issuer={"type": "string", "maxLength": 60},
    metadata=c.METADATA,
)
PROVE = c.body(password=WORD, method=METHOD, code=CODE)
PROOF = c.single("proof", c.entity("AuthProof", valid_until=c.MOMENT))
VERIFY_FACTOR = c.body(required=["code"], code=CODE)
DISABLE_FACTOR = c.body(method=METHOD, code=CODE)
MAKE_CODES = c.body(count={"type": "integer", "minimum": 1, "maximum": 20}, method=METHOD, code=CODE)
VERIFY_CHALLENGE = c.body(required=["method", "code"], method=METHOD, code=CODE)
FACTOR = c.entity(
    "MfaFactor",
    id=c.STRING,
    provider=c.STRING,
    label=c.nullable(c.STRING),
    status=c.STRING,
    enabled_at=c.nullable(c.MOMENT),
    created_at=c.MOMENT,
    updated_at=c.MOMENT,
)
ONE_FACTOR = c.single("mfa_factor", FACTOR)
FACTORS = c.page("mfa_factors", FACTOR, counted=False)
STARTED = {
    "type": "object",
    "properties": {"mfa_factor": FACTOR, "secret": c.STRING, "otpauth_url": c.STRING},
    "required": ["mfa_factor", "secret", "otpauth_url"],
    "additionalProperties": False,
}
CODES = c.page("recovery_codes", c.STRING, counted=False)
