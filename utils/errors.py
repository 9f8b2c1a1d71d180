"""The one error type the business raises. KINDS maps its kind to a status and a type; middleware/errors.py answers."""

from typing import Any, ClassVar

# kind -> (HTTP status, `type` of the body). The types are those that clients of the Store API know.
KINDS: dict[str, tuple[int, str]] = {
    "invalid": (400, "invalid_data"),
    "not_allowed": (400, "not_allowed"),
    "unauthorized": (401, "unauthorized"),
    "forbidden": (403, "forbidden"),
    "missing": (404, "not_found"),
    "method": (405, "not_allowed"),
    "slow": (408, "invalid_data"),
    "conflict": (409, "conflict"),
    "too_large": (413, "invalid_data"),
    "unsupported": (415, "invalid_data"),
    "mismatch": (422, "invalid_data"),
    "duplicate": (422, "duplicate_error"),
    "payment": (422, "payment_authorization_error"),
    "payment_more": (422, "payment_requires_more_error"),
    "too_many": (429, "too_many_requests"),
    "header": (431, "invalid_data"),
    "unavailable": (503, "unavailable"),
}


class AppError(Exception):
    """A refusal with a stable `code`, a `kind` of KINDS, a message for people and facts for programs."""

    code: ClassVar[str] = "error"
    kind: ClassVar[str] = "invalid"
    message: ClassVar[str] = "The request could not be carried out."

    def __init__(self, message: str | None = None, **facts: Any) -> None:
        self.text = message if message is not None else self.message.format_map(facts) if facts else self.message
        self.facts = facts
        super().__init__(self.text)

    @property
    def status(self) -> int:
        return KINDS[self.kind][0]

    def body(self) -> dict[str, Any]:
        """The wire form: `{type, code, message, ...facts}`."""
        return {"type": KINDS[self.kind][1], "code": self.code, "message": self.text, **self.facts}


class NotFound(AppError):
    """What was asked for is not there, or is not the caller's: the two answer alike."""

    code, kind = "not_found", "missing"
    message = "{what} with id: {id} was not found"
