"""What became known of a person in one run, and how long finding out and telling may take."""

from __future__ import annotations

from dataclasses import dataclass, field

from streaky.errors import CouldNotTell
from streaky.github import Reading, Repository
from streaky.http import Pace
from streaky.settings import Settings
from streaky.streak import Standing

GITHUB_TOTAL = 45.0  # seconds for all requests to GitHub
CHANNEL_TOTAL = 60.0  # seconds for one channel and all its alerts


@dataclass(frozen=True, slots=True)
class Limits:
    """How long GitHub, and each channel, may take."""

    github: Pace = field(default_factory=lambda: Pace(GITHUB_TOTAL))
    channel: Pace = field(default_factory=lambda: Pace(CHANNEL_TOTAL))


@dataclass(frozen=True, slots=True)
class Finding:
    """The person and where they stand, or the problem that kept it unknown, and their repository.

    `all_time`: the longest streak is that of all years.
    """

    settings: Settings
    reading: Reading | None = None
    standing: Standing | None = None
    problem: CouldNotTell | None = None
    notes: tuple[str, ...] = ()
    repository: Repository | None = None
    all_time: bool = False

    @property
    def login(self) -> str:
        """GitHub's own spelling of the login, where it is known."""
        return self.reading.login if self.reading else self.settings.user
