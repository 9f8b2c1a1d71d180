"""The table of work that runs beside the requests, in every process; each runs until cancelled and may raise."""

from services.deps import Deps, Work


async def hear_changes(deps: Deps) -> None:
    """What other processes changed drops the copies held here."""
    await deps.changes.listen()


TASKS: tuple[tuple[str, Work], ...] = (("changes", hear_changes),)
