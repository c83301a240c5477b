"""Runs of days and the standing, as github-readme-streak-stats counts them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streaky.calendar import Calendar
from streaky.streak import Rules, Standing, is_milestone, needs_older, stand, streaks

TODAY = date(2026, 11, 23)  # a Monday
WEEKEND = frozenset({5, 6})
quick = settings(max_examples=150, deadline=None)


def calendar(pattern: str, today: date = TODAY) -> Calendar:
    """A calendar that ends today: a digit is that day's contributions, `.` is none."""
    first = today - timedelta(days=len(pattern) - 1)
    counts = {first + timedelta(days=at): int(c) for at, c in enumerate(pattern) if c != "."}
    return Calendar(first, today, counts)


def lengths(standing: Standing) -> tuple[int, int]:
    """The current and the longest streak in days."""
    current, longest = standing.current, standing.longest
    return (current.days if current else 0, longest.days if longest else 0)


def oracle(days: list[tuple[date, int]], today: date, rules: Rules) -> tuple[int, int]:
    """The published rule, day by day with a counter: (current, longest)."""
    current = longest = 0
    for day, count in days:
        if count >= rules.minimum or (current > 0 and day.weekday() in rules.rest_days):
            current += 1
            longest = max(longest, current)
        elif day != today:
            current = 0
    return current, longest


@pytest.mark.parametrize(
    ("pattern", "current", "longest"),
    [
        (".......", 0, 0),
        ("......1", 1, 1),
        (".....1.", 1, 1),  # today without one does not break it
        ("....1..", 0, 1),  # yesterday without one does
        ("1111111", 7, 7),
        ("111.11.", 2, 3),
        ("11.1111", 4, 4),
        ("1......", 0, 1),
    ],
)
def test_consecutive_days_are_a_streak(pattern: str, current: int, longest: int) -> None:
    assert lengths(stand(calendar(pattern), TODAY, Rules())) == (current, longest)


@pytest.mark.parametrize(
    ("pattern", "current"),
    [
        # Tue Wed Thu Fri Sat Sun Mon
        ("1111..1", 7),  # a rest day inside a running streak extends it
        ("1111...", 6),  # and at its end
        ("111...1", 1),  # but Friday without one breaks it
        ("......1", 1),  # rest days before the first contribution do not count
        ("....1.1", 3),  # Saturday's own contribution starts one
    ],
)
def test_rest_days_bridge_a_streak(pattern: str, current: int) -> None:
    assert lengths(stand(calendar(pattern), TODAY, Rules(rest_days=WEEKEND)))[0] == current


@pytest.mark.parametrize(
    ("pattern", "rules", "state"),
    [
        ("..1", Rules(), "safe"),
        (".1.", Rules(), "at-risk"),
        ("1..", Rules(), "idle"),
        (".1.", Rules(rest_days=frozenset({0})), "resting"),
        (".11", Rules(rest_days=frozenset({0})), "safe"),
        (".1.", Rules(pause_until=TODAY), "resting"),
        (".1.", Rules(pause_until=TODAY - timedelta(days=1)), "at-risk"),
        (".22", Rules(minimum=2), "safe"),
        (".21", Rules(minimum=2), "at-risk"),
        (".12", Rules(minimum=3), "idle"),
    ],
)
def test_the_standing_follows_from_today_and_the_streak(pattern: str, rules: Rules, state: str) -> None:
    assert stand(calendar(pattern), TODAY, rules).state == state


def test_start_and_end_are_the_first_and_last_counted_dates() -> None:
    standing = stand(calendar("1111.11."), TODAY, Rules())
    assert standing.current
    assert standing.longest
    assert (standing.current.start, standing.current.end) == (date(2026, 11, 21), date(2026, 11, 22))
    assert (standing.longest.start, standing.longest.end) == (date(2026, 11, 16), date(2026, 11, 19))


@pytest.mark.parametrize("days", [366, 1001, 4000])
def test_streaks_are_counted_over_many_years_and_leap_days(days: int) -> None:
    assert lengths(stand(calendar("." + "1" * days), TODAY, Rules())) == (days, days)


def test_dates_after_today_are_never_looked_at() -> None:
    counts = {TODAY + timedelta(days=1): 9, TODAY - timedelta(days=1): 1}
    ahead = Calendar(TODAY - timedelta(days=5), TODAY + timedelta(days=3), counts)
    assert stand(ahead, TODAY, Rules()).state == "at-risk"


def test_a_date_that_is_not_covered_cannot_be_judged() -> None:
    with pytest.raises(LookupError):
        stand(calendar("111"), TODAY + timedelta(days=1), Rules())


def test_the_broken_streak_is_told_on_the_day_after_only_and_from_two_days_on() -> None:
    broken = stand(calendar("111.."), TODAY, Rules()).broken
    assert broken
    assert broken.days == 3
    assert stand(calendar("111.1"), TODAY, Rules()).broken == broken
    assert stand(calendar("111..."), TODAY, Rules()).broken is None
    assert stand(calendar("..1.."), TODAY, Rules()).broken is None
    assert stand(calendar("1111."), TODAY, Rules()).broken is None


def test_a_paused_day_breaks_nothing_that_would_be_told() -> None:
    yesterday = TODAY - timedelta(days=1)
    standing = stand(calendar("111.."), TODAY, Rules(pause_until=yesterday))
    assert standing.broken is None
    assert lengths(standing) == (0, 3)  # the number stays GitHub's


@pytest.mark.parametrize("days", [7, 30, 50, 100, 200, 300, 365, 400, 730, 1000, 1095])
def test_round_numbers_of_days_are_milestones(days: int) -> None:
    assert stand(calendar("." + "1" * days), TODAY, Rules()).milestone == days
    assert stand(calendar("." + "1" * (days - 1) + "."), TODAY, Rules()).milestone is None
    assert not is_milestone(days + 1)


def test_a_milestone_that_rest_days_stepped_over_is_told_with_the_next_contribution() -> None:
    assert stand(calendar("..111111..1"), TODAY, Rules(rest_days=WEEKEND)).milestone == 7
    assert stand(calendar("..111111..."), TODAY, Rules(rest_days=WEEKEND)).milestone is None


def test_only_a_streak_that_reaches_back_depends_on_older_years() -> None:
    assert needs_older(calendar("11111"), TODAY, Rules())
    assert not needs_older(calendar(".1111"), TODAY, Rules())
    assert needs_older(calendar("..111", TODAY), TODAY, Rules(rest_days=frozenset({3, 4})))
    assert needs_older(calendar("1111.."), TODAY, Rules())  # the one that was lost yesterday
    assert not needs_older(calendar("1111..."), TODAY, Rules())
    standing = stand(calendar("11111"), TODAY, Rules(), whole=False)
    assert standing.exact is False
    assert stand(calendar(".1111"), TODAY, Rules(), whole=False).exact is True


def test_the_longest_streak_is_that_of_the_last_year_unless_it_still_runs() -> None:
    history = calendar("1" * 30 + "." + "1" * 10 + "." + "1" * 5)
    since = TODAY - timedelta(days=12)
    assert lengths(stand(history, TODAY, Rules(), since=since)) == (5, 7)
    assert lengths(stand(calendar("1" * 40), TODAY, Rules(), since=since)) == (40, 40)


histories = st.lists(st.integers(0, 3), min_size=1, max_size=80)
rest = st.frozensets(st.integers(0, 6), max_size=6)
todays = st.dates(date(2011, 1, 1), date(2030, 12, 31))


def made(counts: list[int], today: date) -> Calendar:
    first = today - timedelta(days=len(counts) - 1)
    return Calendar(first, today, {first + timedelta(days=at): count for at, count in enumerate(counts)})


@quick
@given(histories, todays, rest, st.integers(1, 3))
def test_it_agrees_with_the_published_rule(
    counts: list[int], today: date, rests: frozenset[int], least: int
) -> None:
    rules = Rules(least, rests)
    days = [(today - timedelta(days=len(counts) - 1 - at), count) for at, count in enumerate(counts)]
    assert lengths(stand(made(counts, today), today, rules)) == oracle(days, today, rules)


@quick
@given(histories, todays, rest, st.data())
def test_adding_a_contribution_never_shortens_a_streak(
    counts: list[int], today: date, rests: frozenset[int], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(counts) - 1))
    more = [count + (place == at) for place, count in enumerate(counts)]
    before = lengths(stand(made(counts, today), today, Rules(rest_days=rests)))
    after = lengths(stand(made(more, today), today, Rules(rest_days=rests)))
    assert after[0] >= before[0]
    assert after[1] >= before[1]


@quick
@given(histories, todays, rest, st.integers(-50, 50))
def test_shifting_all_dates_by_weeks_shifts_the_result(
    counts: list[int], today: date, rests: frozenset[int], weeks: int
) -> None:
    rules, shift = Rules(rest_days=rests), timedelta(weeks=weeks)
    here = streaks(made(counts, today), today, rules)
    there = streaks(made(counts, today + shift), today + shift, rules)
    assert [(run.start + shift, run.end + shift) for run in here] == [(run.start, run.end) for run in there]


@quick
@given(histories, todays, rest, st.integers(0, 6))
def test_one_more_rest_day_never_shortens_a_streak(
    counts: list[int], today: date, rests: frozenset[int], more: int
) -> None:
    before = lengths(stand(made(counts, today), today, Rules(rest_days=rests)))
    after = lengths(stand(made(counts, today), today, Rules(rest_days=rests | {more})))
    assert after[0] >= before[0]
    assert after[1] >= before[1]


@quick
@given(histories, todays, rest, st.integers(1, 3))
def test_asking_for_more_contributions_never_lengthens_a_streak(
    counts: list[int], today: date, rests: frozenset[int], least: int
) -> None:
    low = lengths(stand(made(counts, today), today, Rules(least, rests)))
    high = lengths(stand(made(counts, today), today, Rules(least + 1, rests)))
    assert high[0] <= low[0] <= low[1]
    assert high[1] <= low[1]
