"""A bus for one process."""

from services.infrastructure.bus.slot import Hear, Miss, Notice


class MemoryBus:
    def __init__(self) -> None:
        self.listeners: list[Hear] = []
        self.gaps: list[Miss] = []

    def publish(self, notice: Notice) -> None:
        for hear in self.listeners:
            hear(notice)

    async def close(self) -> None:
        """Nothing is under way."""
