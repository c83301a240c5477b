"""One person's run, from top to bottom: settle, read, judge, tell."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from streaky import configfile, github, streak
from streaky.calendar import Day
from streaky.config import Settings, Sources
from streaky.configfile import ConfigFile
from streaky.errors import NEXT_RUN, CouldNotTell
from streaky.finding import Finding, Limits
from streaky.github import Nobody, Reading
from streaky.github.client import GraphQL
from streaky.inputs import IN_FILE

if TYPE_CHECKING:
    from streaky.report import Report

ON_ITS_WAY = 0.03  # seconds until the request is sent; loading earlier would hold it up
log = logging.getLogger("streaky")


def guard(sources: Sources, clock: datetime, *, test: bool = False, limits: Limits | None = None) -> Report:
    """Guard one person's streak once; with `test`, send a test alert whatever the standing.

    `clock` is the present (aware), which a `now` input replaces. Raises ConfigurationError before
    anything is sent.
    """
    limits = limits or Limits()
    file = _local_file(sources)
    settings = sources.settle(file, clock, file_may_follow=file is None)
    _prepare(settings)
    finding = _look(settings, sources, file, limits)
    log.debug("settled: %s", finding.settings)
    log.debug("found: standing %s, problem %s, notes %s", finding.standing, finding.problem, finding.notes)
    from streaky.telling import tell

    return tell(finding, sources, limits, test=test)


def _prepare(settings: Settings) -> None:
    """Have what comes after GitHub's answer loaded while that is on its way. What is wrong with an
    Apprise URL is said before GitHub is asked, and only Apprise can tell."""
    import threading
    from importlib import import_module

    modules = ["streaky.telling", "streaky.pictures.terminal"]
    named = ("discord", settings.discord), ("telegram", settings.telegram), ("webhook", settings.webhook)
    modules += [f"streaky.channels.{name}" for name, channel in named if channel]

    def load() -> None:
        with suppress(ImportError):  # it comes again where the module is used
            for name in modules:
                import_module(name)

    loading = threading.Timer(ON_ITS_WAY, load)
    loading.daemon = True
    loading.start()
    if settings.apprise:
        from streaky.channels.apprise import open_apprise

        open_apprise(settings.apprise)


def _local_file(sources: Sources) -> ConfigFile | None:
    """The config file of the workspace; None where the repository's own is to be asked for."""
    name, path = sources.config_path, Path(sources.workspace, sources.config_path)
    missing = ConfigFile(name)
    try:
        if path.is_file():
            with path.open("rb") as stream:
                return configfile.read(stream.read(configfile.BIGGEST + 1), name, IN_FILE)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "that is no path"
        missing.fault(0, 0, "config", f"{name} cannot be read: {reason}.")
        return missing
    if sources.in_repository:
        return None
    if sources.names_config:
        missing.fault(0, 0, "config", f"{name} does not exist.", "Correct the path, or remove it.")
    return missing


def _look(settings: Settings, sources: Sources, file: ConfigFile | None, limits: Limits) -> Finding:
    """Read GitHub, and the config file there where none is local, and judge."""
    client = GraphQL(settings.github.graphql_url, settings.github.token, limits.github)
    try:
        repository = settings.github.repository if file is None else None
        answer = github.read(client, settings.user, settings.now, repository, sources.config_path)
        if file is None:
            guessed, settings = settings, sources.settle(_remote_file(answer, sources), settings.now)
            if settings.user.lower() != guessed.user.lower():
                answer = github.read(client, settings.user, settings.now)
        if isinstance(answer, Nobody):
            raise answer.problem
        finding = _judge(client, settings, answer)
        return replace(finding, notes=tuple(sources.redact(note) for note in finding.notes))
    except CouldNotTell as problem:
        said = CouldNotTell(*(sources.redact(part) for part in (problem.what, problem.why, problem.mend)))
        return Finding(settings, problem=said)


def _remote_file(answer: Reading | Nobody, sources: Sources) -> ConfigFile:
    """The config file as the repository has it."""
    if answer.config is not None:
        return configfile.read(answer.config, sources.config_path, IN_FILE)
    missing = ConfigFile(sources.config_path)
    if sources.names_config:
        what = f"{sources.config_path} does not exist, neither here nor in the repository."
        missing.fault(0, 0, "config", what, "Correct the path, or remove it.")
    return missing


def _judge(client: GraphQL, settings: Settings, reading: Reading) -> Finding:
    """Where the person stands today, with older years where a streak reaches back to them."""
    today, calendar = Day.at(settings.now, settings.zone).date, reading.calendar
    recent = {f"{day}": calendar.count(day) for day in calendar.days(today) if (today - day).days < 14}
    log.debug("calendar of %s, %s to %s: %s", reading.login, calendar.first, calendar.last, recent)
    if not calendar.covers(today):
        what = f"GitHub's calendar runs from {calendar.first} to {calendar.last}, without today, {today}."
        raise CouldNotTell(what, "", NEXT_RUN)
    since = calendar.first
    notes: tuple[str, ...] = ()
    if not reading.full:
        notes = ("GitHub refused to read the last year, so this comes from the last 14 days.",)
    elif not reading.whole and streak.needs_older(calendar, today, settings.rules):
        try:
            reading = github.read_older(client, reading)
        except CouldNotTell as problem:
            notes = (f"The years before could not be read, so the streak is a lower bound. {problem}",)
    standing = streak.stand(
        reading.calendar, today, settings.rules, whole=reading.whole, full=reading.full, since=since
    )
    return Finding(settings, reading, standing, notes=notes)
