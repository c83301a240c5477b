"""The beginning of a shard's run: GitHub is asked before all that comes after its answers is loaded.

Loading that takes 120 ms of a runner, which are over before GitHub has answered. So this file imports only
what the two questions need.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from streaky.config.sources import Sources, Team
from streaky.github.clients import Clients, clients
from streaky.github.person import read_repository
from streaky.github.queries import Where
from streaky.http import Pace, Patience, beside
from streaky.limits import Limits
from streaky.team.batches import SHORT, Batches, Read
from streaky.team.roster import is_login, logins
from streaky.team.shards import BOOK, Shard

if TYPE_CHECKING:
    from streaky.github.repository import Repository

LIMITS = Limits(github=Pace(180.0), claim=Pace(60.0, attempts=12, first=0.2, longest=8.0))


@dataclass(frozen=True, slots=True)
class Order:
    """What a job is to do: a shard of the roster in a folder. `results`: the folder for what comes of it,
    None for none; `left`: the folder with what earlier jobs left, for a job that goes on for them."""

    shard: Shard
    roster: Path
    results: Path | None = None
    left: Path | None = None


@dataclass(frozen=True, slots=True)
class Begun:
    """A shard's run whose first questions are on their way. `began` is a reading of the limits' clock, `now`
    an aware instant; `names`: everybody of the roster, in lower case.

    `repository` waits for the team's repository, None outside of one, and raises CouldNotTell; `early` for
    the people of a small shard, None for a larger one, whose people are asked for when it is known who
    matters.
    """

    sources: Sources
    order: Order
    limits: Limits
    began: float
    now: datetime
    team: Team
    names: tuple[str, ...]
    clients: Clients
    where: Where
    batches: Batches
    repository: Callable[[float | None], Repository] | None
    early: Callable[[float | None], dict[str, Read]] | None


def begin(sources: Sources, clock: datetime, order: Order, limits: Limits = LIMITS) -> Begun:
    """Ask GitHub for the team's repository with the shard's book and, beside it, for the people of a small
    shard. `clock` is the present (aware), which a `now` input replaces. Raises ConfigurationError for what is
    wrong for everybody."""
    began, now, shard = limits.clock(), sources.now(clock), order.shard
    names, team = logins(order.roster), sources.team()
    asked, (owner, name) = clients(team.github), team.github.repository or ("", "")
    where = Where(owner, name, "", BOOK, team.job, branch=shard.branch)
    repository = beside(lambda: read_repository(asked.job, where, Patience(limits.github))) if name else None
    batches = Batches(asked.reader, now, Patience(limits.github))
    held = [each for each in names if shard.holds(each) and is_login(each)]
    small = 0 < len(held) <= SHORT.first
    early = beside(lambda: batches.read(held, year=False)) if small else None
    return Begun(sources, order, limits, began, now, team, names, asked, where, batches, repository, early)
