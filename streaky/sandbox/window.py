"""A rate limit that counts in fixed windows, as Discord's buckets do."""

from __future__ import annotations

from dataclasses import dataclass

Limit = tuple[int, float]  # so many, in so many seconds


@dataclass(frozen=True, slots=True)
class Allowance:
    """Whether one more is granted; how many are left, and the seconds until the window ends."""

    granted: bool
    remaining: int
    reset_after: float


@dataclass(slots=True)
class Window:
    """The window that runs now: since when (monotonic seconds) and how many it has granted."""

    since: float = 0.0
    used: int = 0

    def take(self, limit: Limit, now: float) -> Allowance:
        """Ask for one more at `now`. A refusal is not counted."""
        most, seconds = limit
        if not self.used or now - self.since >= seconds:
            self.since, self.used = now, 0
        granted = self.used < most
        self.used += granted
        return Allowance(granted, most - self.used, max(0.0, self.since + seconds - now))
