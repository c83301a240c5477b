"""The ledger as data: its form, who may claim what, and the journal of days. Pure: no clock, no network."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streaky.calendar import Calendar
from streaky.ledger import claims, form, journal
from streaky.ledger.book import MESSAGE, Dead, Ledger, Line, Mark, Note, Pair, Row, Streaks
from streaky.ledger.claims import APART, LEASE, Wanted
from streaky.ledger.form import Unreadable
from streaky.ledger.journal import Today
from streaky.ledger.parts import DAY, number, record, row
from streaky.schedule.slots import Due, Kind, Slot
from streaky.streak import Rules, State, Streak, stand
from tests.conftest import ROOT

SCHEMA = json.loads((ROOT / "streaky/ledger.schema.json").read_text("utf-8"))
VALID = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())
NOW = datetime(2026, 11, 23, 21, 30, tzinfo=UTC)
TODAY = NOW.date()
NINE = Slot(TODAY, Kind.AT_RISK, time(21))
SIX = Slot(TODAY, Kind.AT_RISK, time(18))
BOTH = {"discord": "aaaaaaaa", "telegram": "bbbbbbbb"}
EMPTY = Ledger("octocat")
NINE_THIRTY = time(21, 30)


def wanted(
    *slots: Slot,
    now: datetime = NOW,
    run: str = "7/1/ab",
    addresses: Mapping[str, str] = BOTH,
    superseded: Mapping[Slot, Sequence[Slot]] | None = None,
    only: frozenset[Pair] | None = None,
) -> Wanted:
    """What a run wants to send."""
    older = {NINE: [SIX]} if superseded is None else superseded
    return Wanted(Due(slots, older, only=only), addresses, now, run)


def pairs(found: frozenset[tuple[Slot, str]]) -> set[str]:
    return {f"{slot} {key}" for slot, key in found}


# Its form

dates = st.dates(date(2008, 1, 1), date(2099, 12, 31))
instants = st.datetimes(datetime(2020, 1, 1), datetime(2099, 1, 1)).map(
    lambda moment: moment.replace(microsecond=0, tzinfo=UTC)
)
words = st.from_regex(r"[A-Za-z0-9_./-]{1,20}", fullmatch=True)
runs = st.from_regex(r"[A-Za-z0-9_]{1,20}/[0-9]{1,3}/[a-f0-9]{1,6}", fullmatch=True)
messages = st.just("") | st.from_regex(MESSAGE, fullmatch=True)
minutes = st.times().map(lambda at: at.replace(second=0, microsecond=0))
slots = st.builds(Slot, dates, st.sampled_from(Kind), st.none() | minutes)
streaks = st.builds(lambda start, days: Streak(start, start + timedelta(days)), dates, st.integers(0, 3000))
lines = st.builds(
    Line, st.integers(0, 999), st.sampled_from(State), st.sampled_from(Note), st.none() | minutes
)
ledgers = st.builds(
    Ledger,
    user=st.from_regex(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}", fullmatch=True),
    alerts=st.dictionaries(
        st.tuples(slots, words), st.builds(Row, st.sampled_from(Mark), instants, runs, messages), max_size=5
    ),
    days=st.dictionaries(dates, lines, max_size=5).map(lambda days: dict(sorted(days.items()))),
    streaks=st.none()
    | st.builds(
        Streaks,
        st.integers(1, 9),
        st.frozensets(st.integers(0, 6)),
        st.none() | streaks,
        st.none() | streaks,
    ),
    pause_until=st.none() | dates,
    starts=st.sets(instants.map(lambda at: at.replace(second=0)), max_size=5).map(
        lambda starts: tuple(sorted(starts))
    ),
    listed=st.none() | instants,
    dead=st.dictionaries(words, st.builds(Dead, words, instants), max_size=2),
)


@given(ledgers)
def test_what_is_written_is_read_back_and_fits_the_schema(ledger: Ledger) -> None:
    data = form.write(ledger)
    assert form.read(data, ledger.user) == ledger
    VALID.validate(json.loads(data))


@given(ledgers, st.data())
def test_a_ledger_that_breaks_off_anywhere_is_unreadable_and_never_half_read(
    ledger: Ledger, data: st.DataObject
) -> None:
    whole = form.write(ledger)
    cut = data.draw(st.integers(0, len(whole) - 3))
    with pytest.raises(Unreadable):
        form.read(whole[:cut], ledger.user)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"version": 2}, "a newer Streaky"),
        ({"version": 0}, "an older Streaky"),
        ({"version": "1"}, "not a ledger"),
        ({"user": "hubot"}, "belongs to hubot"),
        ({"user": "../../etc"}, "changed by hand"),
        ({"alerts": {}}, "changed by hand"),
        ({"alerts": [{"slot": "2026-11-23/at-risk/25:00"}]}, "changed by hand"),
        ({"days": {"2026-13-01": [0, "safe"]}}, "changed by hand"),
        ({"days": {"2026-11-01": [-1, "safe"]}}, "changed by hand"),
        ({"days": {"2026-11-01": [1, "perhaps"]}}, "changed by hand"),
        ({"days": []}, "changed by hand"),
        ({"streaks": {"minimum": 0, "rest-days": []}}, "changed by hand"),
        ({"pause-until": 3}, "changed by hand"),
        ({"days": {"2026-11-01": [1, "safe", "", "24:00"]}}, "changed by hand"),
        ({"days": {"2026-11-01": [True, "safe"]}}, "changed by hand"),
        ({"days": {"2026-11-01": [1, "safe", None, "20:40", 1]}}, "changed by hand"),
        ({"streaks": {"minimum": 1}}, "changed by hand"),
        ({"streaks": None}, "changed by hand"),
        ({"starts": {"2026-11-01": [1440]}}, "changed by hand"),
        ({"starts": {"2026-11-01": 7}}, "changed by hand"),
        ({"listed": "yesterday"}, "changed by hand"),
        ({"listed": "1999-11-01T10:00:00Z"}, "changed by hand"),
        ({"note": "mine"}, "changed by hand"),
    ],
)
def test_what_is_not_this_persons_ledger_of_this_version_says_why(
    change: dict[str, object], why: str
) -> None:
    document = json.loads(form.write(EMPTY)) | change
    with pytest.raises(Unreadable, match=why):
        form.read(json.dumps(document).encode(), "octocat")


def test_an_alert_or_a_name_that_comes_twice_is_refused_since_nobody_knows_which_holds() -> None:
    row = {"slot": "2026-11-23/at-risk/18:00", "channel": "discord", "at": "2026-11-23T18:09:12Z"}
    rows = [row | {"state": state, "run": "7/1/ab"} for state in ("sent", "failed")]
    assert form.read(
        json.dumps({"version": 1, "user": "octocat", "alerts": rows[:1]}).encode(), "octocat"
    ).alerts
    for text in (
        json.dumps({"version": 1, "user": "octocat", "alerts": rows}),
        '{"version": 1, "user": "octocat", "days": {"2026-11-23": [1, "safe"], "2026-11-23": [0, "idle"]}}',
    ):
        with pytest.raises(Unreadable, match="changed by hand"):
            form.read(text.encode(), "octocat")


def test_the_schema_in_the_package_is_the_one_that_the_form_says() -> None:
    path = ROOT / "streaky/ledger.schema.json"
    if os.environ.get("STREAKY_UPDATE_GOLDEN") == "1":
        path.write_text(form.schema(), encoding="utf-8")
    assert path.read_text("utf-8") == form.schema(), "run python -m streaky.ledger.form"
    jsonschema.Draft202012Validator.check_schema(json.loads(form.schema()))


@given(ledgers, st.data())
def test_the_schema_refuses_what_reading_refuses(ledger: Ledger, data: st.DataObject) -> None:
    document = json.loads(form.write(ledger))
    place, spot = document, data.draw(st.sampled_from(sorted(document)))
    while isinstance(place[spot], (dict, list)) and place[spot]:
        place = place[spot]
        keys = sorted(place) if isinstance(place, dict) else range(len(place))
        spot = data.draw(st.sampled_from(keys))
    place[spot] = data.draw(st.sampled_from([None, -1, 1.5, True, "", "x y", [], [7], {}, {"a": 1}]))
    if VALID.is_valid(document):
        return
    with pytest.raises(Unreadable):
        form.read(json.dumps(document).encode(), "octocat")


def test_a_form_that_forgets_a_field_is_an_error_at_once() -> None:
    with pytest.raises(TypeError, match="Dead"):
        record(Dead, address=DAY)
    with pytest.raises(TypeError, match="Line"):
        row(Line, standing=DAY, count=number(0))


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_no_bytes_at_all_make_reading_fail_otherwise(data: bytes) -> None:
    with pytest.raises(Unreadable):
        form.read(data, "octocat")


def test_a_login_is_the_same_in_any_case() -> None:
    assert form.read(form.write(EMPTY), "OctoCat") == EMPTY


def test_each_alert_and_day_has_a_line_of_its_own() -> None:
    ledger, _ = claims.claim(replace(EMPTY, days={TODAY: Line(2, State.SAFE)}), wanted(NINE))
    text = form.write(ledger).decode()
    assert '  "2026-11-23": [2, "safe"]\n' in text
    assert sum("at-risk/21:00" in line for line in text.splitlines()) == 2


def test_the_documentations_example_is_a_ledger() -> None:
    example = re.search(r"```json\n(.*?)```", (ROOT / "docs/late.md").read_text("utf-8"), re.DOTALL)
    assert example
    ledger = form.read(example[1].encode(), "octocat")
    VALID.validate(json.loads(example[1]))
    assert ledger.alerts


# Claims


def test_a_slot_is_claimed_for_each_channel_and_older_ones_are_superseded() -> None:
    ledger, claimed = claims.claim(EMPTY, wanted(NINE))
    assert pairs(claimed.send) == {"2026-11-23/at-risk/21:00 discord", "2026-11-23/at-risk/21:00 telegram"}
    assert pairs(claimed.skipped) == {"2026-11-23/at-risk/18:00 discord", "2026-11-23/at-risk/18:00 telegram"}
    assert {row.mark for (slot, _), row in ledger.alerts.items() if slot == SIX} == {Mark.SKIPPED}


def test_what_another_run_claimed_is_not_sent() -> None:
    ledger, _ = claims.claim(EMPTY, wanted(NINE))
    again, claimed = claims.claim(ledger, wanted(NINE, run="8/1/cd"))
    assert (again, claimed.send) == (ledger, frozenset())


@pytest.mark.parametrize(("minutes", "taken"), [(0, False), (4, False), (5, True), (600, True)])
def test_a_claim_is_taken_over_when_its_lease_has_passed(minutes: int, taken: bool) -> None:
    ledger, _ = claims.claim(EMPTY, wanted(NINE))
    later = wanted(NINE, run="8/1/cd", now=NOW + timedelta(minutes=minutes))
    assert bool(claims.claim(ledger, later)[1].send) is taken


@pytest.mark.parametrize(
    ("run", "taken"),
    [("7/2/cd", True), ("7/1/cd", False), ("8/2/cd", False), ("local/1/cd", False), ("7/1/ab", True)],
)
def test_a_later_attempt_of_the_same_run_knows_that_the_earlier_one_has_ended(run: str, taken: bool) -> None:
    ledger, _ = claims.claim(EMPTY, wanted(NINE))
    assert bool(claims.claim(ledger, wanted(NINE, run=run))[1].send) is taken


def test_a_redelivery_takes_over_what_the_job_before_it_left_claimed() -> None:
    ledger, _ = claims.claim(EMPTY, wanted(NINE))
    only = frozenset({(NINE, "discord")})
    assert claims.claim(ledger, wanted(NINE, run="7/1/cd", only=only))[1].send == only


def test_a_lease_from_the_future_does_not_hold_for_ever() -> None:
    ledger, _ = claims.claim(EMPTY, wanted(NINE, now=NOW + timedelta(days=300)))
    assert claims.claim(ledger, wanted(NINE, run="8/1/cd"))[1].send


def test_what_failed_is_tried_again_and_what_was_sent_is_not() -> None:
    first = wanted(NINE)
    ledger, _ = claims.claim(EMPTY, first)
    ledger = claims.settle(
        ledger, {(NINE, "discord"): Mark.FAILED, (NINE, "telegram"): Mark.SENT}, first, NOW
    )
    claimed = claims.claim(ledger, wanted(NINE, run="8/1/cd"))[1]
    assert pairs(claimed.send) == {"2026-11-23/at-risk/21:00 discord"}
    assert (NINE, "telegram") in claimed.skipped


def test_nothing_makes_a_sent_row_unsent() -> None:
    late = wanted(NINE)
    ledger, _ = claims.claim(EMPTY, late)
    ledger = claims.settle(ledger, {(NINE, "discord"): Mark.SENT}, wanted(NINE, run="8/1/cd"), NOW)
    ledger = claims.settle(ledger, {(NINE, "discord"): Mark.FAILED}, late, NOW)
    assert ledger.alerts[NINE, "discord"].mark is Mark.SENT


def test_a_failure_that_is_settled_twice_does_not_undo_the_claim_of_the_run_that_came_between() -> None:
    first, second = wanted(NINE), wanted(NINE, run="8/1/cd")
    failed = {(NINE, "discord"): Mark.FAILED}
    ledger = claims.settle(claims.claim(EMPTY, first)[0], failed, first, NOW)
    ledger, taken = claims.claim(ledger, second)
    again = claims.settle(ledger, failed, first, NOW)
    assert taken.send == {(NINE, "discord")}
    assert again == ledger


def test_a_dead_address_is_not_asked_again_until_it_changes_or_a_week_has_passed() -> None:
    first = wanted(SIX)
    ledger, _ = claims.claim(EMPTY, first)
    ledger = claims.settle(ledger, {(SIX, "discord"): Mark.DEAD, (SIX, "telegram"): Mark.SENT}, first, NOW)
    later = wanted(NINE, run="8/1/cd", now=NOW + APART)
    assert pairs(claims.claim(ledger, later)[1].dead) == {"2026-11-23/at-risk/21:00 discord"}
    assert len(claims.claim(ledger, replace(later, addresses=BOTH | {"discord": "cccccccc"}))[1].send) == 2
    assert len(claims.claim(ledger, replace(later, now=NOW + timedelta(days=7)))[1].send) == 2


def test_a_test_alert_is_sent_each_time_and_its_arrival_revives_a_channel() -> None:
    test = Slot(TODAY, Kind.TEST)
    ledger = replace(EMPTY, dead={"discord": Dead("aaaaaaaa", NOW)})
    after, claimed = claims.claim(ledger, wanted(test))
    assert (after, len(claimed.send)) == (ledger, 2)
    settled = claims.settle(after, dict.fromkeys(claimed.send, Mark.SENT), wanted(test), NOW)
    assert (settled.dead, settled.alerts) == ({}, {})


@pytest.mark.parametrize(("minutes", "sent"), [(0, False), (44, False), (45, True)])
def test_two_alerts_of_a_kind_keep_45_minutes_apart_on_a_channel(minutes: int, sent: bool) -> None:
    first = wanted(SIX)
    ledger, claimed = claims.claim(EMPTY, first)
    ledger = claims.settle(ledger, dict.fromkeys(claimed.send, Mark.SENT), first, NOW)
    broken = Slot(TODAY, Kind.BROKEN)
    later = wanted(NINE, broken, run="8/1/cd", now=NOW + timedelta(minutes=minutes))
    claimed = claims.claim(ledger, later)[1]
    assert ((NINE, "discord") in claimed.send) is sent
    assert ((NINE, "discord") in claimed.waiting) is not sent
    assert (broken, "discord") in claimed.send


@pytest.mark.parametrize(("minutes", "sent"), [(19, False), (20, True)])
def test_reminders_that_a_person_set_closer_keep_only_so_far_apart(minutes: int, sent: bool) -> None:
    first, soon = wanted(SIX), Slot(TODAY, Kind.AT_RISK, time(18, 20))
    ledger, claimed = claims.claim(EMPTY, first)
    ledger = claims.settle(ledger, dict.fromkeys(claimed.send, Mark.SENT), first, NOW)
    later = wanted(soon, run="8/1/cd", now=NOW + timedelta(minutes=minutes))
    assert bool(claims.claim(ledger, later)[1].send) is sent


def test_alerts_are_forgotten_after_forty_days() -> None:
    ledger, _ = claims.claim(EMPTY, wanted(NINE))
    assert claims.pruned(ledger, NOW + timedelta(days=40)) == ledger
    assert not claims.pruned(ledger, NOW + timedelta(days=41)).alerts


@given(
    st.lists(
        st.tuples(
            st.integers(0, 240), st.sampled_from(["1/1/a", "1/2/b", "2/1/c", "3/1/d"]), st.sampled_from(Mark)
        ),
        max_size=12,
    )
)
def test_no_order_of_claims_and_results_sends_a_pair_twice(
    steps: list[tuple[int, str, Mark]],
) -> None:
    ledger, sent, elapsed = EMPTY, set(), 0
    for minutes, run, mark in steps:
        elapsed += minutes
        now = NOW + timedelta(minutes=elapsed)
        mine = wanted(NINE, run=run, now=now)
        ledger, claimed = claims.claim(ledger, mine)
        assert not claimed.send & sent
        if mark in (Mark.SENT, Mark.FAILED):
            ledger = claims.settle(ledger, dict.fromkeys(claimed.send, mark), mine, now)
            sent |= claimed.send if mark is Mark.SENT else set()


def test_the_lease_is_longer_than_a_run_may_take() -> None:
    assert timedelta(seconds=45 + 60 + 20 + 30) < LEASE


# The journal


def seen(pattern: str, today: date = TODAY, clock: time = NINE_THIRTY, **more: object) -> Today:
    """A day as a run sees it; the pattern's last character is `today`, a dot is no contribution."""
    first = today - timedelta(days=len(pattern) - 1)
    counts = {first + timedelta(days=at): int(c) for at, c in enumerate(pattern) if c != "."}
    calendar = Calendar(first, today, counts)
    rules = Rules()
    return Today(today, stand(calendar, today, rules), calendar, rules, clock, **more)  # type: ignore[arg-type]


def test_a_days_first_run_writes_its_line_and_the_one_that_first_sees_it_safe_when_that_was() -> None:
    ledger = journal.noted(EMPTY, seen("11."))
    assert ledger.days == {TODAY: Line(0, State.AT_RISK)}
    assert journal.noted(ledger, seen("11.")) is ledger
    safe = journal.noted(ledger, seen("113", clock=time(20, 17, 31)))
    assert safe.days == {TODAY: Line(3, State.SAFE, Note.NONE, time(20, 17))}
    assert journal.noted(safe, seen("114", clock=time(21, 17))) is safe
    assert journal.noted(safe, seen("11.", clock=time(21, 17))) is safe


def test_the_time_at_which_a_day_was_first_seen_safe_outlives_the_days_after() -> None:
    ledger = journal.noted(EMPTY, seen("113", clock=time(20, 17)))
    later = journal.noted(ledger, seen("115.", TODAY + timedelta(days=1)))
    assert later.days[TODAY] == Line(5, State.SAFE, Note.NONE, time(20, 17))


def test_the_habit_is_told_of_the_last_four_weeks_without_today() -> None:
    days = {TODAY - timedelta(days=back): Line(1, State.SAFE, safe_at=time(back % 24)) for back in range(40)}
    days[TODAY - timedelta(days=3)] = Line(1, State.SAFE)  # which no run saw safe
    found = journal.safe_times(replace(EMPTY, days=days), TODAY)
    assert sorted(found) == sorted(time(back % 24) for back in range(1, 29) if back != 3)


def test_a_day_that_could_not_be_read_gets_its_line_when_it_can() -> None:
    unknown = journal.noted(EMPTY, Today(TODAY, None, None, Rules(), time(9)))
    assert unknown.days == {TODAY: Line(0, State.UNKNOWN)}
    assert journal.noted(unknown, seen("111")).days == {TODAY: Line(1, State.SAFE, safe_at=time(21, 30))}


def test_the_next_day_completes_the_line_and_counts_a_rescue() -> None:
    ledger = journal.noted(EMPTY, seen("11."))
    first = wanted(SIX)
    ledger, claimed = claims.claim(ledger, first)
    ledger = claims.settle(ledger, dict.fromkeys(claimed.send, Mark.SENT), first, NOW)
    tomorrow = TODAY + timedelta(days=1)
    rescued = journal.noted(ledger, seen("115.", tomorrow))
    assert rescued.days[TODAY] == Line(5, State.SAFE, Note.RESCUED)
    assert journal.rescues(rescued) == 1
    missed = journal.noted(ledger, seen("11..", tomorrow))
    assert missed.days[TODAY] == Line(0, State.AT_RISK)
    assert journal.rescues(missed) == 0


def test_a_contribution_without_a_warning_is_no_rescue() -> None:
    ledger = journal.noted(EMPTY, seen("11."))
    assert journal.rescues(journal.noted(ledger, seen("115.", TODAY + timedelta(days=1)))) == 0


def test_days_without_a_run_are_a_gap_and_filled_from_the_calendar() -> None:
    ledger = journal.noted(EMPTY, seen("11."))
    back = TODAY + timedelta(days=4)
    assert journal.gap(ledger, back, Rules()) == (TODAY + timedelta(days=1), TODAY + timedelta(days=3))
    filled = journal.noted(ledger, seen("11..1..", back))
    assert filled.days[TODAY + timedelta(days=1)] == Line(0, State.AT_RISK, Note.UNWATCHED)
    assert filled.days[TODAY + timedelta(days=2)] == Line(1, State.SAFE, Note.UNWATCHED)
    assert journal.gap(filled, back, Rules()) == journal.gap(ledger, back, Rules())
    assert journal.gap(filled, back + timedelta(days=1), Rules()) is None


def test_days_that_all_rest_are_no_gap() -> None:
    ledger = journal.noted(EMPTY, seen("11."))  # a Monday
    rests = Rules(rest_days=frozenset({1, 2}))
    assert journal.gap(ledger, TODAY + timedelta(days=3), rests) is None
    assert journal.gap(ledger, TODAY + timedelta(days=4), rests)


def test_news_reach_back_a_week_and_never_before_the_journal() -> None:
    assert journal.news_since(EMPTY, TODAY) == TODAY
    ledger = journal.noted(EMPTY, seen("11."))
    assert journal.news_since(ledger, TODAY + timedelta(days=2)) == TODAY
    assert journal.news_since(ledger, TODAY + timedelta(days=30)) == TODAY + timedelta(days=24)


def test_the_running_streak_and_the_longest_are_remembered_by_their_rules() -> None:
    ledger = journal.noted(EMPTY, seen(".111111", all_time=True))
    known = journal.known(ledger, Rules())
    assert known
    assert known.current == known.longest == Streak(TODAY - timedelta(days=5), TODAY)
    assert journal.known(ledger, Rules(minimum=2)) is None
    later = journal.noted(ledger, seen("..1", TODAY + timedelta(days=10)))
    again = journal.known(later, Rules())
    assert again
    assert again.longest == known.longest
    assert again.current == Streak(TODAY + timedelta(days=10), TODAY + timedelta(days=10))


def test_the_longest_of_all_time_is_not_made_up_from_a_year() -> None:
    known = journal.known(journal.noted(EMPTY, seen(".111111")), Rules())
    assert known
    assert known.longest is None


# Starts


def test_a_scheduled_run_is_noted_once_a_day() -> None:
    ledger = journal.noted(EMPTY, seen("11.", scheduled=NOW))
    assert ledger.scheduled == NOW
    assert journal.noted(ledger, seen("11.", scheduled=NOW + timedelta(hours=1))) is ledger


def test_githubs_list_and_a_runs_own_start_are_one_start_and_four_weeks_are_kept() -> None:
    old = [NOW - timedelta(days=back) for back in range(1, 40)]
    ledger = journal.listed(journal.started(EMPTY, NOW + timedelta(minutes=2)), [*old, NOW], NOW)
    assert ledger.starts == tuple(NOW - timedelta(days=back) for back in range(27, -1, -1))
    assert ledger.listed == NOW


def test_a_list_that_does_not_reach_back_to_the_one_before_leaves_no_hole() -> None:
    first = journal.listed(EMPTY, [NOW - timedelta(days=2), NOW], NOW)
    later = NOW + timedelta(days=3)
    near = journal.listed(first, [NOW, later], later)
    assert near.starts == (NOW - timedelta(days=2), NOW, later)
    far = journal.listed(first, [NOW + timedelta(days=2), later], later)
    assert far.starts == (NOW + timedelta(days=2), later)


def test_the_last_start_is_kept_however_long_ago() -> None:
    ledger = journal.started(EMPTY, NOW)
    assert journal.listed(ledger, [NOW], NOW + timedelta(days=90)).scheduled == NOW
