"""`streaky setup`: one command makes the repository, its zone and secrets, and sends a test alert."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import pytest

from streaky import TEMPLATE
from streaky.cli import main
from streaky.sandbox import Fault, Sandbox
from streaky.sandbox.github.repositories import Repository
from streaky.setup import chat, command, home
from streaky.setup.steps import with_zone
from tests.conftest import ROOT, leaks

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


def test_without_a_token_it_says_how_to_do_it_by_hand(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GITHUB_TOKEN", "GH_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", "")
    assert main(["setup", "--yes"]) == 0
    said = capsys.readouterr().out
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
    assert json.dumps(said)
