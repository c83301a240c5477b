"""Which memory a run has: the one that `ledger` asks for, as far as this job may."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from streaky.calendar import Day
from streaky.config.settings import Settings
from streaky.errors import CouldNotTell
from streaky.github import Repository, Where
from streaky.github.client import GraphQL
from streaky.http import Pace
from streaky.ledger.memory import CLAIMING, RECALLING, Book, Memory, Runs
from streaky.ledger.store import CannotKeep, Keeping

if TYPE_CHECKING:
    from streaky.github.rest import Rest


def open_memory(
    settings: Settings,
    now: datetime,
    seen: Repository | CouldNotTell | None,
    where: Where | None,
    client: GraphQL,
) -> Memory:
    """The memory that the settings ask for. `seen`: the repository as it was read, or why it was not;
    `client` asks GitHub with the job's own token."""
    today = Day.at(now, settings.zone or UTC).date

    def rest(pace: Pace) -> Rest:
        from streaky.github.rest import Rest

        return Rest(settings.github.api_url, settings.github.job_token, pace)

    def starts() -> list[datetime]:
        from streaky.github.runs import scheduled_starts

        repository, workflow = settings.github.repository, settings.job.workflow
        if not (repository and workflow):
            return []
        return scheduled_starts(rest(Pace(RECALLING, attempts=2)), repository, Path(workflow).name)

    def otherwise(why: str) -> Memory:
        return Runs(settings, now, f"none. {why}", rest)

    if settings.ledger == "none":
        return Memory(settings, now, "none, as ledger asks for")
    if settings.ledger == "file":
        from streaky.ledger.file import File

        store = File(Path(settings.ledger_path))
        try:
            keeping = Keeping(store, store.read(), settings.user, today, Pace(CLAIMING))
        except CannotKeep as problem:
            memory = Memory(settings, now, f"none. {problem}")
            memory.notes.append(f"{problem} What is sent now may be sent once more by a later run.")
            return memory
        return Book(
            settings,
            now,
            keeping,
            begins=True,
            otherwise=lambda why: Memory(settings, now, f"none. {why}"),
            starts=starts,
        )
    if where is None or seen is None:
        return Memory(settings, now, "none, since this run belongs to no repository")
    if isinstance(seen, CouldNotTell):
        return otherwise(f"The repository could not be read. {seen.mend}")
    if seen.may_write is False:
        return otherwise("The workflow does not ask for `contents: write`, so there is no ledger.")
    from streaky.ledger.branch import Branch

    branch = Branch(client, lambda: rest(Pace(CLAIMING)), where, seen)
    keeping = Keeping(branch, branch.kept, settings.user, today, Pace(CLAIMING))
    begins = bool(seen.head) or seen.may_write is True
    return Book(
        settings,
        now,
        keeping,
        begins=begins,
        otherwise=otherwise,
        starts=starts,
        renew=lambda pace: branch.using(client.renewed(pace)),
    )
