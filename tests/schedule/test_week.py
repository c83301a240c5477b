"""A week of late starts, replayed with the real program: what a person would have got, hour by hour."""

from __future__ import annotations

import os
import random
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.bench.punctuality import september, template
from tests.conftest import ROOT, World

GOLDEN = Path(__file__).parents[1] / "golden/week.txt"
BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 9, 7)
# When each day's contribution came, by the local clock; None for the days without one.
HOURS = (None, time(9, 30), time(19, 45), None, time(23, 5), time(13), None)


def test_a_week_of_september_2026_tells_what_the_golden_file_says(world: World, tmp_path: Path) -> None:
    begin = datetime.combine(MONDAY, time(), BERLIN).astimezone(UTC)
    starts = list(september(template(BERLIN), begin, begin + timedelta(days=7), BERLIN, random.Random(7)))
    workflow = (ROOT / "template/.github/workflows/streaky.yml").read_text("utf-8")
    files = {".github/workflows/streaky.yml": workflow.replace("Etc/UTC", "Europe/Berlin")}
    repository = world.sandbox.github.repository("octocat/streaky", files, pushed=begin)
    world.contributions.clear()
    world.contributions.update({MONDAY - timedelta(days=back): 1 for back in range(1, 31)})
    world.environment |= {
        "STREAKY_LEDGER": f"file:{tmp_path}/ledger.json",
        "STREAKY_TIMEZONE": "Europe/Berlin",
        "GITHUB_EVENT_NAME": "schedule",
        "GITHUB_WORKFLOW_REF": "octocat/streaky/.github/workflows/streaky.yml@refs/heads/main",
    }
    lines: list[str] = []
    for number, now in enumerate(starts):
        local = now.astimezone(BERLIN)
        _contribute(world, local)
        repository.add_run(started=now, id=number + 1)
        world.bot.messages.clear()
        done = world.run(now=now, GITHUB_RUN_ID=str(number + 1))
        assert done.returncode == 0, done.stderr
        told = [message.plain.splitlines()[0] for message in world.bot.messages]
        lines.append(f"{local:%a %H:%M}  {' | '.join(told) or '-'}")
    text = "\n".join(lines) + "\n"
    if os.environ.get("STREAKY_UPDATE_GOLDEN") == "1":
        GOLDEN.write_text(text, encoding="utf-8")
    assert text == GOLDEN.read_text(encoding="utf-8")
    _promises(lines)


def _contribute(world: World, local: datetime) -> None:
    """Let GitHub show what came by now."""
    for number, hour in enumerate(HOURS):
        day = MONDAY + timedelta(days=number)
        if hour and datetime.combine(day, hour) <= local.replace(tzinfo=None):
            world.contributions[day] = 1


def _promises(lines: list[str]) -> None:
    """What must hold of any golden file: each day at risk is warned of in time, and nothing comes twice."""
    warned = [line for line in lines if "needs a contribution today" in line or " left to save your" in line]
    # On Monday a streak is at risk; after a missed day there is none to lose before the next contribution.
    assert any(line.startswith("Mon") for line in warned)
    said = [part for line in lines for part in line[11:].split(" | ") if part != "-"]
    assert len(said) == len(set(said))
    assert all(
        sum(line.startswith(day) for line in warned) <= 3 for day in ("Mon", "Tue", "Wed", "Thu", "Fri")
    )
