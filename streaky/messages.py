"""An alert: its kind, its facts and its words, in the person's language and without any markup."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from streaky.calendar import ONE_DAY, Day
from streaky.errors import CouldNotTell
from streaky.locales import words
from streaky.schedule.health import Alive
from streaky.schedule.slots import Kind, Slot, Urgency, urgency
from streaky.streak import Rules, Standing, Streak

# Colours as 0xRRGGBB: GitHub's own greens, and amber to red as the day runs out.
COLOURS = {
    Urgency.REMINDER: 0xD29922,
    Urgency.URGENT: 0xDB6D28,
    Urgency.LAST_CALL: 0xDA3633,
    Kind.SAFE: 0x2EA043,
    Kind.MILESTONE: 0x8957E5,
    Kind.BROKEN: 0x6E7681,
    Kind.UNKNOWN: 0xDB6D28,
    Kind.ALIVE: 0xDB6D28,
    Kind.TEST: 0x1F6FEB,
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What an alert may speak of. `standing` is None when GitHub did not say, `problem` then says why.
    `pause`: the page where reminders are paused, "" for none; `listed`: the lines that a
    test alert adds."""

    user: str
    profile: str
    now: datetime
    day: Day
    rules: Rules
    standing: Standing | None = None
    problem: CouldNotTell | None = None
    alive: Alive | None = None
    pause: str = ""
    listed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Alert:
    """What a channel delivers: plain text that each channel escapes in its own way.

    `urgency` is None for kinds other than at-risk; `link` are the words of the link to `url`, and `pause`
    those of a second one, with its URL; `colour` is 0xRRGGBB; a `silent` alert makes no sound.
    """

    slot: Slot
    urgency: Urgency | None
    title: str
    lines: tuple[str, ...]
    fields: tuple[tuple[str, str], ...]
    link: str
    url: str
    pause: tuple[str, str] | None
    colour: int
    silent: bool
    facts: Facts

    @property
    def text(self) -> str:
        """The lines as one paragraph each."""
        return "\n".join(self.lines)


class _Voice:
    """Says one set of facts in one language."""

    def __init__(self, facts: Facts, language: str) -> None:
        self._table = words(language)
        self.facts = facts
        left = facts.day.left(facts.now)
        self._values = {
            "user": facts.user,
            "date": facts.day.date.isoformat(),
            "deadline": f"{facts.day.deadline:%H:%M}",
            "zone": str(facts.day.zone),
            "left": self.left(left),
        }

    def say(self, key: str, **more: str) -> str:
        return str(self._table[key]).format_map(self._values | more)

    def amount(self, key: str, number: int) -> str:
        """A number with its noun, in singular or plural."""
        form = "one" if number in self._table["one"] else "other"
        return str(self._table[key][form]).format(n=number)

    def left(self, left: timedelta) -> str:
        hours, minutes = divmod(left // timedelta(minutes=1), 60)
        form = "left-minutes" if not hours else "left" if minutes else "left-hours"
        return str(self._table[form]).format(hours=hours, minutes=minutes)

    def length(self, streak: Streak | None) -> str:
        """A streak's length in days; "at least" when it may have begun earlier."""
        days = self.amount("days", streak.days if streak else 0)
        return self.say("at-least", days=days) if streak and streak.at_least else days


def compose(slot: Slot, facts: Facts, language: str) -> Alert:
    """The alert for a slot. It says what GitHub shows, never what the person did or did not do."""
    voice = _Voice(facts, language)
    urgent = urgency(facts.day.left(facts.now)) if slot.kind is Kind.AT_RISK else None
    alive = facts.alive if slot.kind is Kind.ALIVE else None
    if alive:
        title, lines = _alive(alive, voice)
    elif facts.standing is None:
        title, lines = _unread(slot, voice)
    else:
        title, lines = _read(slot, voice, facts.standing, urgent)
    return Alert(
        slot=slot,
        urgency=urgent,
        title=title,
        lines=tuple(lines),
        fields=_fields(voice, facts.standing),
        link=voice.say("alive.link" if alive else "link"),
        url=alive.link if alive else facts.profile,
        pause=(voice.say("pause"), facts.pause) if urgent and facts.pause else None,
        colour=COLOURS[urgent or slot.kind],
        silent=slot.kind is Kind.SAFE,
        facts=facts,
    )


def _read(slot: Slot, voice: _Voice, standing: Standing, urgent: Urgency | None) -> tuple[str, list[str]]:
    """Title and lines when GitHub could be read."""
    streak = voice.length(standing.current)
    if slot.kind is Kind.AT_RISK:
        return voice.say(f"at-risk.{urgent}", streak=streak), [
            _so_far(voice, standing),
            voice.say("ends"),
            voice.say("lag"),
        ]
    contributions = voice.amount("contributions", standing.count)
    if slot.kind is Kind.SAFE:
        return voice.say("safe", streak=streak), [voice.say("safe.text", contributions=contributions)]
    if slot.kind is Kind.BROKEN and (broken := standing.broken):
        start, end, day = broken.start, broken.end, broken.end + ONE_DAY
        said = voice.say("broken.text", start=f"{start}", end=f"{end}", date=f"{day}")
        return voice.say("broken", streak=voice.length(broken)), [said]
    if slot.kind is Kind.MILESTONE and standing.milestone and (current := standing.current):
        reached = voice.amount("days", standing.milestone)
        key = "milestone.text" if slot.day == standing.date else "milestone.late"
        said = voice.say(key, streak=streak, milestone=reached, date=f"{slot.day}", start=f"{current.start}")
        return voice.say("milestone", milestone=reached), [said]
    lines = [
        voice.say("test.text"),
        voice.say(f"standing.{standing.state}", streak=streak),
        voice.say("ends"),
        *voice.facts.listed,
    ]
    return voice.say("test"), lines


def _so_far(voice: _Voice, standing: Standing) -> str:
    if not standing.count:
        return voice.say("nothing-yet")
    minimum = str(voice.facts.rules.minimum)
    return voice.say(
        "too-few-yet", contributions=voice.amount("contributions", standing.count), minimum=minimum
    )


def _alive(alive: Alive, voice: _Voice) -> tuple[str, list[str]]:
    """Title and lines about Streaky's own schedule."""
    lines = []
    if alive.disabled_on:
        lines.append(voice.say("alive.disabled-on", date=f"{alive.disabled_on}"))
    if alive.scheduled:
        lines.append(voice.say("alive.scheduled", date=f"{alive.scheduled}"))
    if alive.gap:
        first, last = alive.gap
        key = "alive.gap" if first < last else "alive.gap-day"
        days = voice.amount("days", Streak(first, last).days)
        lines.append(voice.say(key, first=f"{first}", last=f"{last}", days=days))
    key = "alive.stopped" if alive.scheduled else "alive.soon" if alive.disabled_on else "alive.back"
    return voice.say(key), lines


def _unread(slot: Slot, voice: _Voice) -> tuple[str, list[str]]:
    """Title and lines when GitHub could not be read; the reason is in English, as in the log."""
    title = voice.say("test" if slot.kind is Kind.TEST else "unknown")
    lines = [voice.say("test.text"), voice.say("unknown")] if slot.kind is Kind.TEST else []
    problem = voice.facts.problem
    lines += [voice.say("unknown.text"), voice.say("ends")]
    if problem:
        lines += [part for part in (f"{problem.what} {problem.why}".strip(), problem.mend) if part]
    if slot.kind is Kind.TEST:
        lines += voice.facts.listed
    return title, lines


def _fields(voice: _Voice, standing: Standing | None) -> tuple[tuple[str, str], ...]:
    """The facts at a glance, by their names."""
    fields = []
    if standing:
        fields.append((voice.say("field.streak"), voice.length(standing.current)))
        fields.append((voice.say("field.today"), voice.amount("contributions", standing.count)))
    fields.append((voice.say("field.deadline"), f"{voice.facts.day.deadline:%H:%M} ({voice.facts.day.zone})"))
    fields.append((voice.say("field.left"), voice.left(voice.facts.day.left(voice.facts.now))))
    return tuple(fields)
