"""One person's run, from top to bottom: settle, look, remember, judge, tell."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from streaky.config.settings import Settings
from streaky.config.sources import Sources
from streaky.finding import Limits
from streaky.github import Repository
from streaky.github.client import GraphQL
from streaky.look import local_file, look, own, place

if TYPE_CHECKING:
    from streaky.report import Report

ON_ITS_WAY = 0.03  # seconds until the request is sent; loading earlier would hold it up
log = logging.getLogger("streaky")


def guard(
    sources: Sources,
    clock: datetime,
    *,
    test: bool = False,
    limits: Limits | None = None,
    held: timedelta = timedelta(),
) -> Report:
    """Guard one person's streak once; with `test`, send a test alert whatever the standing.

    `clock` is the present (aware), which a `now` input replaces; `held`: how long this run has waited for a
    reminder already. Raises ConfigurationError before anything is sent.
    """
    limits = limits or Limits()
    file = local_file(sources)
    settings = sources.settle(file, file_may_follow=file is None)
    now = sources.now(clock) + held
    _prepare(settings)
    client = GraphQL(settings.github.graphql_url, settings.github.token, limits.github)
    settings, answer, seen = look(client, settings, sources, file, now)
    log.debug("settled: %s", settings)
    from streaky.due import holding
    from streaky.judge import judge, paused
    from streaky.ledger.opening import open_memory
    from streaky.telling import tell

    memory = open_memory(settings, now, seen, place(settings, sources, file), own(client, settings, limits))
    settings = paused(settings, memory.ledger, now)
    finding = judge(client, settings, sources, answer, memory.ledger, now)
    finding = replace(finding, repository=seen if isinstance(seen, Repository) else None)
    log.debug("found: standing %s, problem %s, notes %s", finding.standing, finding.problem, finding.notes)
    wait = None if test or held else holding(finding)
    if wait:
        limits.hold(wait)
        return guard(sources, clock, limits=limits, held=wait)  # a contribution meanwhile makes it safe
    return tell(finding, memory, sources, limits, test=test)


def _prepare(settings: Settings) -> None:
    """Have what comes after GitHub's answer loaded while that is on its way. What is wrong with an
    Apprise URL is said before GitHub is asked, and only Apprise can tell."""
    import threading
    from importlib import import_module

    modules = ["streaky.judge", "streaky.ledger.opening", "streaky.telling", "streaky.pictures.terminal"]
    modules += {"auto": ["streaky.ledger.branch"], "file": ["streaky.ledger.file"]}.get(settings.ledger, [])
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
