"""200 people on the evening of a day at risk: what each has to do on GitHub, and what only looks like it.

Nobody publishes what people with a streak have open at night, so the shares here are assumptions, and they
stand in one table. What is documented shapes the traps: personal repositories are the most, and many branches
are merged by hand, without a pull request (Kalliamvakou et al., "The Promises and Perils of Mining GitHub",
2014: most projects are personal, and about 40 % of the pull requests that were merged don't show so); a
commit's address often belongs to no account, and forks follow their parents (GitHub docs, "Why are my
contributions not showing up on my profile?").
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from streaky.sandbox.github import GitHub
from streaky.sandbox.github.git import noreply
from streaky.sandbox.github.repositories import Repository

SEED = 2026
PEOPLE = 200
# Of 200 people with a streak, how many are of which kind; and how likely each thing is for one of them.
KINDS: dict[str, tuple[int, dict[str, float]]] = {
    "builds alone": (
        72,
        {"branch": 0.35, "older": 0.35, "unlinked": 0.10, "pull": 0.40, "issue": 0.40, "review": 0.03},
    ),
    "contributes to others": (
        56,
        {"fork": 0.40, "older": 0.35, "unlinked": 0.08, "pull": 0.30, "issue": 0.50, "review": 0.20},
    ),
    "maintains": (
        44,
        {"branch": 0.40, "older": 0.30, "unlinked": 0.05, "pull": 0.60, "issue": 0.60, "review": 0.80},
    ),
    "works in a private team": (  # with a token of their own
        20,
        {"secret branch": 0.60, "secret review": 0.70, "secret issue": 0.70, "pull": 0.20, "unlinked": 0.05},
    ),
    "learns": (8, {"branch": 0.30, "fork": 0.20, "older": 0.20, "unlinked": 0.30, "issue": 0.10}),
}
# Things that look like ways and are none; everybody has each with this likelihood.
TRAP = 0.25


@dataclass
class Someone:
    """A person of the world. `token`: one of their own, "" for the job's."""

    login: str
    kind: str
    token: str = ""
    has: list[str] = field(default_factory=list)


class World:
    """The people, and who really wrote each commit: `wrote` has logins by oid."""

    def __init__(self, github: GitHub, now: datetime) -> None:
        self.github, self.now, self.wrote = github, now, dict[str, str]()
        self._random, self._numbers = random.Random(SEED), count(1)
        self.people = [
            Someone(f"person{number}", kind)
            for number, kind in enumerate((kind for kind, (many, _) in KINDS.items() for _ in range(many)), 1)
        ]
        self._random.shuffle(self.people)
        for someone in self.people:
            self._settle(someone)

    def _settle(self, someone: Someone) -> None:
        days = self._random.randint(3, 400)
        before = {self.now.date() - timedelta(days=back): 1 for back in range(1, days + 1)}
        name = someone.login.title() if self._random.random() < 0.5 else None
        self.github.person(someone.login, contributions=before, name=name)
        if someone.kind == "works in a private team":
            someone.token = f"ghp_{someone.login}0123456789"
            self.github.token(someone.token, owner=someone.login)
        for thing, likely in KINDS[someone.kind][1].items():
            if self._random.random() < likely:
                someone.has.append(thing)
                THINGS[thing](self, someone)
        for trap in TRAPS:
            if self._random.random() < TRAP:
                trap(self, someone)

    # What the things are made of

    def some(self, owner: str, **more: object) -> Repository:
        """A new repository, that began some time ago."""
        name = f"{owner}/{self._random.choice(('tool', 'site', 'notes', 'engine'))}{next(self._numbers)}"
        found = self.github.repository(name, **more)  # type: ignore[arg-type]
        self.push(found, found.branch, "somebody", hours=24 * 90)
        return found

    def others(self, **more: object) -> Repository:
        """A new repository of somebody else."""
        return self.some(f"org{next(self._numbers)}", **more)

    def push(
        self, found: Repository, branch: str, login: str, *, hours: float, email: str = "", name: str = ""
    ) -> str:
        """A commit of somebody, so many hours ago, on top of the default branch; its oid."""
        if branch not in (found.branch, *found.branches) and found.made:
            found.place(branch, found.made[-1].oid)
        author = (name or login, email or noreply(login)[1])
        made = found.write(
            branch,
            {"file.txt": str(next(self._numbers))},
            message="Work",
            author=author,
            at=self.now - timedelta(hours=hours),
        )
        self.wrote[made.oid] = login
        return made.oid

    def today(self) -> float:
        """Some hours ago, and of today."""
        return self._random.uniform(0.5, 12)

    def propose(self, found: Repository, author: str, **more: object) -> None:
        """A pull request within a repository, two days old."""
        branch = f"work{next(self._numbers)}"
        oid = self.push(found, branch, author, hours=48)
        assert oid
        found.tracker.propose(
            "Improve it",
            author=author,
            base=str(more.pop("base", found.branch)),
            head=(found.full_name, branch),
            at=self.now - timedelta(hours=47),
            **more,
        )


Maker = Callable[[World, Someone], None]


def _branch(world: World, me: Someone) -> None:
    found = world.some(me.login)
    world.push(found, f"feature/{next(world._numbers)}", me.login, hours=world.today())


def _older(world: World, me: Someone) -> None:
    found = world.some(me.login)
    world.push(found, "someday", me.login, hours=24 * world._random.uniform(1, 13))


def _fork(world: World, me: Someone) -> None:
    parent = world.others()
    for number in range(world._random.choice((0, 3, 60))):  # some parents are busy
        world.push(parent, "main", "somebody", hours=10 - number / 10)
    fork = world.some(me.login, parent=parent)
    fork.place("main", fork.objects.keep(parent.made[-1]).oid)
    world.push(fork, "patch", me.login, hours=world.today())


def _unlinked(world: World, me: Someone) -> None:
    world.push(world.some(me.login), "main", me.login, hours=world.today(), email=f"{me.login}@work.dev")


def _pull(world: World, me: Someone) -> None:
    draft = world._random.random() < 0.3
    world.propose(
        world.some(me.login), me.login, draft=draft, decision=world._random.choice((None, "APPROVED"))
    )


def _issue(world: World, me: Someone) -> None:
    own = world._random.random() < 0.5
    found = world.some(me.login) if own else world.others()
    found.tracker.open("It breaks", author="somebody", assignees=[me.login], at=world.now)


def _review(world: World, me: Someone) -> None:
    world.propose(world.others(), "somebody", reviewers=[me.login])


def _team(world: World, me: Someone) -> Repository:
    return world.others(private=True, collaborators={me.login: "write"})


def _secret_branch(world: World, me: Someone) -> None:
    world.push(_team(world, me), "feature", me.login, hours=world.today())


def _secret_review(world: World, me: Someone) -> None:
    world.propose(_team(world, me), "somebody", reviewers=[me.login])


def _secret_issue(world: World, me: Someone) -> None:
    _team(world, me).tracker.open("It breaks", author="somebody", assignees=[me.login], at=world.now)


THINGS: dict[str, Maker] = {
    "branch": _branch,
    "older": _older,
    "fork": _fork,
    "unlinked": _unlinked,
    "pull": _pull,
    "issue": _issue,
    "review": _review,
    "secret branch": _secret_branch,
    "secret review": _secret_review,
    "secret issue": _secret_issue,
}


# What looks like a way, and is none


def _merged_by_hand(world: World, me: Someone) -> None:
    found = world.some(me.login)
    oid = world.push(found, "done", me.login, hours=30)
    found.place("main", oid)


def _proposed_already(world: World, me: Someone) -> None:
    found = world.others()
    fork = world.some(me.login, parent=found)
    world.push(fork, "patch", me.login, hours=world.today())
    found.tracker.propose(
        "Improve it",
        author=me.login,
        head=(fork.full_name, "patch"),
        at=world.now,
        decision="REVIEW_REQUIRED",
    )


def _follows_its_parent(world: World, me: Someone) -> None:
    parent = world.others()
    oid = world.push(parent, "main", me.login, hours=20, email=f"{me.login}@old.dev")
    fork = world.some(me.login, parent=parent)
    fork.place("main", fork.objects.keep(parent.objects.commits[oid]).oid)


def _archived(world: World, me: Someone) -> None:
    found = world.some(me.login)
    world.push(found, "late", me.login, hours=world.today())
    found.tracker.open("It breaks", author="somebody", assignees=[me.login], at=world.now)
    world.propose(found, me.login)
    found.archived = True


def _in_a_fork(world: World, me: Someone) -> None:
    fork = world.some(me.login, fork=True)  # whose parent is gone
    world.push(fork, "patch", me.login, hours=world.today())
    fork.tracker.open("It breaks", author="somebody", assignees=[me.login], at=world.now)
    world.propose(fork, me.login)
    world.propose(fork, "somebody", reviewers=[me.login])
    world.push(fork, "main", me.login, hours=world.today(), email=f"{me.login}@fork.dev")


def _fork_of_a_fork(world: World, me: Someone) -> None:
    parent = world.others(parent=world.others())
    world.push(world.some(me.login, parent=parent), "patch", me.login, hours=world.today())


def _generic_address(world: World, me: Someone) -> None:
    email = world._random.choice((f"{me.login}@laptop.local", "root@localhost", f"{me.login}@example.com"))
    world.push(world.some(me.login), "main", me.login, hours=world.today(), email=email)


def _of_somebody_else(world: World, me: Someone) -> None:
    found = world.some(me.login)
    world.push(found, "main", "stranger", hours=world.today(), email="stranger@work.dev")
    world.push(found, "theirs", "stranger", hours=world.today())


def _unlinked_of_yesterday(world: World, me: Someone) -> None:
    world.push(world.some(me.login), "main", me.login, hours=30, email=f"{me.login}@yesterday.dev")


def _waits_for_others(world: World, me: Someone) -> None:
    world.propose(world.some(me.login), me.login, decision="REVIEW_REQUIRED")
    world.propose(world.others(), me.login)
    world.propose(world.some(me.login), me.login, base="next")
    world.propose(world.some(me.login, merge_commits=False, squash=False), me.login)


def _not_ready(world: World, me: Someone) -> None:
    world.propose(world.others(), "somebody", draft=True, reviewers=[me.login])


def _mended_already(world: World, me: Someone) -> None:
    found = world.others()
    issue = found.tracker.open("It breaks", author="somebody", assignees=[me.login], at=world.now)
    world.propose(found, "somebody", closes=[issue.number])


def _streakys_own_issue(world: World, me: Someone) -> None:
    found = world.some(me.login)
    found.tracker.open(
        "Your streak", author="github-actions[bot]", labels=["streaky"], assignees=[me.login], at=world.now
    )


def _pages(world: World, me: Someone) -> None:
    world.push(world.some(me.login), "gh-pages", me.login, hours=30)


def _not_for_them_to_see(world: World, me: Someone) -> None:
    found = world.others(private=True)
    world.propose(found, "somebody", reviewers=[me.login])
    found.tracker.open("It breaks", author="somebody", assignees=[me.login], at=world.now)


TRAPS: tuple[Maker, ...] = (
    _merged_by_hand,
    _proposed_already,
    _follows_its_parent,
    _archived,
    _in_a_fork,
    _fork_of_a_fork,
    _generic_address,
    _of_somebody_else,
    _unlinked_of_yesterday,
    _waits_for_others,
    _not_ready,
    _mended_already,
    _streakys_own_issue,
    _pages,
    _not_for_them_to_see,
)
