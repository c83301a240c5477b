"""Reading a person, their config file and their repository, in as few requests as can be."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from streaky import github
from streaky.config import file as configfile
from streaky.config.file import ConfigFile
from streaky.config.inputs import IN_FILE
from streaky.config.settings import Settings
from streaky.config.sources import Sources
from streaky.errors import CouldNotTell
from streaky.finding import Limits
from streaky.github import Nobody, Reading, Repository, Where
from streaky.github.client import GraphQL, Refused
from streaky.http import Pace

LEDGER = "ledger.json"
Answer = Reading | Nobody | CouldNotTell


def local_file(sources: Sources) -> ConfigFile | None:
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


def look(
    client: GraphQL, settings: Settings, sources: Sources, file: ConfigFile | None, now: datetime
) -> tuple[Settings, Answer, Repository | CouldNotTell | None]:
    """Read GitHub, and the config file there where none is local: settings, person and repository."""
    settings, answer, seen = _person(client, settings, place(settings, sources, file), now)
    if file is not None or (isinstance(answer, CouldNotTell) and not isinstance(seen, Repository)):
        return settings, answer, seen
    if isinstance(seen, CouldNotTell):
        return settings, seen, seen
    guessed, settings = settings, sources.settle(_remote_file(seen, sources))
    if settings.user.lower() != guessed.user.lower():
        return _person(client, settings, place(settings, sources, file), now)
    return settings, answer, seen


def _person(
    client: GraphQL, settings: Settings, where: Where | None, now: datetime
) -> tuple[Settings, Answer, Repository | CouldNotTell | None]:
    """Read the person, and the repository with them."""
    try:
        answer = github.read(client, settings.user, now, where)
    except CouldNotTell as problem:
        return settings, problem, _seen(client, settings, problem, where)
    return settings, answer, _seen(client, settings, answer.repository, where)


def place(settings: Settings, sources: Sources, file: ConfigFile | None) -> Where | None:
    """Where in the repository the config file, if none is local, the ledger and the workflow are."""
    if settings.github.repository is None:
        return None
    owner, name = settings.github.repository
    own = owner.lower() == settings.user.lower()
    ledger = LEDGER if own else f"{settings.user.lower()}/{LEDGER}"
    return Where(owner, name, sources.config_path if file is None else "", ledger, settings.job.workflow)


def own(client: GraphQL, settings: Settings, limits: Limits) -> GraphQL:
    """A client with the job's own token."""
    if settings.github.job_token == settings.github.token:
        return client
    return GraphQL(settings.github.graphql_url, settings.github.job_token, limits.github)


def _seen(
    client: GraphQL, settings: Settings, first: Repository | CouldNotTell | None, where: Where | None
) -> Repository | CouldNotTell | None:
    """The repository; asked for alone where it did not come with the person, and that may help: through the
    job's own token, or after an answer that was about the person only."""
    if isinstance(first, Repository) or where is None:
        return first if where else None
    other = settings.github.job_token != settings.github.token
    about_person = isinstance(first, Refused) and first.where == "user"
    if not (other or about_person):
        return first
    try:
        return github.read_repository(own(client, settings, Limits(Pace(client.patience.left))), where)
    except CouldNotTell as problem:
        return problem


def _remote_file(seen: Repository | None, sources: Sources) -> ConfigFile:
    """The config file as the repository has it."""
    if seen and seen.config is not None:
        return configfile.read(seen.config, sources.config_path, IN_FILE)
    missing = ConfigFile(sources.config_path)
    if sources.names_config:
        what = f"{sources.config_path} does not exist, neither here nor in the repository."
        missing.fault(0, 0, "config", what, "Correct the path, or remove it.")
    return missing
