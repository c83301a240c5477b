"""Things for a person of the sandbox's GitHub to do, added in one call."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from streaky.sandbox.github.git import noreply
from streaky.sandbox.github.repositories import Repository

SOMEBODY = "somebody-else"


class Repositories(Protocol):
    """Where repositories are found by name, and made."""

    def known(self, full_name: str) -> Repository | None: ...

    def repository(self, full_name: str, **more: Any) -> Repository: ...


def work(
    github: Repositories,
    login: str,
    at: datetime,
    *,
    branch: str = "",
    fork: str = "",
    unlinked: str = "",
    review: str = "",
    pull: str = "",
    draft: str = "",
    issue: str = "",
) -> None:
    """Give a person work at a time (aware), each as "owner/repository: title"; what is left out is not there.

    `branch`: a push to this branch of the repository, and no pull request; `fork`: the same, to the person's
    fork of the repository; `unlinked`: a commit to the default branch with this e-mail address; `review`: a
    pull request of somebody else that waits for the person; `pull`, `draft`: their own; `issue`: one that is
    assigned to them. Repositories that are not there are made.
    """

    def place(thing: str) -> tuple[Repository, str]:
        name, colon, what = thing.partition(": ")
        if not colon:
            raise ValueError(f'Write "owner/repository: what it is", not {thing!r}.')
        return github.known(name) or github.repository(name), what

    me = noreply(login)
    if branch:
        found, name = place(branch)
        found.write(name, {"work.txt": name}, message=f"Work on {name}", author=me, at=at)
    if fork:
        parent, name = place(fork)
        own = f"{login}/{parent.name}"
        found = github.known(own) or github.repository(own, branch=parent.branch, parent=parent)
        found.write(name, {"work.txt": name}, message=f"Work on {name}", author=me, at=at)
    if unlinked:
        found, email = place(unlinked)
        found.write(found.branch, {"work.txt": email}, message="Work", author=(login, email), at=at)
    if review:
        found, title = place(review)
        head = (found.full_name, "theirs")
        found.tracker.propose(title, author=SOMEBODY, head=head, base=found.branch, at=at, reviewers=[login])
    for thing in (pull, draft):
        if thing:
            found, title = place(thing)
            head = (found.full_name, f"pull-{len(found.tracker.pulls) + 1}")
            found.tracker.propose(
                title, author=login, head=head, base=found.branch, at=at, draft=thing == draft
            )
    if issue:
        found, title = place(issue)
        found.tracker.open(title, author=SOMEBODY, assignees=[login], at=at)
