"""Which memory a run has: the ledger where it may be written, else the last successful run, else none."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from streaky.sandbox import Fault
from streaky.sandbox.exchange import Request
from tests.book import (
    IN_RUN,
    ON,
    READS,
    WORKFLOW,
    WRITES,
    Book,
    asked,
    at,
    read_only,
    states,
    told,
)
from tests.conftest import TOKEN, World


def test_without_write_permission_everything_else_works_and_it_is_said(world: World) -> None:
    world.environment |= ON | IN_RUN
    Book(world, None)
    world.sandbox.github.read_only_tokens.add(TOKEN)
    report = world.check()
    assert (report.exit_status, told(world)) == (0, (1, 1))
    assert report.memory.startswith("none.")
    assert "contents: write" in report.memory


def test_a_workflow_that_does_not_ask_to_write_is_not_tried(world: World) -> None:
    world.environment |= ON | IN_RUN
    world.sandbox.github.repository("octocat/streaky", {WORKFLOW: READS})
    world.check(at(12))
    assert asked(world) == 1
    report = world.check(at(18))
    assert (asked(world), told(world)) == (2, (1, 1))
    assert "contents: write" in report.memory


@pytest.mark.parametrize(
    ("started", "conclusion", "title", "sent"),
    [
        (at(21, 10), "success", "Streaky: check", 0),
        (at(20, 59), "success", "Streaky: check", 1),
        (at(21, 10), "failure", "Streaky: check", 1),
        (at(21, 10), "success", "Streaky: test-alert", 1),
    ],
)
def test_without_a_ledger_the_last_successful_run_is_the_memory(
    world: World, started: datetime, conclusion: str, title: str, sent: int
) -> None:
    repository = read_only(world)
    repository.add_run(started=started, conclusion=conclusion, title=title, id=99)
    report = world.check()
    assert told(world) == (sent, sent)
    assert report.exit_status == 0
    assert sent or states(report) == ["at-risk/21:00 discord skipped", "at-risk/21:00 telegram skipped"]


def test_a_rerun_of_a_successful_run_says_nothing_again(world: World) -> None:
    repository = read_only(world)
    repository.add_run(started=at(21, 10), conclusion="success", id=100, attempt=1)
    world.check(GITHUB_RUN_ATTEMPT="2")
    assert told(world) == (0, 0)


def test_without_actions_read_a_slot_is_due_in_any_run_after_it(world: World) -> None:
    read_only(world).add_run(started=at(21, 10), conclusion="success", id=99)
    world.sandbox.github.no_actions_tokens.add(TOKEN)
    report = world.check()
    assert told(world) == (1, 1)
    assert "actions: read" in report.memory


def test_the_last_run_is_asked_for_only_when_something_is_due(world: World) -> None:
    read_only(world).add_run(started=at(9), conclusion="success", id=99)
    world.check(at(12))
    assert asked(world) == 1
    world.check(at(18))
    assert asked(world) == 2


def test_ledger_none_never_asks(world: World) -> None:
    read_only(world).add_run(started=at(21, 10), conclusion="success", id=99)
    report = world.check(STREAKY_LEDGER="none")
    assert (asked(world), told(world)) == (1, (1, 1))
    assert report.memory == "none, as ledger asks for"


def test_a_reading_token_of_the_persons_own_leaves_the_writing_to_the_jobs(world: World) -> None:
    world.environment |= ON | IN_RUN
    repository = world.sandbox.github.repository("octocat/streaky", {WORKFLOW: WRITES}, private=True)
    personal = "ghp_Zz9Yy8Xx7Ww6Vv5Uu4Tt3Ss2Rr1Qq0Pp9Oo8N"
    world.sandbox.github.tokens.add(personal)
    world.sandbox.github.blind_tokens.add(personal)
    world.check(GITHUB_TOKEN=personal, STREAKY_JOB_TOKEN=TOKEN)
    assert told(world) == (1, 1)
    assert repository.read("streaky", "ledger.json")
    authors = {commit.author_name for commit in repository.branches["streaky"].commits}
    assert authors == {"github-actions[bot]"}


def test_github_failing_under_the_claim_does_not_silence_the_alert(world: World) -> None:
    world.environment |= ON | IN_RUN
    Book(world, None)
    world.check(at(12))

    def writes(request: Request) -> bool:
        return b"createCommitOnBranch" in request.body

    world.sandbox.github.fail(Fault.status(400), times=None, when=writes)
    report = world.check(at(18))
    assert (told(world), report.exit_status) == ((1, 1), 0)
    assert any("once more" in note for note in report.notes)


PULL = "Changes must be made through a pull request."
PROTECTIONS = {
    "a protected branch": ("BRANCH_PROTECTION_RULE_VIOLATION", PULL),
    "a ruleset": ("UNPROCESSABLE", f"Repository rule violations found\n\n{PULL}"),
    "a ruleset without a type": ("", "GH013: Repository rule violations found for refs/heads/streaky."),
    "signed commits": ("", "Commits must have verified signatures."),
}


@pytest.mark.parametrize("protection", PROTECTIONS)
def test_rules_that_refuse_the_branch_are_named_and_leave_the_last_run_as_the_memory(
    world: World, protection: str
) -> None:
    world.environment |= ON | IN_RUN
    book = Book(world, None)
    world.check(at(12))
    kind, message = PROTECTIONS[protection]
    refusal = {"message": message} | ({"type": kind} if kind else {})
    answer = Fault.status(200, {"data": {"createCommitOnBranch": None}, "errors": [refusal]})
    world.sandbox.github.fail(
        answer, times=None, when=lambda request: b"createCommitOnBranch" in request.body
    )
    asked(world)
    report = world.check(at(18))
    assert (told(world), asked(world)) == ((1, 1), 3)  # read, refused, and asked for the last run
    (warning,) = report.warnings
    for text in (warning, report.memory):
        assert "rules protect the branch `streaky`" in text
        assert "`ledger: none`" in text
        assert "token" not in text
    book.repository.add_run(started=at(18), id=99)
    world.check(at(18, 40))
    assert told(world) == (1, 1)


def test_the_persons_own_token_cannot_sign_where_commits_must_be_signed_and_that_is_said(
    world: World,
) -> None:
    personal = TOKEN.replace("ghs_", "ghp_")
    world.environment |= ON | IN_RUN | {"GITHUB_TOKEN": personal}
    world.sandbox.github.tokens.add(personal)
    Book(world, None).repository.signed_only = True
    report = world.check()
    assert told(world) == (1, 1)
    (warning,) = report.warnings
    assert "rules protect the branch `streaky`" in warning


def test_a_protected_branch_is_named(world: World) -> None:
    world.environment |= ON | IN_RUN
    book = Book(world, None)
    world.check(at(12))
    book.repository.protected.add("streaky")
    (warning,) = world.check(at(18)).warnings
    assert told(world) == (1, 1)
    assert "pull request" in warning
    assert "`ledger: none`" in warning


@pytest.mark.parametrize("status", [403, 409, 422])
def test_rules_that_forbid_the_branch_to_begin_are_named(world: World, status: int) -> None:
    world.environment |= ON | IN_RUN
    Book(world, None)
    message = "Repository rule violations found\n\nCannot create ref due to creations being restricted."
    answer = Fault.status(status, {"message": message, "documentation_url": "https://docs.github.com/rest"})
    world.sandbox.github.fail(answer, times=None, when=lambda request: request.path.endswith("/git/refs"))
    report = world.check(at(18))
    assert told(world) == (1, 1)
    (warning,) = report.warnings
    assert "rules protect the branch `streaky`" in warning


def test_a_token_that_may_not_write_is_no_warning(world: World) -> None:
    world.environment |= ON | IN_RUN
    Book(world, None)
    world.check(at(12))
    world.sandbox.github.read_only_tokens.add(TOKEN)
    report = world.check(at(18))
    assert (told(world), report.warnings) == ((1, 1), frozenset())
    assert "contents: write" in report.memory


def test_the_config_file_counts_though_the_calendar_is_refused(world: World) -> None:
    world.environment |= ON | IN_RUN
    book = Book(world, None)
    book.repository.files[".github/streaky.yml"] = "pause-until: 2026-12-31\ntimezone: America/Los_Angeles\n"
    world.sandbox.github.refuse_year = "RESOURCE_LIMITS_EXCEEDED"
    world.sandbox.github.refuse_beyond = timedelta(days=1)
    report = world.check()
    assert (report.exit_status, str(report.day.zone), told(world)) == (1, "America/Los_Angeles", (0, 0))
