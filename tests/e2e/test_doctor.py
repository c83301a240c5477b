"""The doctor on a runner: what a person reads who has made every likely mistake, and the canary's way."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import CHAT, NOW, ROOT, TOKEN, World, leaks
from tests.e2e.conftest import Act, Ran

WORKFLOW = ".github/workflows/streaky.yml"
BY_HAND = {"STREAKY_NOW": NOW.isoformat(), "GITHUB_EVENT_NAME": "workflow_dispatch", "GITHUB_RUN_ID": "100"}


def doctor(template: Path, act: Act, secrets: dict[str, str] | None = None, **more: str) -> Ran:
    """*Run workflow* with the choice `doctor`."""
    flags = ("workflow_dispatch", "--input", "command=doctor")
    return act(template, *flags, secrets=secrets, **BY_HAND | more)


def test_five_mistakes_of_the_first_evening_are_each_named_with_the_mend(
    world: World, template: Path, act: Act
) -> None:
    text = (ROOT / "template" / WORKFLOW).read_text()
    text = text.replace("43 13-23 * * *", "17 6 * * *").replace("contents: write", "contents: read")
    world.sandbox.github.repository("octocat/streaky", {WORKFLOW: text})
    world.sandbox.github.read_only_tokens.add(TOKEN)
    secrets = {
        "GITHUB_TOKEN": TOKEN,
        "DISCORD_WEBHOOK_URL": f"{world.hook.url}x",
        "TELEGRAM_BOT_TOKEN": world.bot.token,
        "TELEGRAM_CHAT_ID": str(CHAT + 1),
    }
    ran = doctor(template, act, secrets, STREAKY_TIMEZONE="Europe/Berln")
    assert ran.status != 0
    for mend in (
        'Did you mean "Europe/Berlin"?',
        "copy its URL from Discord anew",
        "check telegram-chat-id",
        "permissions: contents: write",
        "The schedule brings no run between 18:00 and 22:00",
    ):
        assert mend in ran.summary.replace("`", ""), mend
    assert (world.hook.messages, world.bot.messages) == ([], [])
    assert not leaks(ran.said + ran.summary, world.secrets)


def test_a_healthy_repository_is_well_and_its_canary_reaches_the_next_job(
    world: World, template: Path, act: Act
) -> None:
    text = (ROOT / "template" / WORKFLOW).read_text().replace("Etc/UTC", "Europe/Berlin")
    repository = world.sandbox.github.repository("octocat/streaky", {WORKFLOW: text})
    repository.add_run(started=NOW, event="schedule")
    ran = doctor(template, act)
    assert ran.status == 0, ran.said
    assert "✅ Outputs reach the next job." in ran.summary
    assert (world.hook.messages, world.bot.messages) == ([], [])


def test_a_canary_that_a_mask_would_change_is_noticed(
    world: World, template: Path, action: Path, act: Act
) -> None:
    text = (ROOT / "template" / WORKFLOW).read_text()
    world.sandbox.github.repository("octocat/streaky", {WORKFLOW: text})
    guard = action / ".github/workflows/guard.yml"
    # GitHub drops an output that a mask would change; act does not, so it is emptied here.
    guard.write_text(guard.read_text().replace("canary: ${{ steps.streaky.outputs.canary }}", "canary: ''"))
    ran = doctor(template, act)
    assert ran.status != 0
    assert "The doctor's canary did not reach this job." in ran.said
