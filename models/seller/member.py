"""Sellers' staff: people (members), and in which role they work for which store."""

from dataclasses import dataclass

from models.schema.roles import OF_STORE_ROLE, Grants, in_state


@dataclass(frozen=True, slots=True)
class Membership:
    """One of the stores that somebody works for, with its state."""

    store_id: str
    role: str
    status: str

    @property
    def grants(self) -> Grants:
        """What the role may do while the store is in its state."""
        return in_state(OF_STORE_ROLE[self.role], self.status)
