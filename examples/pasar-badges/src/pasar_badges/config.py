"""Settings of the plug-in; their variables begin with PASAR_BADGES_."""

from dataclasses import dataclass

from pasar import setting, whole


@dataclass(frozen=True, slots=True)
class BadgeSettings:
    bestseller_pieces: int = setting(10, whole(1, 1_000_000), "pieces sold that make a bestseller (count)")
    new_days: int = setting(30, whole(1, 3650), "how long a product is new (days)")
    refresh_seconds: int = setting(60, whole(1, 86_400), "how often badges are given and taken (seconds)")
