"""What a badge is given by: a provider of the slot `badge_rule`."""

from typing import Protocol, runtime_checkable

from pasar.data import UnitOfWork

SLOT = "badge_rule"


@runtime_checkable
class BadgeRule(Protocol):
    """One badge; its id is that of the provider's row."""

    label: str

    async def products(self, work: UnitOfWork) -> set[str]:
        """Ids of the products that wear the badge now."""
        ...
