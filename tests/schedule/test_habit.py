"""By when a person usually contributes, and which reminders that leaves."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streaky.calendar import Day
from streaky.schedule.habit import AUTO, FEWEST, Habit, habit, reason, reminders, speaking_on
from streaky.schedule.slots import Kind, Speaking

DAY = Day.at(datetime(2026, 11, 23, 12, tzinfo=UTC), UTC)
LEAD = timedelta(hours=2)
clocks = st.times().map(lambda at: at.replace(second=0, microsecond=0))


def known(at: time, days: int = FEWEST, lead: timedelta = LEAD) -> Habit | None:
    return habit([at] * days, DAY, lead)


def test_below_ten_days_no_habit_is_known() -> None:
    assert known(time(20), FEWEST - 1) is None
    assert reminders(AUTO, None) == AUTO
    assert reason(None) == ""


def test_four_of_five_days_make_the_habit() -> None:
    times = [time(10)] * 8 + [time(20)] * 2
    assert habit(times, DAY, LEAD) == Habit(time(10), time(10, 30))
    assert habit([*times, time(20)], DAY, LEAD) == Habit(time(20), time(20, 30))


@pytest.mark.parametrize(
    ("usually", "times"),
    [
        (time(10), AUTO),
        (time(17, 30), AUTO),
        (time(17, 31), (time(18, 1), time(21), time(23))),
        (time(19, 30), (time(20), time(21), time(23))),
        (time(20), (time(20, 30), time(23))),
        (time(20, 40), (time(21, 10), time(23))),
        (time(23, 50), (time(22), time(23))),
    ],
)
def test_reminders_before_the_habit_are_left_out_and_the_first_waits_for_it(
    usually: time, times: tuple[time, ...]
) -> None:
    assert reminders(AUTO, known(usually)) == times


def test_the_first_reminder_never_waits_longer_than_lead_allows() -> None:
    assert known(time(23, 30), lead=timedelta(minutes=30)) == Habit(time(23, 30), time(23, 30), True)
    assert reminders(AUTO, known(time(23, 30), lead=timedelta(minutes=30))) == (time(23, 30),)
    assert reminders(AUTO, known(time(22), lead=timedelta(hours=8))) == AUTO
    assert known(time(22), lead=timedelta(hours=30)) == Habit(time(22), time(), True)
    assert known(time(23, 45), lead=timedelta()) == Habit(time(23, 45), time(23, 59), True)


def test_a_day_of_25_hours_ends_at_the_same_wall_time() -> None:
    zone = ZoneInfo("Europe/Berlin")
    day = Day.at(datetime(2026, 10, 25, 12, tzinfo=zone), zone)
    assert habit([time(23)] * FEWEST, day, LEAD) == Habit(time(23), time(22), True)


def test_the_summary_says_why_the_first_reminder_waits() -> None:
    assert reason(known(time(20, 40))) == (
        "You usually contribute by 20:40, so the first reminder waits until 21:10."
    )
    assert "as long as it may, until 22:00" in reason(known(time(23, 10)))
    assert reason(known(time(9))) == ""


def test_times_that_a_person_set_are_obeyed_exactly() -> None:
    set_by_hand = Speaking(frozenset(Kind), (time(8), time(12)), time(9))
    assert speaking_on(set_by_hand, known(time(20))) is set_by_hand
    auto = Speaking(frozenset(Kind), AUTO, time(9), auto=True)
    assert speaking_on(auto, known(time(20))).remind_at == (time(20, 30), time(23))


@given(st.lists(clocks, max_size=40), st.integers(0, 12 * 60))
def test_there_is_always_a_reminder_in_order_and_the_first_is_early_enough(
    times: list[time], lead: int
) -> None:
    found = habit(times, DAY, timedelta(minutes=lead))
    left = reminders(AUTO, found)
    assert left
    assert list(left) == sorted(set(left))
    end = datetime.combine(DAY.date, left[0], UTC) + timedelta(minutes=lead)
    assert found is None or left[0] == AUTO[0] or end <= DAY.deadline
