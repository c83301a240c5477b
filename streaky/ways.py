"""Ways to save the day: what a person could do now that GitHub would count today, the best ones first.

Source for what counts: GitHub docs, "Profile contributions reference" and "Why are my contributions not
showing up on my profile?".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice, zip_longest
from urllib.parse import quote

from streaky.calendar import Day
from streaky.github.queries import BRANCH
from streaky.github.ways import Activity, Item, Made, Place, Work

MOST = 3
LONGEST_URL = 512  # of Discord's buttons, the strictest
PAGES = "gh-pages"  # its commits count, like those of the default branch
BOT = "github-actions"
# Addresses that no account can have. Source: GitHub docs, "Why are my contributions not showing up", on
# generic ones; RFC 2606 and RFC 6762 for the names.
EMAIL = re.compile(r"[^@\s]+@(?:[\w-]+\.)+[a-z]{2,}", re.IGNORECASE)
NOBODYS = re.compile(
    r"(?:@|\.)(?:local|localdomain|localhost|lan|home|internal|test|invalid|example(?:\.\w+)?)$"
    r"|noreply|no-reply|\[bot\]",
    re.IGNORECASE,
)


OpenTo = Callable[..., bool]  # whether something may be suggested in all of these places


class Means(StrEnum):
    """By what means a day can be saved, in the order in which they are suggested."""

    BRANCH = "branch"
    EMAIL = "email"
    REVIEW = "review"
    PULL = "pull"
    ISSUE = "issue"


@dataclass(frozen=True, slots=True)
class Way:
    """One thing to do. `what`: a branch, a commit or a title, as somebody wrote it; `mark`: a short name of
    where it is; `private`: its repository is."""

    means: Means
    repository: str
    what: str
    mark: str
    url: str
    private: bool = False


def choose(work: Work, day: Day, mute: Iterable[str], server: str) -> tuple[Way, ...]:
    """Up to three ways for this local day, of different means as far as possible.

    `mute`: repositories of which none is suggested, `owner/name` or `owner/*`; `server`: GitHub's address.
    """
    muted = frozenset(each.casefold() for each in mute)

    def open_to(*places: Place) -> bool:
        return all(
            not place.archived and (work.own or not place.private) and not _muted(place, muted)
            for place in places
        )

    found = (
        [*_branches(work, day, open_to)],
        [*_emails(work, day, open_to, server)],
        [*_reviews(work, open_to)],
        [*_pulls(work, open_to)],
        [*_issues(work, open_to)],
    )
    ranked = (way for row in zip_longest(*found) for way in row if way and len(way.url) <= LONGEST_URL)
    return tuple(islice(ranked, MOST))


def _muted(place: Place, muted: frozenset[str]) -> bool:
    owner = place.name.partition("/")[0]
    return not muted.isdisjoint((place.name.casefold(), f"{owner.casefold()}/*"))


def _branches(work: Work, day: Day, open_to: OpenTo) -> Iterator[Way]:
    """Pushes that no pull request holds yet, those of today first. Opening one counts, in what is no fork."""
    waiting = {
        head.oid: (head, activity)
        for activity in work.activities
        for head in activity.heads
        if _waits(head, activity, work, day)
    }
    for head, activity in sorted(waiting.values(), key=lambda each: each[0].at, reverse=True):
        place, target = activity.place, activity.parent if activity.place.fork else activity.place
        if target is None or target.fork or not target.default or not open_to(place, target):
            continue
        start = f"{place.owner}:" if place.fork else ""
        span = f"{quote(target.default, safe='/')}...{start}{quote(head.branch, safe='/')}"
        url, mark = f"{target.url}/compare/{span}?expand=1", f"{place.name}: {head.branch}"
        yield Way(Means.BRANCH, place.name, head.branch, mark, url, place.private or target.private)


def _waits(head: Made, activity: Activity, work: Work, day: Day) -> bool:
    """Whether a branch holds the person's work, and no pull request or default branch does."""
    fork, default = activity.place.fork, head.branch == activity.place.default
    merged = activity.upstream if fork else {each.oid for each in activity.commits}
    if (
        head.branch in (PAGES, BRANCH)
        or head.proposed
        or head.merge
        or (default and not fork)
        or head.oid in merged
    ):
        return False
    if not (_same(head.login, work.login) or _unlinked(head, work)):
        return False
    made = head.at.astimezone(day.zone).date()
    # A fork's default branch follows the one upstream, so it may hold more than the person's own work. What
    # came upstream from its other branches today counts today, and then nobody is warned.
    sure = head.at > activity.since or (fork and not default and made == day.date)
    return sure and made <= day.date


def _emails(work: Work, day: Day, open_to: OpenTo, server: str) -> Iterator[Way]:
    """Commits of today that would count, were their e-mail address linked to the account."""
    if "_" in work.login:
        return  # a managed user, who cannot add an address
    addresses = set[str]()
    for activity in work.activities:
        place = activity.place
        if place.fork or not open_to(place):
            continue
        for commit in activity.commits:
            # GitHub counts a commit on the date that its own clock said.
            of_today = commit.at.date() == day.date
            if of_today and _unlinked(commit, work) and _can_be_linked(commit.email, addresses):
                addresses.add(commit.email.casefold())
                oid = commit.oid[:7]
                mark, url = f"{place.name} {oid}", f"{server}/settings/emails"
                yield Way(Means.EMAIL, place.name, oid, mark, url, place.private)


def _reviews(work: Work, open_to: OpenTo) -> Iterator[Way]:
    """Pull requests that wait for the person's review, which counts."""
    for item in work.reviews:
        if not (item.draft or item.place.fork or _same(item.author, work.login)) and open_to(item.place):
            yield _way(Means.REVIEW, item)


def _pulls(work: Work, open_to: OpenTo) -> Iterator[Way]:
    """The person's own pull requests that they can merge themselves, nearest to done first. The commit that
    merging makes counts, and is of today."""

    def can_merge(item: Item) -> bool:
        place = item.place
        mine = _same(place.owner, work.login) or (work.own and place.may_push)
        return mine and item.commits and item.base in (place.default, PAGES) and not place.fork

    # Any other decision means that somebody else must look at it first.
    ready = (item for item in work.pulls if can_merge(item) and item.decision in ("", "APPROVED"))
    for item in sorted(ready, key=lambda item: (item.draft, item.conflict, item.decision != "APPROVED")):
        if open_to(item.place):
            yield _way(Means.PULL, item)


def _issues(work: Work, open_to: OpenTo) -> Iterator[Way]:
    """Issues assigned to the person. Opening a pull request for one counts."""
    for item in work.issues:
        if item.author != BOT and not item.place.fork and open_to(item.place):
            yield _way(Means.ISSUE, item)


def _way(means: Means, item: Item) -> Way:
    place = item.place
    return Way(means, place.name, item.title, f"{place.name}#{item.number}", item.url, place.private)


def _unlinked(commit: Made, work: Work) -> bool:
    """Whether a commit is the person's by its author's name, and no account's by its address."""
    names = {name.casefold() for name in (work.login, work.name) if name}
    return not commit.login and " ".join(commit.name.split()).casefold() in names


def _can_be_linked(email: str, told: set[str]) -> bool:
    """Whether an address can be added to an account, and is not one that was `told` of."""
    return bool(EMAIL.fullmatch(email)) and not NOBODYS.search(email) and email.casefold() not in told


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()
