"""The bench's goals on a sample; and that it notices when a part of Streaky is switched off."""

from __future__ import annotations

from functools import lru_cache

import pytest

from tests.bench.delays import MODELS
from tests.bench.guards import WAYS
from tests.bench.punctuality import Tally
from tests.bench.punctuality import simulate as simulate_anew

simulate = lru_cache(simulate_anew)
STREAKY = "**Streaky**"
SAMPLE = 240  # person-days


def reached(way: str, model: str) -> float:
    tally = simulate(way, model, SAMPLE)
    assert tally.reachable > 20
    return tally.reached / tally.reachable


@pytest.mark.parametrize(
    ("model", "goal"),
    [
        ("punctual", 1.0),
        ("September 2026", 0.99),
        ("each third evening skipped", 0.9),
    ],
)
def test_whoever_a_run_could_still_reach_is_warned_in_time(model: str, goal: float) -> None:
    assert reached(STREAKY, model) >= goal
    assert simulate(STREAKY, model, SAMPLE).most <= 3


def test_while_github_is_punctual_nobody_is_warned_early_for_nothing() -> None:
    assert simulate(STREAKY, "punctual", SAMPLE).early == 0


def test_a_list_of_runs_is_asked_for_once_a_day_at_the_most() -> None:
    tally = simulate(STREAKY, "punctual", SAMPLE)
    assert 0 < tally.lists <= tally.days * 4 / 3  # a quarter of the days are a person's first, uncounted ones


def test_the_bench_notices_that_nobody_looks_ahead() -> None:
    model = "each third evening skipped"
    assert reached("Streaky, look-ahead off", model) < reached(STREAKY, model) - 0.1


def test_the_bench_notices_that_nothing_is_learned() -> None:
    learned, unlearned = (simulate(way, "punctual", SAMPLE) for way in (STREAKY, "Streaky, learning off"))
    assert unlearned.early / unlearned.own > learned.early / learned.own + 0.2


def test_the_bench_notices_that_habits_are_not_waited_for() -> None:
    learned, fixed = (
        simulate(way, "punctual", SAMPLE) for way in (STREAKY, "Streaky, 18:00, 21:00, 23:00 set")
    )
    needless = learned.monthly(20)
    assert needless is not None
    assert needless < (fixed.monthly(20) or 0) / 3


def test_nobody_does_better_than_the_oracle() -> None:
    oracle = simulate("oracle", "each third evening skipped", SAMPLE)
    assert oracle.reached == oracle.reachable
    assert oracle.early < simulate(STREAKY, "each third evening skipped", SAMPLE).early


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("way", ["one cron at 20:00 UTC", "three crons, no memory", "oracle"])
def test_every_model_serves_every_way(way: str, model: str) -> None:
    tally: Tally = simulate(way, model, 60)
    assert way in WAYS
    assert tally.days >= 60
    assert tally.warned <= tally.at_risk
