"""What one run found, decided and did: the source of outputs, summary, annotations and exit status."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from streaky.calendar import Calendar, Day
from streaky.channels.base import Outcome, Result
from streaky.errors import CouldNotTell
from streaky.messages import Alert
from streaky.schedule.lateness import Lateness, Start
from streaky.schedule.slots import Slot, hours
from streaky.streak import Standing, State, Streak

WELL, COULD_NOT_TELL, UNDELIVERED = 0, 1, 3


@dataclass(frozen=True, slots=True)
class Report:
    """One run. `standing` and `calendar` are None when GitHub did not say, and `problem` then says why.

    `alerts` are the words of each due slot, `outcomes` what became of them on each channel; `private`:
    whether the counts hold private contributions; `notes`: what else the person should know. `memory` says
    where the ledger is, or why there is none; `all_time`: the longest streak is that of all years; `rescues`:
    the days that were warned of and then contributed to, None without a ledger; `heard`: alerts that an
    earlier job brought to another channel; `lateness`: how late GitHub starts this
    workflow's runs; `start`: how this one came to start.
    """

    user: str
    now: datetime
    day: Day
    standing: Standing | None
    problem: CouldNotTell | None
    calendar: Calendar | None
    private: bool
    minimum: int
    dry_run: bool
    alerts: tuple[Alert, ...]
    outcomes: tuple[Outcome, ...]
    notes: tuple[str, ...] = ()
    memory: str = ""
    all_time: bool = False
    rescues: int | None = None
    heard: frozenset[Slot] = frozenset()
    lateness: Lateness | None = None
    start: Start | None = None

    @property
    def status(self) -> State:
        return self.standing.state if self.standing else State.UNKNOWN

    @property
    def current(self) -> Streak | None:
        return self.standing.current if self.standing else None

    @property
    def unheard(self) -> frozenset[Slot]:
        """The due slots that no channel took."""
        failed = {outcome.slot for outcome in self.outcomes if outcome.state is Result.FAILED}
        return frozenset(failed - self._taken)

    @property
    def _taken(self) -> frozenset[Slot]:
        """The slots that some channel took, in this run or before."""
        return self.heard | {outcome.slot for outcome in self.outcomes if outcome.state is not Result.FAILED}

    @property
    def failures(self) -> tuple[Outcome, ...]:
        """What a channel did not take."""
        return tuple(outcome for outcome in self.outcomes if outcome.state is Result.FAILED)

    @property
    def pending(self) -> list[dict[str, Any]]:
        """What a little time, or a runner with another address, may deliver: see the input `pending`."""
        return [
            {"slot": str(each.slot), "channel": each.key, "heard": each.slot in self._taken}
            for each in self.failures
            if each.again
        ]

    @property
    def handed_on(self) -> bool:
        """Whether this run failed for nothing but what is pending, which another runner may make good."""
        again = {each.slot for each in self.failures if each.again}
        return self.exit_status == UNDELIVERED and self.unheard <= again

    @property
    def exit_status(self) -> int:
        """0 all well or nothing due, 1 could not tell, 3 an alert was due and no channel took it."""
        if self.standing is None:
            return COULD_NOT_TELL
        return UNDELIVERED if self.unheard else WELL

    def outputs(self) -> dict[str, str]:
        """The action's outputs. What is unknown is empty; the deadline always stands."""
        standing = self.standing
        return {
            "status": str(self.status),
            "today": str(standing.count) if standing else "",
            "current-streak": str(length(standing.current)) if standing else "",
            "longest-streak": str(length(standing.longest)) if standing else "",
            "deadline": self.day.deadline.isoformat(),
            "hours-left": f"{hours(self.day.left(self.now)):.1f}",
            "alerts": _json(entries(self.outcomes)),
            "undelivered": _json(entries(self.failures)),
            "pending": _json(self.pending) if self.pending else "",
            "handed-on": "true" if self.handed_on else "",
        }

    def document(self) -> dict[str, Any]:
        """The report as `report.schema.json` describes it."""
        standing = self.standing
        return {
            "version": 1,
            "user": self.user,
            "now": self.now.isoformat(),
            "status": str(self.status),
            "date": self.day.date.isoformat(),
            "timezone": str(self.day.zone),
            "deadline": self.day.deadline.isoformat(),
            "hours-left": hours(self.day.left(self.now)),
            "today": standing.count if standing else None,
            "current-streak": length(standing.current) if standing else None,
            "longest-streak": length(standing.longest) if standing else None,
            "streaks": {
                "current": _dates(self.current),
                "longest": _dates(standing.longest if standing else None),
            },
            "exact": standing.exact if standing else None,
            "private": self.private if standing else None,
            "alerts": entries(self.outcomes),
            "undelivered": entries(self.failures),
            "pending": self.pending,
            "memory": self.memory,
            "all-time": self.all_time,
            "rescues": self.rescues,
            "problem": str(self.problem) if self.problem else None,
            "failures": [
                {"slot": str(o.slot), "channel": o.channel, "why": o.why, "mend": o.mend}
                for o in self.failures
            ],
            "notes": list(self.notes),
            "exit-status": self.exit_status,
        }


def length(streak: Streak | None) -> int:
    """A streak's days; 0 for none."""
    return streak.days if streak else 0


def days(streak: Streak | None) -> str:
    """A streak's length in English."""
    number = length(streak)
    said = f"{number} day" if number == 1 else f"{number} days"
    return f"at least {said}" if streak and streak.at_least else said


def _dates(streak: Streak | None) -> dict[str, str] | None:
    return {"start": streak.start.isoformat(), "end": streak.end.isoformat()} if streak else None


def entries(outcomes: tuple[Outcome, ...]) -> list[dict[str, str]]:
    """The rows of the outputs `alerts` and `undelivered`."""
    return [
        {
            "kind": str(outcome.slot.kind),
            "slot": str(outcome.slot),
            "urgency": str(outcome.urgency or ""),
            "channel": outcome.channel,
            "state": str(outcome.state),
        }
        for outcome in outcomes
    ]


def _json(value: object) -> str:
    import json

    return json.dumps(value, separators=(",", ":"))
