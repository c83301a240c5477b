"""Reading a person, their config file and their repository, in as few requests as can be."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from streaky import github
from streaky.config import file as config_file
from streaky.config.file import ConfigFile
from streaky.config.inputs import IN_FILE
from streaky.config.settings import Settings
from streaky.config.sources import Sources
from streaky.errors import ConfigurationError, CouldNotTell, Fault
from streaky.github import Answer, Person, Where
from streaky.github.client import Refused
from streaky.github.clients import Clients, clients
from streaky.http import Patience
from streaky.preload import preload

if TYPE_CHECKING:
    from streaky.github.repository import Repository
    from streaky.github.workflow import Entry

LEDGER = "ledger.json"


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at GitHub showed, and the settings that hold.

    `person` and `repository` are None where they could not be read, `problem` and `refusal` then say why;
    outside of a repository all about it is None. `where`: what lies where in the repository. `since`: the
    longest streak is looked for from this date on (None: in all years); `all_time`: it is that of all years;
    `notes`: what the person should know of the reading; `file`: where the settings file lies, None for none;
    `token_ends`: when the person's own token expires, None for never.
    """

    settings: Settings
    clients: Clients
    where: Where | None
    person: Person | None = None
    problem: CouldNotTell | None = None
    repository: Repository | None = None
    refusal: CouldNotTell | None = None
    since: date | None = None
    all_time: bool = False
    notes: tuple[str, ...] = ()
    file: str | None = None
    token_ends: datetime | None = None

    @property
    def schedule_zone(self) -> Entry | Fault | None:
        """What the workflow's own schedule says of the zone: see `Workflow.chosen_zone`."""
        workflow = self.repository.workflow if self.repository else None
        return workflow.chosen_zone(self.settings.job.workflow) if workflow else None

    @property
    def discreet(self) -> bool:
        """Whether counts stay unsaid: they come from the person's own token, and everybody can read here."""
        return self.repository is not None and self.repository.public and self.own_token

    @property
    def own_token(self) -> bool:
        """Whether a token of the person's own reads them, which may see more than the job's."""
        return self.settings.github.own_token

    @property
    def zone(self) -> tzinfo:
        """The zone that the person's days are in: the settings', the schedule's, else UTC.

        Raises ConfigurationError where the schedule names several.
        """
        if self.settings.zone:
            return self.settings.zone
        chosen = self.schedule_zone
        if isinstance(chosen, Fault):
            raise ConfigurationError((chosen,))
        return chosen.cron.zone if chosen else UTC


class Settle(Protocol):
    """Makes settings of what the file says, as `Sources.settle` does."""

    def __call__(self, file: ConfigFile | None, *, file_may_follow: bool = False) -> Settings: ...


def look(sources: Sources, now: datetime, patience: Patience, settle: Settle | None = None) -> Look:
    """Read GitHub, and the config file there where the workspace has none.

    `settle`: another way than the sources' own to make the settings. Raises ConfigurationError, before GitHub
    is asked for all that is known by then.
    """
    settle, file = settle or sources.settle, local_file(sources)
    settings = settle(file, file_may_follow=file is None)
    settings.check_channels()
    preload(settings)
    asked = clients(settings.github)
    seen = _ask(settings, asked, _where(settings, sources, file), now, patience)
    if file is None and seen.repository is not None:
        settled = settle(_remote_file(seen.repository, sources))
        settled.check_channels()
        if settled.user.lower() == settings.user.lower():
            seen = replace(seen, settings=settled)
        else:
            seen = _ask(settled, asked, _where(settled, sources, file), now, patience)
    elif file is None and seen.where is not None and seen.problem is None:
        # Without the config file nobody knows whose day to judge, nor when it ends.
        seen = replace(seen, person=None, problem=seen.refusal)
    seen = _with_issue(seen, patience)
    remote = seen.repository is not None and seen.repository.config is not None
    found = file is not None and Path(sources.workspace, sources.config_path).is_file()
    return replace(
        seen,
        token_ends=asked.reader.token_ends,
        problem=_redacted(seen.problem, sources),
        refusal=_redacted(seen.refusal, sources),
        file=sources.config_path if found or remote else None,
    )


def local_file(sources: Sources) -> ConfigFile | None:
    """The config file of the workspace; None where the repository's own is to be asked for."""
    name, path = sources.config_path, Path(sources.workspace, sources.config_path)
    missing = ConfigFile(name)
    try:
        if path.is_file():
            with path.open("rb") as stream:
                return config_file.read(stream.read(config_file.BIGGEST + 1), name, IN_FILE)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "that is no path"
        missing.fault(0, 0, "config", f"{name} cannot be read: {reason}.")
        return missing
    if sources.in_repository:
        return None
    if sources.names_config:
        missing.fault(0, 0, "config", f"{name} does not exist.", "Correct the path, or remove it.")
    return missing


def _remote_file(seen: Repository, sources: Sources) -> ConfigFile:
    """The config file as the repository has it."""
    if seen.config is not None:
        return config_file.read(seen.config, sources.config_path, IN_FILE)
    missing = ConfigFile(sources.config_path)
    if sources.names_config:
        what = f"{sources.config_path} does not exist, neither here nor in the repository."
        missing.fault(0, 0, "config", what, "Correct the path, or remove it.")
    return missing


def _where(settings: Settings, sources: Sources, file: ConfigFile | None) -> Where | None:
    """Where in the repository the config file, if none is local, the ledger and the workflow are."""
    if settings.github.repository is None:
        return None
    owner, name = settings.github.repository
    own = owner.lower() == settings.user.lower()
    ledger = LEDGER if own else f"{settings.user.lower()}/{LEDGER}"
    # The issue is the bot's, whom the job's own token belongs to.
    own_token = settings.github.token == settings.github.job_token
    issue = settings.may_use_issue and own_token and not settings.member
    config = sources.config_path if file is None else ""
    return Where(owner, name, config, ledger, settings.job, issue=issue)


def _with_issue(seen: Look, patience: Patience) -> Look:
    """The same look with the issue, where that is used and did not come along."""
    repository, owner_name = seen.repository, seen.settings.github.repository
    if not (repository and owner_name and seen.settings.uses_issue(repository)) or repository.tracker:
        return seen
    from streaky.github.issues import labels_of  # it is there by now: see preload.py

    try:
        label, *_ = labels_of(seen.settings.user, member=seen.settings.member)
        tracker = github.read_issue(seen.clients.job, owner_name, patience, label)
    except CouldNotTell:
        return seen  # the channel asks again, when it has something to say
    return replace(seen, repository=replace(repository, tracker=tracker))


def _ask(settings: Settings, asked: Clients, where: Where | None, now: datetime, patience: Patience) -> Look:
    """Read the person, and the repository with them."""
    answer = github.read(asked.reader, settings.user, now, patience, where)
    seen = Look(settings, asked, where, answer.person, answer.problem)
    if where is None:
        return seen
    if answer.repository is None and _alone(asked, answer):
        try:
            return replace(seen, repository=github.read_repository(asked.job, where, patience))
        except CouldNotTell as problem:
            return replace(seen, refusal=problem)
    return replace(seen, repository=answer.repository, refusal=answer.refusal)


def _alone(asked: Clients, answer: Answer) -> bool:
    """Whether it may help to ask for the repository alone: through the job's own token, or after an answer
    that was about the person only."""
    about_person = isinstance(answer.refusal, Refused) and answer.refusal.where == "user"
    return about_person or asked.job is not asked.reader


def _redacted(problem: CouldNotTell | None, sources: Sources) -> CouldNotTell | None:
    """The problem without secrets, which a service may have echoed."""
    if problem is None:
        return None
    values = {
        name: sources.redact(value) if isinstance(value, str) else value
        for name, value in problem.values.items()
    }
    what, why, mend = (sources.redact(part) for part in (problem.what, problem.why, problem.mend))
    return CouldNotTell(what, why, mend, problem.cause, values)
