"""What a run understood, so that a person sees whether it is what they meant; and every doubt about it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from streaky.calendar import ONE_DAY
from streaky.config.inputs import CONFIG
from streaky.github.queries import BRANCH
from streaky.github.workflow import Entry
from streaky.judge import Judgement
from streaky.ledger.book import Ledger, Mark
from streaky.look import Look
from streaky.schedule import fit
from streaky.schedule.habit import speaking_on
from streaky.schedule.slots import Kind, Slot
from streaky.streak import State

# What points and doubts are about.
SETTINGS, ZONE, SCHEDULE, NEXT = "Settings", "Time zone", "Schedule", "Next reminder"
MONDAY = 0  # the day of the week on which a missing time zone is said again
HOURS_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that was understood: its name, what it is, and the page where one sees or changes it."""

    name: str
    text: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something that does not fit, as sentences with the mend; `link` is the page where that is done.

    `about`: the thing it concerns; `loud`: it is worth an annotation, not only a line in the summary.
    """

    about: str
    text: str
    link: str = ""
    loud: bool = True

    def __str__(self) -> str:
        return f"{self.text} {self.link}".rstrip()


@dataclass(frozen=True, slots=True)
class Understood:
    """What holds in this run, point by point, and the doubts."""

    points: tuple[Point, ...] = ()
    doubts: tuple[Doubt, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """All of it as text, a line each, the doubts first."""
        doubts = (f"⚠️ {doubt}" for doubt in self.doubts)
        return (*doubts, *(f"{point.name}: {point.text}" for point in self.points))


def understand(
    seen: Look,
    judgement: Judgement,
    now: datetime,
    memory: str,
    ledger: Ledger | None = None,
    told: Collection[Slot] = (),
    *,
    test: bool,
) -> Understood:
    """Whose streak is guarded, by which settings, in which zone and why, with what memory, and when the next
    reminder comes. `memory`: where the memory is, in words; `ledger` and `told` as in `next_reminder`."""
    github = seen.settings.github
    path = seen.where.ledger if seen.where and seen.repository and seen.repository.head else ""
    folder = path.rpartition("/")[0]
    page = github.page("tree", BRANCH, *filter(None, [folder])) if path and seen.settings.card.drawn else ""
    points = (
        Point("Guarding", judgement.login, github.profile(judgement.login)),
        _settings(seen),
        Point(ZONE, _zone(seen), _zone_page(seen)),
        Point(NEXT, next_reminder(judgement, seen, now, ledger, told)),
        Point("Pause", _pause(judgement), seen.settings.workflow_page),
        Point("Memory", memory, github.page("blob", BRANCH, path) if path else ""),
        Point("Page", "with the card, on the branch streaky" if page else "", page),
        Point("Workflow", seen.settings.job.workflow, seen.settings.workflow_page),
    )
    return Understood(tuple(each for each in points if each.text), _doubts(seen, judgement, test=test))


def next_reminder(
    judgement: Judgement,
    seen: Look,
    now: datetime,
    ledger: Ledger | None = None,
    told: Collection[Slot] = (),
) -> str:
    """When Streaky speaks next of a day at risk, in the person's zone.

    A reminder that was spoken ahead does not come again: those that the ledger knows, and those of this run,
    which are among `told`.
    """
    day, rules, standing = judgement.day, judgement.rules, judgement.standing
    speaking = speaking_on(seen.settings.speaking, judgement.habit)
    if rules.paused(day.date) and rules.pause_until:
        return f"none before {rules.pause_until + ONE_DAY}, because of the pause"
    if Kind.AT_RISK not in speaking.notify:
        return "none, since at-risk alerts are off"
    if standing and standing.state is State.IDLE:
        return "none before a new streak begins"
    few = rules.minimum == 1
    if standing is None or standing.state is State.AT_RISK:
        spoken = {*told, *_spoken(ledger)}
        coming = (Slot(day.date, Kind.AT_RISK, at) for at in speaking.remind_at if day.moment(at) > now)
        if slot := next((each for each in coming if each not in spoken), None):
            still = "GitHub still shows nothing" if few else "the day does not count by then"
            return f"{slot.at:%H:%M}, if {still}"
    days = (day.date + ahead * ONE_DAY for ahead in range(1, 8))
    following = next(each for each in days if not rules.rests(each))
    name = "tomorrow" if following == day.date + ONE_DAY else f"on {following:%A}"
    still = "GitHub shows nothing by then" if few else "the day does not count by then"
    return f"{name} at {speaking.remind_at[0]:%H:%M}, if {still}"


def _spoken(ledger: Ledger | None) -> set[Slot]:
    """The slots that were told, or are being told, on any channel."""
    rows = ledger.alerts.items() if ledger else ()
    return {slot for (slot, _), row in rows if row.mark.told or row.mark is Mark.CLAIMED}


def _settings(seen: Look) -> Point:
    """The settings file, and the page where it is edited or made."""
    if seen.file:
        return Point(SETTINGS, seen.file, _edit(seen, seen.file))
    branch = seen.repository.branch if seen.repository else ""
    new = seen.settings.github.page("new", f"{branch}?filename={CONFIG.default}") if branch else ""
    return Point(SETTINGS, "no file found, so every setting has its default or the workflow's", new)


def _zone(seen: Look) -> str:
    """The zone, and why it is that one."""
    settings, chosen = seen.settings, seen.schedule_zone
    if settings.zone:
        source = "the input timezone" if settings.zone_from == "STREAKY_TIMEZONE" else settings.zone_from
        return f"{settings.zone}, set in {source}"
    if isinstance(chosen, Entry):
        return f"{chosen.zone}, from the schedule in {settings.job.workflow}, line {chosen.line}"
    if _unread(seen):
        return "UTC for now, because the repository, where another zone may be set, could not be read"
    return "UTC, because nothing sets another one"


def _zone_page(seen: Look) -> str:
    """The page where the zone is changed: the settings file's if that sets it, else the workflow's."""
    settings = seen.settings
    if seen.file and settings.zone and settings.zone_from.startswith(f"{seen.file}:"):
        return _edit(seen, seen.file)
    return _edit(seen, settings.job.workflow)


def _unread(seen: Look) -> bool:
    """Whether the repository, with its workflow and settings, could not be read."""
    return seen.repository is None and seen.settings.github.repository is not None


def _pause(judgement: Judgement) -> str:
    until = judgement.rules.pause_until
    return f"until {until}, included" if until and until >= judgement.day.date else "none"


def _edit(seen: Look, path: str) -> str:
    """The page where a file of the repository is edited; "" where it is not known."""
    branch = seen.repository.branch if seen.repository else ""
    return seen.settings.github.page("edit", branch, path) if branch and path else ""


def _doubts(seen: Look, judgement: Judgement, *, test: bool) -> tuple[Doubt, ...]:
    found = (
        _unopened(seen),
        _no_zone(seen, judgement, test=test),
        _no_schedule(seen, test=test),
        _misfit(seen, judgement),
    )
    return (*(each for each in found if each), *_misplaced(seen))


def _unopened(seen: Look) -> Doubt | None:
    """What stays sealed is as if it were not set, which must not pass unseen."""
    names = seen.settings.unopened
    if not names:
        return None
    what = f"{', '.join(names)} {'is' if len(names) == 1 else 'are'} sealed, and not used in this run"
    text = f"{what}: the package cryptography, which opens it, is not installed. Install streaky[sealed]."
    return Doubt(SETTINGS, text)


def _no_zone(seen: Look, judgement: Judgement, *, test: bool) -> Doubt | None:
    """Said in each test alert, and once a week."""
    known = seen.settings.zone or seen.schedule_zone or _unread(seen)
    if known or not (test or judgement.day.date.weekday() == MONDAY):
        return None
    workflow = seen.settings.job.workflow
    place = f"under `schedule:` in {workflow}" if workflow else "into timezone"
    text = (
        f"No time zone is set, so your day is taken to end at midnight in UTC. Write yours {place}, as in"
        f' `timezone: "Europe/Berlin"`.{_offset(seen, judgement)}'
    )
    return Doubt(ZONE, text, _edit(seen, workflow), loud=test)


def _offset(seen: Look, judgement: Judgement) -> str:
    """A hint at the zone: what the person's clock said at the newest commit here, where that is theirs."""
    repository = seen.repository
    if repository is None or repository.author.casefold() != judgement.login.casefold():
        return ""
    try:
        offset = f"{datetime.fromisoformat(repository.authored):%z}"
    except ValueError:
        return ""
    return f" Your last commit says {offset[:3]}:{offset[3:]}." if offset and int(offset) else ""


def _no_schedule(seen: Look, *, test: bool) -> Doubt | None:
    workflow = seen.repository.workflow if seen.repository else None
    if not test or workflow is None or workflow.scheduled:
        return None
    text = "This workflow has no schedule, so Streaky runs only when somebody or something else starts it."
    return Doubt(SCHEDULE, text, _edit(seen, seen.settings.job.workflow))


def _misfit(seen: Look, judgement: Judgement) -> Doubt | None:
    """The schedule against the reminders."""
    workflow = seen.repository.workflow if seen.repository else None
    if workflow is None or judgement.rules.paused(judgement.day.date):
        return None
    wrong = fit.misfit(workflow.crons, judgement.day, seen.settings.speaking)
    if wrong is None:
        return None
    asked = [f"{at:%H:%M}" for at in wrong.asked]
    more = len(asked) - HOURS_SHOWN
    shown = ", ".join(asked[:HOURS_SHOWN]) + (f" and {more} times more" if more > 0 else "")
    file = seen.settings.job.workflow
    text = (
        f"The schedule brings no run between {wrong.first:%H:%M} and {wrong.latest:%H:%M} of your day"
        f" ({seen.zone}): it asks for {shown or 'none at all'}. So no reminder can come at its time. Change"
        f" `cron:` or `timezone:` in {file}, or remind-at."
    )
    return Doubt(SCHEDULE, text, _edit(seen, file))


def _misplaced(seen: Look) -> tuple[Doubt, ...]:
    """Files that look like settings, but are none."""
    wanted = seen.file or CONFIG.default
    paths = seen.repository.misplaced if seen.repository else ()
    return tuple(
        Doubt(SETTINGS, f"{path} is not read: the settings file is {wanted}. Rename it.", _edit(seen, path))
        for path in paths
    )
