"""Commands on logins, second factors, administrators and API keys."""

from msgspec import UNSET, UnsetType

from models.shared.commands import Command, Metadata

Text = str | None | UnsetType


class Register(Command, kw_only=True, frozen=True):
    """An address and a password; which one is missing is told by the login, as clients of the Store API expect."""

    email: str | UnsetType = UNSET
    password: str | UnsetType = UNSET
    rotating: bool = False


class LogIn(Register, kw_only=True, frozen=True):
    """A login with a password, or how somebody wants to be sent to another provider's page."""

    callback_url: str | UnsetType = UNSET
    binding: str | UnsetType = UNSET
    link: bool = False


class AuthorizationResponse(Command, kw_only=True, frozen=True):
    """What comes back from a provider's page."""

    code: str | UnsetType = UNSET
    state: str | UnsetType = UNSET
    iss: str | UnsetType = UNSET
    error: str | UnsetType = UNSET
    error_description: str | UnsetType = UNSET
    error_uri: str | UnsetType = UNSET
    binding: str | UnsetType = UNSET
    scope: str | UnsetType = UNSET
    authuser: str | UnsetType = UNSET
    prompt: str | UnsetType = UNSET
    hd: str | UnsetType = UNSET
    session_state: str | UnsetType = UNSET


class AskReset(Command, kw_only=True, frozen=True):
    identifier: str
    metadata: Metadata | UnsetType = UNSET


class ChangePassword(Command, kw_only=True, frozen=True):
    password: str | UnsetType = UNSET
    email: str | UnsetType = UNSET


class RefreshToken(Command, kw_only=True, frozen=True):
    refresh_token: str | UnsetType = UNSET


class AskVerification(Command, kw_only=True, frozen=True):
    entity_id: str
    entity_type: str
    code_provider: str | UnsetType = UNSET
    metadata: Metadata | UnsetType = UNSET


class ConfirmVerification(Command, kw_only=True, frozen=True):
    code: str
    code_provider: str | UnsetType = UNSET


class Prove(Command, kw_only=True, frozen=True):
    """A password, or a code of the second factor."""

    password: str | UnsetType = UNSET
    method: str = "totp"
    code: str | UnsetType = UNSET


class StartFactor(Command, kw_only=True, frozen=True):
    provider: str
    label: Text = UNSET
    issuer: str | UnsetType = UNSET
    metadata: Metadata | UnsetType = UNSET


class VerifyFactor(Command, kw_only=True, frozen=True):
    code: str


class DisableFactor(Command, kw_only=True, frozen=True):
    method: str = "totp"
    code: str = ""


class CreateRecoveryCodes(Command, kw_only=True, frozen=True):
    count: int = 10
    method: str = "totp"
    code: str | UnsetType = UNSET


class VerifyChallenge(Command, kw_only=True, frozen=True):
    method: str
    code: str


class AskFactorRemoval(Command, kw_only=True, frozen=True):
    """Whose second factor is to be removed, and why."""

    actor_type: str
    actor_id: str
    reason: str


class UpdateOwnUser(Command, kw_only=True, frozen=True):
    """What administrators state of themselves."""

    first_name: Text = UNSET
    last_name: Text = UNSET
    avatar_url: Text = UNSET
    metadata: Metadata | UnsetType = UNSET


class UpdateUser(UpdateOwnUser, kw_only=True, frozen=True):
    role: str | UnsetType = UNSET


class CreateKey(Command, kw_only=True, frozen=True):
    """Without `scopes` a secret key may do what its maker may."""

    title: str
    type: str
    scopes: list[str] | UnsetType = UNSET


class PutKey(Command, kw_only=True, frozen=True):
    """A publishable key as a file states it, found by its title; made at random when it states no token."""

    title: str
    token: str | UnsetType = UNSET
    sales_channel_ids: tuple[str, ...]


class UpdateKey(Command, kw_only=True, frozen=True):
    title: str | UnsetType = UNSET
    scopes: list[str] | UnsetType = UNSET


class RevokeKey(Command, kw_only=True, frozen=True):
    """The key is good for so many seconds more."""

    revoke_in: int = 0
