"""Ten days of somebody's life with Streaky, so that a page has something to tell."""

from __future__ import annotations

from datetime import date, timedelta

from streaky.report import Report
from streaky.sandbox import Fault
from tests.book import Book, hourly
from tests.conftest import World, local

ZONE = "Europe/Berlin"
FIRST, LAST = date(2026, 11, 14), date(2026, 11, 23)
SAVED = {date(2026, 11, 15): 2, date(2026, 11, 20): 1}  # late in the evening, after a reminder
GONE = (date(2026, 11, 17), date(2026, 11, 18))  # GitHub started no run
GONE_HOOK = {"message": "Unknown Webhook", "code": 10015}


def past(today: date) -> dict[date, int]:
    """Contributions of two years: a long streak, some shorter ones, and the one that runs."""
    counts: dict[date, int] = {}
    for first, length in (
        (date(2024, 12, 21), 140),
        (date(2025, 6, 2), 33),
        (date(2025, 8, 9), 61),
        (date(2025, 12, 1), 90),
        (date(2026, 3, 20), 12),
        (date(2026, 5, 4), 75),
        (date(2026, 7, 26), 40),
        (date(2026, 10, 13), 32),
    ):
        for offset in range(length):
            day = first + timedelta(days=offset)
            counts[day] = 1 + (offset * 7 + length) % 9 if offset % 5 else 1
    return {day: count for day, count in counts.items() if day < today}


def lived(world: World, **more: str) -> tuple[Book, Report]:
    """Ten days of runs at 9, 18 and 21 o'clock; the last one is on the evening of the last day."""
    book = hourly(world, zone=ZONE)
    book.repository.created = local("2026-11-01T00:00")
    world.contributions.clear()
    world.contributions.update(past(FIRST))
    report, day = None, FIRST
    while day <= LAST:
        for number, hour in enumerate(() if day in GONE else (9, 18, 21)):
            if day == date(2026, 11, 20) and hour == 18:
                refused = Fault.status(404, GONE_HOOK)
                world.sandbox.discord.fail(
                    refused, times=None, when=lambda request: "messages" not in request.path
                )
            run = f"{day:%m%d}{number}"
            report = world.check(local(f"{day}T{hour:02}:07", ZONE), GITHUB_RUN_ID=run, **more)
            world.sandbox.discord.clear()
            if hour == 9 and day not in SAVED and day != LAST:
                world.contributions[day] = 1 + day.day % 6
        world.contributions |= {day: SAVED[day]} if day in SAVED else {day: 2} if day in GONE else {}
        day += timedelta(days=1)
    assert report is not None
    return book, report
