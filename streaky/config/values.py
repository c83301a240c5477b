"""Text to value: each reader takes what a person wrote and returns the value, or says what is wrong.

Readers raise `BadValue` with the fault and its mend; they never repeat a secret, and they repeat any
other text only through `shown`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST_REMINDERS = 24
LONGEST_HOLD = timedelta(minutes=20)
MOST_ITEMS = 100
STRANGE_ZONES = frozenset(("localtime", "posixrules", "Factory"))
LOOKS_SECRET = r"://|gh[a-z]_\w|github_pat_|\d{6,}:[\w-]{20}|[\w+/=-]{41}"


class BadValue(ValueError):
    """What is wrong with a value, and how to mend it."""

    def __init__(self, what: str, mend: str = "") -> None:
        super().__init__(what, mend)
        self.what, self.mend = what, mend


def visible(text: str) -> str:
    """A text as one line, with a mark in place of each line break or character that cannot be seen."""
    return "".join(c if c.isprintable() else "�" for c in text)


def shown(text: str) -> str:
    """A wrong value as it may be repeated to the person: quoted, short, and never what may be a secret."""
    if re.search(LOOKS_SECRET, text):
        return "the value (not repeated here, it looks like a secret)"
    plain = visible(text)
    return f'"{plain[:40]}…"' if len(plain) > 40 else f'"{plain}"'


def closest(text: str, choices: Iterable[str], cutoff: float = 0.6) -> str:
    """The choice that is most like the text, whatever its case, or "" when none is near."""
    import difflib

    by_case = {choice.casefold(): choice for choice in choices}
    close = difflib.get_close_matches(text.casefold()[:100], by_case, n=1, cutoff=cutoff)
    return by_case[close[0]] if close else ""


def nearest(text: str, choices: Iterable[str]) -> str:
    """`Did you mean "…"?`, or nothing when no choice is near."""
    choice = closest(text, choices)
    return f'Did you mean "{choice}"?' if choice else ""


def printable(text: str, *, lines: bool = False) -> None:
    """Refuse control characters; line breaks and tabs may stay where `lines` are asked for."""
    for character in text:
        if unicodedata.category(character) in ("Cc", "Cs") and not (lines and character in "\r\n\t"):
            raise BadValue(f"holds a control character (U+{ord(character):04X}).", "Remove it.")


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


def secret(text: str) -> str:
    """A token or password for a header: any visible ASCII without spaces."""
    if not all("!" <= character <= "~" for character in text):
        raise BadValue(
            "holds a space or a character no token has.", "Copy it anew, without anything around it."
        )
    return text


def passphrase(text: str) -> str:
    """A shared secret: any text."""
    return text


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
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
            return date.fromisoformat(text)
    except ValueError as error:
        raise BadValue(f"{shown(text)} is not a date ({error}).", "Write YYYY-MM-DD.") from None
    raise BadValue(f"{shown(text)} is not a date.", "Write YYYY-MM-DD.")


def pause(text: str) -> date | str:
    """A date, or `today`, or `none`, which ends a pause."""
    word = text.lower()
    if word in ("today", "none"):
        return word
    try:
        return day(text)
    except BadValue as bad:
        raise BadValue(bad.what, "Write YYYY-MM-DD, today, or none.") from None


def ledger(text: str) -> str:
    """Where the ledger is kept: auto, none, or file:PATH."""
    word = text.lower()
    if word in ("auto", "none"):
        return word
    if text.startswith("file:") and text.removeprefix("file:").strip() and len(text) < 500:
        return text
    raise BadValue(f"{shown(text)} is no place for a ledger.", "Write auto, none, or file:PATH.")


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
    if not timedelta() < span <= timedelta(days=1):
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


def number(text: str) -> int:
    """A whole number, at least 1."""
    if not re.fullmatch(r"0*[1-9]\d{0,5}", text, re.ASCII):
        raise BadValue(f"{shown(text)} is not a whole number from 1 to 999999.")
    return int(text)


def switch(text: str) -> bool:
    """true or false, in YAML's spellings."""
    if text.lower() in ("true", "yes", "on", "1"):
        return True
    if text.lower() in ("false", "no", "off", "0"):
        return False
    raise BadValue(f"{shown(text)} is neither true nor false.")


def one_of(choices: Collection[str], what: str) -> Callable[[str], str]:
    """A reader for one word out of `choices`."""

    def read(text: str) -> str:
        word = text.lower()
        if word not in choices:
            listed = ", ".join(sorted(choices))
            raise BadValue(
                f"{shown(text)} is not a {what}.", nearest(text, choices) or f"Choose from: {listed}."
            )
        return word

    return read


def parts(text: str) -> list[str]:
    """The items of a comma-separated or line-by-line list, without empty ones."""
    return [item.strip() for item in re.split(r"[,\n]", text) if item.strip()]


def list_of(read: Callable[[str], object]) -> Callable[[str], list[object]]:
    """A reader for a list; every wrong item is named."""

    def read_all(text: str) -> list[object]:
        values, wrong = [], []
        items = parts(text)
        if len(items) > MOST_ITEMS:
            raise BadValue(f"the list has {len(items)} items.", f"Write at most {MOST_ITEMS}.")
        for item in dict.fromkeys(items):
            try:
                values.append(read(item))
            except BadValue as bad:
                wrong.append(bad)
        if not values and not wrong:
            raise BadValue("the list is empty.", "Remove it, or write at least one item.")
        if wrong:
            raise BadValue(
                " ".join(bad.what for bad in wrong), " ".join(dict.fromkeys(bad.mend for bad in wrong))
            )
        return values

    return read_all


def times(text: str) -> tuple[time, ...]:
    """Times of day, sorted, each once."""
    found = sorted({at for at in list_of(time_of_day)(text) if isinstance(at, time)})
    if len(found) > MOST_REMINDERS:
        raise BadValue(f"{len(found)} times are too many.", f"Write at most {MOST_REMINDERS}.")
    return tuple(found)


def weekday(text: str) -> int:
    """A weekday by its English name or first three letters; Monday is 0."""
    names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    word = text.lower()
    if word in names or word in WEEKDAYS:
        return WEEKDAYS.index(word[:3])
    mend = nearest(text, (*WEEKDAYS, *names)) or f"Choose from: {', '.join(WEEKDAYS)}."
    raise BadValue(f"{shown(text)} is not a weekday.", mend)


def weekdays(text: str) -> frozenset[int]:
    """Weekdays as a set; at least one must be left to work on."""
    found = frozenset(each for each in list_of(weekday)(text) if isinstance(each, int))
    if len(found) == len(WEEKDAYS):
        raise BadValue(
            "every day of the week rests, so nothing would be left to guard.", "Leave at least one out."
        )
    return found


def zone(text: str) -> tzinfo:
    """An IANA time zone, such as Europe/Berlin. Source: IANA Time Zone Database."""
    if text == "UTC":
        return UTC  # needs no database, and is the default
    import zoneinfo

    # These exist as files, but they are another scale (right/), copies, or the machine's own setting.
    strange = text.startswith(("posix/", "right/")) or text in STRANGE_ZONES
    try:
        if not strange:
            return zoneinfo.ZoneInfo(text)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        pass
    known = zoneinfo.available_timezones() - STRANGE_ZONES
    if not known:
        raise BadValue("this machine has no time zone data.", "Install the PyPI package tzdata.")
    near = _near_zone(text, known)
    mend = f'Did you mean "{near}"?' if near else "Write it like Europe/Berlin."
    raise BadValue(f"{shown(text)} is not an IANA time zone.", mend)


def _near_zone(text: str, known: Collection[str]) -> str:
    """The zone that was meant: by its name in another case, its city, or a spelling near to these.

    Nothing is guessed for abbreviations and offsets: PST is not near MST, and Etc/GMT+3 is behind UTC.
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
