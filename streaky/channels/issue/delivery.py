"""An issue of the person's own repository: comments by the job's bot, which mention the person. It needs no
secret.

An alert of a day at risk leaves the issue open, and the first run that sees the day safe closes it: an open
issue means that there is something to do. A hidden marker in each comment says which slot it was for, so that
the issue itself remembers what was sent.
Source: GitHub docs, "Basic writing and formatting syntax", "Autolinked references and URLs"; GFM, 6.9.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote

from streaky import HOMEPAGE, github
from streaky.channels.base import Undelivered, marked
from streaky.errors import CouldNotTell
from streaky.github import issues
from streaky.github.issues import Comment, Issues, Tracker, labels_of
from streaky.github.rest import Conflict, Forbidden, Gone
from streaky.http import Patience
from streaky.locales import words
from streaky.messages import Alert, Choice, Resolution
from streaky.schedule.slots import Kind, Slot
from streaky.text import plain

if TYPE_CHECKING:
    from streaky.channels.base import Run

T = TypeVar("T")
TITLE, LINE, LINES, LINK = 300, 400, 30, 100  # units; far below the 65,536 bytes that every reading allows
# Requests that make content: 80 a minute, and best a second between them. Source: GitHub docs, "Rate limits
# for the REST API".
CONTENT = ((1, 1.0), (75, 60.0))
COMMANDS = "`/pause 3d`, `/pause 2026-12-31`, `/resume`"
COUNTING = (Kind.AT_RISK, Kind.SAFE, Kind.TEST)  # their words may hold a number of contributions
OPENING = (Kind.AT_RISK, Kind.UNKNOWN)  # there is something to do
SWITCHED_OFF = "Issues are switched off in this repository."
SWITCH_ON = "Switch them on (Settings → General → Features → Issues), or set another channel."
PERMIT = "Give the job `permissions: issues: write`, or set another channel."
LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,38}")
MARKER = re.compile(r"<!-- streaky:(?P<user>[\w-]+)/(?P<slot>[\w:/-]+) -->", re.ASCII)


def escape(text: str) -> str:
    """Text of one line in which nothing acts as Markdown or HTML, mentions anybody, or becomes a link."""
    text = re.sub(r"([\\`*_~|<>\[\]&$!])", r"\\\1", text)
    text = re.sub(r"^([#+=-])", r"\\\1", text)
    text = re.sub(r"^(\d+)([.)])", r"\1\\\2", text)
    # GitHub links these after it has read the Markdown, so that only a space without width keeps them apart.
    for before, after in (("#", r"\d"), ("(?i:gh-)", r"\d"), ("(?i:www)", r"\."), (":", r"//|\w+:")):
        text = re.sub(f"({before})(?={after})", "\\1\u200b", text)
    return re.sub(r"([0-9a-fA-F]{6})(?=[0-9a-fA-F])", "\\1\u200b", text)


def marker(user: str, slot: Slot) -> str:
    """The hidden line that says which slot a comment was for."""
    return f"<!-- streaky:{user.lower()}/{slot} -->"


def read_slot(body: str, user: str) -> Slot | None:
    """The slot of this person that a comment was for, None for anything else."""
    found = MARKER.search(body)
    if found is None or found["user"] != user.lower():
        return None
    try:
        return Slot.read(found["slot"])
    except ValueError:
        return None


def told(tracker: Tracker | None, user: str) -> dict[Slot, Comment]:
    """The comment for each slot that the issue shows to have been sent."""
    comments = tracker.issue.comments if tracker and tracker.issue else ()
    slots = ((read_slot(each.body, user), each) for each in comments if each.ours)
    return {slot: each for slot, each in slots if slot is not None}


def body(alert: Alert, language: str, *, discreet: bool = False) -> str:
    """The comment as Markdown. The mention stands at its end, since a phone shows the beginning. `discreet`:
    everybody can read it, so it says nothing of a number of contributions, nor of what is private."""
    links = [_link(alert.link, alert.url)]
    choice = alert.public_choice if discreet else alert.choice
    if alert.pause and not choice:
        links.append(_link(*alert.pause))
    user = alert.facts.user if LOGIN.fullmatch(alert.facts.user) else ""
    small = [words(language)["issue.mention"].format(user=user)] if user else []
    if alert.slot.kind is Kind.AT_RISK:
        small.append(explained(language)[1])
    standing = alert.facts.standing
    counts = standing is not None and standing.count > 0 and alert.slot.kind in COUNTING
    lines = () if discreet and counts else alert.lines
    ways = _ways(choice) if choice else ""
    parts = (_bold(alert.title), _lines(lines), ways, " · ".join(links), f"<sub>{' '.join(small)}</sub>")
    return "\n\n".join(part for part in (*parts, marker(user or "-", alert.slot)) if part)


def explained(language: str) -> tuple[str, str]:
    """What the issue is, and what the person can do there."""
    what, can = words(language)["issue.text"].format(commands=COMMANDS).split("\n")
    return what, can


def resolved(resolution: Resolution, hidden: str) -> str:
    """What a comment says when its day is safe or over; `hidden` is its marker. It mentions nobody."""
    link = _link(resolution.user, resolution.url)
    parts = (_bold(resolution.title), _lines(resolution.lines), link, hidden)
    return "\n\n".join(part for part in parts if part)


def _bold(text: str) -> str:
    return f"**{escape(plain(text, TITLE))}**"


def _lines(lines: tuple[str, ...]) -> str:
    return "\n".join(escape(plain(line, LINE)) for line in lines[:LINES])


def _ways(choice: Choice) -> str:
    """The ways to save the day, with a link each, and to rest."""
    ways = (
        f"{number}. {escape(plain(way.text, LINE))} {_link(way.mark, unlisted(way.url))}"
        for number, way in enumerate(choice.ways, 1)
    )
    rest = _link(choice.rest, choice.pause) if choice.pause else escape(choice.rest)
    return "\n".join((_bold(choice.title), *ways, "", rest))


def unlisted(url: str) -> str:
    """The URL, if somebody's issue or pull request then without a trace there of this comment. Source: GitHub
    docs, "Autolinked references and URLs", on backlinks."""
    return re.sub(r"^https://github\.com/(.+/(?:pull|issues)/\d+)$", r"https://redirect.github.com/\1", url)


def _link(text: str, url: str) -> str:
    """A link; in its URL every character is encoded that could end it."""
    return f"[{escape(plain(text, LINK))}]({quote(url, safe=':/?#=&%+.-_~@')})"


class Issue:
    """The channel."""

    name = key = "issue"

    def __init__(
        self,
        issues: Issues,
        user: str,
        language: str,
        tracker: Tracker | None,
        read: Callable[[Patience], Tracker],
        *,
        discreet: bool = False,
        member: bool = False,
    ) -> None:
        """`tracker`: the issue as it was read, None where it could not be, and `read` asks for it anew.
        `discreet` as in `body`; `member`: it is one of many, each of which names its person."""
        self.mark = marked(self.key, issues.repository)
        self.limits = {self.key: CONTENT}
        self._member = member
        self._issues, self._user, self._language = issues, user, language
        self._tracker, self._read, self._discreet = tracker, read, discreet

    def deliver(self, alert: Alert, patience: Patience) -> str:
        """Comment on the issue, opened where there is none; the comment's id. Raises Undelivered."""

        def send(tracker: Tracker) -> str:
            issue = tracker.issue
            if issue is None:
                labels = labels_of(self._user, member=self._member)
                opened = self._issues.open(*self._opening(), self._user, patience, labels)
                issue = issues.Issue(opened)
                self._tracker = Tracker(enabled=True, issue=issue)
            text = body(alert, self._language, discreet=self._discreet)
            comment = self._issues.comment(issue.number, text, patience)
            if alert.slot.kind in OPENING and not issue.open:
                with suppress(CouldNotTell):  # the comment alone has reached the person
                    self._issues.set_state(issue.number, "open", patience)
                    self._tracker = replace(tracker, issue=replace(issue, open=True))
            return str(comment)

        return self._attempt(send, patience)

    def resolve(self, message: str, resolution: Resolution, patience: Patience) -> None:
        """Edit the comment with this id. Raises Undelivered."""

        def edit(tracker: Tracker) -> None:
            shown = {str(each.id): each.body for each in (tracker.issue.comments if tracker.issue else ())}
            hidden = MARKER.search(shown.get(message, ""))
            self._issues.edit(int(message), resolved(resolution, hidden[0] if hidden else ""), patience)

        self._attempt(edit, patience)

    def look_up(self, patience: Patience) -> str:
        """Which issue it is. Raises Undelivered."""

        def said(tracker: Tracker) -> str:
            where = f"issue #{tracker.issue.number}" if tracker.issue else "an issue that the first one opens"
            return f"Issues are on; alerts go to {where}."

        return self._attempt(said, patience)

    def _opening(self) -> tuple[str, str]:
        """Title and text of the issue."""
        text = "\n\n".join((*explained(self._language), HOMEPAGE))
        title = str(words(self._language)["issue.title"])
        return f"{title}: {self._user}" if self._member else title, text

    def _attempt(self, step: Callable[[Tracker], T], patience: Patience) -> T:
        """Take a step with the issue as it is known. Raises Undelivered."""
        try:
            if self._tracker is None:
                self._tracker = self._read(patience)
            if not self._tracker.enabled:
                raise Undelivered(SWITCHED_OFF, SWITCH_ON)
            return step(self._tracker)
        except Gone:
            raise Undelivered(SWITCHED_OFF, SWITCH_ON) from None
        except Forbidden as problem:
            raise Undelivered(f"The job may not write to the issue. {problem.what}", PERMIT) from None
        except Conflict as problem:
            raise Undelivered(f"{problem.what} {problem.why}".rstrip(), only_this=True) from None
        except CouldNotTell as problem:
            raise Undelivered(problem.what, "A later run tries again.", again=True) from None


def open_issue(run: Run) -> list[Issue]:
    """The issue as the channel of this run; none where it is not used."""
    clients, repository, owner_name = run.clients, run.repository, run.github.repository
    if not run.uses_issue or clients is None or owner_name is None:
        return []

    label, *_ = labels_of(run.user, member=run.member)

    def read(patience: Patience) -> Tracker:
        return github.read_issue(clients.job, owner_name, patience, label)

    own = run.github.own_token  # which counts what only the person sees
    return [
        Issue(
            Issues(clients.rest, owner_name),
            run.user,
            run.language,
            repository.tracker if repository else None,
            read,
            discreet=own and (repository is None or repository.public),
            member=run.member,
        )
    ]
