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


def _now_carried() -> bool:
    """Let Python find the zones that a release carries; whether it did not before."""
    if str(CARRIED) in sys.path or not CARRIED.is_file():
        return False
    sys.path.append(str(CARRIED))
    return True
