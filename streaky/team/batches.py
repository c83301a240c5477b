"""Reading many people in few requests, as many at once as GitHub bears.

A batch grows while its answers are quick, and halves when GitHub takes too long or says that it was too
much; whoever fails alone is alone in a batch in the end, and holds up nobody else.
Source: GitHub docs, "Rate limits and query limits for the GraphQL API": a query costs at least one point,
takes 10 seconds at the most, and one that is cut off costs more points.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from streaky.errors import NEXT_RUN, Cause, CouldNotTell, NoReply
from streaky.github import queries
from streaky.github.client import PRIMARY, USED_UP, GraphQL, Partial, YearRefused, again_from
from streaky.github.person import Person, read_member
from streaky.http import Again, Patience

EACH = 12.0  # seconds for a request: GitHub gives up after 10 itself
QUICK = 3.0  # seconds: an answer that comes sooner leaves room for a larger batch
SIDE_BY_SIDE = 3  # requests at once: GitHub asks for few
TRIES = 5  # of a request that fails without a reason, before its people count as unread
RESERVE = 20  # points that stay for the two writes, also of shards that run at the same time
log = logging.getLogger("streaky")

Read = Person | CouldNotTell


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many people a request asks for: at first, and at the most."""

    first: int
    most: int


# Year-long windows are safe for 10 to 15 people, and fail half the time for 20. A request with 77 parts was
# seen to be refused though the parts were small.
SHORT, YEAR = Sizes(25, 50), Sizes(10, 15)


@dataclass(slots=True)
class Points:
    """What GitHub says of the token's points: those left, None where it says nothing, and when all are back.
    `spent`: what this process has used; `requests`: how many times it asked."""

    remaining: int | None = None
    reset: str = ""
    spent: int = 0
    requests: int = 0

    def learn(self, said: Any) -> None:
        """Take in the `rateLimit` of an answer."""
        self.requests += 1
        if isinstance(said, dict) and isinstance(said.get("remaining"), int):
            self.remaining, self.reset = said["remaining"], str(said.get("resetAt") or "")
            self.spent += said["cost"] if isinstance(said.get("cost"), int) else 1

    @property
    def used_up(self) -> bool:
        """Whether no more can be read without endangering the writes."""
        return self.remaining is not None and self.remaining < RESERVE


@dataclass(slots=True)
class Batches:
    """Reads people through one client. `now` fixes the windows of time; `points` is kept up to date; `tell`
    is called after each answer, with how many people it was about."""

    client: GraphQL
    now: datetime
    patience: Patience
    points: Points = field(default_factory=Points)
    tell: Callable[[int], None] = lambda read: None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def read(self, logins: Sequence[str], *, year: bool) -> dict[str, Read]:
        """Each of these people, or why they could not be read. The first are asked for first; those for whom
        time or points do not suffice are the last."""
        work = _Work(deque(logins), YEAR if year else SHORT)
        workers = [
            threading.Thread(target=self._work, args=(work, year), daemon=True)
            for _ in range(min(SIDE_BY_SIDE, -(-len(logins) // work.size)) if logins else 0)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        left = work.over or CouldNotTell(
            "GitHub gave no usable answer in time.", "", NEXT_RUN, Cause.NO_ANSWER
        )
        return {login: work.found.get(login, left) for login in logins}

    def _work(self, work: _Work, year: bool) -> None:
        """Ask for batch after batch, until nobody is left or nothing helps."""
        while work.over is None and self.patience.left > 0:
            with self._lock:
                if self.points.used_up:
                    work.over = _used_up(self.points.reset)
                    return
                batch = work.take()
            if not batch:
                return
            try:
                self._ask(work, batch, year)
            except Exception as defect:  # a thread's own end would leave people unread without a word
                log.debug("reading failed: %r", defect)
                what = f"Streaky failed with {type(defect).__name__} while reading."
                work.settle(
                    dict.fromkeys(batch, CouldNotTell(what, "", "This is a defect; please report it."))
                )

    def _ask(self, work: _Work, batch: Sequence[str], year: bool) -> None:
        query, variables = queries.many(self.now, batch, year=year)
        started = time.monotonic()
        try:
            answer = self.client.ask_many(query, variables, min(EACH, self.patience.left))
        except YearRefused:
            self._failed(work, batch, None)
            return
        except NoReply as error:
            self._failed(work, batch, Again(error.what))
            return
        except CouldNotTell as problem:  # of the token, or the request as a whole
            work.over = problem
            return
        if isinstance(answer, Again):
            self._failed(work, batch, answer)
            return
        with self._lock:
            self.points.learn(answer.data.get("rateLimit"))
        read, again = _taken_apart(answer, batch)
        work.settle(read)
        if again:
            self._failed(work, again, None)
        elif time.monotonic() - started < QUICK:
            work.grow(len(batch))
        self.tell(len(read))

    def _failed(self, work: _Work, batch: Sequence[str], why: Again | None) -> None:
        """Put a batch back; `why` is None where it was too much. Who fails alone too often is given up."""
        if why is not None and why.why == PRIMARY:
            work.over = _used_up(again_from(why.after))
            return
        tries = work.stumble()
        strikes = work.strike(batch[0]) if len(batch) == 1 else 0
        if strikes >= TRIES:
            what = "GitHub refused to read the calendar, even alone and for a short time."
            if why is not None:
                what = f"GitHub gave no usable answer: {why.why}."
            work.settle({batch[0]: CouldNotTell(what, "", NEXT_RUN, Cause.NO_ANSWER)})
            return
        if why is None or (tries > 1 and why.after is None):
            work.halve(len(batch))
        if why is not None and why.after is not None:
            if why.after >= self.patience.left:
                at = again_from(why.after)
                what, cause = f"GitHub gave no usable answer: {why.why}.", Cause.RATE_LIMITED
                work.over = CouldNotTell(
                    what, "", NEXT_RUN, cause if why.why in USED_UP else None, {"time": at}
                )
                return
            self.patience.pause(why.after)
        elif not self.patience.wait(strikes - 1 if strikes else min(tries, 4)):
            return  # somebody who fails alone says nothing of GitHub's health, and everybody waits for them
        work.back(batch)


class _Work:
    """Who is still to be read, and how many at once. `over`: why nobody else can be."""

    def __init__(self, waiting: deque[str], sizes: Sizes) -> None:
        self.size = sizes.first
        self.found: dict[str, Read] = {}
        self.over: CouldNotTell | None = None
        self._waiting, self._most, self._stumbles = waiting, sizes.most, 0
        self._strikes: dict[str, int] = {}
        self._lock = threading.Lock()

    def take(self) -> list[str]:
        with self._lock:
            return [self._waiting.popleft() for _ in range(min(self.size, len(self._waiting)))]

    def back(self, batch: Sequence[str]) -> None:
        with self._lock:
            self._waiting.extendleft(reversed(batch))

    def settle(self, read: Mapping[str, Read]) -> None:
        with self._lock:
            self.found |= read
            self._stumbles = 0

    def grow(self, size: int) -> None:
        """Ask for more at once, after an answer for this many came quickly."""
        with self._lock:
            self.size = min(self._most, max(self.size, size * 2))

    def halve(self, size: int) -> None:
        """Ask for half as many at once, since this many were too many, and never again for as many."""
        with self._lock:
            self._most = max(1, min(self._most, size - 1))
            self.size = max(1, min(self.size, size // 2))

    def stumble(self) -> int:
        """Count a failure; how many there were in a row."""
        with self._lock:
            self._stumbles += 1
            return self._stumbles

    def strike(self, login: str) -> int:
        with self._lock:
            self._strikes[login] = self._strikes.get(login, 0) + 1
            return self._strikes[login]


def _taken_apart(answer: Partial, batch: Sequence[str]) -> tuple[dict[str, Read], list[str]]:
    """Who was read, or is refused for good; and who is to be asked for again, in a smaller batch."""
    wrong: dict[str, Mapping[str, Any]] = {}
    for error in answer.errors:
        path = error.get("path")
        if isinstance(path, list) and path and isinstance(path[0], str):
            wrong.setdefault(path[0], error)
    read: dict[str, Read] = {}
    again = []
    for number, login in enumerate(batch):
        refusal, user = wrong.get(f"u{number}"), answer.data.get(f"u{number}")
        if refusal and refusal.get("type") == "NOT_FOUND":
            mend = "Check the name of the file in the roster: the login may have changed."
            read[login] = CouldNotTell("GitHub knows no such user.", "", mend, Cause.NO_USER)
        elif refusal or not isinstance(user, dict):
            again.append(login)  # too much, or cut off
        else:
            try:
                read[login] = read_member(user, login)
            except CouldNotTell as problem:
                read[login] = problem
    return read, again


def _used_up(at: str) -> CouldNotTell:
    """The rate limit's points are used up; `at`: until when."""
    what = "GitHub gave no usable answer: its rate limit is used up."
    why = f"It can be asked again from {at} UTC on." if at else ""
    return CouldNotTell(what, why, NEXT_RUN, Cause.RATE_LIMITED, {"time": at})
