"""What the person says on the issue: quiet for today by closing it, and a pause or its end by a comment.

A comment that was obeyed, or answered because it was wrong, gets a reaction of the bot's and is not looked at
again. Without a ledger the commands themselves are the memory: the newest holds while its date lasts.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date

from streaky.calendar import Day
from streaky.channels.issue import IssueAddress
from streaky.channels.issue.delivery import COMMANDS, told
from streaky.config import values
from streaky.config.settings import Settings
from streaky.config.values import Pause
from streaky.errors import CouldNotTell
from streaky.github.issues import Closing, Comment, Issue, Issues, Tracker
from streaky.http import Patience
from streaky.input.refusal import BadValue
from streaky.ledger.book import Ledger
from streaky.locales import words
from streaky.look import Look
from streaky.schedule.slots import Kind, Slot
from streaky.streak import Standing, State

COMMAND = re.compile(r"\s*/(?P<verb>pause|resume)\b[ \t]*(?P<rest>[^\r\n]*)", re.IGNORECASE)
LONGEST_COMMAND = 40  # characters of what follows a command
STRANGERS = 3  # of whom it is asked, in one run, whether they may write
SAID_BY_CLOSING = (Kind.AT_RISK, Kind.UNKNOWN)  # what nobody hears today who has closed the issue
OBEYED, WRONG = "rocket", "confused"


@dataclass(frozen=True, slots=True)
class Replies:
    """What was said on the issue.

    `remembered`: a ledger remembers what earlier runs obeyed; `pause`: the last date of the newest pause
    (before today: its end), None where nobody asked for one; `quiet`: who closed the issue today, while the
    day was at risk; `obeyed` and `wrong`: new commands; `delivered`: the slots that the issue shows to have
    been sent.
    """

    remembered: bool = False
    pause: date | None = None
    quiet: Closing | None = None
    obeyed: tuple[Comment, ...] = ()
    wrong: tuple[Comment, ...] = ()
    delivered: frozenset[tuple[Slot, str]] = frozenset()

    def heeded(self, seen: Look, day: Day) -> Look:
        """The look with settings that follow what was said."""
        settings = seen.settings
        if self.pause and not settings.pause_by_hand:
            settings = _paused(settings, self.pause, day.date, by_hand=self.remembered)
        notes = seen.notes
        if self.quiet:
            heard = settings.speaking.notify.difference(SAID_BY_CLOSING)
            settings = replace(settings, speaking=replace(settings.speaking, notify=heard))
            at = self.quiet.at.astimezone(day.zone)
            notes = (*notes, f"Quiet for today: {self.quiet.by} closed the issue at {at:%H:%M}.")
        return replace(seen, settings=settings, notes=notes)

    def finish(self, seen: Look, standing: Standing | None, patience: Patience, *, kept: bool) -> None:
        """Close the issue where there is nothing to do any more, react to the commands, if what they ask for
        was `kept`, and answer those that were wrong. Failing is left to a later run."""
        tracker, owner_name = issue_in_use(seen), seen.settings.github.repository
        if not (tracker and tracker.issue and owner_name) or seen.settings.dry_run:
            return
        desk, number = Issues(seen.clients.rest, owner_name), tracker.issue.number
        with suppress(CouldNotTell):
            if standing and standing.state is not State.AT_RISK and tracker.issue.open:
                desk.set_state(number, "closed", patience)
            for comment in self.obeyed if kept else ():
                desk.react(comment.id, OBEYED, patience)
            if self.wrong:
                # One answer for all of them, and before the reactions, which end the matter.
                answer = words(seen.settings.language)["issue.wrong"].format(commands=COMMANDS)
                desk.comment(number, answer, patience)
            for comment in self.wrong:
                desk.react(comment.id, WRONG, patience)


def issue_in_use(seen: Look) -> Tracker | None:
    """The issue as it was read, where it gets the alerts."""
    repository = seen.repository
    return repository.tracker if repository and seen.settings.uses_issue(repository) else None


def read_replies(seen: Look, ledger: Ledger | None, day: Day, patience: Patience) -> Replies:
    """What was said on the issue, by people who may write to the repository, or by the team's member whose
    issue it is. One request for each of those who is neither that nor its owner."""
    tracker, owner_name = issue_in_use(seen), seen.settings.github.repository
    if not (tracker and tracker.issue and owner_name):
        return Replies()
    desk = Issues(seen.clients.rest, owner_name)
    own = seen.settings.user.casefold() if seen.settings.member else ""
    allowed = _Allowed(lambda login: login.casefold() == own or desk.may_write(login, patience))
    sent = told(tracker, seen.settings.user)
    warned = [each for slot, each in sent.items() if (slot.day, slot.kind) == (day.date, Kind.AT_RISK)]
    return replace(
        _commands(tracker.issue, day, allowed, remembered=ledger is not None),
        quiet=_quiet(tracker.issue, warned, day, allowed),
        delivered=frozenset((slot, IssueAddress.name) for slot in sent),
    )


def _commands(issue: Issue, day: Day, allowed: Callable[[str], bool], *, remembered: bool) -> Replies:
    """The commands. New are those after the last one that has a reaction."""
    found = [each for each in issue.comments if not each.ours and COMMAND.match(each.body)]
    answered = max((number for number, each in enumerate(found) if each.answered), default=-1)
    new = found[answered + 1 :]
    pause: date | None = None
    obeyed, wrong = list[Comment](), list[Comment]()
    for comment in new if remembered else found:
        if not allowed(comment.author):
            continue
        said = _last_date(comment, day)
        if said is not None:
            pause = said
        if comment in new:
            (wrong if said is None else obeyed).append(comment)
    return Replies(remembered, pause, obeyed=tuple(obeyed), wrong=tuple(wrong))


def _last_date(comment: Comment, day: Day) -> date | None:
    """The last date of the pause that a command asks for, counted from the day on which it was written; the
    day before for its end; None where it is no command that we know."""
    said = COMMAND.match(comment.body)
    written = comment.created.astimezone(day.zone).date()
    if said is None or len(rest := said["rest"].strip()) > LONGEST_COMMAND:
        return None
    if said["verb"].lower() == "resume":
        return None if rest else Pause().last(written)
    try:
        asked = values.pause(rest)
    except BadValue:
        return None
    return asked.last(written) if asked.until is None or asked.until >= written else None


def _paused(settings: Settings, last: date, today: date, *, by_hand: bool) -> Settings:
    """The settings with the pause that was asked for: by hand, so that it takes the place of another one and
    is remembered, else beside what the settings say."""
    if by_hand:
        pause = Pause(until=last) if last >= today else Pause()
        return replace(settings, pause=pause, pause_by_hand=True)
    before = settings.pause.last(today) if settings.pause else last
    return replace(settings, pause=Pause(until=max(before, last)))


def _quiet(issue: Issue, warned: list[Comment], day: Day, allowed: Callable[[str], bool]) -> Closing | None:
    """Who closed the issue today after a warning; to close one of yesterday's says nothing of today."""
    closing = issue.closing
    if closing is None or closing.at.astimezone(day.zone).date() != day.date:
        return None
    after = any(comment.created <= closing.at for comment in warned)
    return closing if after and allowed(closing.by) else None


class _Allowed:
    """Whether people may write, each asked for once; a crowd of strangers is not asked for."""

    def __init__(self, ask: Callable[[str], bool]) -> None:
        self._ask, self._known = ask, dict[str, bool]()

    def __call__(self, login: str) -> bool:
        if login and login not in self._known and sum(not may for may in self._known.values()) < STRANGERS:
            try:
                self._known[login] = self._ask(login)
            except CouldNotTell:
                self._known[login] = False
        return self._known.get(login, False)
