"""Whether the schedule can bring a run in time for the reminders."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from streaky.calendar import Day
from streaky.schedule.crons import Cron, next_time
from streaky.schedule.fit import Misfit, misfit
from streaky.schedule.slots import Kind, Speaking

TOKYO, BERLIN = ZoneInfo("Asia/Tokyo"), ZoneInfo("Europe/Berlin")
HOURLY = "17 13-23 * * *"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)  # a Monday


def speaking(*remind_at: time, lead: timedelta = timedelta(hours=2)) -> Speaking:
    reminders = remind_at or (time(18), time(21), time(23))
    return Speaking(frozenset(Kind), reminders, time(9), lead)


def fit(line: str, zone: ZoneInfo | None, person: ZoneInfo | None, wanted: Speaking) -> Misfit | None:
    """What is wrong for a person with a cron line in its own zone; None for UTC."""
    return misfit([Cron(line, zone or UTC)], Day.at(NOON, person or UTC), wanted)


def hours(wrong: Misfit | None) -> list[str]:
    assert wrong is not None
    return [f"{at:%H:%M}" for at in wrong.asked]


@pytest.mark.parametrize(
    "zone", [None, BERLIN, TOKYO, ZoneInfo("Pacific/Kiritimati"), ZoneInfo("Asia/Kolkata")]
)
def test_the_templates_schedule_fits_in_each_persons_own_zone(zone: ZoneInfo | None) -> None:
    assert fit(HOURLY, zone, zone, speaking()) is None


def test_a_morning_cron_is_named_by_its_local_time() -> None:
    wrong = fit("17 6 * * *", None, None, speaking())
    assert wrong == Misfit((time(6, 17),), time(18), time(22))


def test_a_zone_in_the_settings_that_the_schedule_does_not_have_is_noticed() -> None:
    wrong = fit(HOURLY, None, TOKYO, speaking())
    assert hours(wrong) == [*(f"{hour:02}:17" for hour in range(9)), "22:17", "23:17"]


def test_a_zone_in_the_schedule_that_the_settings_do_not_have_is_noticed() -> None:
    wrong = fit(HOURLY, TOKYO, None, speaking())
    assert hours(wrong) == [f"{hour:02}:17" for hour in range(4, 15)]


@pytest.mark.parametrize(
    ("line", "fits"),
    [
        ("59 17 * * *", False),
        ("0 18 * * *", True),
        ("0 22 * * *", True),
        ("1 22 * * *", False),
        ("0 0 * * *", False),
        ("0 12 * * *", False),
        ("*/5 0-17 * * *", False),
        ("30 19 * * 1-5", True),
        ("30 19 * * SUN", True),
        ("30 19 24 12 *", False),
        ("30 19 29 2 *", False),
    ],
)
def test_a_run_counts_from_the_first_reminder_to_the_lead_before_the_deadline(line: str, fits: bool) -> None:
    assert (fit(line, None, None, speaking()) is None) is fits


@pytest.mark.parametrize(
    ("line", "fits"), [("30 22 * * *", False), ("59 23 * * *", True), ("0 0 * * *", False)]
)
def test_reminders_within_the_lead_may_be_sent_until_the_last_minute(line: str, fits: bool) -> None:
    wrong = fit(line, None, None, speaking(time(23)))
    assert (wrong is None) is fits


def test_one_line_of_several_is_enough() -> None:
    lines = [Cron("17 6 * * *"), Cron("17 19 * * *")]
    assert misfit(lines, Day.at(NOON, UTC), speaking()) is None


def test_without_any_line_there_is_nothing_to_fit() -> None:
    assert misfit([], Day.at(NOON, UTC), speaking()) is None


def test_a_line_that_does_not_come_this_week_asks_for_no_hours() -> None:
    assert hours(fit("30 19 29 2 *", None, None, speaking())) == []


def test_a_line_for_each_minute_names_each_hour_once() -> None:
    assert hours(fit("* 0-3 * * *", None, None, speaking())) == ["00:00", "01:00", "02:00", "03:00"]


@given(
    st.integers(0, 59),
    st.integers(0, 23),
    st.sampled_from([TOKYO, BERLIN, ZoneInfo("America/St_Johns"), ZoneInfo("Australia/Lord_Howe")]),
    st.sampled_from([TOKYO, BERLIN, ZoneInfo("America/St_Johns")]),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
)
@example(0, 9, ZoneInfo("Australia/Lord_Howe"), BERLIN, datetime(2026, 10, 19, tzinfo=UTC))
def test_it_fits_exactly_if_some_run_of_the_week_starts_in_time(
    minute: int, hour: int, zone: ZoneInfo, person: ZoneInfo, now: datetime
) -> None:
    lines = [Cron(f"{minute} {hour} * * *", zone)]
    day = Day.at(now, person)
    start = day.moment(time.min)
    end = datetime.combine(day.date + timedelta(days=7), time.min, person)  # a week may have 167 or 169 hours
    runs = []
    run = next_time(lines, start - timedelta(seconds=1))
    while run is not None and run < end:
        runs.append(run.astimezone(person).time())
        run = next_time(lines, run)
    in_time = [at for at in runs if time(18) <= at <= time(22)]
    wrong = misfit(lines, day, speaking())
    assert (wrong is None) is bool(in_time)
    if wrong:
        assert set(wrong.asked) == set(runs)
