"""The list of errors in the documents: all of them, in the words that people see."""

from __future__ import annotations

from tests.catalogue import catalogue, markdown
from tests.conftest import ROOT


def test_each_part_lists_its_errors_with_what_to_do() -> None:
    entries = catalogue()
    assert len(entries) > 90
    assert {entry.part for entry in entries} == {
        "Settings",
        "Sealed values, keys and teams",
        "GitHub",
        "The ledger",
        "Channels",
    }
    assert len({(entry.part, entry.what) for entry in entries}) == len(entries)


def test_words_that_a_person_met_are_found() -> None:
    said = {entry.what: entry.mend for entry in catalogue()}
    assert said["is not a Telegram bot token."].startswith("Copy it from @BotFather")
    assert said["every day of the week rests, so nothing would be left to guard."]
    assert said["The token may not write to this repository."].startswith("Give the job")


def test_what_differs_from_case_to_case_is_left_open() -> None:
    (entry,) = [each for each in catalogue() if each.what.startswith("… is not a time of day")]
    assert entry.what == "… is not a time of day (HH:MM, 00:00 to 23:59)."
    assert "{" not in markdown()


def test_the_page_of_the_documents_has_them() -> None:
    assert markdown() in (ROOT / "docs/troubleshooting.md").read_text("utf-8")
