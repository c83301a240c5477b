"""What the workflow's file says: when GitHub runs it, and what the job that calls us may do.

Source: GitHub docs, workflow syntax: `on.schedule`, `permissions`, `jobs.<job_id>.uses`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from typing import Any, Literal, get_args

from cronsim import CronSim, CronSimError

from streaky import REPOSITORY, zones
from streaky.errors import Fault, Place
from streaky.runner.job import WORKFLOWS, Job
from streaky.schedule.crons import Cron

BIGGEST = 131_072  # characters of a file; one that GitHub runs has a few thousand
# What is ours, as a workflow of our own repository names it: the action, and the reusable workflows.
OURS = ("", *(f"{WORKFLOWS}{name}.yml" for name in ("guard", "team")))
DEEPEST = 20  # levels of nesting; what is read here lies at the sixth
MOST_ENTRIES = 50
MOST_JOBS = 256
MOST_STEPS = 1000
PAUSE = "pause-until"  # the input of workflow_dispatch that sets a pause
UNCHOSEN = ("UTC", "Etc/UTC")  # what GitHub means without a zone, and what the template begins with

Grant = Literal["read", "write", "none"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of `on.schedule`.

    `zone`: the zone's name as it is written, "" where the entry has none, which means UTC; `line`: where the
    entry begins in the file, from 1.
    """

    cron: Cron
    zone: str
    line: int


@dataclass(frozen=True, slots=True)
class Workflow:
    """A workflow as Streaky needs to know it.

    `entries`: those of the schedule that GitHub would accept. `contents`, `issues`, `actions`: what the job
    that calls us is granted; None where the file does not say, so that the repository's default holds, or
    where it cannot be told which job that is. `scheduled`: whether it has a schedule; `dispatch`: whether a
    person can start it by hand; `pause`: whether they can set a pause there.
    """

    entries: tuple[Entry, ...] = ()
    contents: Grant | None = None
    issues: Grant | None = None
    actions: Grant | None = None
    scheduled: bool = False
    dispatch: bool = False
    pause: bool = False

    @property
    def crons(self) -> tuple[Cron, ...]:
        """The cron lines, each with its zone."""
        return tuple(entry.cron for entry in self.entries)

    @property
    def zones(self) -> tuple[str, ...]:
        """The zones that the entries name, each once, in the order of the file."""
        return tuple(dict.fromkeys(entry.zone for entry in self.entries if entry.zone))

    def chosen_zone(self, path: str) -> Entry | Fault | None:
        """The entry that names the schedule's one time zone. None where no entry names any but UTC: nobody
        has chosen that one yet. A fault where the entries name different ones; `path` is the workflow's."""
        named: dict[str, Entry] = {}
        for entry in self.entries:
            if entry.zone:
                named.setdefault("UTC" if entry.zone in UNCHOSEN else entry.zone, entry)
        if len(named) > 1:
            listed = ", ".join(f"{entry.zone} (line {entry.line})" for entry in named.values())
            return Fault(
                "timezone",
                f"the entries of the schedule name different time zones: {listed}.",
                "Write the same one under each, or say which one your days are in: set timezone itself.",
                Place(path, list(named.values())[1].line, 1),
            )
        return next((entry for zone, entry in named.items() if zone != "UTC"), None)


@lru_cache(maxsize=4)
def read_workflow(text: str, job: Job) -> Workflow | None:
    """What the text of a workflow says; None for what GitHub could not run. `job` tells ours from others.

    The parse takes 1 ms with PyYAML's C parser, 8 ms without it, once in a process.
    """
    try:
        document = _document(text)
        events = document["on"]
    except (_Unreadable, KeyError):
        return None
    if isinstance(events, str):
        events = [events]
    if isinstance(events, list):
        events = dict.fromkeys((each for each in events if isinstance(each, str)), "")
    if not isinstance(events, dict):
        return None
    schedule = events.get("schedule")
    by_hand = events.get("workflow_dispatch")
    inputs = by_hand.get("inputs") if isinstance(by_hand, dict) else None
    jobs = _callers(document, job.id)
    contents, issues, actions = (_grant(document, jobs, scope) for scope in ("contents", "issues", "actions"))
    return Workflow(
        entries=tuple(_entries(schedule)) if isinstance(schedule, list) else (),
        contents=contents,
        issues=issues,
        actions=actions,
        scheduled=bool(schedule),
        dispatch=by_hand is not None,
        pause=isinstance(inputs, dict) and PAUSE in inputs,
    )


def _entries(schedule: list[Any]) -> Iterator[Entry]:
    """The entries that GitHub would accept."""
    for entry in schedule[:MOST_ENTRIES]:
        if not isinstance(entry, _Map):
            continue
        line, name = entry.get("cron"), entry.get("timezone", "")
        zone = _zone(name) if isinstance(name, str) else None
        # Five fields, since the library would take one for seconds, too.
        if zone is None or not isinstance(line, str) or len(line.split()) != 5:
            continue
        try:
            CronSim(line, datetime(2026, 1, 1, tzinfo=UTC))
        except CronSimError:
            continue
        yield Entry(Cron(line, zone), name, entry.line)


def _zone(name: str) -> tzinfo | None:
    """A zone as GitHub knows it: any IANA name, also one that a person should not choose."""
    if name in ("", *UNCHOSEN):
        return UTC  # needs no database
    return zones.named(name)


# Which job is ours


def _callers(document: Mapping[str, Any], own: str) -> Sequence[Mapping[str, Any]]:
    """The jobs that may be the one that calls us, at least one; `own`: the id of the running job, or "".

    A job of a called workflow has an id from there (actions/runner#2577), so `own` tells only apart those
    jobs that call us in a step.
    """
    listed = document.get("jobs")
    pairs = list(listed.items())[:MOST_JOBS] if isinstance(listed, dict) else []
    jobs = {name: job for name, job in pairs if isinstance(job, dict)}
    for ours in (_by_name, _by_path):
        found = {name: job for name, job in jobs.items() if any(map(ours, _used(job)))}
        if found:
            running = [job for name, job in found.items() if "uses" in job or own in (name, "")]
            return running or list(found.values())
    return [jobs[own]] if own in jobs else list(jobs.values()) or [{}]


def _used(job: Mapping[str, Any]) -> Iterator[str]:
    """What a job uses: the workflow that it calls, or its steps' actions."""
    steps = job.get("steps")
    for each in (job, *(steps[:MOST_STEPS] if isinstance(steps, list) else ())):
        used = each.get("uses") if isinstance(each, dict) else None
        if isinstance(used, str):
            yield used


def _by_name(used: str) -> bool:
    """Whether this names our repository; under any owner, since forks and mirrors are called, too."""
    parts = used.partition("@")[0].split("/")
    return len(parts) > 1 and parts[0] not in (".", "$") and parts[1].lower() == REPOSITORY.split("/")[1]


def _by_path(used: str) -> bool:
    """Whether this is our action or reusable workflow, seen from a workflow of our own repository."""
    return used[:2] in ("./", "$/") and used[2:] in OURS


def _grant(document: Mapping[str, Any], jobs: Sequence[Mapping[str, Any]], scope: str) -> Grant | None:
    """What the jobs are granted; None where that is not said, or where they differ."""
    # A job's permissions replace the workflow's: what it does not name is none.
    said = {_power(job.get("permissions", document.get("permissions")), scope) for job in jobs}
    return said.pop() if len(said) == 1 else None


def _power(permissions: Any, scope: str) -> Grant | None:
    said = permissions
    if isinstance(permissions, dict):
        said = permissions.get(scope, "none")
    elif permissions in ("read-all", "write-all"):
        said = permissions.removesuffix("-all")
    return next((power for power in get_args(Grant) if power == said), None)


# YAML


class _Unreadable(Exception):
    """The text is no YAML that GitHub could run."""


class _Map(dict[str, Any]):
    """A mapping, and the line it begins at, from 1."""

    line = 0


def _document(text: str) -> Mapping[str, Any]:
    """A YAML document as mappings, lists and the text of its scalars. Raises _Unreadable.

    It is built from events, without regard to tags and merge keys, which GitHub does not know either: so no
    text can make it large or slow, and none that is nested deeply ends the process, as one does in PyYAML's
    own C composer.
    """
    import yaml  # 20 ms

    if len(text) > BIGGEST:
        raise _Unreadable
    try:
        events = yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        kept = (event for event in events if not isinstance(event, _skipped(yaml)))
        found = _Builder(yaml, kept).build(next(kept), 0)
        if isinstance(found, _Map) and next(kept, None) is None:
            return found
    except (yaml.YAMLError, ValueError, StopIteration):
        pass
    raise _Unreadable


def _skipped(yaml: Any) -> tuple[type, ...]:
    """The events that hold nothing."""
    return (yaml.StreamStartEvent, yaml.StreamEndEvent, yaml.DocumentStartEvent, yaml.DocumentEndEvent)


class _Builder:
    """Puts a document together. An alias is the very value of its anchor, never a copy."""

    def __init__(self, yaml: Any, events: Iterator[Any]) -> None:
        self.yaml, self.events = yaml, events
        self.anchors: dict[str, Any] = {}

    def build(self, event: Any, depth: int) -> Any:
        yaml = self.yaml
        found: Any
        if depth > DEEPEST:
            raise _Unreadable
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self.anchors:
                raise _Unreadable
            return self.anchors[event.anchor]
        if isinstance(event, yaml.ScalarEvent):
            found = event.value
        elif isinstance(event, yaml.SequenceStartEvent):
            found = [self.build(each, depth + 1) for each in self.until(yaml.SequenceEndEvent)]
        else:
            found = _Map()
            found.line = event.start_mark.line + 1
            for each in self.until(yaml.MappingEndEvent):
                key, value = self.build(each, depth + 1), self.build(next(self.events), depth + 1)
                if not isinstance(key, str) or key in found:
                    raise _Unreadable
                found[key] = value
        if event.anchor:
            self.anchors[event.anchor] = found
        return found

    def until(self, end: type) -> Iterator[Any]:
        for event in self.events:
            if isinstance(event, end):
                return
            yield event
