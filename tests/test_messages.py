"""An alert's words: in every language, for every kind, and never a reproach."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from streaky.calendar import Calendar, Day
from streaky.errors import CouldNotTell
from streaky.locales import languages, words
from streaky.messages import Alert, Facts, compose
from streaky.schedule.health import Alive
from streaky.schedule.slots import Kind, Slot
from streaky.streak import Rules, stand

GOLDEN = Path(__file__).parent / "golden"
BERLIN = ZoneInfo("Europe/Berlin")
TODAY = date(2026, 11, 23)
PROBLEM = CouldNotTell("GitHub refused the token.", "", "Check github-token.")
# name: kind, hour of the day, each day's count up to today, minimum, whether nothing lies before
CASES: dict[str, tuple[Kind, int, str, int, bool]] = {
    "reminder": (Kind.AT_RISK, 12, "." + "1" * 42 + ".", 1, True),
    "urgent": (Kind.AT_RISK, 19, "." + "1" * 42 + ".", 1, True),
    "last-call": (Kind.AT_RISK, 23, ".1.", 1, True),
    "at-least": (Kind.AT_RISK, 23, "1" * 14 + ".", 1, False),
    "too-few": (Kind.AT_RISK, 19, ".3331", 3, True),
    "safe": (Kind.SAFE, 19, ".112", 1, True),
    "broken": (Kind.BROKEN, 9, ".1111..", 1, True),
    "milestone": (Kind.MILESTONE, 8, "." + "1" * 7, 1, True),
    "test": (Kind.TEST, 20, ".11.", 1, True),
    "unknown": (Kind.UNKNOWN, 20, "", 1, True),
    "test-unread": (Kind.TEST, 20, "", 1, True),
    "late-broken": (Kind.BROKEN, 9, ".1111..1.", 1, True),
    "late-milestone": (Kind.MILESTONE, 9, "." + "1" * 8 + ".", 1, True),
    "alive-soon": (Kind.ALIVE, 9, ".11", 1, True),
    "alive-stopped": (Kind.ALIVE, 9, ".11", 1, True),
    "alive-back": (Kind.ALIVE, 9, "", 1, True),
    "alive-back-day": (Kind.ALIVE, 9, "", 1, True),
}
DAYS = {"late-broken": TODAY - timedelta(days=2), "late-milestone": TODAY - timedelta(days=2)}
PAGE = "https://github.com/octocat/streaky/actions/workflows/streaky.yml"
NEWS = {
    "alive-soon": Alive(PAGE, disabled_on=date(2026, 12, 8)),
    "alive-stopped": Alive(PAGE, date(2026, 12, 8), date(2026, 11, 19), None),
    "alive-back": Alive(PAGE, gap=(date(2026, 11, 20), date(2026, 11, 22))),
    "alive-back-day": Alive(PAGE, gap=(date(2026, 11, 22), date(2026, 11, 22))),
}


def alert(case: str, language: str = "en") -> Alert:
    """The alert of a case, on 23 November 2026 in Berlin."""
    kind, hour, pattern, minimum, whole = CASES[case]
    now, rules = datetime.combine(TODAY, time(hour), BERLIN), Rules(minimum)
    first = TODAY - timedelta(days=len(pattern) - 1)
    counts = {first + timedelta(days=at): int(c) for at, c in enumerate(pattern) if c != "."}
    calendar, news = Calendar(first, TODAY, counts), TODAY - timedelta(days=6) if case in DAYS else None
    standing = stand(calendar, TODAY, rules, whole=whole, news=news) if pattern else None
    problem = None if standing else PROBLEM
    day, profile = Day.at(now, BERLIN), "https://github.com/octocat"
    facts = Facts("octocat", profile, now, day, rules, standing, problem, NEWS.get(case), PAGE)
    return compose(Slot(DAYS.get(case, TODAY), kind), facts, language)


def shown(made: Alert) -> str:
    """All that a person reads."""
    fields = "\n".join(f"{name}: {value}" for name, value in made.fields)
    links = f"[{made.link}]" + (f" [{made.pause[0]}]" if made.pause else "")
    return f"{made.title}\n{made.text}\n{links}\n{fields}\n"


@pytest.mark.parametrize("language", languages())
def test_the_words_are_those_of_the_golden_file(language: str) -> None:
    said = "\n".join(f"## {case}\n{shown(alert(case, language))}" for case in CASES)
    path = GOLDEN / f"messages.{language}.txt"
    if os.environ.get("STREAKY_UPDATE_GOLDEN") == "1":
        path.write_text(said, encoding="utf-8")
    assert said == path.read_text(encoding="utf-8")
    assert not re.search(r"[{}]", said)


@pytest.mark.parametrize("language", languages())
def test_every_language_has_the_same_words_with_the_same_values(language: str) -> None:
    def holes(text: object) -> set[str]:
        return set(re.findall(r"{(\w+)}", json.dumps(text)))

    table, english = words(language), words("en")
    assert set(table) == set(english)
    for key, text in english.items():
        if key not in ("name", "one"):
            assert holes(table[key]) == holes(text), key


@pytest.mark.parametrize("case", ["reminder", "urgent", "last-call", "at-least"])
def test_a_warning_says_who_how_long_until_when_and_what_github_shows(case: str) -> None:
    said = shown(alert(case))
    assert "octocat" in said
    assert "GitHub shows no contribution yet" in said
    assert "Your day ends at 00:00 (Europe/Berlin), in " in said
    assert re.search(r"\b(42|1|14) days?\b", said)


@pytest.mark.parametrize("case", CASES)
def test_no_alert_says_what_the_person_did_not_do(case: str) -> None:
    assert not re.search(r"you (have not|haven't|did not|didn't|forgot)", shown(alert(case)), re.IGNORECASE)


def test_an_inexact_length_is_said_to_be_at_least_so_long() -> None:
    assert "at least 14 days" in alert("at-least").title


def test_urgency_and_colour_belong_to_warnings_and_safe_is_silent() -> None:
    assert [str(alert(case).urgency) for case in ("reminder", "urgent", "last-call")] == [
        "reminder",
        "urgent",
        "last-call",
    ]
    assert len({alert(case).colour for case in ("reminder", "urgent", "last-call", "safe")}) == 4
    assert alert("broken").urgency is None
    assert [case for case in CASES if alert(case).silent] == ["safe"]


def test_what_could_not_be_read_comes_with_its_mend() -> None:
    said = shown(alert("unknown"))
    assert "I could not check your streak" in said
    assert "GitHub refused the token." in said
    assert "Check github-token." in said


def test_only_a_warning_has_a_second_link_and_only_where_there_is_a_page() -> None:
    assert alert("urgent").pause == ("Pause the reminders", PAGE)
    assert [case for case in CASES if alert(case).pause] == [
        "reminder",
        "urgent",
        "last-call",
        "at-least",
        "too-few",
    ]
    made = alert("urgent")
    assert compose(made.slot, replace(made.facts, pause=""), "en").pause is None


def test_the_one_link_leads_to_where_it_is_mended() -> None:
    assert (alert("urgent").url, alert("urgent").link) == ("https://github.com/octocat", "See your profile")
    assert (alert("alive-soon").url, alert("alive-soon").link) == (PAGE, "Keep Streaky running")


@pytest.mark.parametrize("case", NEWS)
def test_news_of_streaky_itself_is_told_whether_github_could_be_read_or_not(case: str) -> None:
    made = alert(case)
    unread = compose(made.slot, replace(made.facts, standing=None, problem=PROBLEM), "en")
    assert (unread.title, unread.lines, unread.url) == (made.title, made.lines, made.url)
    assert made.urgency is None


def test_what_is_told_late_names_the_day_that_it_is_about() -> None:
    assert "reached 7 days on 2026-11-21" in alert("late-milestone").text
    assert "too few contributions for 2026-11-20" in alert("late-broken").text
    assert "Today's contribution" in alert("milestone").text


def test_the_deadline_is_told_in_local_time_on_a_day_that_summer_time_changes() -> None:
    now = datetime(2018, 11, 3, 20, tzinfo=ZoneInfo("America/Sao_Paulo"))  # midnight is skipped
    day = Day.at(now, ZoneInfo("America/Sao_Paulo"))
    calendar = Calendar(date(2018, 11, 1), date(2018, 11, 3), {date(2018, 11, 2): 1})
    standing = stand(calendar, day.date, Rules())
    facts = Facts("octocat", "https://github.com/octocat", now.astimezone(UTC), day, Rules(), standing)
    assert (
        "ends at 01:00 (America/Sao_Paulo), in 4 h."
        in compose(Slot(day.date, Kind.AT_RISK), facts, "en").text
    )
