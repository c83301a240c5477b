"""How long one run may take: for GitHub, each channel and the ledger, and to wait for a reminder."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from streaky.http import Pace

COUNTDOWN = 60.0  # seconds between two lines of a wait


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds in all for each part of a run.

    `github` is for reading, `channel` for one channel and all its alerts, `claim` and `settle` for the two
    writes of the ledger, `recall` for each question about earlier runs, `ways` for the one about what could
    save the day, which runs beside the claim, and for older years that a warning does not need. `clock`
    counts seconds.
    """

    github: Pace = Pace(45.0)
    channel: Pace = Pace(60.0)
    claim: Pace = Pace(20.0, attempts=12, first=0.1, longest=2.0)
    settle: Pace = Pace(30.0, attempts=12, first=0.1, longest=2.0)
    recall: Pace = Pace(10.0, attempts=2)
    ways: Pace = Pace(3.0, attempts=1)
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def hold(self, wait: timedelta, now: datetime) -> datetime:
        """Wait for a reminder that is near, with a countdown in the log; the time it is then."""
        left = wait.total_seconds()
        while left > 0:
            print(f"Holding for the next reminder: {left / 60:.0f} min left.", file=sys.stderr, flush=True)
            step = min(left, COUNTDOWN)
            self.sleep(step)
            left -= step
        return now + wait
