"""The pause: set by hand, remembered, ended."""

from __future__ import annotations

from datetime import date

import pytest

from streaky.errors import ConfigurationError
from tests.book import WORKFLOW, Book, at, read_only, told
from tests.conftest import World


def test_a_pause_set_by_hand_is_remembered_until_it_ends(book: Book) -> None:
    by_hand = {"GITHUB_EVENT_NAME": "workflow_dispatch", "STREAKY_PAUSE_UNTIL": "2026-11-24"}
    assert book.world.check(at(12), **by_hand).status == "resting"
    assert book.read()["pause-until"] == "2026-11-24"
    assert book.world.check(at(18)).status == "resting"
    assert book.world.check(at(23, day=24)).outcomes == ()
    book.world.contributions |= {date(2026, 11, 23): 1, date(2026, 11, 24): 1}
    assert book.world.check(at(18, day=25)).status == "at-risk"
    assert "pause-until" not in book.read()


def test_today_pauses_the_local_day_and_none_ends_a_pause(book: Book) -> None:
    by_hand = {"GITHUB_EVENT_NAME": "workflow_dispatch"}
    book.world.check(at(12), STREAKY_PAUSE_UNTIL="today", **by_hand)
    assert book.read()["pause-until"] == "2026-11-23"
    book.world.check(at(12), STREAKY_PAUSE_UNTIL="none", **by_hand)
    assert "pause-until" not in book.read()
    book.world.check(at(18))
    assert told(book.world) == (1, 1)


def test_a_pause_that_cannot_be_remembered_is_said(world: World) -> None:
    read_only(world)
    world.environment["GITHUB_EVENT_NAME"] = "workflow_dispatch"
    (note,) = world.check(STREAKY_PAUSE_UNTIL="today").notes
    assert "this run only" in note
    assert world.check(STREAKY_PAUSE_UNTIL="none").notes == ()


def test_a_pause_of_the_settings_is_not_written_down(book: Book) -> None:
    book.world.check(at(12), STREAKY_PAUSE_UNTIL="2026-11-24")
    assert "pause-until" not in book.read()


BY_HAND = "on:\n  schedule: [{cron: 7 * * * *}]\n  workflow_dispatch:\n    inputs: {pause-until: {}}\n"


def test_the_alert_links_to_the_page_that_pauses(book: Book) -> None:
    book.repository.files[WORKFLOW] = f"{BY_HAND}permissions:\n  contents: write\n"
    book.world.check()
    page = "https://github.com/octocat/streaky/actions/workflows/streaky.yml"
    assert page in book.world.bot.messages[0].buttons.values()
    assert page in book.world.hook.messages[0].buttons.values()


def test_no_alert_links_to_a_page_where_nobody_can_pause(book: Book) -> None:
    book.world.check()
    for message in (*book.world.bot.messages, *book.world.hook.messages):
        assert list(message.buttons) == ["Open GitHub"]


def test_each_change_of_the_pause_is_confirmed(book: Book) -> None:
    book.world.environment["GITHUB_EVENT_NAME"] = "workflow_dispatch"
    assert "Paused: no alert comes before 2026-11-26." in book.world.check(STREAKY_PAUSE_UNTIL="3d").notes
    assert book.read()["pause-until"] == "2026-11-25"
    assert "The pause has ended: alerts come again." in book.world.check(STREAKY_PAUSE_UNTIL="none").notes


def test_a_pause_up_to_a_date_that_has_passed_is_refused_aloud(book: Book) -> None:
    book.world.environment["GITHUB_EVENT_NAME"] = "workflow_dispatch"
    with pytest.raises(ConfigurationError) as caught:
        book.world.check(STREAKY_PAUSE_UNTIL="2026-11-22")
    assert "pause-until: 2026-11-22 has passed. Write a date from today on" in str(caught.value)
    assert told(book.world) == (0, 0)
    book.world.environment["GITHUB_EVENT_NAME"] = "schedule"
    assert book.world.check(STREAKY_PAUSE_UNTIL="2026-11-22").status == "at-risk"  # one of a file just ends


@pytest.mark.parametrize("ended", ["by its date", "by hand"])
def test_a_pause_that_is_over_breaks_nothing_that_is_told(book: Book, ended: str) -> None:
    by_hand = {"GITHUB_EVENT_NAME": "workflow_dispatch"}
    book.world.check(at(12), STREAKY_PAUSE_UNTIL="2026-11-24", **by_hand)
    book.world.check(at(12, day=24))
    if ended == "by hand":
        book.world.check(at(10, day=25), STREAKY_PAUSE_UNTIL="none", **by_hand)
    for hour in (12, 18, 21, 23):
        report = book.world.check(at(hour, day=25))
        assert (report.status, report.outcomes) == ("idle", ())


def test_a_streak_that_breaks_after_a_pause_is_told(book: Book) -> None:
    book.world.check(at(12), STREAKY_PAUSE_UNTIL="today", GITHUB_EVENT_NAME="workflow_dispatch")
    book.world.contributions[date(2026, 11, 23)] = 1
    book.world.check(at(12, day=24))
    assert [str(alert.slot) for alert in book.world.check(at(12, day=25)).alerts] == ["2026-11-25/broken/day"]
