"""An alert: its kind, its facts and its words, in the person's language and without any markup."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from streaky.calendar import ONE_DAY, Day
from streaky.errors import Cause, CouldNotTell
from streaky.locales.voice import Voice
from streaky.schedule.health import Alive
from streaky.schedule.slots import Kind, Slot, Urgency, urgency
from streaky.streak import Rules, Shrunk, Standing, State, Streak
from streaky.text import cut, plain, units

if TYPE_CHECKING:
    from streaky.ways import Means, Way

WHAT, NAME = 60, 100  # characters of a foreign title or branch, and of a repository's name
PUSH = 80  # UTF-16 units that a phone shows of a message, beside the app's and the sender's name

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
    Kind.SHRINKING: 0xDB6D28,
    Kind.TOKEN_ENDS: 0xDB6D28,
    Kind.TEST: 0x1F6FEB,
}
# What a person does about a cause, in the languages other than English.
MENDS = {
    Cause.NO_ANSWER: "next-run",
    Cause.RATE_LIMITED: "next-run",
    Cause.TOKEN_REFUSED: "token",
    Cause.TOKEN_EXPIRED: "renew",
    Cause.REFUSED: "token",
    Cause.ERROR: "token",
    Cause.NO_USER: "user",
    Cause.NO_REPOSITORY: "repository",
    Cause.WINDOW_REFUSED: "next-run",
    Cause.SOMEBODY_ELSE: "renamed",
    Cause.NOT_UNDERSTOOD: "authors",
    Cause.REDIRECTED: "graphql-url",
    Cause.NO_TODAY: "next-run",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What an alert may speak of. `standing` is None when GitHub did not say, `problem` then says why.
    `pause`: the page where reminders are paused, "" for none; `listed`: the lines that a
    test alert adds; `again`: an alert before this one has warned of the day; `token_ends`: when the person's
    own token expires, and `tokens` the page where they make a new one; `ways`: what could save the day."""

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
    again: bool = False
    shrunk: Shrunk | None = None
    token_ends: datetime | None = None
    tokens: str = ""
    ways: tuple[Way, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """A way to save the day in words, with its link; `mark`: a few words for a button."""

    means: Means
    text: str
    mark: str
    url: str


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person can do now: one of the ways, or `rest`. `pause`: a page for that, "" for none."""

    title: str
    ways: tuple[Told, ...]
    rest: str
    pause: str

    @property
    def lines(self) -> tuple[str, ...]:
        """The ways by number, and to rest."""
        return (*(f"{number}. {way.text}" for number, way in enumerate(self.ways, 1)), self.rest)

    @property
    def text(self) -> str:
        """All of it as plain text, with the links."""
        links = (*(way.url for way in self.ways), self.pause)
        told = (f"{line} {link}".rstrip() for line, link in zip(self.lines, links, strict=True))
        return "\n".join((self.title, *told))


@dataclass(frozen=True, slots=True)
class Deadline:
    """When the person's day ends: the instant, a name for it, and the line of the alert that says so and
    nothing else ("" for none).

    A channel that shows times itself, as Discord does, can show the name and the instant instead of the line.
    """

    at: datetime
    name: str
    line: str


@dataclass(frozen=True, slots=True)
class Alert:
    """What a channel delivers: plain text that each channel escapes in its own way.

    `title` and `lines` say all by themselves, each thing once; `fields` add what these leave out. `push` is
    one line of at most 80 UTF-16 units: who it is about and, in a warning, how long is left and for which
    streak. It is the title, where that fits and says so.

    `urgency` is None for kinds other than at-risk; `deadline` is None for kinds without one; `link` are the
    words of the link to `url`, and `pause` those of a second one, with its URL; `colour` is 0xRRGGBB; a
    `silent` alert makes no sound. `choice`: ways to save the day, None for none; `public_choice`: those that
    everybody may see.
    """

    slot: Slot
    urgency: Urgency | None
    title: str
    lines: tuple[str, ...]
    fields: tuple[tuple[str, str], ...]
    push: str
    deadline: Deadline | None
    link: str
    url: str
    pause: tuple[str, str] | None
    colour: int
    silent: bool
    facts: Facts
    choice: Choice | None = None
    public_choice: Choice | None = None

    @property
    def links(self) -> tuple[tuple[str, str], ...]:
        """The links for buttons, as words and URL: the ways by number, to rest or to pause, and the page."""
        ways = self.choice.ways if self.choice else ()
        told = [(f"{number} · {way.mark}", way.url) for number, way in enumerate(ways, 1)]
        pause = [(self.choice.rest if self.choice else self.pause[0], self.pause[1])] if self.pause else []
        page = (self.link, self.url)
        return (*told, *pause, page) if told else (page, *pause)

    @property
    def text(self) -> str:
        """The lines as one paragraph each."""
        return "\n".join(self.lines)


class Became(StrEnum):
    """What became of a day that somebody was warned of. `replaced`: a later reminder took the place."""

    SAVED = "saved"
    MISSED = "missed"
    PAUSED = "paused"
    REPLACED = "replaced"


RESOLVED = {
    Became.SAVED: COLOURS[Kind.SAFE],
    Became.MISSED: COLOURS[Kind.BROKEN],
    Became.PAUSED: COLOURS[Kind.TEST],
    Became.REPLACED: COLOURS[Kind.BROKEN],
}


@dataclass(frozen=True, slots=True)
class Resolution:
    """What an alert that was sent says once it is over: plain text that each channel escapes in its own way.

    `url`: the page of the `user` whose day it was; `colour` is 0xRRGGBB.
    """

    kind: Became
    user: str
    title: str
    lines: tuple[str, ...]
    url: str
    colour: int


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of one alert, before they are put together. `ends`: the line of the deadline, "" where it has
    none of its own; None for an alert without a deadline."""

    title: str
    lines: list[str]
    ends: str | None = None
    fields: tuple[tuple[str, str], ...] = ()


class _Teller:
    """Says one set of facts in one language."""

    def __init__(self, facts: Facts, language: str) -> None:
        self.facts, self.english = facts, language == "en"
        self.voice = voice = Voice(language, facts.day.date)
        self._values = {
            "user": facts.user,
            "date": voice.date(facts.day.date),
            "at": voice.clock(facts.day.deadline),
            "zone": str(facts.day.zone),
            "left": voice.left(facts.day.left(facts.now)),
            "now": voice.clock(facts.now),
        }

    def say(self, key: str, **more: str) -> str:
        return self.voice.say(key, **(self._values | more))

    def remaining(self, *, last: bool = False) -> str:
        return self.voice.remaining(self.facts.day.left(self.facts.now), last=last)

    def contributions(self, standing: Standing) -> str:
        return self.voice.amount("contributions", standing.count)

    def longest(self, standing: Standing, told: Streak | None) -> tuple[tuple[str, str], ...]:
        """The longest streak as a field, where it is longer than the one that is told of."""
        longest = standing.longest
        if longest is None or longest.days <= (told.days if told else 0):
            return ()
        return ((self.say("field.longest"), self.voice.days(longest)),)


def compose(slot: Slot, facts: Facts, language: str) -> Alert:
    """The alert for a slot. It says what GitHub shows, never what the person did or did not do."""
    teller = _Teller(facts, language)
    left = facts.day.left(facts.now)
    urgent = urgency(left) if slot.kind is Kind.AT_RISK else None
    link = (teller.say("open-github" if urgent else "link"), facts.profile)
    if slot.kind is Kind.ALIVE and (alive := facts.alive):
        words, link = _alive(alive, teller), (teller.say("alive.link"), alive.link)
    elif slot.kind is Kind.TOKEN_ENDS and facts.token_ends:
        words, link = _token_ends(facts.token_ends, teller), (teller.say("token-ends.link"), facts.tokens)
    elif facts.standing is None:
        words = _unread(slot, teller)
    elif urgent:
        words = _at_risk(teller, facts.standing, urgent)
    else:
        words = _read(slot, teller, facts.standing)
    at = facts.day.deadline
    return Alert(
        slot=slot,
        urgency=urgent,
        title=words.title,
        lines=tuple(words.lines),
        fields=words.fields,
        push=_push(words.title, teller, urgent),
        deadline=Deadline(at, teller.say("field.deadline"), words.ends) if words.ends is not None else None,
        link=link[0],
        url=link[1],
        pause=(teller.say("pause"), facts.pause) if urgent and facts.pause else None,
        colour=COLOURS[urgent or slot.kind],
        silent=slot.kind is Kind.SAFE,
        facts=facts,
        choice=_choice(teller, facts.ways) if urgent else None,
        public_choice=_choice(teller, tuple(way for way in facts.ways if not way.private))
        if urgent
        else None,
    )


def _choice(teller: _Teller, ways: tuple[Way, ...]) -> Choice | None:
    """The ways in words. What somebody else wrote is shown as one line of visible text."""

    def told(way: Way) -> Told:
        what, repository = plain(way.what, WHAT), plain(way.repository, NAME)
        values = {"branch": what, "commit": what, "title": what, "repository": repository}
        return Told(way.means, teller.say(f"way.{way.means}", **values), plain(way.mark, NAME), way.url)

    if not ways:
        return None
    title, rest = teller.say(f"ways.{len(ways)}"), teller.say("ways.rest")
    return Choice(title, tuple(map(told, ways)), rest, teller.facts.pause)


def _push(title: str, teller: _Teller, urgent: Urgency | None) -> str:
    """The first way to say it that a phone shows whole. The title of a day's first reminder does not say
    how long is left."""
    standing = teller.facts.standing
    if urgent and standing:
        said = [title] if teller.facts.again or urgent is not Urgency.REMINDER else []
        for short in (False, True):
            streak = teller.voice.streak(standing.current, short=short)
            said.append(teller.say("push", remaining=teller.remaining(), streak=streak))
        title = next((each for each in said if units(each) <= PUSH), said[-1])
    return cut(title, PUSH)


def resolution(became: Became, facts: Facts, day: date, streak: Streak | None, language: str) -> Resolution:
    """What the alert of a day says once it is over. `streak`: the one that was saved, None for none."""
    teller, rules = _Teller(facts, language), facts.rules
    key, told = f"resolved.{became}", rules.pause_until or day
    if became is Became.MISSED:
        key, told = "broken.none" if rules.minimum == 1 else "broken.few", day
    return Resolution(
        kind=became,
        user=facts.user,
        title=teller.say(key, days=teller.voice.days(streak), date=teller.voice.date(told)),
        lines=(),
        url=facts.profile,
        colour=RESOLVED[became],
    )


def _at_risk(teller: _Teller, standing: Standing, urgent: Urgency) -> _Words:
    """A warning. How long is left stands in the title or, of a day's first reminder, in the text. Whatever a
    later one says holds a time, so that no sentence comes twice on a day."""
    last = urgent is Urgency.LAST_CALL
    streak, remaining = teller.voice.streak(standing.current), teller.remaining(last=last)
    fields = teller.longest(standing, standing.current)
    if teller.facts.again:
        key = "at-risk.last-call" if last else "at-risk.urgent"
        title = teller.say(key, streak=streak, remaining=remaining)
        return _Words(title, [_so_far(teller, standing, "still")], "", fields)
    ends = teller.say("ends.in" if urgent is Urgency.REMINDER else "ends")
    title = teller.say(f"at-risk.{urgent}", streak=streak, remaining=remaining)
    return _Words(title, [_so_far(teller, standing, "yet"), ends, teller.say("lag")], ends, fields)


def _so_far(teller: _Teller, standing: Standing, when: str) -> str:
    """What GitHub shows: nothing "yet", or "still" nothing."""
    if not standing.count:
        return teller.say(f"nothing-{when}")
    minimum = teller.voice.number(teller.facts.rules.minimum)
    return teller.say(f"too-few-{when}", contributions=teller.contributions(standing), minimum=minimum)


def _read(slot: Slot, teller: _Teller, standing: Standing) -> _Words:
    """The words of other kinds when GitHub could be read."""
    voice, current = teller.voice, standing.current
    if slot.kind is Kind.SAFE:
        text = teller.say("safe.text", contributions=teller.contributions(standing))
        title = teller.say("safe", streak=voice.streak(current))
        return _Words(title, [text], fields=teller.longest(standing, current))
    if slot.kind is Kind.BROKEN and (broken := standing.broken):
        shown = "broken.none" if teller.facts.rules.minimum == 1 else "broken.few"
        start, end = voice.date(broken.start), voice.date(broken.end)
        lines = [
            teller.say(shown, date=voice.date(broken.end + ONE_DAY)),
            teller.say("broken.text", start=start, end=end),
        ]
        title = teller.say("broken", streak=voice.streak(broken))
        return _Words(title, lines, fields=teller.longest(standing, broken))
    if slot.kind is Kind.MILESTONE and standing.milestone and current:
        key = "milestone.text" if slot.day == standing.date else "milestone.late"
        text = teller.say(key, date=voice.date(slot.day), start=voice.date(current.start))
        title = teller.say("milestone", milestone=voice.amount("days", standing.milestone))
        grown = current.days != standing.milestone
        now = ((teller.say("field.streak"), voice.days(current)),) if grown else ()
        return _Words(title, [text], fields=(*now, *teller.longest(standing, current)))
    if slot.kind is Kind.SHRINKING and (shrunk := teller.facts.shrunk):
        before, after = voice.days(shrunk.streak), voice.days(current)
        text = teller.say("shrinking.text", date=voice.date(shrunk.counted), before=before, now=after)
        return _Words(teller.say("shrinking"), [text, teller.say("shrinking.why")])
    ends = teller.say("ends.in")
    stands = teller.say(f"standing.{standing.state}", streak=voice.streak(current))
    stands = stands[:1].upper() + stands[1:]  # where the streak comes first
    lines = [teller.say("test.text"), stands, ends, *teller.facts.listed]
    fields = [(teller.say("field.today"), teller.contributions(standing))]
    if standing.state is not State.AT_RISK:
        fields.insert(0, (teller.say("field.streak"), voice.days(current)))
    return _Words(teller.say("test"), lines, ends, (*fields, *teller.longest(standing, current)))


def _alive(alive: Alive, teller: _Teller) -> _Words:
    """The words about Streaky's own schedule."""
    voice, lines = teller.voice, []
    if alive.disabled_on:
        lines.append(teller.say("alive.disabled-on", date=voice.date(alive.disabled_on)))
    if alive.scheduled:
        lines.append(teller.say("alive.scheduled", date=voice.date(alive.scheduled)))
    if alive.gap:
        first, last = alive.gap
        key = "alive.gap" if first < last else "alive.gap-day"
        days = voice.days(Streak(first, last))
        lines.append(teller.say(key, first=voice.date(first), last=voice.date(last), days=days))
    key = "alive.stopped" if alive.scheduled else "alive.soon" if alive.disabled_on else "alive.back"
    return _Words(teller.say(key), lines)


def _token_ends(ends: datetime, teller: _Teller) -> _Words:
    """The words of a token that expires, by the date on which it does."""
    last = ends.astimezone(teller.facts.day.zone).date()
    if last == teller.facts.day.date:
        return _Words(teller.say("token-ends.today"), [teller.say("token-ends.text")])
    on = teller.say("token-ends.on", date=teller.voice.date(last))
    return _Words(teller.say("token-ends"), [on, teller.say("token-ends.text")])


def _unread(slot: Slot, teller: _Teller) -> _Words:
    """The words when GitHub could not be read."""
    test = slot.kind is Kind.TEST
    title, ends = teller.say("test" if test else "unknown"), teller.say("ends.in")
    lines = [teller.say("test.text"), teller.say("unknown")] if test else []
    lines += [teller.say("unknown.text"), ends]
    if teller.facts.problem:
        lines += _reason(teller.facts.problem, teller)
    if test:
        lines += teller.facts.listed
    return _Words(title, lines, ends)


def _reason(problem: CouldNotTell, teller: _Teller) -> list[str]:
    """Why GitHub could not be read, and the mend. What has no name, and GitHub's own words, stay English."""
    if teller.english or problem.cause is None:
        return [part for part in (f"{problem.what} {problem.why}".strip(), problem.mend) if part]
    told = {
        name: teller.voice.date(value) if isinstance(value, date) else value
        for name, value in problem.values.items()
    }
    why = [teller.say(f"cause.{problem.cause}", **told)]
    if "message" in told:
        why.append(teller.say("cause.said", **told))
    if "time" in told:
        why.append(teller.say("cause.again-from", **told))
    space = "" if why[0].endswith("。") else " "
    return [space.join(why), teller.say(f"mend.{MENDS[problem.cause]}")]
