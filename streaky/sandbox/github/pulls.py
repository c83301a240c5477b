"""Pull requests of a repository in the sandbox's GitHub: what there is, to be changed at any time.

Source: GitHub's GraphQL schema, `PullRequest`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

State = Literal["OPEN", "CLOSED", "MERGED"]
Mergeable = Literal["MERGEABLE", "CONFLICTING", "UNKNOWN"]
Decision = Literal["APPROVED", "CHANGES_REQUESTED", "REVIEW_REQUIRED"]


@dataclass(slots=True)
class Pull:
    """A pull request. `head`: the full name of the repository and the branch that it comes from; `base`: the
    branch that it is for; `reviewers`: whose review it waits for; `decision`: None where none is needed;
    `closes`: the issues that it would close.
    """

    id: int
    number: int
    title: str
    author: str
    head: tuple[str, str]
    base: str
    created: datetime
    updated: datetime
    state: State = "OPEN"
    draft: bool = False
    mergeable: Mergeable = "MERGEABLE"
    decision: Decision | None = None
    reviewers: list[str] = field(default_factory=list)
    closes: list[int] = field(default_factory=list)
