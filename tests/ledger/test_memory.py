"""The guard with its memory: over real HTTP, on the branch of the sandbox's GitHub and in a local file."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from streaky.finding import Limits
from streaky.report import Report
from streaky.sandbox import Fault
from streaky.sandbox.exchange import Request
from tests.conftest import NOW, QUICK, ROOT, SPECS, TOKEN, World, days_before, leaks

TODAY = NOW.date()
SCHEMA = json.loads((ROOT / "streaky/ledger.schema.json").read_text("utf-8"))
WORKFLOW = ".github/workflows/streaky.yml"
WRITES = "on:\n  schedule:\n    - cron: 7 * * * *\npermissions:\n  contents: write\n"
ON = {"STREAKY_LEDGER": "auto"}
READS = WRITES.replace("write", "read")
IN_RUN = {
    "GITHUB_RUN_ID": "100",
    "GITHUB_RUN_ATTEMPT": "1",
    "GITHUB_EVENT_NAME": "schedule",
    "GITHUB_WORKFLOW_REF": f"octocat/streaky/{WORKFLOW}@refs/heads/main",
}


@pytest.fixture(params=["branch", "file"])
def book(request: pytest.FixtureRequest, world: World, tmp_path: Path) -> Book:
    """A world whose runs remember, on either backend."""
    path = tmp_path / "ledger" / "ledger.json"
    world.environment |= IN_RUN
    world.environment["STREAKY_LEDGER"] = "auto" if request.param == "branch" else f"file:{path}"
    return Book(world, path if request.param == "file" else None)


class Book:
    """A world and the place of its ledger."""

    def __init__(self, world: World, path: Path | None) -> None:
        self.world, self.path = world, path
        self.repository = world.sandbox.github.repository(
            "octocat/streaky", {WORKFLOW: WRITES}, created=datetime(2026, 11, 1, tzinfo=UTC)
        )

    def read(self, name: str = "ledger.json") -> Any:
        """A file of the ledger's place, as JSON."""
        data = self.raw(name)
        assert data is not None
        document = json.loads(data)
        jsonschema.validate(document, SCHEMA)
        return document

    def raw(self, name: str = "ledger.json") -> bytes | None:
        if self.path is None:
            return self.repository.read("streaky", name)
        path = self.path.with_name(name)
        return path.read_bytes() if path.exists() else None

    def put(self, data: bytes) -> None:
        """Lay something in the ledger's place."""
        if self.path is None:
            self.repository.write("streaky", {"ledger.json": data})
        else:
            self.path.parent.mkdir(exist_ok=True)
            self.path.write_bytes(data)

    def states(self, name: str = "ledger.json") -> dict[str, str]:
        """The state of each slot and channel."""
        return {f"{row['slot']} {row['channel']}": row["state"] for row in self.read(name)["alerts"]}


def at(hour: int, minute: int = 7, day: int = 23) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def states(report: Report) -> list[str]:
    rows = json.loads(report.outputs()["alerts"])
    return sorted(f"{row['slot'][11:]} {row['channel']} {row['state']}" for row in rows)


def told(world: World) -> tuple[int, int]:
    return len(world.hook.messages), len(world.bot.messages)


def asked(world: World) -> int:
    """How many requests GitHub got since the last question."""
    count = len(world.sandbox.github.requests)
    world.sandbox.github.clear()
    return count


# Each reminder once


def test_each_reminder_is_sent_once_however_often_runs_come(book: Book) -> None:
    for minute in (0, 7, 20, 40):
        book.world.check(at(18, minute))
    assert told(book.world) == (1, 1)
    for hour, minute in ((21, 7), (21, 30), (23, 7), (23, 30)):
        book.world.check(at(hour, minute))
    assert told(book.world) == (3, 3)
    assert set(book.states().values()) == {"sent"}


def test_a_late_run_sends_the_latest_reminder_and_marks_the_older_ones(book: Book) -> None:
    report = book.world.check(at(22, 40))
    assert states(report) == [
        "at-risk/18:00 discord skipped",
        "at-risk/18:00 telegram skipped",
        "at-risk/21:00 discord sent",
        "at-risk/21:00 telegram sent",
    ]
    assert book.states()["2026-11-23/at-risk/18:00 discord"] == "skipped"


def test_two_reminders_keep_45_minutes_apart(book: Book) -> None:
    book.world.check(at(22, 40))
    assert states(book.world.check(at(23, 10))) == []
    book.world.check(at(23, 25))
    assert told(book.world) == (2, 2)


def test_a_run_whose_slot_was_sent_by_another_says_skipped_and_is_well(book: Book) -> None:
    book.world.check()
    report = book.world.check(GITHUB_RUN_ID="101")
    assert states(report) == ["at-risk/21:00 discord skipped", "at-risk/21:00 telegram skipped"]
    assert report.exit_status == 0


def test_a_rerun_attempt_sends_only_what_did_not_arrive(book: Book) -> None:
    book.world.sandbox.discord.fail(Fault.status(400), times=None)
    assert told_after(book.world) == (0, 1)
    book.world.sandbox.heal()
    report = book.world.check(GITHUB_RUN_ATTEMPT="2")
    assert told(book.world) == (1, 1)
    assert states(report) == ["at-risk/21:00 discord sent", "at-risk/21:00 telegram skipped"]


def delete(world: World) -> None:
    """Let Discord know the webhook no more."""
    gone = Fault.status(404, {"message": "Unknown Webhook", "code": 10015})
    world.sandbox.discord.fail(gone, times=None, when=lambda request: world.hook.token in request.path)


def told_after(world: World, **more: str) -> tuple[int, int]:
    world.check(**more)
    return told(world)


def test_what_failed_is_sent_by_the_next_run(book: Book) -> None:
    book.world.sandbox.telegram.fail(Fault.status(500), times=None)
    report = book.world.check()
    assert (report.exit_status, told(book.world)) == (0, (1, 0))
    assert book.states()["2026-11-23/at-risk/21:00 telegram"] == "failed"
    book.world.sandbox.heal()
    book.world.check(at(22))
    assert told(book.world) == (1, 1)


def test_a_deleted_webhook_is_said_once_and_not_asked_again(book: Book) -> None:
    delete(book.world)
    first = book.world.check()
    assert [outcome.dead for outcome in first.failures] == [True]
    assert book.states()["2026-11-23/at-risk/21:00 discord"] == "dead"
    asked_before = len(book.world.sandbox.discord.requests)
    later = book.world.check(at(23, 7))
    assert len(book.world.sandbox.discord.requests) == asked_before
    assert [(outcome.channel, outcome.old) for outcome in later.failures] == [("discord", True)]
    assert told(book.world) == (0, 2)


def test_a_dead_channel_that_nobody_mended_stays_red_for_the_same_alert(book: Book) -> None:
    delete(book.world)
    only = {"TELEGRAM_BOT_TOKEN": "", "TELEGRAM_CHAT_ID": ""}
    assert book.world.check(**only).exit_status == 3
    assert book.world.check(at(22), **only).exit_status == 3
    book.world.sandbox.heal()
    hook = book.world.sandbox.discord.add_webhook("100000000000000002", book.world.hook.token[::-1])
    report = book.world.check(at(22, 5), DISCORD_WEBHOOK_URL=hook.url, GITHUB_RUN_ATTEMPT="2", **only)
    assert (report.exit_status, len(hook.messages)) == (0, 1)


def test_a_new_address_is_tried_at_once(book: Book) -> None:
    delete(book.world)
    book.world.check()
    hook = book.world.sandbox.discord.add_webhook("100000000000000002", book.world.hook.token[::-1])
    book.world.check(at(23, 7), DISCORD_WEBHOOK_URL=hook.url)
    assert len(hook.messages) == 1


def test_when_the_only_channel_is_dead_every_due_alert_is_red(book: Book) -> None:
    delete(book.world)
    only = {"TELEGRAM_BOT_TOKEN": "", "TELEGRAM_CHAT_ID": ""}
    assert book.world.check(**only).exit_status == 3
    assert book.world.check(at(23, 7), **only).exit_status == 3


def test_a_dry_run_decides_by_the_ledger_and_changes_nothing(book: Book) -> None:
    report = book.world.check(STREAKY_DRY_RUN="true")
    assert states(report)[-2:] == ["at-risk/21:00 discord dry-run", "at-risk/21:00 telegram dry-run"]
    assert book.raw() is None
    book.world.check()
    before = book.raw()
    assert "dry-run" not in str(states(book.world.check(STREAKY_DRY_RUN="true")))
    assert book.raw() == before


# What GitHub is asked


def test_with_nothing_due_and_the_days_line_written_there_is_one_request_and_no_write(world: World) -> None:
    world.environment |= ON | IN_RUN
    repository = Book(world, None).repository
    world.check(at(12))
    commits = len(repository.branches["streaky"].commits)
    asked(world)
    world.check(at(13))
    assert (asked(world), len(repository.branches["streaky"].commits)) == (1, commits)


def test_an_alert_costs_three_requests(world: World) -> None:
    world.environment |= ON | IN_RUN
    Book(world, None)
    world.check(at(12))
    asked(world)
    world.check(at(18))
    assert (asked(world), told(world)) == (3, (1, 1))


def test_a_streak_over_a_year_is_remembered_and_costs_no_request_more(world: World) -> None:
    world.environment |= ON | IN_RUN
    Book(world, None)
    world.contributions |= days_before(TODAY, 1200)
    assert world.check(at(12)).outputs()["current-streak"] == "1200"
    asked(world)
    report = world.check(at(13))
    assert (report.outputs()["current-streak"], asked(world)) == ("1200", 1)


def test_when_the_year_is_refused_the_ledger_knows_the_length(world: World) -> None:
    world.environment |= ON | IN_RUN
    Book(world, None)
    world.contributions |= days_before(TODAY, 300)
    world.check(at(12))
    world.sandbox.github.refuse_year = "RESOURCE_LIMITS_EXCEEDED"
    report = world.check(at(18))
    assert report.outputs()["current-streak"] == "300"
    assert report.document()["exact"] is True


def test_a_run_without_a_branch_or_a_word_of_permission_makes_none_before_there_is_something_to_say(
    world: World,
) -> None:
    world.environment |= ON
    report = world.check(at(12))
    assert (asked(world), report.exit_status) == (1, 0)
    assert not world.sandbox.github.repository("octocat/other").branches
    world.check(at(18))
    assert told(world) == (1, 1)
    world.check(at(18, 30))
    assert told(world) == (1, 1)


def test_what_is_asked_of_rest_is_as_githubs_description_says(world: World) -> None:
    path = SPECS / "github-rest.openapi.json"
    if not path.exists():
        pytest.skip("GitHub's REST description is not at hand")
    spec = json.loads(path.read_text("utf-8"))
    world.environment |= ON | IN_RUN
    Book(world, None)
    world.check()
    seen = set()
    for request in world.sandbox.github.requests:
        operation = request.path.replace("octocat/streaky", "{owner}/{repo}")
        if request.path == "/graphql" or request.method == "GET":
            continue
        body = spec["paths"][operation][request.method.lower()]["requestBody"]["content"]
        schema = body["application/json"]["schema"] | {"components": spec["components"]}
        jsonschema.validate(request.json(), schema)
        assert set(request.json()) <= set(schema["properties"])
        seen.add(operation.rpartition("/")[2])
    assert seen == {"trees", "commits", "refs"}


# Never a contribution


def test_nothing_that_streaky_writes_counts_as_a_contribution(world: World) -> None:
    world.environment |= ON | IN_RUN
    repository = Book(world, None).repository
    files = dict(repository.files)
    world.sandbox.github.token_owners[TOKEN] = "octocat"  # even with the person's own token
    for day, hour in ((23, 12), (23, 18), (23, 23), (24, 9)):
        world.check(at(hour, day=day))
    commits = repository.branches["streaky"].commits
    assert len(commits) > 4
    assert not world.sandbox.github.counting("octocat")
    assert repository.files == files
    assert not commits[0].parents
    assert set(commits[-1].files) == {"README.md", "ledger.json"}
    assert "github-actions[bot]@users.noreply.github.com" in commits[0].author_email


def test_a_default_branch_of_that_name_is_left_alone(world: World) -> None:
    world.environment |= ON | IN_RUN
    repository = world.sandbox.github.repository("octocat/streaky", {"README.md": "mine"}, branch="streaky")
    report = world.check()
    assert repository.files == {"README.md": "mine"}
    assert told(world) == (1, 1)
    assert "none" in report.memory


def test_the_ledger_holds_no_secret(book: Book) -> None:
    delete(book.world)
    book.world.check()
    book.world.check(at(23, 7))
    data = book.raw()
    assert data
    assert not leaks(data.decode(), book.world.secrets)


# Without the right to write


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


def runs(world: World) -> Any:
    """A repository that runs are read-only in, with its list of runs."""
    world.environment |= ON | IN_RUN
    return world.sandbox.github.repository("octocat/streaky", {WORKFLOW: READS})


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
    repository = runs(world)
    repository.add_run(started=started, conclusion=conclusion, title=title, id=99)
    report = world.check()
    assert told(world) == (sent, sent)
    assert report.exit_status == 0
    assert sent or states(report) == ["at-risk/21:00 discord skipped", "at-risk/21:00 telegram skipped"]


def test_a_rerun_of_a_successful_run_says_nothing_again(world: World) -> None:
    repository = runs(world)
    repository.add_run(started=at(21, 10), conclusion="success", id=100, attempt=1)
    world.check(GITHUB_RUN_ATTEMPT="2")
    assert told(world) == (0, 0)


def test_without_actions_read_a_slot_is_due_in_any_run_after_it(world: World) -> None:
    runs(world).add_run(started=at(21, 10), conclusion="success", id=99)
    world.sandbox.github.no_actions_tokens.add(TOKEN)
    report = world.check()
    assert told(world) == (1, 1)
    assert "actions: read" in report.memory


def test_the_last_run_is_asked_for_only_when_something_is_due(world: World) -> None:
    runs(world).add_run(started=at(9), conclusion="success", id=99)
    world.check(at(12))
    assert asked(world) == 1
    world.check(at(18))
    assert asked(world) == 2


def test_ledger_none_never_asks(world: World) -> None:
    runs(world).add_run(started=at(21, 10), conclusion="success", id=99)
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


def test_rules_that_refuse_the_branch_leave_the_last_run_as_the_memory(world: World) -> None:
    world.environment |= ON | IN_RUN
    book = Book(world, None)
    world.check(at(12))
    refusal = {"type": "UNPROCESSABLE", "message": "Repository rule violations found for refs/heads/streaky"}
    answer = Fault.status(200, {"data": {"createCommitOnBranch": None}, "errors": [refusal]})
    world.sandbox.github.fail(
        answer, times=None, when=lambda request: b"createCommitOnBranch" in request.body
    )
    report = world.check(at(18))
    assert told(world) == (1, 1)
    assert "rules" in report.memory
    book.repository.add_run(started=at(18), id=99)
    world.check(at(18, 40))
    assert told(world) == (1, 1)


def test_the_config_file_counts_though_the_calendar_is_refused(world: World) -> None:
    world.environment |= ON | IN_RUN
    book = Book(world, None)
    book.repository.files[".github/streaky.yml"] = "pause-until: 2026-12-31\ntimezone: America/Los_Angeles\n"
    world.sandbox.github.refuse_year = "RESOURCE_LIMITS_EXCEEDED"
    world.sandbox.github.refuse_beyond = timedelta(days=1)
    report = world.check()
    assert (report.exit_status, str(report.day.zone), told(world)) == (1, "America/Los_Angeles", (0, 0))


# A ledger that cannot be read


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"{not json", "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b'{"hello": "world"}', "not a ledger of Streaky's"),
        (b'{"version": 9, "user": "octocat"}', "a newer Streaky"),
        (b'{"version": 0, "user": "octocat"}', "an older Streaky"),
        (b'{"version": 1, "user": "octocat", "alerts": [], "days": {"soon": 1}}', "changed by hand"),
        (
            b'{"version": 1, "user": "octocat", "alerts": [{"slot": "2026-11-23/at-risk/21:00", '
            b'"channel": "discord", "state": "claimed", "at": "2026-11-23T21:29:00Z", "run": "100"}], '
            b'"days": {}}',
            "changed by hand",
        ),
        (b'{"version": 1, "user": "octocat", "alerts": [], "days": {"1000-01-01": [0, "safe"]}}', "changed"),
        (b'{"version": 1, "user": "hubot", "alerts": [], "days": {}}', "belongs to hubot"),
        (b"", "not JSON"),
    ],
)
def test_an_unreadable_ledger_is_kept_aside_and_the_guard_still_speaks(
    book: Book, data: bytes, why: str
) -> None:
    book.put(data)
    report = book.world.check()
    assert (told(book.world), report.exit_status) == ((1, 1), 0)
    (note,) = (note for note in report.notes if "ledger.broken-2026-11-23.json" in note)
    assert why in note
    assert book.raw("ledger.broken-2026-11-23.json") == data
    assert set(book.states().values()) == {"sent", "skipped"}
    again = book.world.check(at(22))
    assert told(book.world) == (1, 1)
    assert not again.notes


def test_a_second_broken_file_of_a_day_does_not_replace_the_first(world: World, tmp_path: Path) -> None:
    path = tmp_path / "ledger.json"
    world.environment["STREAKY_LEDGER"] = f"file:{path}"
    for data in (b"one", b"two"):
        path.write_bytes(data)
        world.check()
    kept = {each.read_bytes() for each in tmp_path.glob("ledger.broken-*")}
    assert kept == {b"one", b"two"}


def test_a_file_that_cannot_be_written_is_said_and_the_alert_is_sent(world: World, tmp_path: Path) -> None:
    (tmp_path / "a-file").touch()
    report = world.check(STREAKY_LEDGER=f"file:{tmp_path}/a-file/ledger.json")
    assert (told(world), report.exit_status) == ((1, 1), 0)
    assert any("ledger" in note for note in report.notes) or "none." in report.memory


# The journal


def test_the_first_run_of_a_day_writes_its_line_and_the_next_day_completes_it(book: Book) -> None:
    book.world.check(at(12))
    assert book.read()["days"] == {"2026-11-23": [0, "at-risk"]}
    book.world.check(at(18))
    book.world.contributions[TODAY] = 4
    report = book.world.check(at(12, day=24))
    assert book.read()["days"] == {"2026-11-23": [4, "safe", "rescued"], "2026-11-24": [0, "at-risk"]}
    assert report.rescues == 1


def break_streak(world: World) -> None:
    """Yesterday, the 22nd, was missed."""
    del world.contributions[TODAY - timedelta(days=1)]


def test_a_broken_streak_is_told_exactly_once(book: Book) -> None:
    book.world.check(at(12, day=22))
    break_streak(book.world)
    for hour in (3, 9, 12, 20):
        book.world.check(at(hour))
    book.world.check(at(12, day=24))
    assert sum("ended" in message.plain for message in book.world.bot.messages) == 1


def test_a_break_that_no_run_saw_is_told_when_runs_come_again(book: Book) -> None:
    book.world.check(at(12, day=21))
    del book.world.contributions[date(2026, 11, 21)]
    del book.world.contributions[date(2026, 11, 22)]
    book.world.check(at(12, day=25))
    ended = [message.plain for message in book.world.bot.messages if "ended" in message.plain]
    assert len(ended) == 1
    assert "2026-11-21" in ended[0]


def test_a_milestone_reached_after_the_last_run_is_told_the_next_day_once(book: Book) -> None:
    book.world.contributions.clear()
    book.world.contributions.update(days_before(TODAY, 49))
    book.world.check(at(12))
    book.world.contributions[TODAY] = 1
    for hour in (9, 13):
        book.world.check(at(hour, day=24))
    told_of = [message.plain for message in book.world.bot.messages if "50 days" in message.plain]
    assert len(told_of) == 1
    assert "2026-11-23" in told_of[0]


def test_a_gap_is_noticed_and_told_once(book: Book) -> None:
    book.world.check(at(12, day=19))
    report = book.world.check(at(12))
    assert "2026-11-23/alive/day" in {row["slot"] for row in json.loads(report.outputs()["alerts"])}
    (message,) = (message.plain for message in book.world.bot.messages if "no record of" in message.plain)
    assert "2026-11-20" in message
    assert "2026-11-22" in message
    assert book.read()["days"]["2026-11-21"] == [1, "safe", "unwatched"]
    book.world.check(at(13))
    assert sum("no record of" in message.plain for message in book.world.bot.messages) == 1


def test_the_longest_streak_is_of_all_time_once_there_is_a_journal(world: World) -> None:
    world.environment |= ON | IN_RUN
    Book(world, None)
    long_ago = date(2019, 6, 1)
    world.contributions |= {long_ago + timedelta(days=day): 1 for day in range(150)}
    assert world.check(at(12)).outputs()["longest-streak"] == "42"
    asked(world)
    world.check(at(18, day=24))
    assert asked(world) == 3  # a warning does not wait for the older years
    world.contributions |= {date(2026, 11, day): 1 for day in (24, 25)}
    report = world.check(at(12, day=25))
    assert (report.outputs()["longest-streak"], report.all_time) == ("150", True)
    asked(world)
    assert world.check(at(13, day=25)).outputs()["longest-streak"] == "150"
    assert asked(world) == 1


# Pausing


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
    runs(world)
    world.environment["GITHUB_EVENT_NAME"] = "workflow_dispatch"
    (note,) = world.check(STREAKY_PAUSE_UNTIL="today").notes
    assert "this run only" in note
    assert world.check(STREAKY_PAUSE_UNTIL="none").notes == ()


def test_a_pause_of_the_settings_is_not_written_down(book: Book) -> None:
    book.world.check(at(12), STREAKY_PAUSE_UNTIL="2026-11-24")
    assert "pause-until" not in book.read()


def test_the_alert_links_to_the_page_that_pauses(book: Book) -> None:
    book.world.check()
    page = "https://github.com/octocat/streaky/actions/workflows/streaky.yml"
    assert page in book.world.bot.messages[0].text
    assert page in book.world.hook.messages[0].embeds[0]["description"]


# Alive


def alive(book: Book, age: int, **more: str) -> list[str]:
    """The alive alerts of a run so many days after the default branch's last commit."""
    book.repository.pushed = NOW - timedelta(days=age)
    book.world.contributions[TODAY] = 1
    book.world.check(**more)
    return [message.text for message in book.world.bot.messages if "60" in message.text]


@pytest.mark.parametrize(("age", "warned"), [(44, 0), (45, 1), (47, 1), (52, 1), (59, 1), (60, 0)])
def test_from_day_45_on_it_tells_that_github_will_disable_the_schedule(
    book: Book, age: int, warned: int
) -> None:
    found = alive(book, age)
    assert len(found) == warned
    assert not warned or "/edit/main/.github/workflows/streaky.yml" in found[0]
    assert len(alive(book, age)) == warned  # once for each of its dates


def test_a_private_repository_is_not_disabled(book: Book) -> None:
    book.repository.private = True
    assert not alive(book, 50)


def test_a_pause_silences_it(book: Book) -> None:
    assert not alive(book, 45, STREAKY_PAUSE_UNTIL="2026-12-31")


def test_what_was_told_along_with_other_news_is_not_told_again(book: Book) -> None:
    book.world.check(at(12, day=19))
    assert len(alive(book, 47)) == 1  # back after a gap, and GitHub disables the schedule soon
    book.world.check(at(12, day=24))
    assert sum("60" in message.text for message in book.world.bot.messages) == 1


def test_days_on_which_no_run_is_asked_for_are_no_gap(world: World) -> None:
    book = hourly(world, "7 13-20 * * 1-5")
    for day in (20, 23):  # a Friday, and the Monday after
        world.contributions |= {date(2026, 11, each): 1 for each in range(20, day + 1)}
        world.check(at(14, day=day))
    assert told(world) == (0, 0)
    assert book.read()["days"]["2026-11-22"] == [1, "safe", "unwatched"]


def test_a_weekly_schedule_is_not_missed_within_its_week(world: World) -> None:
    hourly(world, "7 13 * * 1")
    world.contributions |= {date(2026, 11, day): 1 for day in range(16, 24)}
    world.check(at(13, day=16))
    for day in (17, 18, 19, 20):
        world.check(at(12, day=day), GITHUB_EVENT_NAME="workflow_dispatch")
    assert told(world) == (0, 0)


def test_a_workflow_without_a_schedule_has_none_to_lose(book: Book) -> None:
    book.repository.files[WORKFLOW] = WRITES.replace("  schedule:", "  # schedule:")
    assert not alive(book, 50)


def test_without_a_ledger_it_is_told_on_its_date_only(world: World) -> None:
    book = Book(world, None)
    world.environment |= IN_RUN
    assert not alive(book, 46)
    assert len(alive(book, 45)) == 1


def test_a_schedule_that_starts_no_runs_is_noticed_by_a_run_that_something_else_woke(book: Book) -> None:
    book.world.check(at(12, day=20))
    for day in (21, 22, 23, 24):
        book.world.contributions[date(2026, 11, day)] = 1
        report = book.world.check(at(12, day=day), GITHUB_EVENT_NAME="repository_dispatch")
        kinds = {row["kind"] for row in json.loads(report.outputs()["alerts"]) if row["state"] == "sent"}
        assert ("alive" in kinds) is (day == 23)
    text = book.world.bot.messages[-1].text
    assert "2026-11-20" in text
    assert "/actions/workflows/streaky.yml" in text


# Speaking in time


def hourly(world: World, line: str = "7 * * * *", zone: str = "UTC") -> Book:
    """A world whose workflow asks for these runs, and whose runs remember on the branch."""
    world.environment |= ON | IN_RUN
    book = Book(world, None)
    book.repository.files[WORKFLOW] = WRITES.replace("7 * * * *", f'"{line}"\n      timezone: {zone}')
    return book


def spoken(report: Report) -> list[str]:
    return [row for row in states(report) if "discord" in row]


def test_while_little_is_known_an_hourly_schedule_warns_before_it_could_be_too_late(world: World) -> None:
    hourly(world)
    assert spoken(world.check(at(15, 31))) == []  # the run of 16:07 may be 5 h 36 min late: 21:43
    report = world.check(at(16, 31))
    assert spoken(report) == ["at-risk/18:00 discord sent"]
    assert "No run can be counted on before 22:00, so I warn you now, at 16:31." in report.notes
    assert spoken(world.check(at(17, 31))) == ["at-risk/18:00 discord skipped"]
    assert spoken(world.check(at(18, 31))) == ["at-risk/18:00 discord skipped"]
    assert spoken(world.check(at(21, 31))) == ["at-risk/21:00 discord sent"]


def test_a_single_noon_cron_warns_at_noon(world: World) -> None:
    hourly(world, "0 12 * * *", "Europe/Berlin")
    report = world.check(at(11, 2), STREAKY_TIMEZONE="Europe/Berlin")
    assert spoken(report) == ["at-risk/18:00 discord sent"]


def test_nothing_is_said_ahead_in_the_quiet_hours(world: World) -> None:
    hourly(world, "0 8 * * *")
    assert spoken(world.check(at(8, 2))) == []
    assert spoken(world.check(at(8, 2), STREAKY_QUIET_UNTIL="07:00")) == ["at-risk/18:00 discord sent"]


def test_without_a_cron_line_no_run_can_be_counted_on(world: World) -> None:
    book = hourly(world)
    book.repository.files[WORKFLOW] = "on: workflow_dispatch\npermissions:\n  contents: write\n"
    assert spoken(world.check(at(9, 1))) == ["at-risk/18:00 discord sent"]


def test_outside_of_a_workflow_nothing_is_said_ahead(world: World) -> None:
    hourly(world)
    assert spoken(world.check(at(17), GITHUB_WORKFLOW_REF="")) == []


@pytest.mark.parametrize(
    ("lead", "hour", "sent"), [("6h", 12, True), ("6h", 11, False), ("30m", 16, False), ("30m", 17, True)]
)
def test_the_lead_says_how_early_the_first_warning_must_have_been(
    world: World, lead: str, hour: int, sent: bool
) -> None:
    hourly(world)
    assert bool(spoken(world.check(at(hour, 31), STREAKY_LEAD=lead))) is sent


def punctual_days(book: Book, late: timedelta, first: int = 19, days: int = 3) -> None:
    """Runs of the days before, each so much late."""
    for day in range(first, first + days):
        for hour in range(24):
            book.repository.add_run(started=at(hour, 7, day) + late, event="schedule")


def test_a_repository_that_github_serves_in_time_is_warned_at_its_first_reminder(world: World) -> None:
    book = hourly(world)
    punctual_days(book, timedelta(minutes=3))
    world.check(at(0, 10))
    assert sum(book.read()["lateness"]["counts"]) > 60
    assert spoken(world.check(at(17, 10))) == []
    report = world.check(at(18, 10))
    assert spoken(report) == ["at-risk/18:00 discord sent"]
    assert report.lateness
    assert report.lateness.counted_on <= timedelta(minutes=5)


def test_the_runs_are_asked_for_once_a_day(world: World) -> None:
    book = hourly(world)
    punctual_days(book, timedelta(minutes=3))
    world.check(at(0, 10))
    asked(world)
    for hour in (1, 2, 3):
        world.check(at(hour, 10))
    assert asked(world) == 3


def test_an_alert_of_a_days_first_run_costs_three_requests_all_the_same(world: World) -> None:
    book = hourly(world)
    punctual_days(book, timedelta(minutes=3))
    world.check(at(0, 10, 22))
    asked(world)
    world.check(at(18, 10))
    assert (asked(world), told(world)[0]) == (3, 1)


def test_without_a_ledger_a_run_that_would_have_spoken_ahead_is_believed_to_have(world: World) -> None:
    world.environment |= ON | IN_RUN
    repository = world.sandbox.github.repository("octocat/streaky", {WORKFLOW: READS})
    repository.add_run(started=at(16, 31), id=99)
    assert spoken(world.check(at(17, 31))) == ["at-risk/18:00 discord skipped"]
    repository.runs.clear()
    repository.add_run(started=at(15, 31), id=99)
    assert spoken(world.check(at(17, 31))) == ["at-risk/18:00 discord sent"]


# Holding for a reminder


def waits(slept: list[float]) -> Limits:
    """Limits whose wait is over at once."""
    return Limits(QUICK.github, QUICK.channel, slept.append)


def test_a_run_may_hold_for_a_reminder_that_is_near(book: Book, capsys: pytest.CaptureFixture[str]) -> None:
    slept: list[float] = []
    report = book.world.check(at(17, 52), limits=waits(slept), STREAKY_HOLD="15m")
    assert spoken(report) == ["at-risk/18:00 discord sent"]
    assert (sum(slept), report.now.hour) == (8 * 60, 18)
    said = capsys.readouterr().err
    assert "8 min left" in said
    assert "1 min left" in said


@pytest.mark.parametrize(("minute", "hold"), [(52, "0"), (52, "5m"), (30, "20m")])
def test_it_holds_no_longer_than_it_may(book: Book, minute: int, hold: str) -> None:
    slept: list[float] = []
    book.world.check(at(11, minute), limits=waits(slept), STREAKY_HOLD=hold, STREAKY_REMIND_AT="12:00")
    assert (slept, told(book.world)) == ([], (0, 0))


def test_a_contribution_while_it_holds_cancels_the_reminder(book: Book) -> None:
    def contribute(seconds: float) -> None:
        book.world.contributions[TODAY] = 1

    limits = Limits(QUICK.github, QUICK.channel, contribute)
    report = book.world.check(at(17, 52), limits=limits, STREAKY_HOLD="15m")
    assert (report.status, told(book.world)) == ("safe", (0, 0))


def test_it_holds_by_the_repositorys_own_file_and_a_clock_that_is_set(book: Book) -> None:
    book.repository.files[".github/streaky.yml"] = "hold: 15m\n"
    slept: list[float] = []
    set_clock = at(17, 52).isoformat()
    report = book.world.check(limits=waits(slept), STREAKY_NOW=set_clock)
    assert (sum(slept), told(book.world)) == (8 * 60, (1, 1))
    assert report.now == at(18, 0)


def test_a_day_that_is_safe_holds_for_nothing(book: Book) -> None:
    slept: list[float] = []
    book.world.contributions[TODAY] = 1
    book.world.check(at(17, 52), limits=waits(slept), STREAKY_HOLD="15m")
    assert slept == []


@pytest.mark.parametrize("hold", ["21m", "1h", "soon", "-5m"])
def test_a_hold_of_more_than_twenty_minutes_is_refused(world: World, hold: str) -> None:
    done = world.run(STREAKY_HOLD=hold)
    assert (done.returncode, "hold" in done.stderr) == (2, True)


# What is pending


def test_what_another_runner_may_deliver_is_pending_and_holds_no_secret(world: World) -> None:
    world.sandbox.discord.fail(Fault.edge_ban(), times=None)
    outputs = world.check().outputs()
    assert json.loads(outputs["pending"]) == [
        {"slot": "2026-11-23/at-risk/21:00", "channel": "discord", "heard": True}
    ]
    assert not leaks(outputs["pending"], world.secrets)


def test_a_redelivery_sends_just_what_is_pending(world: World) -> None:
    world.sandbox.discord.fail(Fault.edge_ban(), times=None)
    pending = world.check().outputs()["pending"]
    world.sandbox.heal()
    report = world.check(NOW + timedelta(minutes=3), STREAKY_PENDING=pending)
    assert told(world) == (1, 1)
    assert states(report) == ["at-risk/21:00 discord sent"]


def test_a_warning_whose_day_ends_before_it_is_redelivered_is_red(world: World) -> None:
    world.sandbox.discord.fail(Fault.edge_ban(), times=1)
    report = world.check(at(23, 58), TELEGRAM_BOT_TOKEN="", TELEGRAM_CHAT_ID="")
    assert (report.exit_status, report.outputs()["handed-on"]) == (3, "true")
    late = world.check(at(0, 1, 24), STREAKY_PENDING=report.outputs()["pending"])
    assert (late.exit_status, told(world)) == (3, (0, 0))


def test_only_what_is_pending_is_handed_on(world: World) -> None:
    world.sandbox.discord.fail(Fault.status(400), times=None)
    report = world.check(TELEGRAM_BOT_TOKEN="", TELEGRAM_CHAT_ID="")
    assert (report.exit_status, report.outputs()["pending"], report.outputs()["handed-on"]) == (3, "", "")
    world.sandbox.github.fail(Fault.status(401), times=None)
    world.sandbox.heal()
    world.sandbox.discord.fail(Fault.edge_ban(), times=None)
    world.sandbox.github.fail(Fault.status(401), times=None)
    report = world.check(TELEGRAM_BOT_TOKEN="", TELEGRAM_CHAT_ID="")
    assert (report.exit_status, bool(report.outputs()["pending"]), report.outputs()["handed-on"]) == (
        1,
        True,
        "",
    )


def test_a_redelivery_settles_in_the_ledger(book: Book) -> None:
    book.world.sandbox.discord.fail(Fault.edge_ban(), times=None)
    pending = book.world.check().outputs()["pending"]
    assert book.states()["2026-11-23/at-risk/21:00 discord"] == "failed"
    book.world.sandbox.heal()
    book.world.check(NOW + timedelta(minutes=3), STREAKY_PENDING=pending)
    assert book.states()["2026-11-23/at-risk/21:00 discord"] == "sent"
    book.world.check(at(22))
    assert told(book.world) == (1, 1)


@pytest.mark.parametrize("kind", ["alive", "milestone", "broken", "safe"])
def test_what_is_pending_and_not_news_any_more_is_not_made_up(world: World, kind: str) -> None:
    pending = json.dumps([{"slot": f"2026-11-23/{kind}/day", "channel": "discord", "heard": False}])
    assert world.check(STREAKY_PENDING=pending).outcomes == ()
    world.sandbox.github.fail(Fault.status(401), times=None)
    assert world.check(STREAKY_PENDING=pending).outcomes == ()
    assert told(world) == (0, 0)


def test_a_warning_that_is_pending_is_told_though_github_fails_by_then(world: World) -> None:
    world.sandbox.discord.fail(Fault.edge_ban(), times=1)
    pending = world.check().outputs()["pending"]
    world.sandbox.github.fail(Fault.status(401), times=None)
    report = world.check(STREAKY_PENDING=pending)
    assert (report.exit_status, len(world.hook.messages)) == (1, 1)
    assert "could not check" in world.hook.messages[0].embeds[0]["title"]


def test_a_redelivery_of_a_test_alert_is_one(world: World) -> None:
    world.sandbox.discord.fail(Fault.edge_ban(), times=None)
    pending = world.check(test=True).outputs()["pending"]
    world.sandbox.heal()
    world.check(STREAKY_PENDING=pending)
    assert told(world) == (1, 1)


def test_what_is_no_longer_true_is_not_delivered_late(world: World) -> None:
    world.sandbox.discord.fail(Fault.edge_ban(), times=None)
    pending = world.check().outputs()["pending"]
    world.sandbox.heal()
    world.contributions[TODAY] = 1
    assert world.check(STREAKY_PENDING=pending).outcomes == ()
    del world.contributions[TODAY]
    assert world.check(NOW + timedelta(hours=3), STREAKY_PENDING=pending).outcomes == ()
    assert told(world) == (0, 1)


def test_a_redelivery_that_fails_beside_a_channel_that_worked_is_no_failure(world: World) -> None:
    world.sandbox.discord.fail(Fault.edge_ban(), times=None)
    pending = world.check().outputs()["pending"]
    assert world.check(STREAKY_PENDING=pending).exit_status == 0
    world.sandbox.telegram.fail(Fault.edge_ban(), times=None)
    pending = world.check().outputs()["pending"]
    assert world.check(STREAKY_PENDING=pending).exit_status == 3


@pytest.mark.parametrize("text", ["{}", "[]]", '[{"slot": "x", "channel": "discord", "heard": false}]', "3"])
def test_a_pending_that_is_none_is_refused(world: World, text: str) -> None:
    done = world.run(STREAKY_PENDING=text)
    assert done.returncode == 2
    assert "pending" in done.stderr
