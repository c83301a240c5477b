"""What each reader takes, what it refuses, and what it then says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from streaky.config import values
from streaky.config.inputs import INPUTS
from streaky.config.values import CardStyle, Pause, language
from streaky.input import switches
from streaky.input.refusal import BadValue, shown
from streaky.locales import languages
from streaky.schedule.slots import Kind, Slot

kinds = values.kinds
PAUSE = "Write YYYY-MM-DD, 3d, 2w, today, or none."
# Any text, and texts made of what the readers look for, which come nearer to being right.
FOREIGN = st.text(max_size=80) | st.text("0123456789:-+TZ/.,@#[]% \n\tabegnostuw_\x00é\ud800", max_size=60)


def refusal(read: Callable[[str], Any], text: str) -> str:
    """What is said of a text that a reader refuses."""
    with pytest.raises(BadValue) as caught:
        read(text)
    return f"{caught.value.what} {caught.value.mend}".strip()


# What is taken


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (values.login, "octocat", "octocat"),
        (values.login, "@octo-cat", "octo-cat"),
        (values.login, "octo_corp", "octo_corp"),
        (values.login, "a" * 39, "a" * 39),
        (values.login, "1", "1"),
        (values.repository, "octo-cat/my.repo_1", ("octo-cat", "my.repo_1")),
        (values.secret, "ghp_!~", "ghp_!~"),
        (values.zone, "UTC", UTC),
        (values.zone, "Europe/Berlin", ZoneInfo("Europe/Berlin")),
        (values.zone, "Etc/GMT+12", ZoneInfo("Etc/GMT+12")),
        (values.zone, "America/Argentina/Buenos_Aires", ZoneInfo("America/Argentina/Buenos_Aires")),
        (values.instant, "2026-11-23T21:30:00Z", datetime(2026, 11, 23, 21, 30, tzinfo=UTC)),
        (
            values.instant,
            "2026-11-23T21:30+05:45",
            datetime(2026, 11, 23, 21, 30, tzinfo=timezone(timedelta(hours=5, minutes=45))),
        ),
        (values.day, "2026-12-31", date(2026, 12, 31)),
        (values.day, "2028-02-29", date(2028, 2, 29)),
        (values.pause, "2026-12-31", Pause(until=date(2026, 12, 31))),
        (values.pause, "Today", Pause(days=1)),
        (values.pause, "none", Pause(days=0)),
        (values.pause, "3d", Pause(days=3)),
        (values.pause, "1 day", Pause(days=1)),
        (values.pause, "2W", Pause(days=14)),
        (values.pause, "2 weeks", Pause(days=14)),
        (values.time_of_day, "18:00", time(18)),
        (values.time_of_day, "7:05", time(7, 5)),
        (values.time_of_day, "00:00", time(0)),
        (values.time_of_day, "23:59", time(23, 59)),
        (values.number, "1", 1),
        (values.number, "007", 7),
        (values.number, "999999", 999999),
        (switches.switch, "true", True),
        (switches.switch, "Yes", True),
        (switches.switch, "ON", True),
        (switches.switch, "1", True),
        (switches.switch, "False", False),
        (switches.switch, "no", False),
        (switches.switch, "off", False),
        (switches.switch, "0", False),
        (values.card, "yes", CardStyle()),
        (values.card, "false", CardStyle(drawn=False)),
        (values.card, "Ink", CardStyle("ink")),
        (values.card, "no-map no-name", CardStyle(hidden=frozenset({"map", "name"}))),
        (values.card, "no-rescues,\norchid", CardStyle("orchid", frozenset({"rescues"}))),
        (values.times, "21:00, 9:00\n18:00,21:00,", (time(9), time(18), time(21))),
        (values.times_or_auto, "21:00,9:00", (time(9), time(21))),
        (values.times_or_auto, "Auto", ()),
        (values.weekday, "Sun", {6}),
        (values.weekdays, "sat,sun", frozenset({5, 6})),
        (values.weekdays, "Monday\nmon", frozenset({0})),
        (values.weekdays, "Weekend", frozenset({5, 6})),
        (values.weekdays, "mon, weekend, sun", frozenset({0, 5, 6})),
        (kinds, "AT-RISK, safe", {Kind.AT_RISK, Kind.SAFE}),
        (
            kinds,
            "at-risk,broken,milestone,unknown",
            {Kind.AT_RISK, Kind.BROKEN, Kind.MILESTONE, Kind.UNKNOWN},
        ),
        (language, "en", "en"),
        (language, "DE", "de"),
        (language, "pt-BR", "pt"),
        (language, "en_GB", "en"),
        (language, "zh", "zh-CN"),
        (language, "zh_cn", "zh-CN"),
        (language, "ja-JP", "ja"),
    ],
)
def test_a_right_value_is_read(read: Callable[[str], Any], text: str, value: object) -> None:
    assert read(text) == value


def test_every_language_is_taken_by_its_code() -> None:
    assert len(languages()) >= 5
    assert [language(code) for code in languages()] == languages()


# What is refused, and how


@pytest.mark.parametrize(
    ("read", "text", "said"),
    [
        (values.login, "", '"" is not a GitHub login. Write it as in github.com/LOGIN.'),
        (values.login, "octo cat", '"octo cat" is not a GitHub login. Write it as in github.com/LOGIN.'),
        (values.login, "-octocat", '"-octocat" is not a GitHub login. Write it as in github.com/LOGIN.'),
        (values.login, "öcto", '"öcto" is not a GitHub login. Write it as in github.com/LOGIN.'),
        (values.login, "octo\ncat", '"octo�cat" is not a GitHub login. Write it as in github.com/LOGIN.'),
        (
            values.login,
            "a b " * 15,
            f'"{"a b " * 10}…" is not a GitHub login. Write it as in github.com/LOGIN.',
        ),
        (values.repository, "octocat", '"octocat" is not a repository. Write owner/name.'),
        (values.repository, "a/b/c", '"a/b/c" is not a repository. Write owner/name.'),
        (
            values.secret,
            "two words",
            "holds a space or a character no token has. Copy it anew, without anything around it.",
        ),
        (
            values.instant,
            "2026-11-23T21:30:00",
            '"2026-11-23T21:30:00" is not an instant.'
            " Write ISO 8601 with an offset: 2026-11-23T21:30:00+01:00.",
        ),
        (
            values.instant,
            "tonight",
            '"tonight" is not an instant. Write ISO 8601 with an offset: 2026-11-23T21:30:00+01:00.',
        ),
        (
            values.instant,
            "1999-12-31T23:59:59Z",
            '"1999-12-31T23:59:59Z" is out of range. Write a year from 2000 on.',
        ),
        (
            values.instant,
            "9999-12-31T23:59:59Z",
            '"9999-12-31T23:59:59Z" is out of range. Write a year from 2000 on.',
        ),
        (
            values.day,
            "2026-02-30",
            '"2026-02-30" is no day of the calendar. Write YYYY-MM-DD.',
        ),
        (values.day, "31.12.2026", '"31.12.2026" is not a date. Write YYYY-MM-DD.'),
        (values.day, "20261231", '"20261231" is not a date. Write YYYY-MM-DD.'),
        (values.day, "2026-W01-1", '"2026-W01-1" is not a date. Write YYYY-MM-DD.'),
        (values.day, "٢٠٢٦-12-31", '"٢٠٢٦-12-31" is not a date. Write YYYY-MM-DD.'),
        (values.pause, "0d", f'"0d" is no length of a pause. {PAUSE}'),
        (values.pause, "1000d", f'"1000d" is no length of a pause. {PAUSE}'),
        (values.pause, "a month", f'"a month" is no length of a pause. {PAUSE}'),
        (values.pause, "2026-02-30", f'"2026-02-30" is no day of the calendar. {PAUSE}'),
        (values.dated_pause, "3d", '"3d" has no end in a file. Write a date, YYYY-MM-DD.'),
        (values.dated_pause, "soon", '"soon" is no length of a pause. Write a date, YYYY-MM-DD.'),
        (values.time_of_day, "25:00", '"25:00" is not a time of day (HH:MM, 00:00 to 23:59).'),
        (values.time_of_day, "24:00", '"24:00" is not a time of day (HH:MM, 00:00 to 23:59).'),
        (values.time_of_day, "18:60", '"18:60" is not a time of day (HH:MM, 00:00 to 23:59).'),
        (values.time_of_day, "6pm", '"6pm" is not a time of day (HH:MM, 00:00 to 23:59).'),
        (values.time_of_day, "18:0", '"18:0" is not a time of day (HH:MM, 00:00 to 23:59).'),
        (values.time_of_day, "1080", '"1080" is not a time of day (HH:MM, 00:00 to 23:59).'),
        (values.number, "0", '"0" is not a whole number from 1 to 999999.'),
        (values.number, "-1", '"-1" is not a whole number from 1 to 999999.'),
        (values.number, "1.5", '"1.5" is not a whole number from 1 to 999999.'),
        (values.number, "1e3", '"1e3" is not a whole number from 1 to 999999.'),
        (values.number, "1_000", '"1_000" is not a whole number from 1 to 999999.'),
        (values.number, "²", '"²" is not a whole number from 1 to 999999.'),
        (values.number, "1000000", '"1000000" is not a whole number from 1 to 999999.'),
        (values.number, "1 " * 5000, f'"{"1 " * 20}…" is not a whole number from 1 to 999999.'),
        (switches.switch, "maybe", '"maybe" is neither true nor false.'),
        (values.repositories, "hello", '"hello" is not a repository. Write owner/name, or owner/*.'),
        (values.repositories, "*/*", '"*/*" is not a repository. Write owner/name, or owner/*.'),
        (values.repositories, "a/b*", '"a/b*" is not a repository. Write owner/name, or owner/*.'),
        (values.card, "embr", '"embr" is no theme and no part of the card. Did you mean "ember"?'),
        (values.card, "ember, no-ember", '"no-ember" is no theme and no part of the card. Did you mean'),
        (values.card, "map", '"map" is no theme and no part of the card. Did you mean "no-map"?'),
        (values.weekdays, "sta", '"sta" is not a weekday. Did you mean "sat"?'),
        (values.weekdays, "Saterday", '"Saterday" is not a weekday. Did you mean "saturday"?'),
        (
            values.weekdays,
            "xyz",
            '"xyz" is not a weekday. Choose from: mon, tue, wed, thu, fri, sat, sun, weekend.',
        ),
        (
            values.weekdays,
            "mon,tue,wed,thu,fri,weekend",
            "every day of the week rests, so nothing would be left to guard. Leave at least one out.",
        ),
        (values.weekdays, ", ,\n", "the list is empty. Remove it, or write at least one item."),
        (kinds, "at_risk", '"at_risk" is not a kind of alert. Did you mean "at-risk"?'),
        (
            kinds,
            "everything",
            '"everything" is not a kind of alert. Choose from: at-risk, broken, milestone, safe, unknown.',
        ),
        (
            language,
            "tlh",
            f'"tlh" is not a language Streaky speaks. Choose from: {", ".join(languages())}.',
        ),
        (language, "zh-TW", '"zh-TW" is not a language Streaky speaks. Did you mean "zh-CN"?'),
        (language, "enn", '"enn" is not a language Streaky speaks. Did you mean "en"?'),
        (language, "../en", '"../en" is not a language Streaky speaks. Choose from: '),
        (language, "de-<b>", '"de-<b>" is not a language Streaky speaks. Choose from: '),
    ],
)
def test_a_wrong_value_is_refused_in_these_words(read: Callable[[str], Any], text: str, said: str) -> None:
    assert refusal(read, text).startswith(said)


def test_every_wrong_item_of_a_list_is_named_and_no_mend_is_said_twice() -> None:
    said = refusal(kinds, "at-risk,brocken,savety,brocken")
    assert said == (
        '"brocken" is not a kind of alert. "savety" is not a kind of alert.'
        ' Did you mean "broken"? Did you mean "safe"?'
    )
    assert refusal(values.times, "25:00,18:00,26:00").count("is not a time of day") == 2


def test_a_kind_that_is_sent_on_demand_only_cannot_be_all_that_is_asked_for() -> None:
    assert refusal(kinds, "test").startswith('"test" is not a kind of alert.')


@pytest.mark.parametrize("minutes", [24, 25])
def test_there_are_at_most_24_reminders(minutes: int) -> None:
    text = ",".join(f"12:{minute:02}" for minute in range(minutes))
    if minutes <= 24:
        assert len(values.times(text)) == 24
    else:
        assert refusal(values.times, text) == "25 times are too many. Write at most 24."


def test_a_list_without_end_is_refused_in_few_words() -> None:
    said = refusal(kinds, ",".join(f"kind{number}" for number in range(30_000)))
    assert said == "the list has 30000 items. Write at most 100."


# Pauses

MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("3d", date(2026, 11, 25)),
        ("1w", date(2026, 11, 29)),
        ("today", MONDAY),
        ("none", date(2026, 11, 22)),
        ("2026-12-31", date(2026, 12, 31)),
        ("2026-11-01", date(2026, 11, 1)),
    ],
)
def test_a_pause_lasts_through_its_last_date(text: str, last: date) -> None:
    assert values.pause(text).last(MONDAY) == last


# Zones


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("europe/berlin", "Europe/Berlin"),
        ("Europe/Berln", "Europe/Berlin"),
        ("Berlin", "Europe/Berlin"),
        ("berlin", "Europe/Berlin"),
        ("Berln", "Europe/Berlin"),
        ("Asia/Berlin", "Europe/Berlin"),
        ("posix/Europe/Berlin", "Europe/Berlin"),
        ("New York", "America/New_York"),
        ("America/Sao Paulo", "America/Sao_Paulo"),
        ("Asia/Calcuta", "Asia/Calcutta"),
        ("utc", "UTC"),
    ],
)
def test_the_nearest_zone_is_offered(text: str, meant: str) -> None:
    assert refusal(values.zone, text) == f'"{text}" is not an IANA time zone. Did you mean "{meant}"?'


@pytest.mark.parametrize(
    "text",
    [
        *("XST", "localtime", "Factory", "posixrules"),
        *("Mars/Olympus", "Europe", "W. Europe Standard Time", "", "zone.tab", "Europe/"),
        *("../../etc/passwd", "/etc/localtime", "a" * 5000, "Europe/Berlin\x00", "right/UTC/x", "é\ud800"),
    ],
)
def test_no_zone_is_guessed_where_the_guess_could_be_hours_off(text: str) -> None:
    said = refusal(values.zone, text)
    assert "is not an IANA time zone." in said
    if "Berlin" not in text:
        assert said.endswith("Write it like Europe/Berlin.")
    assert "\n" not in said
    assert len(said) < 150


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        ("EST", "America/New_York"),
        ("MST", "America/Denver or America/Phoenix"),
        ("HST", "Pacific/Honolulu"),
        ("pst", "America/Los_Angeles"),
        ("JST", "Asia/Tokyo"),
        ("MEZ", "Europe/Berlin"),
        ("IST", "Asia/Kolkata or Europe/Dublin or Asia/Jerusalem"),
    ],
)
def test_an_abbreviation_is_refused_with_the_city_to_write(text: str, mend: str) -> None:
    said = f"\"{text}\" is an abbreviation, not a city's time zone. Write your city's zone: {mend}."
    assert refusal(values.zone, text) == said


def test_every_city_that_is_offered_is_a_zone() -> None:
    for zones in values.ABBREVIATIONS.values():
        assert all(values.zone(each) for each in zones)


@pytest.mark.parametrize("text", ["GMT+2", "UTC+2", "+02:00", "-5", "utc -05:30", "Z+1", "+0530"])
def test_an_offset_is_refused_because_it_has_no_summer_time(text: str) -> None:
    said = refusal(values.zone, text)
    assert said.startswith(f'"{text}" is an offset, not a time zone. An offset has no summer time.')
    assert said.endswith("Write your city's zone, like Europe/Berlin.")


# What an earlier job left to deliver


@pytest.mark.parametrize("channel", ["discord", "telegram", "webhook", "issue", "apprise", "apprise-12"])
def test_what_is_pending_is_read_by_slot_and_channel(channel: str) -> None:
    text = f'[{{"slot":"2026-11-23/at-risk/21:00","channel":"{channel}","heard":false}}]'
    slot = Slot(date(2026, 11, 23), Kind.AT_RISK, time(21))
    assert values.pending(text) == {(slot, channel): False}


ROW = '{"slot":"2026-11-23/test/day","channel":"discord","heard":true}'


@pytest.mark.parametrize(
    "text",
    [
        *("null", "1", '"x"', "{}", "[null]", "[1]", '["x"]', "[[]]", "[{}]", "[" * 5000, "nonsense", "NaN"),
        *('[{"slot":1}]', ROW, f"[{ROW},null]"),
        *(
            f"[{ROW.replace(old, new)}]"
            for old, new in [
                ('"2026-11-23/test/day"', "1"),
                ('"2026-11-23/test/day"', "null"),
                ('"2026-11-23/test/day"', '["2026-11-23/test/day"]'),
                ('"2026-11-23/test/day"', '"2026-11-23/test"'),
                ('"2026-11-23/test/day"', '"2026-11-23/tset/day"'),
                ('"discord"', "null"),
                ('"discord"', '["discord"]'),
                ('"discord"', '"discord\\n::error::x"'),
                ('"discord"', '"slack"'),
                ('"discord"', '"apprise-"'),
                ('"discord"', '"apprise-1111"'),
                ("true", "1"),
                ("true", "null"),
            ]
        ),
    ],
)
def test_what_is_no_output_of_ours_is_refused(text: str) -> None:
    assert refusal(values.pending, text).startswith("is not what the output pending gives.")


# Foreign text


@pytest.mark.parametrize(
    "text",
    [
        "https://discord.com/api/webhooks/1/abc",
        "ghp_0a1B2c3D4e5F",
        "github_pat_11AAA",
        "123456789:AAAAAAAAAAAAAAAAAAAAAAAAA",
        "x" * 41,
    ],
)
def test_what_may_be_a_secret_in_the_wrong_place_is_not_repeated(text: str) -> None:
    assert text not in refusal(switches.switch, text)
    assert "looks like a secret" in refusal(switches.switch, text)


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\x9b", "\ud800"])
def test_control_characters_are_refused_by_their_number(character: str) -> None:
    with pytest.raises(BadValue, match=rf"U\+{ord(character):04X}"):
        values.printable(f"a{character}b", lines=True)


@pytest.mark.parametrize("character", ["\n", "\r", "\t"])
def test_line_breaks_are_refused_but_where_a_value_may_have_lines(character: str) -> None:
    values.printable(f"a{character}b", lines=True)
    with pytest.raises(BadValue, match="control character"):
        values.printable(f"a{character}b")


@pytest.mark.parametrize("name", [name for name, each in INPUTS.items() if not each.secret])
@settings(max_examples=60, deadline=None)
@given(FOREIGN)
@example("")
@example("2026-11-23T24:00:00+00:00")
@example("0001-01-01T00:00:00+23:59")
@example("9" * 5000)
def test_any_text_gives_a_value_or_one_visible_line_about_it(name: str, text: str) -> None:
    said = "fine"
    try:
        INPUTS[name].read(text)
    except BadValue as bad:
        said = f"{bad.what} {bad.mend}".strip()
    assert said
    assert said.isprintable()


@given(st.times())
def test_every_time_of_day_is_read_as_it_is_written(at: time) -> None:
    assert values.time_of_day(f"{at:%H:%M}") == at.replace(second=0, microsecond=0)


@given(st.dates())
def test_every_date_is_read_as_it_is_written(day: date) -> None:
    assert values.day(day.isoformat()) == day


@given(st.sets(st.integers(0, 6), min_size=1, max_size=6))
def test_every_set_of_weekdays_is_read_as_it_is_written(days: set[int]) -> None:
    assert values.weekdays(", ".join(values.WEEKDAYS[day] for day in days)) == days


@given(st.text())
def test_what_is_shown_is_one_short_visible_line(text: str) -> None:
    said = shown(text)
    assert said.isprintable()
    assert len(said) < 70
