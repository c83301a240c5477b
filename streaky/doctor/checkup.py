"""One checkup: read what a run reads, ask what only the others know, and say how each thing stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from typing import Any, TypeVar

from streaky import judge
from streaky.calendar import Day
from streaky.channels.address import Address
from streaky.config.file import ConfigFile
from streaky.config.settings import Settings
from streaky.config.sources import Examined, Sources
from streaky.doctor import checks
from streaky.doctor.probes import probe
from streaky.doctor.verdict import Checkup, Level, Verdict
from streaky.errors import ConfigurationError, Fault
from streaky.http import Patience
from streaky.input.refusal import visible
from streaky.ledger.memory import Opener
from streaky.limits import Limits
from streaky.look import Look, look
from streaky.understanding import understand

T = TypeVar("T")
ORDER = (Level.FAIL, Level.WARN, Level.OK)


def examine(
    sources: Sources, clock: datetime, limits: Limits | None = None, *, after_test: bool = False
) -> Checkup:
    """Look at everything that the guard depends on, in spite of all that is wrong. Nothing is sent.

    `clock` is the present (aware), which a `now` input replaces. `after_test`: leave out what a test alert
    has said already, of the settings and the channels.
    """
    limits, now, spoiled = limits or Limits(), sources.now(clock), _Spoiled(sources)
    seen = spoiled.attempt(look, sources, now, Patience(limits.github), spoiled.settle)
    examined = spoiled.examined
    if seen is None:  # such as a settings file that is no text; what else there is can be asked all the same
        facts = probe(examined.settings, None, None, limits, channels=not after_test)
        found = [*checks.settings(spoiled.faults, examined.origins), *checks.channels(facts.heard)]
        return _checkup(examined.settings.user, now, found, sources, examined)
    if spoiled.attempt(_zone, seen) is None:  # a schedule with several
        seen = replace(seen, settings=replace(seen.settings, zone=UTC))
    spoiled.attempt(seen.settings.require_channel, seen.repository)
    settings, day = seen.settings, Day.at(now, seen.zone)
    memory = Opener(
        settings, seen.clients, seen.repository, seen.refusal, seen.where, day.date, limits
    ).open()
    rules = spoiled.attempt(judge.rules_in_force, settings, memory.ledger, day.date)
    judgement = judge.judge(seen, rules or settings.rules, memory.ledger, day)
    understood = understand(seen, judgement, now, memory.place, memory.ledger, test=True)
    # Where GitHub has not answered at all, it is not asked on and on.
    answered = seen.person is not None or seen.repository is not None
    clients, tried = (seen.clients, memory) if answered else (None, None)
    facts = probe(settings, clients, tried, limits, seen.repository, channels=not after_test)
    verdicts: list[Verdict] = []
    if not after_test:
        verdicts += checks.settings(spoiled.faults, examined.origins)
        verdicts += checks.understood(understood, spoiled.faults)
        verdicts += checks.channels(facts.heard)
    if not (after_test and judgement.problem):
        verdicts += checks.calendar(seen, judgement, now)
    verdicts += checks.github(seen, judgement, memory, facts, now)
    return _checkup(judgement.login, now.astimezone(day.zone), verdicts, sources, examined)


def _zone(seen: Look) -> tzinfo:
    return seen.zone


def _checkup(
    user: str, now: datetime, found: Iterable[Verdict], sources: Sources, examined: Examined
) -> Checkup:
    def clean(text: str) -> str:
        return visible(sources.redact(text))

    verdicts = (
        replace(each, text=clean(each.text), mend=clean(each.mend), link=clean(each.link)) for each in found
    )
    ordered = tuple(sorted(verdicts, key=lambda each: ORDER.index(each.level)))
    origins = tuple(
        replace(each, value=clean(each.value), source=clean(each.source)) for each in examined.origins
    )
    return Checkup(clean(user), now, ordered, origins, examined.settings.job.run)


class _Spoiled:
    """Collects what is wrong with the settings, so that the rest can be looked at."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._others: list[Fault] = []
        self.examined = sources.examine(None, file_may_follow=True)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """All faults so far, each once."""
        return tuple(dict.fromkeys((*self.examined.faults, *self._others)))

    def settle(self, file: ConfigFile | None, *, file_may_follow: bool = False) -> Settings:
        """As `Sources.settle`, but a default stands in for what is wrong."""
        self.examined = self._sources.examine(file, file_may_follow=file_may_follow)
        settings = self.examined.settings
        right = tuple(each for each in settings.channels if self._is_right(each))
        self.examined = replace(self.examined, settings=replace(settings, channels=right))
        return self.examined.settings

    def _is_right(self, address: Address) -> bool:
        try:
            address.check()
        except ConfigurationError as error:
            self._others += error.faults
            return False
        return True

    def attempt(self, step: Callable[..., T], *about: Any) -> T | None:
        """What a step gives; None where the configuration keeps it from that."""
        try:
            return step(*about)
        except ConfigurationError as error:
            self._others += error.faults
            return None
