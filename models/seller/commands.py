"""Commands on sellers: applications, particulars, the closure window, the checklist, staff and invites."""

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import UNSET, UnsetType

from models.shared.commands import Command, Metadata

Text = str | None | UnsetType


class SellerAddress(Command, kw_only=True, frozen=True):
    address_1: Text = UNSET
    address_2: Text = UNSET
    city: Text = UNSET
    province: Text = UNSET
    postal_code: Text = UNSET
    country_code: Text = UNSET


class Particulars(Command, kw_only=True, frozen=True):
    """What staff state of a seller."""

    description: Text = UNSET
    email: str | UnsetType = UNSET
    phone: Text = UNSET
    address: SellerAddress | UnsetType = UNSET
    currency_code: str | UnsetType = UNSET
    handle: str | UnsetType = UNSET
    metadata: Metadata | UnsetType = UNSET


class ApplyForSeller(Particulars, kw_only=True, frozen=True):
    """A new seller, with the names of an applicant who is no member yet."""

    name: str
    first_name: str | UnsetType = UNSET
    last_name: str | UnsetType = UNSET


class UpdateSeller(Particulars, kw_only=True, frozen=True):
    name: str | UnsetType = UNSET
    logo: Text = UNSET  # the id of an upload


class CorrectSeller(UpdateSeller, kw_only=True, frozen=True):
    """What the platform changes of a seller."""

    commission_rate: int | float | UnsetType = UNSET


class PutSellerAddress(SellerAddress, kw_only=True, frozen=True):
    """With what couriers want to know."""

    phone: Text = UNSET
    latitude: float | UnsetType | None = UNSET
    longitude: float | UnsetType | None = UNSET


class PutSeller(Command, kw_only=True, frozen=True):
    """A seller as a file states it, found by its handle; `logo` is an address."""

    handle: str
    name: str
    description: Text = UNSET
    logo: Text = UNSET
    status: str | UnsetType = UNSET
    commission_rate: int | float | UnsetType = UNSET
    address: PutSellerAddress | UnsetType = UNSET
    metadata: Metadata | UnsetType = UNSET


class SetClosure(Command, kw_only=True, frozen=True):
    """A window in which the seller sells nothing, from now unless another beginning is named."""

    closed_to: str
    closed_from: str | UnsetType = UNSET
    note: Text = UNSET


class GiveReason(Command, kw_only=True, frozen=True):
    """Why the platform rejects or suspends a seller."""

    reason: str


class SubmitItem(Command, kw_only=True, frozen=True):
    """An item of the checklist; each kind has fields of its own."""


class SubmitLegalEntity(SubmitItem, kw_only=True, frozen=True):
    type: str
    legal_name: str
    country_code: str
    registration_number: str | UnsetType = UNSET
    address: str | UnsetType = UNSET


class SubmitTaxId(SubmitItem, kw_only=True, frozen=True):
    number: str
    country_code: str
    type: str | UnsetType = UNSET


class SubmitRepresentative(SubmitItem, kw_only=True, frozen=True):
    first_name: str
    last_name: str
    date_of_birth: str
    position: str | UnsetType = UNSET
    email: str | UnsetType = UNSET
    phone: str | UnsetType = UNSET


class SubmitIdentityDocument(SubmitItem, kw_only=True, frozen=True):
    type: str
    number: str
    country_code: str
    document_ids: list[str]
    expires_on: str | UnsetType = UNSET


class SubmitAddressProof(SubmitItem, kw_only=True, frozen=True):
    type: str
    document_ids: list[str]
    issued_on: str | UnsetType = UNSET


class SubmitBankAccount(SubmitItem, kw_only=True, frozen=True):
    holder: str
    account_number: str
    bank_name: str
    country_code: str
    currency_code: str
    bank_code: str | UnsetType = UNSET


SUBMISSIONS: Mapping[str, type[SubmitItem]] = MappingProxyType(
    {
        "legal_entity": SubmitLegalEntity,
        "tax_id": SubmitTaxId,
        "representative": SubmitRepresentative,
        "identity_document": SubmitIdentityDocument,
        "address_proof": SubmitAddressProof,
        "bank_account": SubmitBankAccount,
    }
)


class VerifyItem(Command, kw_only=True, frozen=True):
    """`revision` is the one that was looked at."""

    revision: int | UnsetType = UNSET
    note: Text = UNSET


class RejectItem(Command, kw_only=True, frozen=True):
    reason: str
    revision: int | UnsetType = UNSET


class UpdateProfile(Command, kw_only=True, frozen=True):
    """What a member states of themselves."""

    first_name: Text = UNSET
    last_name: Text = UNSET
    phone: Text = UNSET
    metadata: Metadata | UnsetType = UNSET


class ChangeRole(Command, kw_only=True, frozen=True):
    role: str


class CreateInvite(Command, kw_only=True, frozen=True):
    """An invite to the staff of a seller."""

    email: str
    role: str


class InviteUser(Command, kw_only=True, frozen=True):
    """An invite to the administration."""

    email: str
    role: str = "admin"
    metadata: Metadata | UnsetType = UNSET


class AcceptInvite(Command, kw_only=True, frozen=True):
    """The token of an invite to a seller, with the names of who is no member yet."""

    token: str
    first_name: Text = UNSET
    last_name: Text = UNSET
    phone: Text = UNSET


class AcceptUserInvite(Command, kw_only=True, frozen=True):
    """The token of an invite to the administration, which may also come in the query."""

    token: str | UnsetType = UNSET
    email: str | UnsetType = UNSET
    first_name: Text = UNSET
    last_name: Text = UNSET
