"""Text to time zone, with the zone that was probably meant where there is none of that name."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, tzinfo

from streaky.values import BadValue, closest, shown

STRANGE_ZONES = frozenset(("localtime", "posixrules", "Factory"))


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
