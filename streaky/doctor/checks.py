"""The verdicts, each from what was read and probed. All of it is pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from statistics import median

from streaky.calendar import Day
from streaky.config.settings import Settings
from streaky.config.sources import Origin
from streaky.doctor.facts import Facts, Heard, Place, Schedule, Token, Written
from streaky.doctor.verdict import COULD_NOT_TELL, UNDELIVERED, WRONG, Verdict, fail, ok, warn
from streaky.errors import NEXT_RUN, Fault
from streaky.github.queries import AHEAD, MISPLACED
from streaky.github.repository import Repository
from streaky.github.rest import Forbidden
from streaky.github.workflow import Workflow
from streaky.judge import Judgement
from streaky.ledger.memory import LedgerMemory, Memory
from streaky.look import Look
from streaky.pictures.markdown import minutes
from streaky.schedule import health
from streaky.schedule.crons import Cron, last_time, next_time
from streaky.understanding import NEXT, SCHEDULE, SETTINGS, ZONE, Understood

TOKEN, CALENDAR, PRIVATE = "Token", "Calendar", "Private contributions"
REPOSITORY, LEDGER, CLOCK, CHANNEL = "Repository", "Ledger", "Clock", "Channel"
DAY = timedelta(days=1)
WEEK = 7 * DAY
SOON = 14 * DAY  # before a token expires
LISTED = 100  # runs, at most
SLOW, WRONG_BY = timedelta(minutes=2), timedelta(minutes=30)  # of a clock
PERMISSION = "Give the job `permissions: actions: read`."
SECRET = (
    "Make a new token, and replace the repository secret behind `token`"
    " (Settings → Secrets and variables → Actions)."
)
# The states of a workflow. Source: GitHub REST docs, "Get a workflow".
DISABLED = {
    "disabled_inactivity": "GitHub has disabled this workflow, after 60 days without activity.",
    "disabled_manually": "Somebody has disabled this workflow.",
    "disabled_fork": "GitHub disables the schedules of a fork.",
    "deleted": "GitHub says that this workflow was deleted.",
}


def settings(faults: Sequence[Fault], origins: Sequence[Origin]) -> Iterator[Verdict]:
    """Each setting that is wrong, or that all can be read."""
    for fault in faults:
        place = f" In {fault.place}." if fault.place and fault.place.in_file else ""
        source = f" (from {fault.place})" if fault.place and not fault.place.in_file else ""
        yield fail(WRONG, fault.input, f"{fault.what}{source}{place}", fault.mend)
    if not faults:
        given = [each.name for each in origins if each.source]
        yield ok(SETTINGS, f"All can be read. Set: {', '.join(given)}. The others have their defaults.")


def understood(what: Understood, faults: Sequence[Fault]) -> Iterator[Verdict]:
    """What a run would understand of settings file, zone and schedule, and every doubt about it."""
    wrong = {ZONE, NEXT} if any(fault.input == "timezone" for fault in faults) else set()
    for doubt in what.doubts:
        if doubt.about not in wrong:
            unsure = " (This takes your days to be in UTC, until timezone is right.)"
            text = doubt.text + unsure if wrong and doubt.about == SCHEDULE else doubt.text
            yield warn(doubt.about, text, link=doubt.link)
    doubted = wrong | {doubt.about for doubt in what.doubts}
    for point in what.points:
        if point.name in (SETTINGS, ZONE, NEXT, "Pause") and point.name not in doubted:
            name = "Settings file" if point.name == SETTINGS else point.name
            yield ok(name, f"{point.text[:1].upper()}{point.text[1:]}.", link=point.link)


def calendar(seen: Look, judgement: Judgement, now: datetime) -> Iterator[Verdict]:
    """Whether GitHub shows the person's days, as far ahead as was asked for."""
    problem = judgement.problem
    if problem and seen.settings.github.token:
        yield fail(COULD_NOT_TELL, CALENDAR, f"{problem.what} {problem.why}".strip(), problem.mend)
    if seen.refusal and str(seen.refusal) != str(problem):
        yield warn(REPOSITORY, f"{seen.refusal.what} {seen.refusal.why}".strip(), seen.refusal.mend)
    if problem or seen.person is None:
        return
    asked, last = now.astimezone(UTC).date() + AHEAD, seen.person.calendar.last
    profile = seen.settings.github.profile(judgement.login)
    if last >= asked:
        yield ok(CALENDAR, f"GitHub shows it up to {last}, as it was asked to.", link=profile)
    else:
        text = f"GitHub shows it up to {last} only, though {asked} was asked for."
        yield warn(CALENDAR, text, "Near midnight, ahead of UTC, today may be missing from it.", profile)


def private(seen: Look, token: Token | None) -> Iterator[Verdict]:
    """Whether the counts hold private contributions, and how they can."""
    if seen.person is None:
        return
    if seen.person.private:
        yield ok(PRIVATE, "The counts hold them.")
        return
    text = "The counts hold none. That is well if you have none."
    advice = "Else turn on Private contributions on your profile (Contribution settings)"
    own = token is not None and token.problem is None
    more = "." if own else ", or give your own token, with `read:user`, as the secret behind `token`."
    yield ok(PRIVATE, text, advice + more, seen.settings.github.profile(seen.person.login))


def token(found: Token | None, user: str, now: datetime, *, works: bool) -> Iterator[Verdict]:
    """Whose token reads GitHub, what it sees, and until when. `works`: it has read the calendar."""
    if found is None:
        yield ok(
            TOKEN, "The job's own. It sees public contributions, and private ones if your profile shows them."
        )
        return
    if isinstance(found.problem, Forbidden) and works:
        yield ok(TOKEN, "One that does not tell whose it is, such as an app's. It reads the calendar.")
        return
    if isinstance(found.problem, Forbidden):
        text = f"GitHub does not accept the personal token. {found.problem.what}"
        yield fail(COULD_NOT_TELL, TOKEN, text, f"It may have expired. {SECRET}")
        return
    if found.problem:
        yield warn(TOKEN, f"A personal one, of which GitHub said nothing. {found.problem.what}", NEXT_RUN)
        return
    yield ok(TOKEN, f"A personal one, of {found.login}.")
    if found.login.casefold() != user.casefold():
        text = f"It belongs to {found.login}, so it sees of {user} only what everybody sees."
        yield warn(TOKEN, text, f"To count private contributions, use a token of {user}.")
    if found.scopes is not None and not found.scopes & {"user", "read:user"}:
        text = "It lacks the scope `read:user`, so private contributions may be missing."
        yield warn(TOKEN, text, "Add the scope to the token.")
    if found.expires and found.expires <= now + SOON:
        left = (found.expires - now) // DAY
        when = "has expired" if left < 0 else f"expires in {left} days"
        yield warn(TOKEN, f"It {when}, on {found.expires:%Y-%m-%d}.", SECRET)
    elif found.expires:
        yield ok(TOKEN, f"It expires on {found.expires:%Y-%m-%d}.")


def schedule(seen: Look, found: Schedule | None, day: Day, now: datetime) -> Iterator[Verdict]:
    """Whether GitHub brings runs of this workflow, and how many."""
    config = seen.settings
    if found is None and config.job.workflow and seen.repository is None:
        yield warn(SCHEDULE, "The repository could not be read, so no schedule was looked at.")
        return
    if found is None:
        mend = "Start the workflow by hand, with the choice doctor."
        yield warn(SCHEDULE, "This is no run of a workflow, so no schedule was looked at.", mend)
        return
    workflow = seen.repository.workflow if seen.repository else None
    if seen.repository and workflow is None:
        text = f"{config.job.workflow} is not on the default branch, or cannot be read there."
        yield fail(
            WRONG, SCHEDULE, text, "GitHub runs schedules of the default branch only: commit it there."
        )
    if workflow and workflow.scheduled and not workflow.crons:
        text = "None of its lines is one that GitHub accepts."
        mend = 'Write five fields, as in `cron: "17 13-23 * * *"`, and an IANA name as `timezone:`.'
        yield fail(WRONG, SCHEDULE, text, mend, config.workflow_page)
    if found.problem:
        text = f"GitHub does not say whether and when it ran. {found.problem.what}"
        yield warn(SCHEDULE, text, found.problem.mend or PERMISSION)
    else:
        if found.state in DISABLED:
            yield fail(WRONG, SCHEDULE, DISABLED[found.state], "Enable it on its page.", config.workflow_page)
        if workflow and workflow.crons and found.state == "active":
            yield _runs(workflow.crons, found, day, now, config.workflow_page)
    if seen.repository:
        yield from _sixty_days(seen.repository, workflow, day, config)


def _runs(crons: Sequence[Cron], found: Schedule, day: Day, now: datetime, page: str) -> Verdict:
    """How many runs came of those that were asked for."""

    def local(moment: datetime) -> str:
        return f"{moment.astimezone(day.zone):%Y-%m-%d %H:%M}"

    began = max(found.created or now - WEEK, now - WEEK)
    mend = "Disable and enable the workflow on its page, or wake it with an outside timer."
    if not found.starts:
        first = next_time(crons, found.created or began)
        if first is None:
            return warn(SCHEDULE, "Its lines ask for no run at all.", "Correct `cron:`.", page)
        if first > now:
            return ok(SCHEDULE, f"It is enabled. The first run is asked for at {local(first)}.", link=page)
        if now - first < DAY:
            text = f"It is enabled, and has brought no run yet; the first was asked for at {local(first)}."
            return ok(SCHEDULE, text, "GitHub is often late by hours.", page)
        return warn(SCHEDULE, f"It has never brought a run, since {local(first)}.", mend, page)
    last = found.starts[-1]
    due = next_time(crons, last)
    if due and now - due > DAY:
        return warn(SCHEDULE, f"It has brought no run since {local(last)}.", mend, page)
    if len(found.starts) == LISTED:
        began = max(began, found.starts[0])
    starts = [each for each in found.starts if each >= began]
    said = f"It is enabled. The last run came at {local(last)}."
    if starts:
        asked, late = _asked(crons, began, now), _late(crons, starts)
        said += f" Since {local(began)}, {len(starts)} of {max(asked, len(starts))} runs came,"
        said += f" usually {minutes(late)} late or more."
    return ok(SCHEDULE, said, link=page)


def _asked(crons: Sequence[Cron], began: datetime, now: datetime) -> int:
    """How many runs were asked for."""
    count, moment = 0, next_time(crons, began)
    while moment is not None and moment <= now:
        count, moment = count + 1, next_time(crons, moment)
    return count


def _late(crons: Sequence[Cron], starts: Sequence[datetime]) -> timedelta:
    """The median of the least that these runs were late by."""
    befores = ((start, last_time(crons, start)) for start in starts)
    late = [(start - before).total_seconds() for start, before in befores if before]
    return timedelta(seconds=median(late or [0.0]))


def _sixty_days(
    repository: Repository, workflow: Workflow | None, day: Day, config: Settings
) -> Iterator[Verdict]:
    """When GitHub disables the schedule of a public repository without activity."""
    if not (repository.public and repository.active and workflow and workflow.scheduled):
        return
    until = repository.active + timedelta(days=health.DISABLED)
    text = f"Without a commit to {repository.branch}, GitHub disables it around {until} (after 60 days)."
    if (day.date - repository.active).days >= health.WARNED[0]:
        mend = "Make any commit there, such as an update of the workflow."
        yield warn(SCHEDULE, text, mend, config.github.page("edit", repository.branch, config.job.workflow))
    else:
        yield ok(SCHEDULE, text)


def ledger(memory: Memory, written: Written | None, config: Settings) -> Iterator[Verdict]:
    """Whether what was sent can be remembered."""
    if not isinstance(memory, LedgerMemory):
        if config.ledger == "none":
            yield ok(LEDGER, "There is none, as `ledger` asks for.")
        else:
            reason, why = memory.place.rstrip("."), memory.place.removeprefix("none. ")
            text = why if why != memory.place else f"There is {reason}."
            mended = "permissions:" in why or "could not be read" in why
            yield warn(LEDGER, text, "" if mended else _remember(config))
    elif written is None:
        yield ok(LEDGER, f"It lies on {memory.place}. Nothing was written, since this is a dry run.")
    elif written.problem:
        found = written.problem
        yield warn(LEDGER, f"{found.what} {found.why}".strip(), found.mend)
    else:
        signed = {True: " GitHub signs its commits.", False: " GitHub does not sign its commits."}
        more = "" if written.signed is None else signed[written.signed]
        yield ok(LEDGER, f"It was written, on {memory.place}.{more}")


def _remember(config: Settings) -> str:
    """How this run could remember."""
    if config.ledger == "file":
        return "Correct the path in `ledger`."
    if config.github.repository:
        return "Give the job `permissions: contents: write`. Without a ledger an alert may come twice."
    return "Set ledger to file:PATH."


def channels(heard: Sequence[Heard]) -> Iterator[Verdict]:
    """Whether each channel's service knows the address."""
    for each in heard:
        name = f"{CHANNEL} {each.channel}"
        if each.problem:
            text = f"{each.problem.what} {each.problem.why}".strip()
            yield fail(UNDELIVERED, name, text, each.problem.mend)
        else:
            yield ok(name, each.said)


def place(found: Place | None, config: Settings) -> Iterator[Verdict]:
    """Whether the repository can work at all, and whether the runner's clock is right."""
    if found is None or found.problem:
        return
    if found.archived:
        text = "It is archived, so GitHub runs no schedule and takes no ledger."
        yield fail(
            WRONG,
            "Repository",
            text,
            "Unarchive it (Settings, at the bottom).",
            config.github.page("settings"),
        )
    if found.asked is None or found.answered is None:
        return
    off = abs(found.asked - found.answered)
    text = f"The runner's differs from GitHub's by {off.total_seconds() / 60:.0f} minutes."
    mend = "Set the clock of this machine."
    if off >= WRONG_BY:
        yield fail(WRONG, CLOCK, text, mend)
    elif off >= SLOW:
        yield warn(CLOCK, text, mend)
    else:
        yield ok(CLOCK, "The runner's and GitHub's agree.")


def missing_file(seen: Look) -> Iterator[Verdict]:
    """Whether GitHub tells a file that is missing from an error, on which the search for settings rests."""
    if seen.repository and len(seen.repository.misplaced) < len(MISPLACED):
        yield ok(REPOSITORY, "GitHub shows it, and says of a file that is missing that there is none.")


def github(
    seen: Look, judgement: Judgement, memory: Memory, facts: Facts, now: datetime
) -> Iterator[Verdict]:
    """All that only GitHub can tell."""
    config = seen.settings
    if config.github.token:
        works = seen.person is not None
        if works or facts.token:  # else the calendar's own line says why
            yield from token(facts.token, judgement.login, now, works=works)
    yield from private(seen, facts.token)
    yield from schedule(seen, facts.schedule, judgement.day, now)
    yield from ledger(memory, facts.written, config)
    yield from place(facts.place, config)
    yield from missing_file(seen)
