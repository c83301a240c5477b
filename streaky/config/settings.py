"""What a run has to know, settled: plain data, every value of which has been checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta, tzinfo
from typing import TYPE_CHECKING, TypeVar

from streaky.channels import CHANNELS, no_channel
from streaky.channels.address import Address
from streaky.channels.issue import IssueAddress
from streaky.config.values import CardStyle, Pause
from streaky.errors import ConfigurationError
from streaky.runner.job import Job
from streaky.runner.server import GitHub
from streaky.schedule.slots import Slot, Speaking
from streaky.streak import Rules

if TYPE_CHECKING:
    from streaky.github.repository import Repository

A = TypeVar("A", bound=Address)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything one person's run has to know, as flags, environment and config file say it.

    `user` is a GitHub login. `zone` is None where nothing sets one; `zone_from` names what did: a flag, a
    variable, or a file's line and column. `rules` know of no pause: `pause` is the one that was asked for
    (None: nothing was), and `pause_by_hand` tells that a person started this run with it, so that it is to be
    remembered. `channels` has the address of each channel that is set, and of the issue, unless that is
    switched off. `hold`: how long to wait for a reminder that is near. `ledger` is auto, none or file, then
    at `ledger_path`. `suggest`: whether a warning names ways to save the day; `mute`: of which repositories
    it names none. `pending`: slots and channels that alone are to be delivered, and whether another channel
    took the alert (None: what is due). `card`: how the card beside the ledger looks, if it is kept.
    `member`: the person is one of a team, in whose repository an issue is named after each. `unopened`:
    the inputs that stay sealed, because what opens them is not installed.
    """

    user: str
    zone: tzinfo | None
    zone_from: str
    language: str
    rules: Rules
    speaking: Speaking
    dry_run: bool
    github: GitHub
    channels: tuple[Address, ...]
    job: Job = field(default_factory=Job)
    ledger: str = "auto"
    ledger_path: str = ""
    ping_url: str = field(default="", repr=False)
    hold: timedelta = timedelta()
    pause: Pause | None = None
    pause_by_hand: bool = False
    suggest: bool = True
    mute: tuple[str, ...] = ()
    pending: Mapping[tuple[Slot, str], bool] | None = None
    card: CardStyle = field(default_factory=CardStyle)
    member: bool = False
    unopened: tuple[str, ...] = ()

    def channel(self, kind: type[A]) -> A | None:
        """The address of this class, None where that channel is not set."""
        return next((each for each in self.channels if isinstance(each, kind)), None)

    @property
    def has_address(self) -> bool:
        """Whether a channel is set that has an address of its own, which all have but the issue."""
        return any(each.own for each in self.channels) or bool(self.shut)

    @property
    def shut(self) -> tuple[type[Address], ...]:
        """The channels that are set, and cannot be used because part of their address stays sealed."""
        return tuple(each for each in CHANNELS if each.needs(self.unopened))

    @property
    def issue(self) -> IssueAddress | None:
        """The issue, unless it is switched off."""
        return self.channel(IssueAddress)

    @property
    def may_use_issue(self) -> bool:
        """Whether an issue may get the alerts, if the job may write one: only a run of a workflow of the
        repository has a token that could."""
        wanted = self.issue is not None and (self.issue.asked_for or not self.has_address)
        return wanted and self.github.repository is not None and bool(self.job.workflow)

    def uses_issue(self, repository: Repository | None) -> bool:
        """Whether an issue of the repository gets the alerts; where that could not be read, it is tried."""
        if repository is None or (self.issue and self.issue.asked_for):
            return self.may_use_issue
        workflow = repository.workflow
        return self.may_use_issue and workflow is not None and workflow.issues == "write"

    def check_channels(self) -> None:
        """Refuse, before GitHub is asked, what only a channel can tell to be wrong. Raises
        ConfigurationError."""
        for address in self.channels:
            address.check()

    def require_channel(self, repository: Repository | None) -> None:
        """Refuse a run that counted on an issue, and may write none, now that its workflow is known. Raises
        ConfigurationError."""
        counted_on = self.may_use_issue and not (self.has_address or self.dry_run)
        if counted_on and not self.uses_issue(repository):
            raise ConfigurationError((no_channel(needs_permission=True),))

    @property
    def workflow_page(self) -> str:
        """Where a person starts, enables or watches this run's workflow; "" where it is not known."""
        file = self.job.workflow.rpartition("/")[2]
        return self.github.page("actions", "workflows", file) if file else ""
