"""Workflow, composite action, program and real HTTP, together on a runner."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

from streaky import TEMPLATE, sealing
from streaky.runner.handover import unpacked
from streaky.sandbox import Fault
from streaky.sandbox.github.repositories import Repository
from tests.conftest import NOW, ROOT, TOKEN, World, leaks
from tests.e2e.conftest import Act, Ran, checkout, git

BOT = "github-actions[bot]"


def test_the_templates_schedule_warns_once_on_both_channels(world: World, template: Path, act: Act) -> None:
    ran = act(template, "schedule", STREAKY_NOW=NOW.isoformat())
    assert ran.status == 0, ran.said
    assert len(world.hook.messages) == len(world.bot.messages) == 1
    assert ran.outputs["status"] == "at-risk"
    assert ran.outputs["current-streak"] == "42"
    assert ran.outputs["deadline"] == "2026-11-24T00:00:00+00:00"
    assert rows(ran) == {"discord": "sent", "telegram": "sent"}
    assert "octocat's streak of 42 days is at risk" in ran.summary
    assert not leaks(ran.said + ran.summary, world.secrets)


def test_the_config_file_of_the_repository_is_read_without_a_checkout(
    world: World, template: Path, act: Act
) -> None:
    files = {".github/streaky.yml": "timezone: Asia/Tokyo\nremind-at: 06:00\n"}
    world.sandbox.github.repository("octocat/streaky", files=files)
    (
        template / ".github/streaky.yml"
    ).unlink()  # act has the files at hand, a runner without checkout has not
    ran = act(template, "schedule", STREAKY_NOW=NOW.isoformat())
    assert ran.status == 0, ran.said
    assert ran.outputs["deadline"] == "2026-11-25T00:00:00+09:00"


def test_the_test_alert_is_one_choice_away(world: World, template: Path, act: Act) -> None:
    ran = act(template, "workflow_dispatch", "--input", "command=test-alert", STREAKY_NOW=NOW.isoformat())
    assert ran.status == 0, ran.said
    (message,) = world.hook.messages
    assert "This is a test" in message.embeds[0]["description"]


def test_a_check_that_could_not_tell_makes_the_job_red(world: World, template: Path, act: Act) -> None:
    world.sandbox.github.rate_limited(reset_in=3600)
    ran = act(template, "schedule", STREAKY_NOW=NOW.isoformat(), ACTIONS_STEP_DEBUG="true", RUNNER_DEBUG="1")
    assert ran.status != 0
    assert ran.outputs["status"] == "unknown"
    assert ran.outputs["today"] == ""
    assert "I could not check" in world.bot.messages[0].text
    assert "could not be checked" in ran.summary
    assert not leaks(ran.said + ran.summary, world.secrets)


def test_a_wrong_setting_makes_the_job_red_and_sends_nothing(world: World, template: Path, act: Act) -> None:
    ran = act(template, "schedule", STREAKY_NOW=NOW.isoformat(), STREAKY_TIMEZONE="Europe/Berln")
    assert ran.status != 0
    assert "Europe/Berlin" in ran.said
    assert not world.hook.messages
    assert not world.bot.messages
    assert not world.sandbox.github.requests


def test_no_secret_set_and_no_issue_to_write_says_which_secret_to_set(
    world: World, template: Path, act: Act
) -> None:
    text = (ROOT / "template/.github/workflows/streaky.yml").read_text()
    files = {".github/workflows/streaky.yml": text.replace("issues: write", "issues: read")}
    world.sandbox.github.repository("octocat/streaky", files)
    ran = act(template, "schedule", secrets={"GITHUB_TOKEN": TOKEN}, STREAKY_NOW=NOW.isoformat())
    assert ran.status != 0
    assert "Add the repository secret `DISCORD_WEBHOOK_URL`" in ran.said
    assert "issues: write" in ran.said


def test_without_any_secret_an_issue_warns_is_reopened_and_obeys_a_pause_from_the_phone(
    world: World, template: Path, act: Act
) -> None:
    repository = permit(world, "write")

    def run(minutes: int) -> Ran:
        now = NOW + timedelta(minutes=minutes)
        world.sandbox.github.clock = lambda: now
        return act(
            template,
            "schedule",
            secrets={"GITHUB_TOKEN": TOKEN},
            STREAKY_NOW=now.isoformat(),
            GITHUB_RUN_ID=f"{100 + minutes}",
        )

    ran = run(0)
    assert ran.status == 0, ran.said
    assert rows(ran) == {"issue": "sent"}
    (issue,) = repository.issues
    assert (issue.state, issue.author, issue.labels) == ("open", BOT, ["streaky"])
    assert "2 h 30 min left to save your 42-day streak" in issue.comments[0].body
    issue.close(BOT, NOW + timedelta(minutes=30))
    ran = run(95)
    assert (issue.state, len(issue.comments)) == ("open", 2), ran.said
    assert "Replaced by a later reminder" in issue.comments[0].body
    asked = repository.tracker.comment(issue, "/pause 3d", author="octocat", at=NOW + timedelta(minutes=100))
    ran = run(110)
    assert ran.outputs["status"] == "resting", ran.said
    assert [each.content for each in asked.reactions] == ["rocket"]
    assert (issue.state, len(issue.comments)) == ("closed", 3)
    assert "Paused until November 25" in issue.comments[1].body
    ledger = json.loads(repository.read("streaky", "ledger.json") or b"")
    assert ledger["pause-until"] == "2026-11-25"


def test_a_day_that_is_saved_changes_the_messages_that_warned_of_it(
    world: World, template: Path, act: Act
) -> None:
    repository = permit(world, "write")
    assert rows(act(template, "schedule", STREAKY_NOW=NOW.isoformat(), GITHUB_RUN_ID="100")) == {
        "discord": "sent",
        "telegram": "sent",
    }
    world.contributions[NOW.date()] = 1
    later = (NOW + timedelta(minutes=50)).isoformat()
    ran = act(template, "schedule", STREAKY_NOW=later, GITHUB_RUN_ID="101")
    assert (ran.status, rows(ran)) == (0, {}), ran.said
    (message,), (sent,) = world.hook.messages, world.bot.messages
    assert (message.content, sent.plain) == ("Saved: 43 days", "Saved: 43 days\n\noctocat")
    assert (message.buttons, sent.buttons) == ({}, {})
    ledger = json.loads(repository.read("streaky", "ledger.json") or b"")
    assert {row["state"] for row in ledger["alerts"] if "21:00" in row["slot"]} == {"resolved"}
    assert not leaks(ran.said + ran.summary, world.secrets)


def test_the_workspace_cannot_replace_the_actions_own_modules(world: World, template: Path, act: Act) -> None:
    for name in ("streaky.py", "requests.py", "json.py", "pip.py"):
        (template / name).write_text("raise SystemExit('hijacked')\n")
    ran = act(template, "schedule", installs=True, STREAKY_NOW=NOW.isoformat())
    assert ran.status == 0, ran.said


def test_our_own_repository_guards_nobody_until_a_variable_names_them(
    world: World, action: Path, tmp_path: Path, act: Act
) -> None:
    repository = checkout(tmp_path / "own", action)
    flags = ("-W", ".github/workflows/streaky.yml")
    ran = act(repository, "schedule", *flags, secrets={}, STREAKY_NOW=NOW.isoformat())
    assert ran.status == 0, ran.said
    assert not world.sandbox.github.requests
    ran = act(repository, "schedule", *flags, "--var", "STREAKY_USER=octocat", STREAKY_NOW=NOW.isoformat())
    assert ran.status == 0, ran.said
    assert ran.outputs["status"] == "at-risk"


def test_the_templates_own_repository_guards_nobody(world: World, template: Path, act: Act) -> None:
    git(template, "remote", "set-url", "origin", f"https://github.com/{TEMPLATE}.git")
    ran = act(template, "schedule", secrets={}, STREAKY_NOW=NOW.isoformat())
    assert ran.status == 0, ran.said
    assert not world.sandbox.github.requests


def test_apprise_is_installed_where_a_url_asks_for_it(world: World, template: Path, act: Act) -> None:
    endpoint = world.sandbox.webhook.endpoint("/apprise")
    url = endpoint.url.replace("http://", "json://")
    ran = act(template, "schedule", STREAKY_NOW=NOW.isoformat(), STREAKY_APPRISE_URLS=url)
    assert ran.status == 0, ran.said
    assert "42-day streak" in json.dumps(endpoint.received)
    assert rows(ran) == {"discord": "sent", "telegram": "sent", "apprise": "sent"}


def test_sealed_values_are_opened_where_a_key_is_set(world: World, template: Path, act: Act) -> None:
    endpoint = world.sandbox.webhook.endpoint("/apprise")
    url, key = endpoint.url.replace("http://", "json://"), sealing.new_key()
    sealed = sealing.seal(url, key.public, "octocat", "apprise-urls")
    files = {".github/streaky.yml": f"apprise-urls: {sealed}\n"}
    world.sandbox.github.repository("octocat/streaky", files=files)
    (template / ".github/streaky.yml").unlink()
    ran = act(template, "schedule", STREAKY_NOW=NOW.isoformat(), STREAKY_KEY=key.text)
    assert ran.status == 0, ran.said
    assert "42-day streak" in json.dumps(endpoint.received)
    assert rows(ran) == {"discord": "sent", "telegram": "sent", "apprise": "sent"}
    assert not leaks(ran.summary, (key.text.rpartition(":")[2], url.partition("://")[2]))


def rows(ran: Ran) -> dict[str, str]:
    """The state of each channel's last alert, over all jobs."""
    return {
        row["channel"]: row["state"]
        for line in ran.lines
        if line.get("command") == "set-output" and line["name"] == "alerts"
        for row in json.loads(line["arg"])
        if "21:00" in row["slot"]
    }


def once_banned(world: World) -> None:
    """Let Discord's edge ban the first runner, which asks it once."""
    world.sandbox.discord.fail(Fault.edge_ban(), times=1)


def permit(world: World, contents: str) -> Repository:
    """The repository, whose workflow has this permission."""
    text = (ROOT / "template/.github/workflows/streaky.yml").read_text()
    files = {".github/workflows/streaky.yml": text.replace("contents: write", f"contents: {contents}")}
    return world.sandbox.github.repository("octocat/streaky", files)


def test_what_a_banned_runner_could_not_deliver_a_fresh_one_does_and_the_ledger_knows(
    world: World, template: Path, act: Act
) -> None:
    repository = permit(world, "write")
    once_banned(world)
    ran = act(template, "schedule", STREAKY_NOW=NOW.isoformat(), GITHUB_RUN_ID="100")
    assert ran.status == 0, ran.said
    assert (len(world.hook.messages), len(world.bot.messages)) == (1, 1)
    assert rows(ran) == {"discord": "sent", "telegram": "sent"}
    ledger = json.loads(repository.read("streaky", "ledger.json") or b"")
    assert {row["state"] for row in ledger["alerts"] if "21:00" in row["slot"]} == {"sent"}
    assert not leaks(ran.said + ran.summary, world.secrets)
    act(template, "schedule", STREAKY_NOW=NOW.isoformat(), GITHUB_RUN_ID="101")
    assert (len(world.hook.messages), len(world.bot.messages)) == (1, 1)


def test_without_a_ledger_what_is_pending_travels_to_the_next_job_without_a_secret(
    world: World, template: Path, act: Act
) -> None:
    repository = permit(world, "read")
    once_banned(world)
    ran = act(template, "schedule", STREAKY_NOW=NOW.isoformat())
    assert ran.status == 0, ran.said
    assert (len(world.hook.messages), len(world.bot.messages)) == (1, 1)
    pending = [line["arg"] for line in ran.lines if line.get("name") == "pending" and line.get("arg")]
    assert "2026-11-23/at-risk/21:00" in unpacked(pending[0])
    assert not leaks("".join(pending), world.secrets)
    assert not repository.branches


def lose_pending(action: Path) -> None:
    """Empty the output as GitHub does when a mask would change it; act does not."""
    guard = action / ".github/workflows/guard.yml"
    guard.write_text(
        guard.read_text().replace("pending: ${{ steps.streaky.outputs.pending }}", "pending: ''")
    )


def test_a_list_of_what_is_pending_that_does_not_arrive_is_made_good_by_the_ledger(
    world: World, template: Path, action: Path, act: Act
) -> None:
    lose_pending(action)
    permit(world, "write")
    once_banned(world)
    secrets = {"GITHUB_TOKEN": TOKEN, "DISCORD_WEBHOOK_URL": world.hook.url}
    ran = act(template, "schedule", secrets=secrets, STREAKY_NOW=NOW.isoformat(), GITHUB_RUN_ID="100")
    assert ran.status == 0, ran.said
    assert len(world.hook.messages) == 1


def test_a_list_that_does_not_arrive_without_a_ledger_makes_the_run_red(
    world: World, template: Path, action: Path, act: Act
) -> None:
    lose_pending(action)
    permit(world, "read")
    once_banned(world)
    secrets = {"GITHUB_TOKEN": TOKEN, "DISCORD_WEBHOOK_URL": world.hook.url}
    ran = act(template, "schedule", secrets=secrets, STREAKY_NOW=NOW.isoformat(), GITHUB_RUN_ID="100")
    assert ran.status != 0
    assert "which one did not arrive here" in ran.said


def test_the_only_channel_refusing_the_first_runner_leaves_the_run_green_when_the_second_delivers(
    world: World, template: Path, act: Act
) -> None:
    once_banned(world)
    secrets = {"GITHUB_TOKEN": TOKEN, "DISCORD_WEBHOOK_URL": world.hook.url}
    ran = act(template, "schedule", secrets=secrets, STREAKY_NOW=NOW.isoformat())
    assert ran.status == 0, ran.said
    assert len(world.hook.messages) == 1


def test_a_ban_of_both_runners_makes_the_run_red(world: World, template: Path, act: Act) -> None:
    world.sandbox.discord.fail(Fault.edge_ban(), times=None)
    secrets = {"GITHUB_TOKEN": TOKEN, "DISCORD_WEBHOOK_URL": world.hook.url}
    ran = act(template, "schedule", secrets=secrets, STREAKY_NOW=NOW.isoformat())
    assert ran.status != 0
    assert not world.hook.messages


def test_with_nothing_pending_there_is_no_second_job(world: World, template: Path, act: Act) -> None:
    ran = act(template, "schedule", STREAKY_NOW=NOW.isoformat())
    assert ran.status == 0, ran.said
    assert "Deliver what is pending" not in ran.said


def test_a_pause_from_the_workflows_page_is_remembered_and_ended(
    world: World, template: Path, act: Act
) -> None:
    permit(world, "write")
    by_hand = {"STREAKY_NOW": NOW.isoformat(), "GITHUB_EVENT_NAME": "workflow_dispatch"}
    ran = act(template, "workflow_dispatch", "--input", "command=pause today", **by_hand)
    assert ran.status == 0, ran.said
    assert ran.outputs["status"] == "resting"
    act(template, "schedule", STREAKY_NOW=NOW.isoformat())
    assert not world.hook.messages
    ran = act(template, "workflow_dispatch", "--input", "command=end the pause", **by_hand)
    assert ran.outputs["status"] == "at-risk"
    assert len(world.hook.messages) == 1


def test_a_run_in_the_afternoon_warns_ahead_where_no_later_one_can_be_counted_on(
    world: World, template: Path, act: Act
) -> None:
    permit(world, "write")
    ran = act(template, "schedule", STREAKY_NOW="2026-11-23T16:57:00+00:00")
    assert ran.status == 0, ran.said
    assert (len(world.hook.messages), len(world.bot.messages)) == (1, 1)
    assert "No run can be counted on before 22:00, so I warn you now, at 16:57." in ran.summary
    assert "asked for at 16:43, 14 min late" in ran.summary


def test_an_outside_timer_wakes_the_guard_and_doubles_nothing(world: World, template: Path, act: Act) -> None:
    permit(world, "write")
    now = NOW.isoformat()
    for event in ("repository_dispatch", "schedule"):
        ran = act(
            template, event, STREAKY_NOW=now, GITHUB_RUN_ID=event[:1].replace("r", "1").replace("s", "2")
        )
        assert ran.status == 0, ran.said
    assert (len(world.hook.messages), len(world.bot.messages)) == (1, 1)
