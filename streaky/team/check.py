"""The run of one shard, from top to bottom: the story of guard.py, told for many.

Everybody is read in batches, judged alone, claimed for with one write, and told side by side; whose day ends
first comes first. What is wrong with one person stops nobody else.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TextIO

from streaky import compose, deliver, due, github, judge, look_back, replies, report, resolve, streak
from streaky.calendar import Day
from streaky.channels.base import Channel, Outcome, Result
from streaky.config import inputs
from streaky.deliver import Lane, open_channels
from streaky.errors import ConfigurationError, CouldNotTell, Fault
from streaky.github.issues import Tracker
from streaky.github.person import Person
from streaky.http import Patience, beside
from streaky.judge import Judgement
from streaky.ledger import claims, journal
from streaky.ledger.book import Ledger, Mark
from streaky.ledger.claims import Claimed, Wanted
from streaky.limits import Limits
from streaky.look import Look
from streaky.messages import Became
from streaky.replies import Replies
from streaky.schedule.slots import Due, Kind, Slot
from streaky.streak import State
from streaky.team import deliveries, results
from streaky.team.batches import Batches, Points, Read
from streaky.team.begin import Begun, Order
from streaky.team.memory import Opened, Want, open_shard
from streaky.team.plan import day_of, matters
from streaky.team.progress import Progress
from streaky.team.results import Found, Results
from streaky.team.roster import Member, read_roster
from streaky.team.shards import Shard
from streaky.understanding import Understood


@dataclass(frozen=True, slots=True)
class Case:
    """One person in this run: what was seen, where they stand, what there is to say, and what they said
    themselves on their issue."""

    member: Member
    seen: Look
    judgement: Judgement
    told: Due
    over: Mapping[Slot, Became]
    channels: Sequence[Channel]
    want: Want
    said: Replies

    def at(self, now: datetime) -> Case:
        """The same case, claimed for at this time."""
        return replace(self, want=replace(self.want, wanted=replace(self.want.wanted, now=now)))


@dataclass(slots=True)
class ShardReport:
    """What became of a shard. `people`: those who belong to it; `looked`: whose day mattered, and was read.

    By login: `faulty`: what is wrong with a file; `unread`: why somebody could not be judged; `unheard`: why
    an alert reached nobody. `pending`: how many alerts another job may deliver; `outcomes`: what became of
    all of them; `unsettled`: the ledger does not say so. `warnings`: what should be mended.
    """

    shard: Shard
    people: int = 0
    looked: int = 0
    faulty: dict[str, str] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)
    unheard: dict[str, str] = field(default_factory=dict)
    outcomes: dict[str, list[Outcome]] = field(default_factory=dict)
    pending: int = 0
    unsettled: bool = False
    warnings: list[str] = field(default_factory=list)
    points: Points = field(default_factory=Points)
    writes: int = 0
    seconds: float = 0.0

    def count(self, state: Result) -> int:
        return sum(each.state is state for outcomes in self.outcomes.values() for each in outcomes)

    @property
    def exit_status(self) -> int:
        """As that of a single run: 3 an alert reached nobody, 1 somebody could not be judged, 2 a file is
        wrong."""
        if self.unheard:
            return report.UNDELIVERED
        if self.unread:
            return report.COULD_NOT_TELL
        return ConfigurationError.exit_status if self.faulty else report.WELL

    def document(self) -> dict[str, Any]:
        """The numbers, for the closing line of the results."""
        return {
            "people": self.people,
            "looked": self.looked,
            "sent": self.count(Result.SENT),
            "pending": self.pending,
            "unsettled": self.unsettled,
            "faulty": self.faulty,
            "unheard": self.unheard,
            "warnings": self.warnings,
            "points": self.points.spent,
            "requests": self.points.requests,
            "writes": self.writes,
            "seconds": round(self.seconds, 1),
        }


def check(begun: Begun, stream: TextIO | None = None) -> ShardReport:
    """Guard everybody of a shard once. `stream`: where progress is shown. Raises ConfigurationError for what
    is wrong for everybody, before anything is sent."""
    stream = stream or sys.stderr
    sources, order, limits, now = begun.sources, begun.order, begun.limits, begun.now
    before, patience, batches = _left(order), begun.batches.patience, begun.batches
    said, written = ShardReport(order.shard, points=batches.points), Results(order.results, order.shard)
    # GitHub is asked while the files are read; and for a small team's people while the ledger is.
    opening = beside(lambda: open_shard(begun))
    members = read_roster(order.roster, sources, wanted=order.shard.holds)
    _preload(members)
    said.people = len(members)
    said.faulty = {each.login: " ".join(map(str, each.faults)) for each in members if each.settings is None}
    opened = opening(None)
    _obey_ledger(members, opened)
    opened.memory.dry_run = any(each.settings and each.settings.dry_run for each in members)
    opened.memory.earlier = before.sent if before else {}
    people = [each for each in _soonest(members, now) if _to_do(each, opened, before, now)]
    said.looked = len(people)
    progress = Progress(stream, "people read", len(people), limits.clock)
    looks = _read(people, opened, batches, now, begun.early, progress)
    progress.end()
    trackers = _issues(people, opened, now, patience)
    cases = _judged(people, looks, trackers, opened, now, said, patience, before)
    _speak(cases, opened, now, limits, said, written, stream, begun.began)
    said.warnings += [sources.redact(each) for each in opened.memory.warnings]
    said.warnings += [written.problem] if written.problem else []
    said.writes, said.unsettled = opened.memory.writes, opened.memory.unsettled
    said.seconds = limits.clock() - begun.began
    for login, why in said.unread.items():
        written.write({"login": login, "unread": why})
    written.write({"end": said.document()})
    return said


def _preload(members: Sequence[Member]) -> None:
    """Load the channels that the files name while GitHub's answers are on their way."""
    chosen = {
        type(address): address
        for each in members
        if each.settings
        for address in each.settings.channels
        if address.own or each.settings.may_use_issue
    }
    with suppress(ImportError, ConfigurationError):  # it comes again where the channel is used
        for address in chosen.values():
            address.load()


def _obey_ledger(members: Sequence[Member], opened: Opened) -> None:
    """Remember nothing where the team wants that. Raises ConfigurationError for a ledger in a file."""
    asked = next((each.settings.ledger for each in members if each.settings), "auto")
    if asked == "file":
        what, mend = "a team's ledgers lie on branches of its repository.", "Write auto, or none."
        raise ConfigurationError((Fault(inputs.LEDGER.name, what, mend),))
    if asked == "none":
        opened.memory.stored = None
        opened.memory.warnings.clear()


def _left(order: Order) -> Found | None:
    """What the last job of this shard has left, where this one goes on for it. Nothing is known of a job that
    left no file: then its whole shard is looked at again."""
    if order.left is None:
        return None
    found = results.read_all(order.left).get(order.shard, [])
    return (
        replace(found[-1], told=[told for each in found for told in each.told])
        if found
        else Found(order.shard)
    )


def _soonest(members: Sequence[Member], now: datetime) -> list[Member]:
    """Those whose day matters now, and first those whose day ends first."""
    people = [
        (day_of(each.settings, now).deadline, each.login, each)
        for each in members
        if each.settings and matters(each.settings, now)
    ]
    return [each for _, _, each in sorted(people, key=lambda found: found[:2])]


def _to_do(member: Member, opened: Opened, before: Found | None, now: datetime) -> bool:
    """Whether a person has to be looked at: not when the day is known to be safe and all is said; and in a
    job that goes on for another one, only when that one left something."""
    settings, ledger = member.settings, opened.memory.ledger(member.login)
    if settings is None:
        return False
    if before is not None and before.ended:
        return bool(claims.left_by(ledger, settings.job)) or member.login in before.unread
    today = day_of(settings, now).date
    line = ledger.days.get(today)
    safe = line is not None and line.standing is State.SAFE and line.safe_at is not None
    if not safe or Kind.SAFE in settings.speaking.notify:
        return True
    open_marks = (Mark.CLAIMED, Mark.FAILED)
    return any(
        (row.mark.told and row.message) or (row.mark in open_marks and slot.day == today)
        for (slot, _), row in ledger.alerts.items()
    )


def _read(
    people: Sequence[Member],
    opened: Opened,
    batches: Batches,
    now: datetime,
    early: Callable[[float | None], dict[str, Read]] | None,
    progress: Progress,
) -> dict[str, Read]:
    """Everybody's calendar: the last 14 days, and the year of those whose streak is older than these, and not
    in the ledger."""
    names = [each.login for each in people]
    if early:
        read = early(None)
        found = {login: read[login.lower()] for login in names}
        progress.add(len(names))
    else:
        batches.tell = progress.add
        found = batches.read(names, year=False)
        batches.tell = lambda read: None  # the same people, once more
    longer = [
        each.login for each in people if each.settings and _reaches_back(each, found[each.login], opened, now)
    ]
    for login, year in batches.read(longer, year=True).items():
        short = found[login]
        if isinstance(year, Person) and isinstance(short, Person):
            found[login] = replace(year, calendar=year.calendar.joined(short.calendar))
    return found


def _reaches_back(member: Member, read: Read, opened: Opened, now: datetime) -> bool:
    """Whether a streak's length depends on days before those that were read."""
    if member.settings is None or not isinstance(read, Person) or read.whole:
        return False
    ledger, rules = opened.memory.ledger(member.login), member.settings.rules
    known, today = journal.known(ledger, rules), day_of(member.settings, now).date
    return read.calendar.covers(today) and streak.needs_older(
        read.calendar, today, rules, known.current if known else None
    )


def _issues(
    people: Sequence[Member], opened: Opened, now: datetime, patience: Patience
) -> Mapping[str, Tracker]:
    """The issues of those who are warned by one, by login in lower case, with what was said there. Whose
    issue is not among them is asked for alone, when there is something to say."""
    settings = next((each.settings for each in people if each.settings), None)
    owner_name = settings.github.repository if settings else None
    used = (each.settings is not None and each.settings.uses_issue(opened.repository) for each in people)
    if owner_name is None or not any(used):
        return {}
    try:
        return github.read_team_issues(opened.clients.job, owner_name, now - claims.ALERTS_KEPT, patience)
    except CouldNotTell:
        return {}


def _judged(
    people: Sequence[Member],
    looks: Mapping[str, Read],
    trackers: Mapping[str, Tracker],
    opened: Opened,
    now: datetime,
    said: ShardReport,
    patience: Patience,
    before: Found | None,
) -> dict[str, Case]:
    """Everybody's case. What is wrong with one is noted, and stops nobody else."""
    cases = {}
    for member in people:
        try:
            tracker = trackers.get(member.login.lower())
            cases[member.login] = _case(
                member, looks[member.login], tracker, opened, now, patience, before, said.points
            )
        except ConfigurationError as error:
            said.faulty[member.login] = member.redact(" ".join(map(str, error.faults)))
        except Exception as defect:  # in one person's data: the others are told all the same
            said.unread[member.login] = f"Streaky failed with {type(defect).__name__}; please report it."
        else:
            problem = cases[member.login].judgement.problem
            if problem is not None:
                said.unread[member.login] = member.redact(str(problem))
    return cases


def _case(
    member: Member,
    read: Read,
    tracker: Tracker | None,
    opened: Opened,
    now: datetime,
    patience: Patience,
    before: Found | None,
    points: Points,
) -> Case:
    """One person's way to what there is to say. Raises ConfigurationError."""
    settings = member.settings
    if settings is None:
        raise ConfigurationError(member.faults)
    ledger = opened.memory.ledger(member.login)
    if before is not None and member.login not in before.unread:  # else this is the first look at the day
        settings = replace(settings, pending=claims.left_by(ledger, settings.job) or None)
    person, problem = (read, None) if isinstance(read, Person) else (None, read)
    repository = replace(opened.repository, tracker=tracker) if opened.repository else None
    seen = Look(settings, opened.clients, opened.where, person, problem, repository, opened.refusal)
    day = Day.at(now, seen.zone)
    settings.require_channel(repository)
    said = replies.read_replies(seen, ledger, day, patience)
    seen = said.heeded(seen, day)
    settings = seen.settings
    rules = judge.rules_in_force(settings, ledger, day.date)
    seen = _look_back(seen, rules, ledger, day, patience, points)
    judgement = judge.judge(seen, rules, ledger, day)
    told = due.decide(judgement, seen, ledger, now, test=False)
    # The schedule is the team's, and its health the maintainers' to know.
    told = replace(told, slots=[slot for slot in told.slots if slot.kind is not Kind.ALIVE], health=None)
    over = resolve.over(judgement, seen, ledger, now, test=False)
    channels = open_channels(settings, opened.clients, repository) if told.slots or over else []
    addresses = {channel.key: channel.mark for channel in channels}
    wanted = Wanted(told, addresses, now, opened.process, frozenset(over), said.delivered)
    want = Want(wanted, due.today(judgement, seen, now))
    return Case(member, seen, judgement, told, over, channels, want, said)


def _look_back(
    seen: Look, rules: streak.Rules, ledger: Ledger, day: Day, patience: Patience, points: Points
) -> Look:
    """The same look, with the years before the last one for whom they matter: once, since the ledger then
    knows."""
    person, known = seen.person, journal.known(ledger, rules)
    if person is None:
        return seen
    current = known.current if known else None
    covered = person.calendar.covers(day.date)
    if person.whole or not covered or not streak.needs_older(person.calendar, day.date, rules, current):
        return replace(seen, since=person.calendar.first, all_time=person.whole)
    if points.used_up:
        return replace(seen, since=person.calendar.first)
    return look_back.look_back(seen, rules, None, day.date, patience)


def _speak(
    cases: Mapping[str, Case],
    opened: Opened,
    now: datetime,
    limits: Limits,
    said: ShardReport,
    written: Results,
    stream: TextIO,
    began: float,
) -> None:
    """Claim for all, tell everybody, and settle for all."""
    memory = opened.memory
    # A claim's lease begins with the claim: reading many people may have taken minutes.
    claiming = now + timedelta(seconds=limits.clock() - began)
    cases = {login: case.at(claiming) for login, case in cases.items()}
    wants = {login: case.want for login, case in cases.items()}
    claimed = memory.claim(wants, now)
    lanes = {login: _lanes(case, claimed[login], memory.ledger(login)) for login, case in cases.items()}
    said.outcomes = {login: [] for login in cases}
    parcels = [
        parcel
        for login, case in cases.items()
        for parcel in deliveries.parcels(login, case.judgement.day.deadline, lanes[login], case.member.redact)
    ]
    progress = Progress(stream, "alerts delivered", sum(len(each.items) for each in parcels), limits.clock)

    def heard(login: str, outcome: Outcome) -> None:
        said.outcomes[login].append(outcome)
        written.outcome(login, outcome)
        progress.add()

    if memory.dry_run:
        for login in cases:
            said.outcomes[login] += deliver.rehearse(lanes[login])
    else:
        deliveries.deliver(parcels, limits.channel, heard)
        progress.end()
    ended = now + timedelta(seconds=limits.clock() - began)
    became = {
        login: (cases[login].want.wanted, report.marks(outcomes), report.words(outcomes))
        for login, outcomes in said.outcomes.items()
    }
    memory.settle(became, wants, ended)
    for login, case in cases.items():
        case.said.finish(case.seen, case.judgement.standing, Patience(limits.recall), kept=memory.kept)
        _tally(login, case, claimed[login], memory.ledger(login), said)


def _lanes(case: Case, claimed: Claimed, ledger: Ledger) -> list[Lane]:
    """What each of a person's channels is to get."""
    if not (claimed.send or claimed.resolve or claimed.dead):
        return []
    alerts = compose.compose_alerts(
        case.want.wanted, claimed, case.judgement, case.seen, ledger, Understood(), ()
    )
    resolutions = resolve.compose_resolutions(case.over, claimed, case.judgement, case.seen)
    return deliver.lanes(case.channels, alerts, claimed.send, claimed.resolve, resolutions)


def _tally(login: str, case: Case, claimed: Claimed, ledger: Ledger, said: ShardReport) -> None:
    """Note whether anything reached nobody, as a single run's report tells it."""
    outcomes = said.outcomes[login]
    outcomes += report.not_sent(claimed, case.want.wanted, ledger, case.judgement.day)
    pending = case.seen.settings.pending or {}
    taken = {slot for (slot, _), heard in pending.items() if heard}
    taken |= {each.slot for each in outcomes if each.state is not Result.FAILED}
    failed = [each for each in outcomes if each.state is Result.FAILED]
    said.pending += sum(each.again for each in failed)
    lost = [each for each in failed if each.slot not in taken]
    if lost:
        said.unheard[login] = " ".join(
            dict.fromkeys(f"{each.channel}: {each.why} {each.mend}".strip() for each in lost)
        )
