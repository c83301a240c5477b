"""Ways to save the day, measured on 200 people: how many warnings name one, and that each would count.

The judge here knows nothing of how ways are found. It does in the sandbox what a way says, by GitHub's rules:
docs, "Profile contributions reference", "Why are my contributions not showing up on my profile?", "About pull
request merges".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import unquote

import pytest

from streaky.config.sources import Sources
from streaky.guard import guard
from streaky.http import Pace
from streaky.limits import Limits
from streaky.sandbox import Sandbox
from streaky.sandbox.github.pulls import Pull
from streaky.sandbox.github.repositories import Repository
from streaky.ways import Means, Way
from tests.conftest import NOW, TOKEN
from tests.people import KINDS, PEOPLE, Someone
from tests.people import World as People

ENOUGH = 0.9
PATIENT = Limits(ways=Pace(30.0, attempts=1))  # what is measured is not this machine's speed
TODAY = NOW.date()


class Judge:
    """Says whether doing what a way says is a contribution of today; why not, as a word."""

    def __init__(self, people: People, someone: Someone) -> None:
        self.people, self.me, self.github = people, someone.login, people.github
        self.own_token = bool(someone.token)

    def verdict(self, way: Way) -> str:
        """ "" for a way that would count."""
        judged = {"branch": self._open, "email": self._link, "review": self._review}
        return (judged | {"pull": self._merge, "issue": self._begin})[str(way.means)](way)

    def _place(self, name: str) -> tuple[Repository | None, str]:
        """A repository where issues, pull requests and commits can count for the person, or why not."""
        found = self.github.known(name)
        if found is None:
            return None, "there is no such repository"
        if found.fork:
            return None, "it is a fork"
        if found.archived:
            return None, "it is archived"
        if found.private and not (self.own_token and found.role(self.me)):
            return None, "it is private"
        return found, ""

    def _open(self, way: Way) -> str:
        match = re.fullmatch(r"https://github\.com/([^/]+/[^/]+)/compare/([^?]+)\?expand=1", way.url)
        assert match
        base, why = self._place(match[1])
        if base is None:
            return why
        onto, _, start = unquote(match[2]).partition("...")
        owner, colon, branch = start.rpartition(":")
        head = base
        if colon:
            forks = [each for each in self.github._repositories.values() if each.parent is base]
            (head,) = (each for each in forks if each.owner == owner)
        last = head.last(branch)
        if last is None or onto != base.branch:
            return "there is no such branch"
        before = {each.oid for each in base.objects.ancestors(base.head(onto) or "")}
        ahead = [each for each in head.objects.ancestors(last.oid) if each.oid not in before]
        if not ahead:
            return "there is nothing to compare"
        if not any(self.people.wrote.get(each.oid) == self.me for each in ahead):
            return "it is somebody else's work"
        pulls: list[Pull] = base.tracker.pulls
        if any(each.head == (head.full_name, branch) and each.state == "OPEN" for each in pulls):
            return "there is a pull request"
        return ""

    def _link(self, way: Way) -> str:
        if way.url != "https://github.com/settings/emails":
            return "that is not where addresses are added"
        found, why = self._place(way.repository)
        if found is None:
            return why
        (commit,) = (each for each in found.objects.commits.values() if each.oid.startswith(way.what))
        if self.people.wrote.get(commit.oid) != self.me:
            return "it is somebody else's commit"
        if self.github._whose(commit.author_email):
            return "its address is linked"
        host = commit.author_email.rpartition("@")[2]
        if host in ("localhost", "example.com") or host.endswith(".local"):
            return "nobody can add this address"
        if commit.oid not in {each.oid for each in found.objects.ancestors(found.head(found.branch) or "")}:
            return "it is on no branch that counts"
        if found.role(self.me) is None:
            return "they have nothing to do with the repository"
        return "" if commit.at.date() == TODAY else "it is of another day"

    def _pull(self, way: Way) -> tuple[Repository | None, Pull | None, str]:
        match = re.fullmatch(r"https://github\.com/([^/]+/[^/]+)/pull/(\d+)", way.url)
        assert match
        found, why = self._place(match[1])
        pulls = [each for each in (found.tracker.pulls if found else ()) if each.number == int(match[2])]
        return found, pulls[0] if pulls else None, why

    def _review(self, way: Way) -> str:
        _, pull, why = self._pull(way)
        if pull is None:
            return why or "there is no such pull request"
        if pull.state != "OPEN" or pull.draft:
            return "it is not ready"
        if pull.author == self.me:
            return "nobody reviews their own"
        return "" if self.me in pull.reviewers else "nobody waits for them"

    def _merge(self, way: Way) -> str:
        found, pull, why = self._pull(way)
        if found is None or pull is None:
            return why or "there is no such pull request"
        if pull.author != self.me or pull.state != "OPEN":
            return "it is not theirs to finish"
        if found.role(self.me) not in ("admin", "maintain", "write"):
            return "they cannot merge it"
        if pull.decision not in (None, "APPROVED"):
            return "somebody else must approve it first"
        if pull.base not in (found.branch, "gh-pages"):
            return "its commits would be on no branch that counts"
        # A merge commit or a squashed one is made now; a rebase keeps the commits' own dates.
        return "" if found.merge_commits or found.squash else "its commits are of another day"

    def _begin(self, way: Way) -> str:
        match = re.fullmatch(r"https://github\.com/([^/]+/[^/]+)/issues/(\d+)", way.url)
        assert match
        found, why = self._place(match[1])
        if found is None:
            return why
        issue = found.tracker.issue(int(match[2]))
        if issue is None or issue.state != "open" or self.me not in issue.assignees:
            return "it is not theirs"
        if issue.author.endswith("[bot]"):
            return "a bot has nothing to be mended"
        if any(issue.number in each.closes and each.state == "OPEN" for each in found.tracker.pulls):
            return "somebody mends it already"
        return ""


@pytest.fixture
def people() -> Iterator[People]:
    with Sandbox() as sandbox:
        yield People(sandbox.github, NOW)


def warned(people: People, someone: Someone) -> tuple[Way, ...]:
    """The ways in the warning of one person: a whole run, but for the delivery."""
    github = people.github.url
    environment = {
        "STREAKY_USER": someone.login,
        "STREAKY_DRY_RUN": "true",
        "GITHUB_TOKEN": someone.token or TOKEN,
        "STREAKY_JOB_TOKEN": TOKEN,
        "GITHUB_API_URL": github,
        "GITHUB_GRAPHQL_URL": f"{github}/graphql",
    }
    report = guard(Sources({}, environment), NOW, limits=PATIENT)
    (alert,) = report.alerts
    assert alert.urgency is not None
    assert not [note for note in report.notes if "no ways" in note]
    assert len(alert.choice.ways if alert.choice else ()) == len(alert.facts.ways) <= 3
    return alert.facts.ways


def test_nine_warnings_of_ten_name_a_way_none_that_would_not_count_and_whoever_has_one_is_told(
    people: People,
) -> None:
    named = {someone.login: warned(people, someone) for someone in people.people}
    assert len(named) == PEOPLE
    wrong = [
        (someone.login, str(way.means), way.url, why)
        for someone in people.people
        for way in named[someone.login]
        if (why := Judge(people, someone).verdict(way))
    ]
    assert not wrong
    helped = Counter(someone.kind for someone in people.people if named[someone.login])
    shares = {kind: f"{helped[kind]} of {many}" for kind, (many, _) in KINDS.items()}
    assert sum(helped.values()) >= ENOUGH * PEOPLE, shares
    # What is not found is a fault of ours, and not of the mix.
    missed = [someone for someone in people.people if someone.has and not named[someone.login]]
    assert len(missed) <= 0.03 * PEOPLE, [(each.login, each.kind, each.has) for each in missed]


def test_the_judge_would_find_a_way_that_does_not_count(people: People) -> None:
    """Each kind of way in each place that is none: an archived repository, a fork, somebody else's."""
    someone = people.people[0]
    judge, found = Judge(people, someone), people.some(someone.login)
    people.propose(found, someone.login, decision="REVIEW_REQUIRED")
    found.tracker.open("It breaks", author="ada", assignees=["ada"])
    oid = people.push(found, "main", "ada", hours=1, email="ada@work.dev")
    base = f"https://github.com/{found.full_name}"
    ways = {
        Means.BRANCH: ("main", f"{base}/compare/main...main?expand=1"),
        Means.EMAIL: (oid[:7], "https://github.com/settings/emails"),
        Means.REVIEW: ("", f"{base}/pull/1"),
        Means.PULL: ("", f"{base}/pull/1"),
        Means.ISSUE: ("", f"{base}/issues/2"),
    }
    made = {means: Way(means, found.full_name, what, "", url) for means, (what, url) in ways.items()}
    assert [means for means, way in made.items() if not judge.verdict(way)] == []
    found.archived = True
    assert {judge.verdict(way) for means, way in made.items()} == {"it is archived"}
