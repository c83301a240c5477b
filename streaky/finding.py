"""What became known of a person in one run, and how long finding out and telling may take."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo

from streaky.config.settings import Settings
from streaky.errors import CouldNotTell
from streaky.github import Reading, Repository
from streaky.http import Pace
from streaky.streak import Standing

GITHUB_TOTAL = 45.0  # seconds for all requests to GitHub
CHANNEL_TOTAL = 60.0  # seconds for one channel and all its alerts
COUNTDOWN = 60.0  # seconds between two lines of a wait


@dataclass(frozen=True, slots=True)
class Limits:
    """How long GitHub, and each channel, may take."""

    github: Pace = field(default_factory=lambda: Pace(GITHUB_TOTAL))
    channel: Pace = field(default_factory=lambda: Pace(CHANNEL_TOTAL))
    sleep: Callable[[float], None] = time.sleep

    def hold(self, wait: timedelta) -> None:
        """Wait for a reminder that is near, with a countdown in the log."""
        left = wait.total_seconds()
        while left > 0:
            print(f"Holding for the next reminder: {left / 60:.0f} min left.", file=sys.stderr, flush=True)
            step = min(left, COUNTDOWN)
            self.sleep(step)
            left -= step


@dataclass(frozen=True, slots=True)
class Finding:
    """The person and where they stand, or the problem that kept it unknown, and their repository.

    `all_time`: the longest streak is that of all years.
    """

    settings: Settings
    now: datetime
    reading: Reading | None = None
    standing: Standing | None = None
    problem: CouldNotTell | None = None
    notes: tuple[str, ...] = ()
    repository: Repository | None = None
    all_time: bool = False

    @property
    def zone(self) -> tzinfo:
        """The person's time zone."""
        return self.settings.zone or UTC

    @property
    def login(self) -> str:
        """GitHub's own spelling of the login, where it is known."""
        return self.reading.login if self.reading else self.settings.user
