"""Who is typing where: passed on now and then, and kept nowhere."""

from time import monotonic

PAUSE_SECONDS = 2.0  # between two signs of one person in one conversation that say the same
MOST_HELD = 10_000


class TypingSigns:
    """When each person's last sign was passed on, in this process."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, str], tuple[bool, float]] = {}

    def is_news(self, person: str, conversation_id: str, is_typing: bool) -> bool:
        """Is the sign to be passed on?"""
        key, now = (person, conversation_id), monotonic()
        said, at = self._last.pop(key, (False, 0.0))
        if said == is_typing and now < at + PAUSE_SECONDS:
            self._last[key] = said, at
            return False
        while len(self._last) >= MOST_HELD:
            del self._last[next(iter(self._last))]
        self._last[key] = is_typing, now
        return said or is_typing
