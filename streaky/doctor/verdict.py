"""What the doctor says: a verdict on each thing, and all of them together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from streaky.config.sources import Origin
from streaky.errors import ConfigurationError

WRONG = ConfigurationError.exit_status
COULD_NOT_TELL, UNDELIVERED = 1, 3
CANARY = "abcdefg-hijklmn-opqrstu-vwxyz-0123456-789"
# Which status a checkup ends with, where several things fail: first what the person can mend here.
BY_WEIGHT = (WRONG, UNDELIVERED, COULD_NOT_TELL)


class Level(StrEnum):
    """How a thing stands. `warn`: Streaky works, but not as well as it could, or this could not be seen;
    `fail`: Streaky cannot do its work."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One thing that was looked at. `about`: its name; `text`: what was found; `mend`: what to do, "" for
    nothing; `link`: the page where that is done. `status`: of a `fail`, the exit status that it leads to."""

    about: str
    level: Level
    text: str
    mend: str = ""
    link: str = ""
    status: int = 0

    def __str__(self) -> str:
        return " ".join(part for part in (f"{self.about}: {self.text}", self.mend, self.link) if part)


def ok(about: str, text: str, mend: str = "", link: str = "") -> Verdict:
    """A thing that is well; `mend` is then advice."""
    return Verdict(about, Level.OK, text, mend, link)


def warn(about: str, text: str, mend: str = "", link: str = "") -> Verdict:
    """A thing that is not as it should be."""
    return Verdict(about, Level.WARN, text, mend, link)


def fail(status: int, about: str, text: str, mend: str = "", link: str = "") -> Verdict:
    """A thing that keeps Streaky from its work, so that a run ends with this exit status."""
    return Verdict(about, Level.FAIL, text, mend, link, status)


@dataclass(frozen=True, slots=True)
class Checkup:
    """All verdicts, the worst first. `origins`: each setting, and what set it. `run`: the workflow run's id,
    "" outside of one."""

    user: str
    now: datetime
    verdicts: tuple[Verdict, ...]
    origins: tuple[Origin, ...]
    run: str = ""

    def of(self, level: Level) -> tuple[Verdict, ...]:
        """The verdicts of one level."""
        return tuple(each for each in self.verdicts if each.level is level)

    @property
    def exit_status(self) -> int:
        """0 where nothing fails. Else 2: something is wrong that the person can mend, 3: a channel refuses,
        1: GitHub could not tell; of several the first in this order."""
        found = {each.status for each in self.of(Level.FAIL)}
        return next((status for status in BY_WEIGHT if status in found), 0)

    @property
    def heading(self) -> str:
        """The checkup in one line."""
        failed, doubted = len(self.of(Level.FAIL)), len(self.of(Level.WARN))
        look = f"{doubted} thing{'' if doubted == 1 else 's'} to look at"
        if failed:
            mend = f"{failed} thing{'' if failed == 1 else 's'} to mend"
            return f"🔴 {mend}, {look}" if doubted else f"🔴 {mend}"
        return f"🟡 Streaky can work; {look}" if doubted else "🟢 All is well"

    def outputs(self) -> dict[str, str]:
        """The step's outputs: the canary, by which the next job of guard.yml sees whether outputs arrive.

        It holds every letter and digit, so that a secret of one character is noticed; and of a secret that
        runs through the alphabet no eight in a row, which no output may hold.
        Source: actions/runner, JobExtension.cs: a job's output that a mask would change is dropped.
        """
        return {"canary": f"{self.run}-{CANARY}"} if self.run else {}

    def document(self) -> dict[str, Any]:
        """The checkup as JSON."""
        return {
            "version": 1,
            "user": self.user,
            "now": self.now.isoformat(),
            "verdicts": [
                {
                    "about": each.about,
                    "level": str(each.level),
                    "text": each.text,
                    "mend": each.mend,
                    "link": each.link,
                }
                for each in self.verdicts
            ],
            "settings": [
                {"name": each.name, "value": each.value, "source": each.source} for each in self.origins
            ],
            "exit-status": self.exit_status,
        }
