"""`streaky setup`: one command makes the repository, its zone and secrets, and sends a test alert."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfoNotFoundError

import pytest
import yaml

from streaky import TEMPLATE
from streaky.cli import main
from streaky.sandbox import Fault, Sandbox
from streaky.sandbox.github.repositories import Repository
from streaky.setup import chat, command, home
from streaky.setup.by_hand import by_hand
from streaky.setup.steps import with_zone
from tests import program
from tests.conftest import PLAIN, PROGRAM, ROOT, leaks

TOKEN = "ghp_octocatOctocatOctocatOctocatOctocat01"
WORKFLOW = ".github/workflows/streaky.yml"
TEXT = (ROOT / "template" / WORKFLOW).read_text("utf-8")


@dataclass
class Desk:
    """Somebody at their machine: the services, and what the command said."""

    sandbox: Sandbox
    capture: pytest.CaptureFixture[str]
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def repository(self) -> Repository:
        found = self.sandbox.github.known("octocat/streaky")
        assert found
        return found

    def run(self, *flags: str, **more: str) -> tuple[int, str]:
        """Run `streaky setup`: its exit status, and all that it printed."""
        options = {"timezone": None, "repository": None, "profile": False, "private": False, "dry_run": False}
        options |= {"yes": True} | {flag.replace("-", "_"): True for flag in flags}
        options |= {name: more.pop(name) for name in ("timezone", "repository") if name in more}
        status = command.run(options, self.environment | more)
        said = self.capture.readouterr()
        return status, said.out + said.err


@pytest.fixture
def desk(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Desk:
    """octocat's machine in Berlin, with a token, and nothing on GitHub yet."""
    with Sandbox() as sandbox:
        sandbox.github.person("octocat", created=date(2020, 1, 1))
        sandbox.github.token(TOKEN, owner="octocat", scopes=("repo", "workflow"))
        sandbox.github.repository(TEMPLATE, {WORKFLOW: TEXT, "README.md": "Hello"}, template=True)
        monkeypatch.setattr("time.sleep", lambda _: None)
        monkeypatch.setattr("tzlocal.get_localzone_name", lambda: "Europe/Berlin")
        environment = {
            "GITHUB_TOKEN": TOKEN,
            "GITHUB_API_URL": sandbox.github.url,
            "TELEGRAM_API_URL": sandbox.telegram.url,
            "PATH": "",
        }
        yield Desk(sandbox, capsys, environment)


def test_one_command_makes_all_of_it(desk: Desk) -> None:
    hook = desk.sandbox.discord.add_webhook()
    status, said = desk.run(DISCORD_WEBHOOK_URL=hook.url)
    assert status == 0, said
    assert said.splitlines() == [
        "✓ repository octocat/streaky: made from the template",
        "✓ workflow: time zone written (Europe/Berlin)",
        "✓ secret DISCORD_WEBHOOK_URL: set",
        "✓ test alert: started",
        "✓ test alert: queued",
        "✓ test alert: in progress",
        "✓ test alert: completed",
        "✓ test alert: arrived, see https://github.com/octocat/streaky/actions/runs/1001",
    ]
    text = desk.repository.files[WORKFLOW]
    assert text == with_zone(TEXT, "Europe/Berlin").encode()
    assert b'timezone: "Europe/Berlin"' in (text if isinstance(text, bytes) else text.encode())
    assert desk.repository.secrets == {"DISCORD_WEBHOOK_URL": hook.url}
    assert [*desk.repository.dispatched.values()] == [{"command": "test-alert"}]
    assert not leaks(said, [("token", TOKEN), ("hook", hook.url)])


def test_started_again_it_goes_on_where_it_was(desk: Desk) -> None:
    hook = desk.sandbox.discord.add_webhook()
    desk.sandbox.github.fail(
        Fault.status(500, {"message": "Server Error"}), times=9, when=lambda r: "secrets" in r.path
    )
    status, said = desk.run(DISCORD_WEBHOOK_URL=hook.url)
    assert status == 1
    assert "The names of the repository's secrets could not be read." in said
    desk.sandbox.github.heal()
    status, said = desk.run(DISCORD_WEBHOOK_URL=hook.url)
    assert status == 0, said
    assert "repository octocat/streaky: there already" in said
    assert "workflow: there already, in Europe/Berlin" in said
    commits = len(desk.repository.made)
    assert desk.run(DISCORD_WEBHOOK_URL=hook.url)[0] == 0
    assert len(desk.repository.made) == commits


def test_the_chat_is_found_by_a_message_to_the_bot(desk: Desk) -> None:
    bot = desk.sandbox.telegram.add_bot()
    bot.add_chat(4711)
    bot.updates.append(
        {"update_id": 1, "message": {"message_id": 1, "chat": {"id": 4711, "first_name": "Mona"}}}
    )
    status, said = desk.run(TELEGRAM_BOT_TOKEN=bot.token)
    assert status == 0, said
    assert "Telegram: found your chat (Mona)" in said
    assert desk.repository.secrets == {"TELEGRAM_BOT_TOKEN": bot.token, "TELEGRAM_CHAT_ID": "4711"}
    assert not leaks(said, [("bot", bot.token)])


def test_a_bot_that_nobody_writes_to_or_that_is_none_is_said(desk: Desk) -> None:
    bot = desk.sandbox.telegram.add_bot()
    status, said = desk.run(TELEGRAM_BOT_TOKEN=bot.token)
    assert (status, "Press Start in the chat with it" in said) == (1, True)
    with pytest.raises(home.CannotSetUp, match="does not know this bot"):
        chat.find_chat("1:" + "x" * 35, desk.sandbox.telegram.url)


def test_a_dry_run_says_all_of_it_and_changes_nothing(desk: Desk) -> None:
    bot = desk.sandbox.telegram.add_bot()
    status, said = desk.run("dry-run", TELEGRAM_BOT_TOKEN=bot.token)
    assert status == 0, said
    assert said.splitlines() == [
        "In octocat/streaky, this would be done:",
        "- make the repository octocat/streaky from the template",
        "- write the time zone Europe/Berlin into .github/workflows/streaky.yml",
        "- ask you to send your bot a message, and find your chat by it",
        "- set the secret TELEGRAM_BOT_TOKEN",
        "- set the secret TELEGRAM_CHAT_ID",
        "- start a test alert, and wait for its result",
    ]
    assert desk.sandbox.github.known("octocat/streaky") is None
    assert {request.method for request in desk.sandbox.github.requests} == {"GET"}


def test_a_dry_run_asks_for_no_chat_that_is_known(desk: Desk) -> None:
    bot = desk.sandbox.telegram.add_bot()
    secrets = {"TELEGRAM_CHAT_ID": "4711"}
    desk.sandbox.github.repository("octocat/streaky", {WORKFLOW: TEXT}, secrets=secrets)
    status, said = desk.run("dry-run", TELEGRAM_BOT_TOKEN=bot.token)
    assert status == 0, said
    assert "set the secret TELEGRAM_BOT_TOKEN" in said
    assert "TELEGRAM_CHAT_ID" not in said
    assert "send your bot a message" not in said


def test_a_profile_repository_gets_one_file(desk: Desk) -> None:
    status, said = desk.run("profile")
    assert (status, "There is no repository octocat/octocat." in said) == (1, True)
    profile = desk.sandbox.github.repository("octocat/octocat", {"README.md": "Hi"})
    status, said = desk.run("profile", timezone="Asia/Tokyo")
    assert status == 0, said
    assert set(profile.files) == {"README.md", WORKFLOW}
    assert "workflow: added (Asia/Tokyo)" in said


def test_a_test_alert_that_failed_is_exit_3(desk: Desk) -> None:
    desk.sandbox.github.repository("octocat/streaky", {WORKFLOW: TEXT}, conclusion="failure")
    status, said = desk.run()
    assert status == 3
    assert "test alert: failed (failure)" in said


def test_what_is_given_wrong_is_named_before_anything_is_made(desk: Desk) -> None:
    status, said = desk.run(timezone="Berlin", DISCORD_WEBHOOK_URL="https://example.com/hook/s3cr3ts3cr3t")
    assert status == 2
    assert "timezone: " in said
    assert "DISCORD_WEBHOOK_URL: " in said
    assert "s3cr3t" not in said
    assert desk.sandbox.github.known("octocat/streaky") is None


def test_a_token_that_may_not_is_told_what_it_needs(desk: Desk) -> None:
    desk.sandbox.github.token(TOKEN, owner="octocat", scopes=("repo",))
    status, said = desk.run()
    assert status == 1
    assert "could not be written" in said
    assert "repo and workflow" in said


def test_without_a_token_it_says_how_to_do_it_by_hand() -> None:
    done = program.run("setup", "--yes", environment=PLAIN | {"PATH": ""})
    assert done.returncode == 0
    said = done.stdout
    for page in (
        "template_name=streaky-template",
        "settings/secrets/actions/new",
        "actions/workflows/streaky.yml",
    ):
        assert page in said


def asked(answers: Mapping[str, str]) -> object:
    """Answers each question by the first words that it begins with."""

    def answer(question: str) -> str:
        return next((text for begins, text in answers.items() if question.startswith(begins)), "")

    return answer


def test_in_a_terminal_it_asks_and_shows_no_secret(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    hook = desk.sandbox.discord.add_webhook()
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr(
        "builtins.input", asked({"Your time zone": "America/Lima", "Alerts through discord": "y"})
    )
    monkeypatch.setattr("getpass.getpass", lambda _: hook.url)
    options = {"yes": False, "profile": False, "private": False, "dry_run": False}
    assert command.run(options, desk.environment) == 0
    said = desk.capture.readouterr().out
    assert desk.repository.secrets == {"DISCORD_WEBHOOK_URL": hook.url}
    assert "time zone written (America/Lima)" in said
    assert not leaks(said, [("hook", hook.url)])


class Terminal:
    """A terminal in which somebody types one answer after the other; the last word may be an exception."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: str | type[BaseException]) -> None:
        self.answers, self.questions = [*answers], list[str]()
        monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
        monkeypatch.setattr("builtins.input", self)
        monkeypatch.setattr("getpass.getpass", self)

    def __call__(self, question: str) -> str:
        self.questions.append(question)
        answer = self.answers.pop(0) if self.answers else ""
        if isinstance(answer, str):
            return answer
        raise answer


def typed(desk: Desk) -> tuple[int, str]:
    """Run it as somebody in a terminal does: its exit status, and what it printed."""
    status = command.run({}, desk.environment)
    said = desk.capture.readouterr()
    return status, said.out + said.err


def test_a_wrong_answer_is_asked_for_again_and_nothing_else_is(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = desk.sandbox.discord.add_webhook()
    terminal = Terminal(monkeypatch, "Berlin", "Europe/Berlin", "yeah", "y", hook.url[:30], hook.url)
    status, said = typed(desk)
    assert status == 0, said
    assert '"Berlin" is not an IANA time zone. Did you mean "Europe/Berlin"?' in said
    assert "Please answer y or n." in said
    assert "That is not a Discord webhook URL" in said
    assert desk.repository.secrets == {"DISCORD_WEBHOOK_URL": hook.url}
    assert len(terminal.questions) == 9  # three of them twice
    assert not leaks(said, [("hook", hook.url)])


@pytest.mark.parametrize("key", [EOFError, KeyboardInterrupt])
@pytest.mark.parametrize("before", [(), ("",), ("", "y")])
def test_whoever_leaves_at_a_question_is_told_in_a_sentence(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, before: tuple[str, ...], key: type[BaseException]
) -> None:
    Terminal(monkeypatch, *before, key)
    status, said = typed(desk)
    assert (status, said.strip()) == (
        1,
        "error: Stopped. What is done stays; start the command again to go on.",
    )
    assert desk.sandbox.github.known("octocat/streaky") is None


@pytest.mark.parametrize(
    ("old", "now"),
    [
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("US/Pacific", "America/Los_Angeles"),
        ("Europe/Kiev", "Europe/Kyiv"),
        ("Europe/Stockholm", "Europe/Stockholm"),
        ("UTC", "UTC"),
    ],
)
def test_an_older_name_of_a_zone_is_written_as_it_is_called_today(desk: Desk, old: str, now: str) -> None:
    status, said = desk.run(timezone=old)
    assert status == 0, said
    assert f"time zone written ({now})" in said
    assert f'timezone: "{now}"' in str(desk.repository.files[WORKFLOW])


def test_a_new_repository_is_waited_for_until_its_files_and_its_workflow_are_there(desk: Desk) -> None:
    desk.sandbox.github.fail(
        Fault.status(404, {"message": "This repository is empty.", "status": "404"}),
        times=3,
        when=lambda r: r.path.startswith("/repos/octocat/streaky/contents"),
    )
    desk.sandbox.github.fail(
        Fault.status(404, {"message": "Not Found"}),
        times=3,
        when=lambda r: r.path.startswith("/repos/octocat/streaky/actions/workflows"),
    )
    status, said = desk.run()
    assert status == 0, said


def test_a_profile_repository_without_a_commit_gets_its_file(desk: Desk) -> None:
    profile = desk.sandbox.github.repository("octocat/octocat", {})
    desk.sandbox.github.fail(
        Fault.status(404, {"message": "This repository is empty."}),
        times=2,
        when=lambda r: r.method == "GET" and "octocat/octocat/contents" in r.path,
    )
    status, said = desk.run("profile")
    assert status == 0, said
    assert WORKFLOW in profile.files


@pytest.mark.parametrize(
    ("status", "message", "mend"),
    [
        (403, "API rate limit exceeded for user ID 5.", "Wait: for some minutes, or an hour at most."),
        (403, "You have exceeded a secondary rate limit.", "Wait: for some minutes, or an hour at most."),
        (429, "Too many requests", "Wait: for some minutes, or an hour at most."),
        (401, "Bad credentials", "The token is wrong, or has expired"),
        (403, "Resource not accessible by personal access token", "The token must be yours"),
        (500, "Server Error", "Start the command again in a minute."),
    ],
)
def test_each_refusal_of_githubs_has_its_own_mend(desk: Desk, status: int, message: str, mend: str) -> None:
    desk.sandbox.github.fail(Fault.status(status, {"message": message}), times=9, when=lambda r: True)
    exit_status, said = desk.run()
    assert (exit_status, message in said, mend in said) == (1, True, True), said
    assert ("must be yours" in said) is ("must be yours" in mend)


@pytest.mark.parametrize(
    ("name", "value", "what"),
    [
        ("GITHUB_API_URL", "foo", "is not a URL"),
        ("GITHUB_API_URL", "http://github.example.com", "would be sent unencrypted"),
        ("TELEGRAM_API_URL", "http://bots.example.com", "would be sent unencrypted"),
        ("GITHUB_TOKEN", f"{TOKEN} {TOKEN}", "holds a space"),
        ("GITHUB_TOKEN", "ghp_\u00e4bcdefghijklmnop", "holds a space or a character no token has"),
    ],
)
def test_an_address_or_a_token_that_is_none_is_named_by_its_variable(
    desk: Desk, name: str, value: str, what: str
) -> None:
    status, said = desk.run(**{name: value})
    assert (status, f"error: {name}: " in said, what in said) == (2, True, True), said
    assert not desk.sandbox.github.requests
    assert not leaks(said, [("token", TOKEN)])


def test_a_portal_that_answers_in_githubs_place_is_no_defect(desk: Desk) -> None:
    page = Fault.status(200, "<html>Welcome to the Wi-Fi</html>")
    desk.sandbox.github.fail(page, times=9, when=lambda r: True)
    status, said = desk.run()
    assert (status, "GitHub gave no usable answer." in said) == (1, True), said


def test_why_github_did_not_start_the_workflow_is_said(desk: Desk) -> None:
    repository = desk.sandbox.github.repository("octocat/streaky", {WORKFLOW: TEXT})
    repository.workflow_states["streaky.yml"] = "disabled_inactivity"
    status, said = desk.run()
    assert (status, "Press Enable workflow at https://github.com/octocat/streaky/" in said) == (1, True), said
    repository.workflow_states.clear()
    message = "Workflow does not have 'workflow_dispatch' trigger"
    desk.sandbox.github.fail(
        Fault.status(422, {"message": message}), times=9, when=lambda r: r.path.endswith("/dispatches")
    )
    status, said = desk.run()
    assert (status, message in said, "must be yours" in said) == (1, True, False), said


def test_the_zone_of_a_workflow_is_replaced_however_it_is_written() -> None:
    for before in ("Europe/Berlin", "'Europe/Berlin'", '"Europe/Berlin"', "${{ vars.ZONE || 'UTC' }}"):
        for rest in ("", " # mine", "  ", "\r"):
            text = f"on:\n  schedule:\n    - cron: '0 1 * * *'\n      timezone: {before}{rest}\n"
            assert with_zone(text, "Asia/Tokyo") == text.replace(before, '"Asia/Tokyo"')
    text = 'on:\n  schedule:\n    - cron: "0 1 * * *" # nightly\njobs:\n'
    assert with_zone(text, "Asia/Tokyo") == text.replace(
        "# nightly\n", '# nightly\n      timezone: "Asia/Tokyo"\n'
    )


def test_a_workflow_of_that_name_that_is_not_streakys_stays_as_it_is(desk: Desk) -> None:
    theirs = "name: Other\non: push\njobs: {}\n"
    repository = desk.sandbox.github.repository("octocat/streaky", {WORKFLOW: theirs})
    for flags in ((), ("dry-run",)):
        status, said = desk.run(*flags)
        assert (status, "it is not Streaky's" in said) == (1, True), said
    assert repository.files[WORKFLOW] == theirs


def test_what_the_template_passes_no_secret_for_is_passed_on(desk: Desk) -> None:
    given = {"STREAKY_WEBHOOK_URL": "https://hooks.example.com/s", "STREAKY_WEBHOOK_SECRET": "secret-of-mine"}
    status, said = desk.run("dry-run", **given)
    assert "let .github/workflows/streaky.yml pass on STREAKY_WEBHOOK_URL" in said
    status, said = desk.run(**given)
    assert status == 0, said
    assert "workflow: passes on webhook-url, webhook-secret" in said
    text = desk.repository.files[WORKFLOW]
    passed = yaml.safe_load(text)["jobs"]["guard"]["secrets"]
    assert passed["webhook-url"] == "${{ secrets.STREAKY_WEBHOOK_URL }}"
    assert passed["webhook-secret"] == "${{ secrets.STREAKY_WEBHOOK_SECRET }}"
    assert passed["discord-webhook-url"] == "${{ secrets.DISCORD_WEBHOOK_URL }}"
    commits = len(desk.repository.made)
    assert desk.run(**given)[0] == 0
    assert len(desk.repository.made) == commits


def test_an_answer_of_telegrams_that_is_none_is_said(desk: Desk) -> None:
    bot = desk.sandbox.telegram.add_bot()
    for body in ("<html>Bad Gateway</html>", "[1, 2]", {"ok": False}):
        desk.sandbox.telegram.fail(Fault.status(502, body), times=99, when=lambda r: True)
        with pytest.raises(home.CannotSetUp, match="Telegram answered 502"):
            chat.find_chat(bot.token, desk.sandbox.telegram.url, lambda _: None)
        desk.sandbox.telegram.heal()


def test_without_a_token_the_pages_are_those_of_the_repository_that_was_named() -> None:
    said = by_hand("club/guard")
    assert "https://github.com/club/guard/settings/secrets/actions/new" in said
    assert "TELEGRAM_BOT_TOKEN and TELEGRAM_CHAT_ID" in said
    said = by_hand(profile=True)
    assert "https://github.com/LOGIN/LOGIN/new/main?filename=.github/workflows/streaky.yml" in said
    assert "template_owner" not in said


def test_a_zone_that_only_the_machine_named_is_doubted_where_it_is_none_of_a_place(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    doubt = "start it again with --timezone, such as --timezone Europe/Berlin."
    assert doubt not in desk.run("dry-run")[1]
    monkeypatch.setattr("tzlocal.get_localzone_name", lambda: "Etc/UTC")
    assert doubt in desk.run("dry-run")[1]
    assert doubt not in desk.run("dry-run", timezone="UTC")[1]

    def unknown() -> str:
        raise ZoneInfoNotFoundError("Multiple conflicting time zone configurations found")

    monkeypatch.setattr("tzlocal.get_localzone_name", unknown)
    assert doubt in desk.run("dry-run")[1]


def test_a_terminal_that_cannot_show_a_tick_stops_nothing(desk: Desk) -> None:
    ascii_only = {"PYTHONIOENCODING": "ascii", "PYTHONPATH": str(ROOT)}
    done = program.run("setup", "--yes", environment=desk.environment | ascii_only)
    assert done.returncode == 0, done.stderr
    assert "? repository octocat/streaky: made from the template" in done.stdout


def test_all_is_done_though_nobody_reads_to_the_end(desk: Desk) -> None:
    read, write = os.pipe()
    os.close(read)  # as after `| head -1`
    hook = desk.sandbox.discord.add_webhook()
    # The last step is refused, so that nobody waits for the test alert.
    refused = Fault.status(403, {"message": "Forbidden"})
    desk.sandbox.github.fail(refused, times=None, when=lambda request: request.path.endswith("/dispatches"))
    environment = PLAIN | desk.environment | {"DISCORD_WEBHOOK_URL": hook.url}
    command = [*PROGRAM, "setup", "--yes"]
    done = subprocess.run(command, env=environment, stdout=write, stderr=subprocess.PIPE, check=False)
    os.close(write)
    assert desk.repository.secrets == {"DISCORD_WEBHOOK_URL": hook.url}
    assert (done.returncode, b"could not be started" in done.stderr) == (1, True)


def test_a_mistyped_flag_is_compared_with_the_commands_own(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["setup", "--privat", "--time-zone=UTC"])
    assert (
        "--privat (did you mean --private?), --time-zone (did you mean --timezone?)"
        in capsys.readouterr().err
    )


@pytest.mark.parametrize("profile", [[], ["profile"]])
def test_where_the_template_is_not_known_the_way_by_hand_is_named(desk: Desk, profile: list[str]) -> None:
    desk.sandbox.github.repository("octocat/octocat", {"README.md": "Hello"})
    missing = Fault.status(404, {"message": "Not Found"})
    desk.sandbox.github.fail(missing, times=None, when=lambda request: TEMPLATE in request.path)
    status, said = desk.run(*profile)
    assert status == 1
    assert f"The template {TEMPLATE} is not on this GitHub." in said
    assert "Copy the workflow by hand: https://" in said
    assert "permission" not in said
