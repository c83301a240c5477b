"""Three days of the soak, and that it notices what it is there to notice."""

from __future__ import annotations

from collections import Counter
from datetime import date

from tests.bench.soak import Sample, Soaked, soak

DAY = date(2026, 11, 1)
QUIET = Sample(1_000, 10, 5, 2**26)


def test_three_days_of_runs_lose_double_leak_and_leave_nothing() -> None:
    told = soak(3, seed=3)
    assert told.wrong == []
    assert (told.runs, len(told.samples)) == (72, 3)
    assert told.faults > 5
    assert told.at_risk
    assert min(told.arrived.values()) > 0


def test_what_grew_came_twice_was_lost_or_leaked_is_noticed() -> None:
    good = Soaked(arrived=Counter(discord=1), sent=Counter({("a", "discord"): 1}), samples=[QUIET] * 3)
    assert good.wrong == []
    grown = Sample(9_000, 20, 15, 2**27)
    bad = Soaked(
        arrived=Counter(discord=1),
        sent=Counter({("a", "discord"): 2}),
        at_risk=[DAY],
        leaked=["12345678"],
        open=["a on discord"],
        samples=[QUIET, QUIET, grown],
    )
    assert bad.wrong == [
        "Twice: a on discord.",
        "discord got 1 messages, and 2 were said to be sent.",
        "Lost: discord, 2026-11-01.",
        "Never settled: a on discord.",
        "1 parts of secrets were seen.",
        "Objects grew from 1,000 to 9,000.",
        "Memory grew from 67,108,864 to 134,217,728 bytes.",
        "Open files grew from 10 to 20.",
        "Threads grew from 5 to 15.",
    ]
