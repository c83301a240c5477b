"""What the workflow's text says: its cron lines.

Source: GitHub docs, workflow syntax, `on.schedule`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from streaky.config.values import BadValue, zone
from streaky.schedule.crons import Cron

LONGEST = 262_144  # characters of a workflow
MOST = 50  # lines


def crons(workflow: str) -> tuple[Cron, ...]:
    """The cron lines of a workflow's text; lines that GitHub would refuse are left out, as are all of a text
    that is no workflow."""
    import yaml

    try:
        document: Any = yaml.safe_load(workflow) if len(workflow) <= LONGEST else None
        events = document.get("on", document.get(True))  # YAML 1.1 reads `on` as true
        listed = events["schedule"][:MOST]
    except (yaml.YAMLError, AttributeError, KeyError, TypeError, RecursionError, ValueError):
        return ()
    return tuple(cron for each in listed if (cron := _cron(each)))


def _cron(entry: Any) -> Cron | None:
    from cronsim import CronSim, CronSimError

    try:
        line = str(entry["cron"])
        cron = Cron(line, zone(str(entry.get("timezone") or "UTC")))
        CronSim(line, datetime(2026, 1, 1, tzinfo=UTC))
    except (KeyError, TypeError, AttributeError, CronSimError, BadValue):
        return None
    return cron
