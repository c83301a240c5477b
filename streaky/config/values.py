"""Text to value: each reader takes what a person wrote and returns the value, or says what is wrong.

Readers raise `BadValue` with the fault and its mend; they never repeat a secret, and they repeat any
other text only through `shown`.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING, TypeVar

from streaky import zones
from streaky.calendar import ONE_DAY
from streaky.channels import KEY
from streaky.input import switches
from streaky.input.refusal import BadValue, closest, nearest, shown
from streaky.locales import languages
from streaky.runner.handover import unpacked
from streaky.schedule.slots import ALWAYS, Kind, Slot

if TYPE_CHECKING:
    from streaky.sealing import PrivateKey

T = TypeVar("T")


# Plain text


def printable(text: str, *, lines: bool = False) -> None:
    """Refuse control characters; line breaks and tabs may stay where `lines` are asked for."""
    for character in text:
        if unicodedata.category(character) in ("Cc", "Cs") and not (lines and character in "\r\n\t"):
            raise BadValue(f"holds a control character (U+{ord(character):04X}).", "Remove it.")


def secret(text: str) -> str:
    """A token or password for a header: any visible ASCII without spaces."""
    if not all("!" <= character <= "~" for character in text):
        raise BadValue(
            "holds a space or a character no token has.", "Copy it anew, without anything around it."
        )
    return text


def private_keys(text: str) -> tuple[PrivateKey, ...]:
    """The keys that open sealed values, one a line."""
    from streaky import sealing  # 3 ms, 7 without bytecode

    try:
        return sealing.private_keys(text)
    except sealing.BadKey as bad:
        raise BadValue(bad.what, bad.mend) from None


def config_path(text: str) -> str:
    """A path in the repository, or any path on this machine."""
    if len(text) > 500:
        raise BadValue("is too long for a path.")
    return text


def ledger(text: str) -> str:
    """Where the ledger is kept: auto, none, or file:PATH."""
    word = text.lower()
    if word in ("auto", "none"):
        return word
    if text.startswith("file:") and text.removeprefix("file:").strip() and len(text) < 500:
        return text
    raise BadValue(f"{shown(text)} is no place for a ledger.", "Write auto, none, or file:PATH.")


def ledger_but_no_file(text: str) -> str:
    """auto or none. A path from a config file could overwrite any file of the machine that reads it."""
    if text.startswith("file:"):
        what = "a ledger's path is never taken from a file, because any file could be overwritten that way."
        raise BadValue(what, "Remove it from here, and set the input ledger in the workflow, or --ledger.")
    return ledger(text)


# Names


def login(text: str) -> str:
    """A GitHub login: letters, digits, hyphens; `_` for managed users. Source: GitHub docs, usernames."""
    name = text.removeprefix("@")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,38}", name):
        raise BadValue(f"{shown(text)} is not a GitHub login.", "Write it as in github.com/LOGIN.")
    return name


def repository(text: str) -> tuple[str, str]:
    """`owner/name` as its two parts."""
    owner, slash, name = text.partition("/")
    if not slash or not re.fullmatch(r"[\w.-]+", owner) or not re.fullmatch(r"[\w.-]+", name):
        raise BadValue(f"{shown(text)} is not a repository.", "Write owner/name.")
    return owner, name


def language(text: str) -> str:
    """A language code; without a region's file the language's own is taken (en-GB is en), and for a language
    alone that of its region (zh is zh-CN). Another region is no match: zh-TW has another script."""
    word = text.lower().replace("_", "-")
    if word == "en":
        return word  # the default, for which no folder is read
    codes = {code.lower(): code for code in languages()}
    spoken = {code.partition("-")[0]: name for code, name in codes.items()}
    code = codes.get(word) or codes.get(word.partition("-")[0]) or spoken.get(word)
    if code is None or not re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", word):
        mend = nearest(text, codes.values()) or f"Choose from: {', '.join(codes.values())}."
        raise BadValue(f"{shown(text)} is not a language Streaky speaks.", mend)
    return code


# Numbers


def number(text: str) -> int:
    """A whole number, at least 1."""
    if not re.fullmatch(r"0*[1-9]\d{0,5}", text, re.ASCII):
        raise BadValue(f"{shown(text)} is not a whole number from 1 to 999999.")
    return int(text)


CARD_PARTS = ("name", "today", "longest", "rescues", "map")
FIRST_THEME = "github"


@dataclass(frozen=True, slots=True)
class CardStyle:
    """How a person wants their card: the name of its theme, and which of `CARD_PARTS` are not shown; or that
    it is not `drawn`."""

    theme: str = FIRST_THEME
    hidden: frozenset[str] = frozenset()
    drawn: bool = True

    def shows(self, part: str) -> bool:
        return part not in self.hidden


def card(text: str) -> CardStyle:
    """How the card looks: true, false for none at all, or a theme and parts to leave out: `ocean, no-map`.

    The table of themes is loaded only where one is named: a run with nothing to draw needs none of it.
    """
    try:
        return CardStyle(drawn=switches.switch(text))
    except BadValue:
        from streaky.themes import THEMES
    theme, hidden = FIRST_THEME, set[str]()
    for word in re.split(r"[\s,]+", text.strip(" ,\n").lower()):
        if word in THEMES:
            theme = word
        elif word.removeprefix("no-") in CARD_PARTS and word.startswith("no-"):
            hidden.add(word.removeprefix("no-"))
        else:
            choices = ("true", "false", *THEMES, *(f"no-{part}" for part in CARD_PARTS))
            mend = nearest(word, choices) or f"Write one or more of: {', '.join(choices)}."
            raise BadValue(f"{shown(word)} is no theme and no part of the card.", mend)
    return CardStyle(theme, frozenset(hidden))


# Dates and times

LONGEST_HOLD = timedelta(minutes=20)
PAUSE_FORMS = "Write YYYY-MM-DD, 3d, 2w, today, or none."


def instant(text: str) -> datetime:
    """ISO 8601 with an offset."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise BadValue(
            f"{shown(text)} is not an instant.", "Write ISO 8601 with an offset: 2026-11-23T21:30:00+01:00."
        )
    if not 2000 <= moment.year <= 9000:  # room for a year of calendar before and a day after
        raise BadValue(f"{shown(text)} is out of range.", "Write a year from 2000 on.")
    return moment


def day(text: str) -> date:
    """A date, YYYY-MM-DD."""
    what = "is not a date."
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        try:
            return date.fromisoformat(text)
        except ValueError:
            what = "is no day of the calendar."
    raise BadValue(f"{shown(text)} {what}", "Write YYYY-MM-DD.")


@dataclass(frozen=True, slots=True)
class Pause:
    """A pause as it was asked for: up to the date `until`, else for `days` local days; 0 days end a pause."""

    until: date | None = None
    days: int = 0

    def last(self, today: date) -> date:
        """The last date of the pause, included, when it is asked for on the local date `today`.

        3 days from a Monday last through Wednesday. Yesterday's date means that no pause holds any more.
        """
        return self.until or today + (self.days - 1) * ONE_DAY


def pause(text: str) -> Pause:
    """A pause: a date, days (`3d`), weeks (`2w`), `today`, or `none`, which ends one."""
    word = text.lower()
    if word in ("today", "none"):
        return Pause(days=1 if word == "today" else 0)
    if span := re.fullmatch(r"([1-9]\d{0,2}) ?(d|days?|w|weeks?)", word, re.ASCII):
        return Pause(days=int(span[1]) * (7 if span[2].startswith("w") else 1))
    try:
        return Pause(until=day(text))
    except BadValue as bad:
        what = bad.what.replace("not a date.", "no length of a pause.")
        raise BadValue(what, PAUSE_FORMS) from None


def dated_pause(text: str) -> Pause:
    """A pause with a date: a file is read again each day, so that days counted from it would never end."""
    mend = "Write a date, YYYY-MM-DD."
    try:
        asked = pause(text)
    except BadValue as bad:
        raise BadValue(bad.what, mend) from None
    if asked.until is None:
        raise BadValue(f"{shown(text)} has no end in a file.", mend)
    return asked


def time_of_day(text: str) -> time:
    """A local time, HH:MM."""
    match = re.fullmatch(r"(\d{1,2}):(\d\d)", text, re.ASCII)
    if not match or int(match[1]) > 23 or int(match[2]) > 59:
        raise BadValue(f"{shown(text)} is not a time of day (HH:MM, 00:00 to 23:59).")
    return time(int(match[1]), int(match[2]))


def duration(text: str) -> timedelta:
    """Hours and minutes, such as 2h, 90m or 1h30m; at most a day."""
    match = re.fullmatch(r"(?:(\d{1,4})h)?(?:(\d{1,4})m)?", text.lower().replace(" ", ""), re.ASCII)
    span = timedelta(hours=int(match[1] or 0), minutes=int(match[2] or 0)) if match else timedelta()
    if not timedelta() < span <= ONE_DAY:
        raise BadValue(f"{shown(text)} is not a duration up to 24h.", "Write it like 2h, 90m or 1h30m.")
    return span


def hold(text: str) -> timedelta:
    """A wait of at most 20 minutes; 0 for none."""
    if text in ("0", "0m"):
        return timedelta()
    wait = duration(text)
    if wait > LONGEST_HOLD:
        raise BadValue(f"{shown(text)} is too long to hold a runner.", "Write at most 20m.")
    return wait


# Lists

MOST_ITEMS = 100
MOST_REMINDERS = 24
WEEKDAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEKDAYS = tuple(name[:3] for name in WEEKDAY_NAMES)
WEEKEND = "weekend"
CHOSEN_KINDS = tuple(kind.value for kind in Kind if kind not in ALWAYS)


def list_of(read: Callable[[str], T]) -> Callable[[str], list[T]]:
    """A reader for a list, its items between commas or on lines of their own; every wrong item is named."""

    def read_all(text: str) -> list[T]:
        items = [item.strip() for item in re.split(r"[,\n]", text) if item.strip()]
        if len(items) > MOST_ITEMS:
            raise BadValue(f"the list has {len(items)} items.", f"Write at most {MOST_ITEMS}.")
        values, wrong = [], []
        for item in dict.fromkeys(items):
            try:
                values.append(read(item))
            except BadValue as bad:
                wrong.append(bad)
        if wrong:
            raise BadValue(
                " ".join(bad.what for bad in wrong), " ".join(dict.fromkeys(bad.mend for bad in wrong))
            )
        if not values:
            raise BadValue("the list is empty.", "Remove it, or write at least one item.")
        return values

    return read_all


def kind(text: str) -> Kind:
    """A kind of alert that may be chosen."""
    word = text.lower()
    if word in CHOSEN_KINDS:
        return Kind(word)
    mend = nearest(text, CHOSEN_KINDS) or f"Choose from: {', '.join(sorted(CHOSEN_KINDS))}."
    raise BadValue(f"{shown(text)} is not a kind of alert.", mend)


def kinds(text: str) -> frozenset[Kind]:
    """Kinds of alerts, at least one."""
    return frozenset(list_of(kind)(text))


def times(text: str) -> tuple[time, ...]:
    """Times of day, sorted, each once."""
    each_once = sorted(set(list_of(time_of_day)(text)))
    if len(each_once) > MOST_REMINDERS:
        raise BadValue(f"{len(each_once)} times are too many.", f"Write at most {MOST_REMINDERS}.")
    return tuple(each_once)


def times_or_auto(text: str) -> tuple[time, ...]:
    """Times of day, sorted, each once; none at all for auto."""
    words = text.lower().replace(",", " ").split()
    if words == ["auto"]:
        return ()
    if "auto" in words:
        raise BadValue("holds auto beside times.", "Write auto alone, or times alone.")
    return times(text)


def weekday(text: str) -> frozenset[int]:
    """A weekday by its English name or first three letters (Monday is 0), or both days of the weekend."""
    word = text.lower()
    if word == WEEKEND:
        return frozenset((5, 6))
    if word in WEEKDAY_NAMES or word in WEEKDAYS:
        return frozenset((WEEKDAYS.index(word[:3]),))
    choices = (*WEEKDAYS, WEEKEND)
    mend = nearest(text, (*choices, *WEEKDAY_NAMES)) or f"Choose from: {', '.join(choices)}."
    raise BadValue(f"{shown(text)} is not a weekday.", mend)


def some_repository(text: str) -> str:
    """`owner/name`, or `owner/*` for all of an owner's."""
    if not re.fullmatch(r"[A-Za-z0-9][\w-]{0,38}/([\w.-]{1,100}|\*)", text, re.ASCII):
        raise BadValue(f"{shown(text)} is not a repository.", "Write owner/name, or owner/*.")
    return text


def repositories(text: str) -> tuple[str, ...]:
    """Repositories, or all of an owner's, each once."""
    return tuple(list_of(some_repository)(text))


def weekdays(text: str) -> frozenset[int]:
    """Weekdays as a set; at least one must be left to work on."""
    rest = frozenset[int]().union(*list_of(weekday)(text))
    if len(rest) == len(WEEKDAYS):
        raise BadValue(
            "every day of the week rests, so nothing would be left to guard.", "Leave at least one out."
        )
    return rest


def pending(text: str) -> dict[tuple[Slot, str], bool]:
    """What an earlier job left to deliver, as the output `pending` has it or as JSON: slots and channels, and
    whether another channel took the alert."""
    try:
        rows = json.loads(unpacked(text))
        if not isinstance(rows, list):
            raise TypeError("not a list")
        return dict(map(_pending_row, rows))
    except (ValueError, TypeError, KeyError, RecursionError):
        raise BadValue(
            "is not what the output pending gives.", "Pass that output on as it is, or leave it out."
        ) from None


def _pending_row(row: dict[str, object]) -> tuple[tuple[Slot, str], bool]:
    slot, channel, heard = row["slot"], row["channel"], row["heard"]
    if not (isinstance(slot, str) and isinstance(channel, str) and isinstance(heard, bool)):
        raise TypeError("of another type")
    # The name is printed into logs and annotations, so it must be one of our own.
    if not re.fullmatch(KEY, channel, re.ASCII):
        raise ValueError("not a channel")
    return (Slot.read(slot), channel), heard


# Time zones

# Abbreviations, and the zones of those who write them. EST, MST and HST are IANA names too, but of zones
# that keep no summer time, and a city's clock may.
ABBREVIATIONS = {
    "EST": ("America/New_York",),
    "EDT": ("America/New_York",),
    "CST": ("America/Chicago", "Asia/Shanghai"),
    "CDT": ("America/Chicago",),
    "MST": ("America/Denver", "America/Phoenix"),
    "MDT": ("America/Denver",),
    "PST": ("America/Los_Angeles",),
    "PDT": ("America/Los_Angeles",),
    "AKST": ("America/Anchorage",),
    "AKDT": ("America/Anchorage",),
    "HST": ("Pacific/Honolulu",),
    "AST": ("America/Halifax", "Asia/Riyadh"),
    "BRT": ("America/Sao_Paulo",),
    "ART": ("America/Argentina/Buenos_Aires",),
    "BST": ("Europe/London", "Asia/Dhaka"),
    "CEST": ("Europe/Berlin",),
    "MEZ": ("Europe/Berlin",),
    "MESZ": ("Europe/Berlin",),
    "EEST": ("Europe/Athens",),
    "WEST": ("Europe/Lisbon",),
    "MSK": ("Europe/Moscow",),
    "WAT": ("Africa/Lagos",),
    "EAT": ("Africa/Nairobi",),
    "SAST": ("Africa/Johannesburg",),
    "IST": ("Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem"),
    "PKT": ("Asia/Karachi",),
    "ICT": ("Asia/Bangkok",),
    "WIB": ("Asia/Jakarta",),
    "SGT": ("Asia/Singapore",),
    "HKT": ("Asia/Hong_Kong",),
    "PHT": ("Asia/Manila",),
    "JST": ("Asia/Tokyo",),
    "KST": ("Asia/Seoul",),
    "AEST": ("Australia/Sydney", "Australia/Brisbane"),
    "AEDT": ("Australia/Sydney",),
    "ACST": ("Australia/Adelaide", "Australia/Darwin"),
    "AWST": ("Australia/Perth",),
    "NZST": ("Pacific/Auckland",),
    "NZDT": ("Pacific/Auckland",),
    "Z": ("UTC",),
}
OFFSET = r"(?:UTC|GMT|Z)? ?[+-] ?\d{1,2}(?::?\d\d)?"


def zone(text: str) -> tzinfo:
    """The zone that a person lives in: an IANA time zone, such as Europe/Berlin, but no abbreviation.

    Source: IANA Time Zone Database.
    """
    if meant := ABBREVIATIONS.get(text.upper()):
        mend = f"Write your city's zone: {' or '.join(meant)}." if meant != ("UTC",) else "Write UTC."
        raise BadValue(f"{shown(text)} is an abbreviation, not a city's time zone.", mend)
    if re.fullmatch(OFFSET, text.upper(), re.ASCII):
        mend = "An offset has no summer time. Write your city's zone, like Europe/Berlin."
        raise BadValue(f"{shown(text)} is an offset, not a time zone.", mend)
    if text == "UTC":
        return UTC  # needs no database
    if found := zones.named(text):
        return found
    known = zones.names()
    if not known:
        raise BadValue("this machine has no time zone data.", "Install the PyPI package tzdata.")
    near = _near_zone(text, known)
    mend = f'Did you mean "{near}"?' if near else "Write it like Europe/Berlin."
    raise BadValue(f"{shown(text)} is not an IANA time zone.", mend)


def _near_zone(text: str, known: Collection[str]) -> str:
    """The zone that was meant: by its name in another case, its city, or a spelling near to these.

    Nothing is guessed for other abbreviations: they are too short to be near to one name only.
    """
    word = text.replace(" ", "_").casefold()
    by_name = {name.casefold(): name for name in known}
    places = [name for name in sorted(known, reverse=True) if "/" in name and not name.startswith("Etc/")]
    by_city = {name.rpartition("/")[2].casefold(): name for name in places}
    found = by_name.get(word) or by_city.get(word.rpartition("/")[2])
    if found:
        return found
    if "/" in word:
        return closest(word, places, 0.8)
    return by_city.get(closest(word, by_city, 0.8), "")
