"""Issues of a repository in the sandbox's GitHub: what there is, and how a person changes it by hand.

Source: GitHub REST docs, "Issues", "Comments", "Labels", "Reactions".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any, Literal

from streaky.sandbox.github.pulls import Pull

LONGEST_BODY = 65_536  # characters
LONGEST_TITLE = 256
LONGEST_LABEL = 50
REACTIONS = {  # REST's name: GraphQL's
    "+1": "THUMBS_UP",
    "-1": "THUMBS_DOWN",
    "laugh": "LAUGH",
    "confused": "CONFUSED",
    "heart": "HEART",
    "hooray": "HOORAY",
    "rocket": "ROCKET",
    "eyes": "EYES",
}
State = Literal["open", "closed"]
Reason = Literal["completed", "not_planned", "duplicate", "reopened"]


@dataclass(frozen=True, slots=True)
class Label:
    """A label; `color` in six hex digits."""

    id: int
    name: str
    color: str = "ededed"
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Reaction:
    """Somebody's reaction, by REST's name of it; `at` is aware."""

    id: int
    content: str
    user: str
    at: datetime


@dataclass(slots=True)
class Comment:
    """A comment. `author` is a login; a bot's ends in [bot]."""

    id: int
    author: str
    body: str
    created: datetime
    updated: datetime
    reactions: list[Reaction] = field(default_factory=list)


@dataclass(slots=True)
class Closing:
    """Somebody closed an issue."""

    by: str
    at: datetime
    reason: Reason


@dataclass(slots=True)
class Issue:
    """An issue. `labels` and `assignees` are names and logins; `closings`: each time that it was closed."""

    id: int
    number: int
    title: str
    body: str
    author: str
    created: datetime
    updated: datetime
    state: State = "open"
    reason: Reason | None = None
    locked: bool = False
    labels: list[str] = field(default_factory=list)
    assignees: list[str] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    closings: list[Closing] = field(default_factory=list)

    @property
    def closing(self) -> Closing | None:
        """Who closed it, while it is closed."""
        return self.closings[-1] if self.state == "closed" else None

    def close(self, by: str, at: datetime | None = None, reason: Reason = "completed") -> None:
        """Close it, now unless `at` (aware) says otherwise."""
        self.updated = at or datetime.now(UTC)
        self.state, self.reason = "closed", reason
        self.closings.append(Closing(by, self.updated, reason))

    def reopen(self, at: datetime | None = None) -> None:
        """Open it again."""
        self.updated = at or datetime.now(UTC)
        self.state, self.reason = "open", "reopened"


class Tracker:
    """The issues, pull requests and labels of a repository, in the order of their making."""

    def __init__(self) -> None:
        self.issues: list[Issue] = []
        self.pulls: list[Pull] = []
        self.labels: list[Label] = []
        self._ids = count(1_000_000_001)

    def open(
        self,
        title: str,
        body: str = "",
        *,
        author: str,
        labels: Iterable[str] = (),
        assignees: Iterable[str] = (),
        at: datetime | None = None,
    ) -> Issue:
        """Open an issue, now unless `at` (aware) says otherwise. Labels that are missing are made."""
        moment, number = at or datetime.now(UTC), self._next_number()
        issue = Issue(next(self._ids), number, title, body, author, moment, moment)
        issue.labels = [self.label(name).name for name in labels]
        issue.assignees = list(assignees)
        self.issues.append(issue)
        return issue

    def propose(
        self,
        title: str,
        *,
        author: str,
        head: tuple[str, str],
        base: str = "main",
        at: datetime | None = None,
        **more: Any,
    ) -> Pull:
        """Open a pull request, now unless `at` (aware) says otherwise; `more` are fields of `Pull`."""
        moment = at or datetime.now(UTC)
        pull = Pull(next(self._ids), self._next_number(), title, author, head, base, moment, moment, **more)
        self.pulls.append(pull)
        return pull

    def _next_number(self) -> int:
        """Issues and pull requests share their numbers."""
        return len(self.issues) + len(self.pulls) + 1

    def comment(self, issue: Issue, body: str, *, author: str, at: datetime | None = None) -> Comment:
        """Comment on an issue, now unless `at` (aware) says otherwise."""
        moment = at or datetime.now(UTC)
        comment = Comment(next(self._ids), author, body, moment, moment)
        issue.comments.append(comment)
        issue.updated = moment
        return comment

    def react(self, comment: Comment, content: str, *, user: str, at: datetime) -> tuple[Reaction, bool]:
        """React to a comment; the reaction, and whether it is new."""
        for each in comment.reactions:
            if (each.content, each.user) == (content, user):
                return each, False
        reaction = Reaction(next(self._ids), content, user, at)
        comment.reactions.append(reaction)
        return reaction, True

    def issue(self, number: int) -> Issue | None:
        """The issue of a number."""
        return next((each for each in self.issues if each.number == number), None)

    def find(self, id: int) -> tuple[Issue, Comment] | None:
        """A comment by its id, with its issue."""
        found = ((issue, each) for issue in self.issues for each in issue.comments if each.id == id)
        return next(found, None)

    def known(self, name: str) -> Label | None:
        """A label by its name, without regard to case."""
        return next((each for each in self.labels if each.name.casefold() == name.casefold()), None)

    def label(self, name: str, color: str = "ededed", description: str | None = None) -> Label:
        """A label by its name, made where it is missing."""
        known = self.known(name)
        if known is None:
            known = Label(next(self._ids), name, color, description)
            self.labels.append(known)
        return known
