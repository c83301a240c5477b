"""A shard's book: the ledgers of its people, a line of JSON for each, in one file.

One file, so that a write is one atomic request, whatever its size. A line is only taken apart for a person
who is looked at, and only written anew for one of whom something changed: both take half a millisecond. The
first line has what holds for all of them: when the workflow's runs started.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from streaky.ledger import form
from streaky.ledger.book import Ledger
from streaky.ledger.parts import INSTANT, record

VERSION = 1
JOURNAL_KEPT = timedelta(days=60)  # of a person's journal
GONE = timedelta(days=40)  # without a line in it: then no other shard asks for the person any more
DAY = re.compile(rb'"(2\d{3}-\d\d-\d\d)":\[')
USER = re.compile(rb'\{"user":"([A-Za-z0-9][A-Za-z0-9_-]{0,38})"[,}]')


@dataclass(frozen=True, slots=True)
class Starts:
    """When scheduled runs of the last weeks started, and up to when GitHub's list of them was read."""

    starts: tuple[datetime, ...] = ()
    listed: datetime | None = None


STARTS = record(Starts, starts=form.STARTS, listed=INSTANT)


class Book:
    """The ledgers of a shard. It never changes; `changed` makes another one."""

    def __init__(self, lines: Mapping[str, bytes] | None = None, runs: Starts | None = None) -> None:
        """`lines`: the JSON of each ledger, by the login in lower case."""
        self._lines, self.runs = dict(lines or {}), runs or Starts()
        self._read: dict[str, Ledger] = {}
        self.unreadable: set[str] = set()

    @property
    def logins(self) -> Collection[str]:
        """Whose ledgers are in it, in lower case."""
        return self._lines.keys()

    def ledger(self, login: str) -> Ledger:
        """A person's ledger; an empty one where there is none, or none that can be read."""
        key = login.lower()
        if key not in self._read:
            self._read[key] = self._parsed(key, login)
        ledger = self._read[key]
        return replace(ledger, user=login, starts=self.runs.starts, listed=self.runs.listed)

    def _parsed(self, key: str, login: str) -> Ledger:
        line = self._lines.get(key)
        if line is None:
            return Ledger(login)
        try:
            return form.LEDGER.read(json.loads(line, object_pairs_hook=form.once))
        except form.FOREIGN:
            self.unreadable.add(login)
            return Ledger(login)

    def changed(self, ledgers: Mapping[str, Ledger], runs: Starts) -> Book:
        """The book with these ledgers in place of what was there; itself where nothing changes."""
        if not ledgers and runs == self.runs:
            return self
        book = Book(self._lines, runs)
        book._read |= self._read
        for login, ledger in ledgers.items():
            last = max(ledger.days, default=None)
            days = {
                day: line for day, line in ledger.days.items() if last is None or last - day < JOURNAL_KEPT
            }
            bare = replace(ledger, user=login, days=days, starts=(), listed=None)
            book._lines[login.lower()] = _line(form.LEDGER.write(bare))
            book._read[login.lower()] = bare
        return book

    def only(self, holds: Callable[[str], bool]) -> Book:
        """The book with those people alone."""
        return Book({key: line for key, line in self._lines.items() if holds(key)}, self.runs)

    def kept(self, holds: Callable[[str], bool], logins: Collection[str], today: date) -> Book:
        """The book without whoever has left: of a shard's own people, which `holds` tells, those who are none
        of `logins` (in lower case); of others, whom a newer shard took, those of whom it is long ago."""
        oldest = (today - GONE).isoformat().encode()
        kept = {
            key: line
            for key, line in self._lines.items()
            if (key in logins if holds(key) else max(DAY.findall(line), default=b"") >= oldest)
        }
        if len(kept) == len(self._lines):
            return self
        book = Book(kept, self.runs)
        book._read |= {key: each for key, each in self._read.items() if key in kept}
        return book


def write(book: Book) -> bytes:
    """The book as the file holds it, people in order."""
    head = _line({"version": VERSION} | STARTS.write(book.runs))
    return b"\n".join((head, *(line for _, line in sorted(book._lines.items())))) + b"\n"


def read(data: bytes | None) -> tuple[Book, str]:
    """The book in a file, and why all or a part of it cannot be used, as a clause; "" for no reason."""
    if data is None:
        return Book(), ""
    head, *lines = data.split(b"\n")
    try:
        first = json.loads(head, object_pairs_hook=form.once)
        version = first.pop("version")
        if version != VERSION:
            return Book(), f"it was written by another version of Streaky ({json.dumps(version)[:20]})"
        runs = STARTS.read(first)
    except form.FOREIGN:
        return Book(), "its first line is not Streaky's"
    found: dict[str, bytes] = {}
    broken = data[-1:] != b"\n"
    for line in lines:
        match = USER.match(line)
        if match and line.endswith(b"}"):
            found[match[1].decode().lower()] = line
        else:
            broken = broken or bool(line)
    return Book(found, runs), "it was changed by hand, or breaks off" if broken else ""


def _line(document: Mapping[str, object]) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode()
