"""The doctor's questions to GitHub and the channels, side by side. Nothing is sent to anybody; the one thing
that is written is a commit without a change, on the ledger's branch."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from streaky.channels.base import Channel, Undelivered
from streaky.config.settings import Settings
from streaky.deliver import open_channels
from streaky.doctor.facts import Facts, Heard, Place, Schedule, Token, Written
from streaky.errors import CouldNotTell
from streaky.github.client import token_ends
from streaky.github.clients import Clients
from streaky.github.repository import Repository
from streaky.github.rest import Rest
from streaky.github.runs import WorkflowRuns
from streaky.http import Patience
from streaky.ledger.memory import LedgerMemory, Memory
from streaky.ledger.store import LedgerUnavailable
from streaky.limits import Limits
from streaky.runner.server import OF_AN_APP

T = TypeVar("T")


def probe(
    settings: Settings,
    clients: Clients | None,
    memory: Memory | None,
    limits: Limits,
    repository: Repository | None = None,
    *,
    channels: bool,
) -> Facts:
    """Ask all that these settings depend on; with `channels`, their services, too.

    `clients`: None where GitHub is not to be asked; `memory`: the one whose writing is to be tried;
    `repository`: as it was read.
    """
    pool = ThreadPoolExecutor(8)

    def start(question: Callable[..., T], *about: object) -> Future[T]:
        return pool.submit(question, *about, Patience(limits.recall))

    github, job = settings.github, settings.job
    token = place = schedule = written = None
    if clients and github.token and not github.token.startswith(OF_AN_APP):
        token = start(ask_token, Rest(github.api_url, github.token))
    if clients and github.repository:
        place = start(ask_place, clients.rest, github.repository)
        if job.workflow:
            schedule = start(ask_schedule, WorkflowRuns(clients.rest, github.repository, job.workflow))
    if clients and isinstance(memory, LedgerMemory) and not settings.dry_run:
        branch_of = None if settings.ledger == "file" else github.repository
        written = start(try_ledger, clients.rest, branch_of, memory)
    opened = open_channels(settings, clients, repository) if channels else []
    heard = [start(ask_channel, each) for each in opened]
    pool.shutdown(wait=False)
    return Facts(
        token.result() if token else None,
        place.result() if place else None,
        schedule.result() if schedule else None,
        written.result() if written else None,
        tuple(each.result() for each in heard),
    )


def ask_token(rest: Rest, patience: Patience) -> Token:
    """Whose a personal token is, what it may read, and until when.

    Source: GitHub docs, "Get the authenticated user", `X-OAuth-Scopes`.
    """
    try:
        user, headers = rest.get_with_headers("/user", patience)
    except CouldNotTell as problem:
        return Token(problem=problem)
    scopes = headers.get("X-OAuth-Scopes")
    return Token(
        login=str(user.get("login") or ""),
        scopes=None if scopes is None else frozenset(each.strip() for each in scopes.split(",")),
        expires=token_ends(headers),
    )


def ask_place(rest: Rest, repository: tuple[str, str], patience: Patience) -> Place:
    """The repository, and GitHub's clock beside this machine's own."""
    try:
        found, headers = rest.get_with_headers(f"/repos/{'/'.join(repository)}", patience)
    except CouldNotTell as problem:
        return Place(problem=problem)
    asked = datetime.now(UTC)
    try:
        answered = parsedate_to_datetime(headers.get("Date", ""))
    except ValueError:
        answered = None
    return Place(found.get("archived") is True, asked, answered)


def ask_schedule(runs: WorkflowRuns, patience: Patience) -> Schedule:
    """Whether GitHub still runs the workflow, and when it did."""
    try:
        state, created = runs.state(patience)
        return Schedule(state, created, tuple(sorted(runs.scheduled_starts(patience))))
    except CouldNotTell as problem:
        return Schedule(problem=problem)


def try_ledger(
    rest: Rest, repository: tuple[str, str] | None, memory: LedgerMemory, patience: Patience
) -> Written:
    """Whether the ledger can be written, and whether GitHub signs what is written to a branch of the
    repository (None: the ledger is a file)."""
    try:
        head = memory.prove()
    except LedgerUnavailable as problem:
        return Written(problem=problem)
    if repository is None:
        return Written()
    try:
        commit = rest.get(f"/repos/{'/'.join(repository)}/git/commits/{head}", patience)
        return Written(bool(commit["verification"]["verified"]))
    except (CouldNotTell, KeyError, TypeError):
        return Written()


def ask_channel(channel: Channel, patience: Patience) -> Heard:
    """What the channel's service says of its address."""
    try:
        return Heard(channel.key, channel.look_up(patience))
    except Undelivered as problem:
        return Heard(channel.key, problem=problem)
