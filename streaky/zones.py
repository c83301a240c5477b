"""Time zones by their IANA names: the system's own, and where it lacks one, that of the package tzdata.

Windows has none at all. Debian and Ubuntu leave out the older names, such as Asia/Calcutta, which a browser
still gives to a person in India. Source: their package tzdata-legacy.
"""

from __future__ import annotations

import sys
from datetime import tzinfo
from pathlib import Path

# These exist as files, but they are copies, another scale (right/), or the machine's own setting.
NO_ZONES = frozenset(("localtime", "posixrules", "Factory"))
NO_FOLDERS = ("posix/", "right/")
# A release's own, as .github/bundle.py makes it.
CARRIED = Path(__file__).parents[1] / "bundle" / "tzdata.zip"


def named(name: str) -> tzinfo | None:
    """The zone with this name; None where there is none."""
    import zoneinfo  # 3 ms, 10 without bytecode

    if name in NO_ZONES or name.startswith(NO_FOLDERS):
        return None
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return named(name) if _now_carried() else None


def names() -> frozenset[str]:
    """The names of all zones that are known here."""
    import zoneinfo

    _now_carried()
    return frozenset(zoneinfo.available_timezones()) - NO_ZONES


def of_today(name: str) -> str:
    """The name that a zone has today, for an older one, such as Asia/Kolkata for Asia/Calcutta.

    A name that belongs to a country stays, though another zone keeps the same time. Source: the IANA
    database's zone.tab, which has one name for each place, and its links.
    """
    from importlib.resources import files  # set-up alone needs it

    try:
        folder = files("tzdata") / "zoneinfo"
        places, links = ((folder / file).read_text("utf-8") for file in ("zone.tab", "tzdata.zi"))
    except (ImportError, OSError):
        return name
    current = {line.split("\t")[2] for line in places.splitlines() if line[:1] not in ("", "#")}
    if name in current:
        return name
    for line in links.splitlines():
        kind, *words = line.split()
        if kind == "L" and words[1:] == [name] and words[0] in current:
            return words[0]
    return name


def _now_carried() -> bool:
    """Let Python find the zones that a release carries; whether it did not before."""
    if str(CARRIED) in sys.path or not CARRIED.is_file():
        return False
    sys.path.append(str(CARRIED))
    return True
