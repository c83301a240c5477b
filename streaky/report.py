"""What one run found, decided and did: the source of outputs, summary, annotations and exit status."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from streaky.calendar import Calendar, Day
from streaky.channels.base import Outcome, Result, channel_name
from streaky.due import lines, past_runs
from streaky.errors import CouldNotTell
from streaky.judge import Judgement
from streaky.ledger import journal
from streaky.ledger.book import Ledger, Mark, Pair
from streaky.ledger.claims import Claimed, Wanted
from streaky.ledger.memory import Memory
from streaky.look import Look
from streaky.messages import Alert, Choice
from streaky.runner.handover import packed
from streaky.schedule import habit, lateness, outlook
from streaky.schedule.advice import advice
from streaky.schedule.lateness import Lateness, Start
from streaky.schedule.slots import Kind, Slot, hours, urgency
from streaky.streak import Standing, State, Streak
from streaky.understanding import Understood

WELL, COULD_NOT_TELL, UNDELIVERED = 0, 1, 3
EDITS = (Result.RESOLVED, Result.UNRESOLVED)
LOST = (
    "An earlier job could not deliver an alert and handed it on, but which one did not arrive here, "
    "and no ledger tells. Please check your profile: is there a contribution for today? "
    "With a ledger this cannot happen: give the job `permissions: contents: write`."
)


@dataclass(frozen=True, slots=True)
class Report:
    """One run. `standing` and `calendar` are None when GitHub did not say, and `problem` then says why.

    `alerts` are the words of each due slot, `outcomes` what became of them on each channel; `private`:
    whether the counts hold private contributions; `notes`: what else the person should know; `warnings`: the
    notes that ask for a mend. `memory` says where the ledger is, or why there is none; `all_time`: the
    longest streak is that of all years; `rescues`: the days that were warned of and then contributed to, None
    without a ledger; `heard`: alerts that an earlier job brought to another channel; `lateness`: how late
    GitHub starts this workflow's runs; `start`: how this one came to start; `understood`: what holds, and the
    doubts. `test`: a test alert was asked for; `redelivery`: this run delivers what another one left; `lost`:
    and nobody knows what that is; `discreet`: it says only whether a day counted; `advice`:
    what to change in the schedule.
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
    warnings: frozenset[str] = frozenset()
    memory: str = ""
    all_time: bool = False
    rescues: int | None = None
    heard: frozenset[Slot] = frozenset()
    lateness: Lateness | None = None
    start: Start | None = None
    understood: Understood = Understood()
    test: bool = False
    redelivery: bool = False
    lost: str = ""
    discreet: bool = False
    advice: str = ""

    @property
    def choice(self) -> Choice | None:
        """The ways to save the day that were named, without what not everybody may see."""
        made = (each.public_choice if self.discreet else each.choice for each in self.alerts)
        return next((each for each in made if each), None)

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
    def spoke(self) -> bool:
        """Whether anything was due: an edit of what was sent before notifies nobody."""
        return bool(self.told)

    @property
    def told(self) -> tuple[Outcome, ...]:
        """What became of each alert that was due."""
        return tuple(each for each in self.outcomes if each.state not in EDITS)

    @property
    def edited(self) -> tuple[Outcome, ...]:
        """What became of the edits of alerts that were sent before."""
        return tuple(each for each in self.outcomes if each.state in EDITS)

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
        return self.exit_status == UNDELIVERED and self.unheard <= again and not self.lost

    @property
    def exit_status(self) -> int:
        """0 all well or nothing due, 1 could not tell, 3 an alert was due and no channel took it, or a test
        alert and not every channel took it."""
        if self.standing is None:
            return COULD_NOT_TELL
        return UNDELIVERED if self.lost or self.unheard or (self.test and self.failures) else WELL

    @property
    def today(self) -> str:
        """Today's contributions in words: how many, or only whether the day counts."""
        if self.standing is None:
            return "unknown"
        if self.discreet:
            return "counted" if self.standing.count >= self.minimum else "not counted yet"
        return f"{self.standing.count} contribution{'' if self.standing.count == 1 else 's'}"

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
            "alerts": _json(entries(self.told)),
            "undelivered": _json(entries(self.failures)),
            "pending": packed(_json(self.pending)) if self.pending else "",
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
            "alerts": entries(self.told),
            "edited": entries(self.edited),
            "undelivered": entries(self.failures),
            "pending": self.pending,
            "memory": self.memory,
            "all-time": self.all_time,
            "rescues": self.rescues,
            "understood": [
                {"name": each.name, "text": each.text, "link": each.link} for each in self.understood.points
            ],
            "doubts": [{"text": each.text, "link": each.link} for each in self.understood.doubts],
            "ways": [
                {"kind": str(way.means), "text": way.text, "url": way.url}
                for way in (self.choice.ways if self.choice else ())
            ],
            "problem": str(self.problem) if self.problem else None,
            "failures": [
                {"slot": str(o.slot), "channel": o.channel, "why": o.why, "mend": o.mend}
                for o in self.failures
            ],
            "notes": list(self.notes),
            "exit-status": self.exit_status,
        }


def marks(outcomes: Sequence[Outcome]) -> dict[Pair, Mark]:
    """What the ledger calls these outcomes."""
    called = {Result.SENT: Mark.SENT, Result.FAILED: Mark.FAILED, Result.RESOLVED: Mark.RESOLVED}
    return {
        (each.slot, each.key): Mark.DEAD if each.dead else called[each.state]
        for each in outcomes
        if each.state in called
    }


def words(outcomes: Sequence[Outcome]) -> dict[Pair, str]:
    """What the ledger keeps of each: the id of a message that was sent, where a channel has such, or why it
    failed."""
    said = {
        (each.slot, each.key): each.why if each.state is Result.FAILED else each.message for each in outcomes
    }
    return {pair: word for pair, word in said.items() if word}


def report(
    seen: Look,
    judgement: Judgement,
    wanted: Wanted,
    claimed: Claimed,
    alerts: tuple[Alert, ...],
    outcomes: tuple[Outcome, ...],
    memory: Memory,
    understood: Understood,
    suggested: tuple[str, ...],
    redact: Callable[[str], str],
    *,
    test: bool,
) -> Report:
    """The report of a run: what was found, decided and done, and what was left to others. `suggested`:
    what the person should know of the suggestions."""
    settings, day, now = seen.settings, judgement.day, wanted.now
    pending = settings.pending or {}
    spoke_ahead = wanted.due.ahead and any(alert.slot.kind is Kind.AT_RISK for alert in alerts)
    early = (outlook.reason(day, now, settings.speaking),) if spoke_ahead else ()
    lost = redact(LOST) if settings.job.handed_on and settings.pending == {} else ""
    warned = spoke_ahead or _warned(memory.ledger, day)
    waits = "" if warned else habit.reason(judgement.habit)  # then no reminder waits any more
    notes = (
        *((lost,) if lost else ()),
        *seen.notes,
        *early,
        *((waits,) if waits else ()),
        *memory.warnings,
        *memory.notes,
        *suggested,
        *_waiting(claimed),
    )
    asked_for, past = lines(judgement, seen), past_runs(judgement, seen, memory.ledger)
    return Report(
        user=judgement.login,
        now=now.astimezone(day.zone),
        day=day,
        standing=judgement.standing,
        problem=judgement.problem,
        calendar=judgement.calendar,
        private=judgement.private,
        minimum=settings.rules.minimum,
        dry_run=settings.dry_run,
        alerts=alerts,
        outcomes=(*outcomes, *not_sent(claimed, wanted, memory.ledger, day), *_too_late(pending, day)),
        notes=tuple(redact(note) for note in notes),
        warnings=frozenset(redact(warning) for warning in memory.warnings),
        memory=redact(memory.place),
        all_time=judgement.all_time,
        heard=frozenset(slot for (slot, _), heard in pending.items() if heard),
        lateness=lateness.observed(past) if memory.ledger else None,
        start=lateness.start(settings.job, asked_for, now, day.zone, memory.run_before(now)),
        rescues=journal.rescues(memory.ledger) if memory.ledger else None,
        understood=understood,
        test=test,
        redelivery=settings.pending is not None,
        lost=lost,
        discreet=seen.discreet,
        advice=advice(past, private=not seen.repository.public) if seen.repository else "",
    )


def not_sent(claimed: Claimed, wanted: Wanted, ledger: Ledger | None, day: Day) -> list[Outcome]:
    """Outcomes of what was not sent: told by another run, superseded, or to an address that is dead."""

    def outcome(pair: Pair, state: Result, why: str = "", mend: str = "") -> Outcome:
        slot, key = pair
        urgent = urgency(day.left(wanted.now)) if slot.kind is Kind.AT_RISK else None
        failed = state is Result.FAILED
        return Outcome(slot, urgent, channel_name(key), state, why, mend, key, dead=failed, old=failed)

    skipped = [
        outcome(pair, Result.SKIPPED, _why_skipped(pair, wanted, ledger, day))
        for pair in _ordered(claimed.skipped)
        if pair[0].day == day.date
    ]
    why = "Its address was refused for good in an earlier run, so it is not asked again for a week."
    mend = "Replace its secret, then send a test alert."
    return skipped + [outcome(pair, Result.FAILED, why, mend) for pair in _ordered(claimed.dead)]


def _why_skipped(pair: Pair, wanted: Wanted, ledger: Ledger | None, day: Day) -> str:
    """Why an alert was not sent again, as a sentence."""
    slot, row = pair[0], ledger.alerts.get(pair) if ledger else None
    if row and row.mark is Mark.SENT:
        return f"Already sent at {row.at.astimezone(day.zone):%H:%M}."
    if row and row.mark is Mark.CLAIMED:
        return "Another run is sending it."
    later = [new for new, older in wanted.due.superseded.items() if slot in older]
    later += [other for other in wanted.due.slots if other.kind is slot.kind and _after(other, slot)]
    if later and later[0].at:
        return f"Replaced by {later[0].at:%H:%M}."
    return "An earlier run has seen to it."


def _after(slot: Slot, other: Slot) -> bool:
    return slot.at is not None and other.at is not None and slot.at > other.at


def _too_late(pending: Mapping[Pair, bool], day: Day) -> list[Outcome]:
    """What was pending, heard by nobody, when its day ended."""
    why = "Its day ended before another runner could deliver it."
    return [
        Outcome(slot, None, channel_name(key), Result.FAILED, why, key=key)
        for (slot, key), heard in pending.items()
        if not heard and slot.kind in (Kind.AT_RISK, Kind.UNKNOWN) and slot.day < day.date
    ]


def _warned(ledger: Ledger | None, day: Day) -> bool:
    """Whether somebody was warned of this day already."""
    told = ledger.told if ledger else ()
    return any((slot.kind, slot.day) == (Kind.AT_RISK, day.date) for slot in told)


def _waiting(claimed: Claimed) -> list[str]:
    """What is left to a later run, since the one before it was sent a short while ago."""
    slots = sorted({str(slot) for slot, _ in claimed.waiting})
    return [f"{slot} waits, since the one before it was sent a short while ago." for slot in slots]


def _ordered(pairs: frozenset[Pair]) -> list[Pair]:
    return sorted(pairs, key=lambda pair: (str(pair[0]), pair[1]))


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
    return json.dumps(value, separators=(",", ":"))
