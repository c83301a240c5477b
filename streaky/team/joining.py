"""The check of a pull request to a roster: read it, ask who its author is, judge, and say so."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from streaky.config.sources import Sources
from streaky.errors import ConfigurationError, CouldNotTell, Fault
from streaky.github.clients import clients
from streaky.github.issues import Issues
from streaky.http import Pace, Patience
from streaky.input.refusal import visible
from streaky.pictures.markdown import cell
from streaky.runner.outputs import Runner, inert
from streaky.team.proposal import read_proposal
from streaky.team.review import Review, review

PACE = Pace(20.0)
READY, NOT_YET, NOTHING = "Ready to merge", "Not ready yet", "This pull request changes nothing of the roster"
AGAIN = "Mend this in your branch and push: the check runs again."


def check_pull_request(proposed: Path, roster: str, environment: Mapping[str, str]) -> int:
    """Check the pull request of this run; the exit status: 0 it may be merged, 2 something is wrong with it.

    `proposed`: the folder it is checked out in; `roster`: the roster's path in there.
    """
    runner, sources = Runner(environment, sys.stdout), Sources({}, environment)
    if runner.present:
        runner.mask(sources.redact.masks)
    try:
        path = PurePosixPath(roster).as_posix()
        proposal = read_proposal(proposed, path, environment)
        maintainer = proposal.owner or _may_write(proposal.author, sources)
        found = review(proposal, path, sources, maintainer=maintainer)
    except ConfigurationError as error:
        found = Review("", False, (), error.faults)
    except Exception:  # a defect; what others wrote may be in its traceback
        print(inert(sources.redact(traceback.format_exc())), file=sys.stderr)
        runner.error("Streaky failed; this is a defect, please report it with the log.")
        return 1
    for fault in found.faults:
        text = visible(sources.redact(str(fault)))
        print(inert(f"error: {text}"), file=sys.stderr, flush=True)
        runner.error(text, fault.place, fault.input)
    for line in found.news:
        print(inert(visible(line)), flush=True)
    if not found.faults:
        print(READY if found.news else NOTHING, flush=True)
    runner.summary(_page(found, sources))
    return 2 if found.faults else 0


def _may_write(author: str, sources: Sources) -> bool:
    """Whether GitHub says that the author may write to the repository. What the event says of them would not
    do: a member of an organization need not be allowed to, and who hides being one is not called a member."""
    github = sources.team().github
    if github.repository is None:
        return False
    try:
        return Issues(clients(github).rest, github.repository).may_write(author, Patience(PACE))
    except CouldNotTell:
        return False


def _page(found: Review, sources: Sources) -> str:
    """The summary, as Markdown."""
    rows = [f"- {cell(line)}" for line in found.news]
    rows += [f"- ❌ {cell(_told(fault, sources))}" for fault in found.faults]
    head = f"🔴 {NOT_YET}" if found.faults else f"🟢 {READY}" if found.news else f"⚪ {NOTHING}"
    tail = [AGAIN] if found.faults else []
    return "\n\n".join((f"## {head}", "\n".join(rows), *tail)).strip() + "\n\n"


def _told(fault: Fault, sources: Sources) -> str:
    return visible(sources.redact(str(fault)))
