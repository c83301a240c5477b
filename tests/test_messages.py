"""An alert's words: in every language, for every kind, each thing once, and never a reproach."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streaky.calendar import Calendar, Day
from streaky.channels.issue.delivery import COMMANDS
from streaky.config.values import CardStyle
from streaky.errors import Cause, CouldNotTell
from streaky.github.client import interpret
from streaky.http import Reply
from streaky.locales import languages, words
from streaky.locales.voice import Voice
from streaky.messages import MENDS, Alert, Became, Facts, compose, resolution
from streaky.pictures.card import card
from streaky.schedule.health import Alive
from streaky.schedule.slots import Kind, Slot, Urgency
from streaky.streak import Rules, Shrunk, Standing, State, Streak, stand
from streaky.text import units
from streaky.ways import Means, Way
from tests.test_card import CARDS

GOLDEN = Path(__file__).parent / "golden"
BERLIN = ZoneInfo("Europe/Berlin")
TODAY = date(2026, 11, 23)
PROBLEM = CouldNotTell("GitHub refused the token.", "", "Check github-token.", Cause.TOKEN_REFUSED)
# name: kind, hour of the day, each day's count up to today, minimum, whether nothing lies before
CASES: dict[str, tuple[Kind, int, str, int, bool]] = {
    "reminder": (Kind.AT_RISK, 12, "." + "1" * 42 + ".", 1, True),
    "urgent": (Kind.AT_RISK, 19, "." + "1" * 42 + ".", 1, True),
    "last-call": (Kind.AT_RISK, 23, ".1.", 1, True),
    "at-least": (Kind.AT_RISK, 23, "1" * 14 + ".", 1, False),
    "too-few": (Kind.AT_RISK, 19, ".3331", 3, True),
    "again-early": (Kind.AT_RISK, 14, "." + "1" * 42 + ".", 1, True),
    "again": (Kind.AT_RISK, 19, "." + "1" * 42 + ".", 1, True),
    "again-last": (Kind.AT_RISK, 23, "." + "1" * 42 + ".", 1, True),
    "again-too-few": (Kind.AT_RISK, 20, ".3331", 3, True),
    "shorter": (Kind.AT_RISK, 19, ".11111.11.", 1, True),
    "ways-3": (Kind.AT_RISK, 19, "." + "1" * 42 + ".", 1, True),
    "ways-2": (Kind.AT_RISK, 19, "." + "1" * 42 + ".", 1, True),
    "ways-1": (Kind.AT_RISK, 19, "." + "1" * 42 + ".", 1, True),
    "safe": (Kind.SAFE, 19, ".112", 1, True),
    "broken": (Kind.BROKEN, 9, ".1111..", 1, True),
    "broken-few": (Kind.BROKEN, 9, ".33331.", 3, True),
    "milestone": (Kind.MILESTONE, 8, "." + "1" * 7, 1, True),
    "test": (Kind.TEST, 20, ".11.", 1, True),
    "test-safe": (Kind.TEST, 20, ".11", 1, True),
    "test-idle": (Kind.TEST, 20, ".11...", 1, True),
    "test-resting": (Kind.TEST, 20, ".11.", 1, True),
    "unknown": (Kind.UNKNOWN, 20, "", 1, True),
    "test-unread": (Kind.TEST, 20, "", 1, True),
    "late-broken": (Kind.BROKEN, 9, ".1111..1.", 1, True),
    "late-milestone": (Kind.MILESTONE, 9, "." + "1" * 8 + ".", 1, True),
    "alive-soon": (Kind.ALIVE, 9, ".11", 1, True),
    "alive-stopped": (Kind.ALIVE, 9, ".11", 1, True),
    "alive-back": (Kind.ALIVE, 9, "", 1, True),
    "alive-back-day": (Kind.ALIVE, 9, "", 1, True),
    "shrinking": (Kind.SHRINKING, 12, "." + "1" * 12, 1, True),
    "shrinking-to-nothing": (Kind.SHRINKING, 12, "1..", 1, True),
    "token-ends": (Kind.TOKEN_ENDS, 9, ".11", 1, True),
    "token-ends-today": (Kind.TOKEN_ENDS, 9, "", 1, True),
}
AGAIN = ("again-early", "again", "again-last", "again-too-few")
WARNINGS = ("reminder", "urgent", "last-call", "at-least", "too-few", *AGAIN, "shorter")
DAYS = {"late-broken": TODAY - timedelta(days=2), "late-milestone": TODAY - timedelta(days=2)}
PAGE = "https://github.com/octocat/streaky/actions/workflows/streaky.yml"
HELLO, ENGINE = "https://github.com/octocat/hello", "https://github.com/ada/engine"
BRANCH = Way(
    Means.BRANCH, "octocat/hello", "fix", "octocat/hello: fix", f"{HELLO}/compare/main...fix?expand=1"
)
EMAIL = Way(
    Means.EMAIL, "octocat/hello", "0a1b2c3", "octocat/hello 0a1b2c3", "https://github.com/settings/emails"
)
REVIEW = Way(Means.REVIEW, "ada/engine", "Rest on Sundays", "ada/engine#3", f"{ENGINE}/pull/3")
PULL = Way(Means.PULL, "octocat/hello", "Say hello", "octocat/hello#7", f"{HELLO}/pull/7")
ISSUE = Way(Means.ISSUE, "ada/engine", "It never rests", "ada/engine#4", f"{ENGINE}/issues/4")
WAYS = {"ways-3": (BRANCH, REVIEW, ISSUE), "ways-2": (EMAIL, PULL), "ways-1": (REVIEW,)}
NEWS = {
    "alive-soon": Alive(PAGE, disabled_on=date(2026, 12, 8)),
    "alive-stopped": Alive(PAGE, date(2026, 12, 8), date(2026, 11, 19), None),
    "alive-back": Alive(PAGE, gap=(date(2026, 11, 20), date(2026, 11, 22))),
    "alive-back-day": Alive(PAGE, gap=(date(2026, 11, 22), date(2026, 11, 22))),
}
SHRUNK = Shrunk(Streak(date(2026, 10, 12), date(2026, 11, 22)), date(2026, 11, 22), TODAY)
ENDS = {
    "token-ends": datetime(2026, 11, 29, 23, 30, tzinfo=UTC),  # which is the 30th in Berlin
    "token-ends-today": datetime(2026, 11, 23, 22, tzinfo=UTC),
}
TOKENS = "https://github.com/settings/tokens"
# One problem of each cause, with the values that its words may use.
PROBLEMS = {
    Cause.NO_ANSWER: {},
    Cause.RATE_LIMITED: {"time": "20:17"},
    Cause.TOKEN_REFUSED: {},
    Cause.TOKEN_EXPIRED: {},
    Cause.REFUSED: {"status": "403", "message": "Resource not accessible by integration"},
    Cause.ERROR: {"message": "Unexpected end of document"},
    Cause.NO_USER: {},
    Cause.NO_REPOSITORY: {},
    Cause.WINDOW_REFUSED: {},
    Cause.SOMEBODY_ELSE: {},
    Cause.NOT_UNDERSTOOD: {},
    Cause.REDIRECTED: {"status": "302"},
    Cause.NO_TODAY: {"first": date(2025, 11, 23), "last": date(2026, 11, 22)},
}
# Keys that are no words: the language's name, and how it counts and dates.
GRAMMAR = {"name", "one", "grouping", "months", "months.short", "date.first"}
OTHERS = [language for language in languages() if language != "en"]


def alert(case: str, language: str = "en") -> Alert:
    """The alert of a case, on 23 November 2026, a Monday, in Berlin."""
    kind, hour, pattern, minimum, whole = CASES[case]
    now = datetime.combine(TODAY, time(hour), BERLIN)
    rules = Rules(minimum, frozenset({0}) if case == "test-resting" else frozenset())
    first = TODAY - timedelta(days=len(pattern) - 1)
    counts = {first + timedelta(days=at): int(c) for at, c in enumerate(pattern) if c != "."}
    calendar, news = Calendar(first, TODAY, counts), TODAY - timedelta(days=6) if case in DAYS else None
    standing = stand(calendar, TODAY, rules, whole=whole, news=news) if pattern else None
    problem = None if standing else PROBLEM
    day, profile = Day.at(now, BERLIN), "https://github.com/octocat"
    facts = Facts(
        "octocat",
        profile,
        now,
        day,
        rules,
        standing,
        problem,
        NEWS.get(case),
        PAGE,
        again=case in AGAIN,
        shrunk=SHRUNK,
        token_ends=ENDS.get(case),
        tokens=TOKENS,
        ways=WAYS.get(case, ()),
    )
    return compose(Slot(DAYS.get(case, TODAY), kind), facts, language)


def leads_to(case: str) -> str:
    """The page that the alert of a case links to."""
    own = {"alive": PAGE, "token": TOKENS}
    return own.get(case.partition("-")[0], "https://github.com/octocat")


def unread(cause: Cause, language: str) -> Alert:
    """The alert of a day that a cause kept from being known."""
    made = alert("unknown")
    problem = CouldNotTell("What happened.", "Why.", "The mend.", cause, PROBLEMS[cause])
    return compose(made.slot, replace(made.facts, problem=problem), language)


def warning(user: str, left: timedelta, days: int, language: str, *, at_least: bool = False) -> Alert:
    """The alert of somebody at risk with so much time left."""
    deadline = datetime(2026, 11, 24, tzinfo=UTC)
    streak = Streak(TODAY - timedelta(days=days), TODAY - timedelta(days=1), at_least)
    standing = Standing(State.AT_RISK, TODAY, 0, streak, streak, None, None)
    day = Day(TODAY, UTC, deadline)
    facts = Facts(user, f"https://github.com/{user}", deadline - left, day, Rules(), standing)
    return compose(Slot(TODAY, Kind.AT_RISK), facts, language)


def over(became: Became, language: str, *, minimum: int = 1) -> str:
    """What the alert of a day says once that is over."""
    until = date(2026, 11, 30) if became is Became.PAUSED else None
    facts = replace(alert("urgent").facts, rules=Rules(minimum, pause_until=until))
    saved = Streak(TODAY - timedelta(days=42), TODAY)
    return resolution(became, facts, TODAY, saved, language).title


def on_the_issue(language: str) -> list[str]:
    """What the issue says beside the alerts."""
    said = [words(language)[f"issue.{key}"] for key in ("title", "text", "mention", "wrong")]
    return [text.format(user="octocat", commands=COMMANDS) for text in said]


def shown(made: Alert) -> str:
    """All that a person reads."""
    fields = "".join(f"\n{name}: {value}" for name, value in made.fields)
    links = " ".join(f"[{words}]" for words, _ in made.links)
    ways = "\n".join(("", made.choice.title, *made.choice.lines)) if made.choice else ""
    push = "" if made.push == made.title else f"({made.push})\n"
    return f"{push}{made.title}\n{made.text}{ways}\n{links}{fields}\n"


def texts(language: str) -> Iterator[tuple[str, str]]:
    """Each text of a language with its key, plural forms one by one."""
    for key, value in words(language).items():
        if key not in GRAMMAR:
            yield from ((key, text) for text in (value.values() if isinstance(value, dict) else [value]))


def holes(value: object) -> set[str]:
    return set(re.findall(r"{(\w+)}", json.dumps(value)))


# What is said


@pytest.mark.parametrize("language", languages())
def test_the_words_are_those_of_the_golden_file(language: str) -> None:
    said = "\n".join(f"## {case}\n{shown(alert(case, language))}" for case in CASES)
    said += "\n## causes\n" + "\n".join(" ".join(unread(cause, language).lines[2:]) for cause in Cause)
    said += "\n\n## over\n" + "\n".join(over(became, language) for became in Became)
    said += "\n\n## issue\n" + "\n".join(on_the_issue(language))
    path = GOLDEN / f"messages.{language}.txt"
    if os.environ.get("STREAKY_UPDATE_GOLDEN") == "1":
        path.write_text(f"{said}\n", encoding="utf-8")
    assert f"{said}\n" == path.read_text(encoding="utf-8")
    assert not re.search(r"[{}]|  ", said)


@pytest.mark.parametrize("case", WARNINGS)
def test_a_warning_says_who_how_long_until_when_and_what_github_shows(case: str) -> None:
    said = shown(alert(case))
    assert "octocat" in said
    if case in AGAIN:
        assert re.search(
            r"GitHub (shows no contribution yet|shows only 1 contribution of 3) at \d\d:00\.", said
        )
        assert re.search(r"\b(10|5|4|only 1) h left to save your (42|3)-day streak", said)
        return
    assert "GitHub shows" in said
    assert "for today, November 23" in said
    assert "Your day ends at midnight (Europe/Berlin)" in said
    assert re.search(r"\b(in 12 h|5 h left|only 1 h left)\b", said)
    assert re.search(r"\b(42|1|14|3|2)[ -]days?\b", said)


@pytest.mark.parametrize("case", CASES)
def test_no_alert_says_what_the_person_did_not_do(case: str) -> None:
    assert not re.search(r"you (have not|haven't|did not|didn't|forgot)", shown(alert(case)), re.IGNORECASE)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("case", CASES)
def test_nothing_is_said_twice(case: str, language: str) -> None:
    made, voice = alert(case, language), Voice(language, TODAY)
    parts = [made.title, *made.lines, *(value for _, value in made.fields)]
    assert len(parts) == len(set(parts))
    facts, standing = made.facts, made.facts.standing
    told = [voice.date(TODAY), voice.left(facts.day.left(facts.now)), "Europe/Berlin"]
    if standing:
        told += [voice.streak(standing.current), voice.days(standing.current)]
    for what in told:
        assert sum(bool(re.search(rf"(?<!\d){what}", part)) for part in parts) <= 1, what


def said_twice(alerts: Sequence[Alert]) -> set[str]:
    """The sentences that more than one alert says."""
    ends = re.compile(r"(?<=[.!?])\s(?=[A-Z])|(?<=。)")
    said = [
        {part.strip() for text in (each.title, each.push, *each.lines) for part in ends.split(text) if part}
        for each in alerts
    ]
    return {part for part in set().union(*said) if sum(part in each for each in said) > 1}


@pytest.mark.parametrize("few", [False, True])
@pytest.mark.parametrize("language", languages())
def test_no_two_warnings_of_a_day_say_the_same_sentence(language: str, few: bool) -> None:
    first = alert("too-few" if few else "urgent", language)
    hours = (8, 9, 10, 13, 17, 18, 20, 21, 22, 23)

    def warned(hour: int) -> Alert:
        now = datetime.combine(TODAY, time(hour), BERLIN)
        return compose(first.slot, replace(first.facts, now=now, again=hour != hours[0]), language)

    assert said_twice([first, first])
    assert said_twice([warned(hour) for hour in hours]) == set()


@pytest.mark.parametrize("case", CASES)
def test_only_what_a_day_still_hangs_on_has_a_deadline(case: str) -> None:
    made = alert(case)
    has_one = made.slot.kind in (Kind.AT_RISK, Kind.UNKNOWN, Kind.TEST)
    assert (made.deadline is not None) is has_one
    assert ("midnight" in shown(made)) is (has_one and case not in AGAIN)
    if made.deadline:
        assert made.lines.count(made.deadline.line) == (case not in AGAIN)
        assert (made.deadline.name, made.deadline.at) == ("Day ends", made.facts.day.deadline)


def test_a_field_tells_only_what_title_and_text_leave_out() -> None:
    assert alert("urgent").fields == ()
    assert alert("shorter").fields == (("Longest streak", "5 days"),)
    assert alert("late-milestone").fields == (("Streak", "8 days"),)
    assert alert("test").fields == (("Today", "0 contributions"),)
    assert alert("test-safe").fields == (("Streak", "2 days"), ("Today", "1 contribution"))
    assert alert("alive-soon").fields == ()


def test_an_inexact_length_is_said_to_be_at_least_so_long() -> None:
    assert "streak of at least 14 days" in alert("at-least").title


def test_urgency_and_colour_belong_to_warnings_and_safe_is_silent() -> None:
    assert [str(alert(case).urgency) for case in ("reminder", "urgent", "last-call")] == [
        "reminder",
        "urgent",
        "last-call",
    ]
    assert len({alert(case).colour for case in ("reminder", "urgent", "last-call", "safe")}) == 4
    assert alert("broken").urgency is None
    assert [case for case in CASES if alert(case).silent] == ["safe"]


@pytest.mark.parametrize("language", languages())
def test_the_urgencies_sound_different_from_each_other(language: str) -> None:
    table = words(language)
    starts = {table[f"at-risk.{urgency}"].partition("{streak}")[0] for urgency in Urgency}
    assert len(starts) == 3
    assert table["remaining"] != table["remaining.last"]


def test_only_a_warning_has_a_second_link_and_only_where_there_is_a_page() -> None:
    assert alert("urgent").pause == ("Pause the reminders", PAGE)
    assert [case for case in CASES if alert(case).pause] == [*WARNINGS, *WAYS]
    made = alert("urgent")
    assert compose(made.slot, replace(made.facts, pause=""), "en").pause is None


@pytest.mark.parametrize("case", WAYS)
def test_ways_have_a_link_each_and_to_rest_is_a_choice_beside_them(case: str) -> None:
    made, without = alert(case), alert("urgent")
    assert made.choice is not None
    assert (made.title, made.text, made.push) == (without.title, without.text, without.push)
    assert [way.url for way in made.choice.ways] == [way.url for way in WAYS[case]]
    assert made.choice.text.endswith(f"\nOr rest today {PAGE}")
    assert len(made.choice.text.splitlines()) == len(WAYS[case]) + 2
    assert [url for _, url in made.links] == [way.url for way in WAYS[case]] + [PAGE, made.url]
    nowhere = compose(made.slot, replace(made.facts, pause=""), "en")
    assert nowhere.choice is not None
    assert nowhere.choice.text.endswith("\nOr rest today")


def test_only_a_warning_has_ways_and_private_ones_stay_out_of_what_everybody_sees() -> None:
    facts = replace(alert("urgent").facts, ways=(BRANCH, replace(REVIEW, private=True)))
    made = compose(alert("urgent").slot, facts, "en")
    assert made.choice is not None
    assert made.public_choice is not None
    assert (made.choice.title, len(made.choice.ways)) == ("Two ways to save it", 2)
    assert (made.public_choice.title, len(made.public_choice.ways)) == ("One way to save it", 1)
    alone = compose(made.slot, replace(facts, ways=(replace(REVIEW, private=True),)), "en")
    assert alone.public_choice is None
    assert compose(alert("safe").slot, replace(alert("safe").facts, ways=(REVIEW,)), "en").choice is None


def test_the_one_link_leads_to_where_it_is_mended() -> None:
    assert (alert("urgent").url, alert("urgent").link) == ("https://github.com/octocat", "Open GitHub")
    assert (alert("alive-soon").url, alert("alive-soon").link) == (PAGE, "Keep Streaky running")
    assert (alert("token-ends").url, alert("token-ends").link) == (TOKENS, "Make a new token")


@pytest.mark.parametrize("case", [*NEWS, *ENDS])
def test_news_of_streaky_itself_is_told_whether_github_could_be_read_or_not(case: str) -> None:
    made = alert(case)
    blind = compose(made.slot, replace(made.facts, standing=None, problem=PROBLEM), "en")
    assert (blind.title, blind.lines, blind.url) == (made.title, made.lines, made.url)
    assert made.urgency is None


def test_a_shrinking_streak_is_told_with_both_lengths_and_what_may_be_the_cause() -> None:
    said = shown(alert("shrinking"))
    assert "GitHub counted 42 days on November 22. Now it counts 12 days." in said
    assert "deleted or made private" in said
    assert "Now it counts 0 days." in alert("shrinking-to-nothing").text


def test_a_token_that_expires_is_told_by_the_persons_own_clock() -> None:
    assert alert("token-ends").title == "octocat: your GitHub token expires soon"
    assert alert("token-ends").lines[0] == "It expires on November 30."
    assert alert("token-ends-today").title == "octocat: your GitHub token expires today"


def test_an_alert_of_a_day_that_is_over_says_what_github_shows_of_it() -> None:
    assert over(Became.SAVED, "en") == "Saved: 43 days"
    assert over(Became.MISSED, "en") == "GitHub shows no contribution for November 23."
    assert over(Became.MISSED, "en", minimum=3) == "GitHub shows too few contributions for November 23."


def test_what_is_told_late_names_the_day_that_it_is_about() -> None:
    assert "reached it on November 21" in alert("late-milestone").text
    assert "no contribution for November 20" in alert("late-broken").text
    assert "Today's contribution" in alert("milestone").text


def test_the_deadline_is_told_in_local_time_on_a_day_that_summer_time_changes() -> None:
    now = datetime(2018, 11, 3, 20, tzinfo=ZoneInfo("America/Sao_Paulo"))  # midnight is skipped
    day = Day.at(now, ZoneInfo("America/Sao_Paulo"))
    calendar = Calendar(date(2018, 11, 1), date(2018, 11, 3), {date(2018, 11, 2): 1})
    standing = stand(calendar, day.date, Rules())
    facts = Facts("octocat", "https://github.com/octocat", now.astimezone(UTC), day, Rules(), standing)
    said = {code: compose(Slot(day.date, Kind.AT_RISK), facts, code) for code in languages()}
    assert "ends at 01:00 (America/Sao_Paulo)." in said["en"].text
    assert "only" not in said["en"].title
    assert "4 h left" in said["en"].title
    assert "termina a la 01:00 (" in said["es"].text
    assert "termina à 01:00 (" in said["pt"].text
    assert "endet um 01:00 Uhr (" in said["de"].text


# What a phone shows


@pytest.mark.parametrize("at_least", [False, True])
@pytest.mark.parametrize("language", languages())
@given(
    user=st.integers(1, 39).map(lambda length: "W" * length),
    minutes=st.integers(0, 25 * 60),
    days=st.integers(1, 12_345),
)
def test_a_warnings_push_says_who_how_long_is_left_and_the_streak(
    language: str, at_least: bool, user: str, minutes: int, days: int
) -> None:
    voice, left = Voice(language, TODAY), timedelta(minutes=minutes)
    push = warning(user, left, days, language, at_least=at_least).push
    assert units(push) <= 80
    assert "\n" not in push
    assert "…" not in push
    assert user in push
    assert voice.left(left) in push
    assert voice.number(days) in push


@pytest.mark.parametrize("language", languages())
def test_the_longest_push_is_whole(language: str) -> None:
    for left in (timedelta(hours=24, minutes=59), timedelta(hours=1, minutes=59), timedelta(0)):
        push = warning("m" * 39, left, 12_345, language, at_least=True).push
        assert units(push) <= 80, push
        assert "…" not in push
        assert re.search(r"12[.,\u202f]345", push)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("case", CASES)
def test_any_push_is_short_and_whole_for_the_longest_login(case: str, language: str) -> None:
    made = alert(case, language)
    facts = replace(made.facts, user="m" * 39)
    if facts.standing and facts.standing.current:
        long = replace(facts.standing.current, start=TODAY - timedelta(days=12_344), end=TODAY)
        facts = replace(facts, standing=replace(facts.standing, current=long, broken=long))
    push = compose(made.slot, facts, language).push
    assert "m" * 39 in push
    assert units(push) <= 80, push
    assert "…" not in push


def test_a_push_that_would_be_too_long_is_cut() -> None:
    made = alert("unknown")
    push = compose(made.slot, replace(made.facts, user="m" * 90), "en").push
    assert (units(push), push[-1]) == (80, "…")


def test_a_push_is_the_title_where_that_says_it() -> None:
    assert alert("reminder").push == "octocat: 12 h left, 42-day streak"
    assert [case for case in CASES if alert(case).push != alert(case).title] == ["reminder"]


# Why GitHub could not be read


def test_what_could_not_be_read_comes_with_its_mend() -> None:
    said = shown(alert("unknown"))
    assert "I could not check your streak" in said
    assert "GitHub refused the token." in said
    assert "Check github-token." in said


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("cause", Cause)
def test_the_cause_and_its_mend_are_told_in_the_persons_language(cause: Cause, language: str) -> None:
    why, mend = unread(cause, language).lines[2:]
    assert mend == words(language)[f"mend.{MENDS[cause]}"]
    assert "What happened" not in why
    for name, value in PROBLEMS[cause].items():
        told = Voice(language, TODAY).date(value) if isinstance(value, date) else str(value)
        assert told in why, name


def test_in_english_the_problem_speaks_for_itself() -> None:
    assert unread(Cause.RATE_LIMITED, "en").lines[2:] == ("What happened. Why.", "The mend.")


@pytest.mark.parametrize("language", languages())
def test_a_problem_without_a_name_stays_english(language: str) -> None:
    made = alert("unknown")
    problem = CouldNotTell("Something new happened.", "", "Wait.")
    lines = compose(made.slot, replace(made.facts, problem=problem), language).lines
    assert lines[2:] == ("Something new happened.", "Wait.")


def test_an_answer_of_githubs_is_told_in_the_persons_language() -> None:
    reply = Reply(403, {}, b'{"message": "Resource not accessible by integration"}')
    with pytest.raises(CouldNotTell) as caught:
        interpret(reply, personal=False)
    made = alert("unknown")
    said = compose(made.slot, replace(made.facts, problem=caught.value), "de").text
    assert "GitHub hat mit 403 geantwortet." in said
    assert "GitHub sagt: „Resource not accessible by integration“" in said
    assert "Prüfe github-token" in said


# How each language says things


@pytest.mark.parametrize(
    ("language", "said", "with_year"),
    [
        ("en", "November 22", "November 22, 2025"),
        ("de", "22. November", "22. November 2025"),
        ("es", "22 de noviembre", "22 de noviembre de 2025"),
        ("fr", "22 novembre", "22 novembre 2025"),
        ("pt", "22 de novembro", "22 de novembro de 2025"),
        ("ja", "11月22日", "2025年11月22日"),
        ("zh-CN", "11月22日", "2025年11月22日"),
        ("id", "22 November", "22 November 2025"),
    ],
)
def test_a_date_is_written_as_people_do(language: str, said: str, with_year: str) -> None:
    voice = Voice(language, TODAY)
    assert voice.date(date(2026, 11, 22)) == said
    assert voice.date(date(2025, 11, 22)) == with_year


def test_the_first_of_a_month_has_a_form_of_its_own() -> None:
    first = date(2026, 5, 1)
    assert [Voice(code, first).date(first) for code in ("fr", "pt", "es")] == [
        "1er mai",
        "1º de maio",
        "1 de mayo",
    ]


@pytest.mark.parametrize("language", languages())
def test_every_month_has_its_name(language: str) -> None:
    assert len({Voice(language, TODAY).date(date(2026, month, 9)) for month in range(1, 13)}) == 12


@pytest.mark.parametrize(
    ("language", "minutes", "said"),
    [
        ("en", 163, "octocat: 2 h 43 min left to save your 42-day streak"),
        ("en", 60, "Last call, octocat: only 1 h left to save your 42-day streak"),
        ("de", 163, "octocat: noch 2 Std. 43 Min., um deine 42-Tage-Serie zu retten"),
        ("es", 163, "octocat: quedan 2 h 43 min para salvar tu racha de 42 días"),
        ("es", 60, "Último aviso, octocat: solo queda 1 h para salvar tu racha de 42 días"),
        ("es", 61, "Último aviso, octocat: solo quedan 1 h 1 min para salvar tu racha de 42 días"),
        ("es", 1, "Último aviso, octocat: solo queda 1 min para salvar tu racha de 42 días"),
        ("pt", 163, "octocat: restam 2h43min para salvar sua sequência de 42 dias"),
        ("pt", 60, "Último aviso, octocat: só resta 1h para salvar sua sequência de 42 dias"),
        ("fr", 163, "octocat\u00a0: encore 2 h 43 min pour sauver votre série de 42 jours"),
        ("ja", 163, "octocatさん、このままだとあと2時間43分で42日連続の記録が途切れます"),
        ("zh-CN", 163, "octocat：还剩 2 小时 43 分钟，别让你连续 42 天的记录中断"),
        ("id", 163, "octocat: sisa 2 jam 43 mnt untuk menyelamatkan streak 42 hari kamu"),
    ],
)
def test_a_duration_is_said_as_people_do(language: str, minutes: int, said: str) -> None:
    assert warning("octocat", timedelta(minutes=minutes), 42, language).title == said


@pytest.mark.parametrize(("language", "said"), [("es", "queda 1 h, "), ("pt", "resta 1h, ")])
def test_the_verb_agrees_with_one_hour_in_a_push_as_well(language: str, said: str) -> None:
    assert said in warning("m" * 39, timedelta(hours=1), 42, language).push


def test_less_than_a_minute_is_not_nothing() -> None:
    assert "1 min left" in warning("octocat", timedelta(seconds=20), 42, "en").title


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["0 days", "1 day", "2 days", "1,234 days"]),
        ("fr", ["0 jour", "1 jour", "2 jours", "1\u202f234 jours"]),
        ("es", ["0 días", "1 día", "2 días", "1234 días"]),
        ("ja", ["0日", "1日", "2日", "1,234日"]),
        ("zh-CN", ["0 天", "1 天", "2 天", "1234 天"]),
        ("id", ["0 hari", "1 hari", "2 hari", "1.234 hari"]),
    ],
)
def test_a_number_and_its_noun_agree(language: str, said: list[str]) -> None:
    voice = Voice(language, TODAY)
    assert [voice.amount("days", number) for number in (0, 1, 2, 1234)] == said


# One form of address in a language, as GitHub itself speaks there.
ADDRESS = {
    "de": r"\b(Sie|Ihre?[mnrs]?)\b(?! (lief|begann))",
    "es": r"\b(usted|su|sus|vosotros|vuestr\w+)\b (racha|perfil|cuenta)",
    "fr": r"\b(tu|ton|ta|tes|toi)\b",
    "pt": r"\b(tu|teu|tua|registo|a aparecer)\b",
    "id": r"\b(Anda|kau|engkau)\b",
    "zh-CN": "您",
    "ja": "君|お前",
}


@pytest.mark.parametrize("language", ADDRESS)
def test_a_language_keeps_to_one_form_of_address(language: str) -> None:
    assert [key for key, text in texts(language) if re.search(ADDRESS[language], text)] == []


# What each table holds


@pytest.mark.parametrize("language", languages())
def test_every_language_has_the_same_words_with_the_same_values(language: str) -> None:
    table, english = words(language), words("en")
    own = {key for key in table if key.startswith(("cause.", "mend."))}  # in English the problem says it
    assert set(table) - own == set(english)
    for key, text in english.items():
        if key not in GRAMMAR and not key.startswith("date"):
            assert holes(table[key]) == holes(text), key
    assert holes(table["date"]) == holes(table["date.short"]) == {"day", "month"}


@pytest.mark.parametrize("language", languages())
def test_every_form_of_a_word_has_the_same_values(language: str) -> None:
    table = words(language)
    for key, value in table.items():
        if isinstance(value, dict):
            assert set(value) == ({"one", "other"} if table["one"] else {"other"}), key
            assert len({frozenset(holes(text)) for text in value.values()}) == 1, key


@pytest.mark.parametrize("language", OTHERS)
def test_every_cause_has_its_words_and_uses_only_its_values(language: str) -> None:
    table = words(language)
    own = {key for key in table if key.startswith(("cause.", "mend."))}
    causes = {f"cause.{cause}" for cause in Cause}
    assert own == causes | {"cause.said", "cause.again-from"} | {f"mend.{mend}" for mend in MENDS.values()}
    assert set(MENDS) == set(Cause) == set(PROBLEMS)
    for cause in Cause:
        assert holes(table[f"cause.{cause}"]) == set(PROBLEMS[cause]) - {"time", "message"}, cause
    assert (holes(table["cause.said"]), holes(table["cause.again-from"])) == ({"message"}, {"time"})


class Used(dict[str, Any]):
    """A table that remembers which of its keys were looked up."""

    def __init__(self, table: dict[str, Any]) -> None:
        super().__init__(table)
        self.asked: set[str] = set()

    def __getitem__(self, key: str) -> Any:
        self.asked.add(key)
        return super().__getitem__(key)


@pytest.mark.parametrize("language", languages())
def test_every_word_is_used(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    table = Used(words(language))
    monkeypatch.setattr("streaky.locales.voice.words", lambda _: table)
    for case in CASES:
        alert(case, language)
    for cause in Cause:
        unread(cause, language)
    warning("octocat", timedelta(minutes=59), 14, language)
    warning("m" * 39, timedelta(hours=12), 14, language, at_least=True)
    warning("m" * 39, timedelta(hours=5, minutes=1), 14, language)
    for became in Became:
        over(became, language)
    spoken = {f"issue.{key}" for key in ("title", "text", "mention", "wrong")}  # see on_the_issue
    Voice(language, TODAY).date(date(2025, 1, 1))
    Voice(language, TODAY).clock(datetime(2026, 11, 24, 1, tzinfo=UTC))
    Voice(language, TODAY).days(Streak(TODAY, TODAY, at_least=True))
    for made in CARDS.values():
        card(replace(made, language=language), CardStyle())
    assert set(table) - table.asked - spoken - {"name"} == set()
