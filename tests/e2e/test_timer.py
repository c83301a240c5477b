"""The watch that docs/timer.md lets people build: it is told of each safe day, and of no other."""

from __future__ import annotations

import re
import shutil
import textwrap
from pathlib import Path

import pytest

from streaky.sandbox import Fault
from tests.conftest import CHAT, NOW, ROOT, TOKEN, World
from tests.e2e.conftest import Act
from tests.e2e.test_workflows import parse, tool

PATH = ".github/workflows/streaky.yml"


@pytest.fixture
def watched(template: Path) -> Path:
    """A copy of the template whose workflow ends with the job of the documentation."""
    shown = re.search(
        r"```yaml\n( +safe:\n.*?)\n *```", (ROOT / "docs/timer.md").read_text("utf-8"), re.DOTALL
    )
    assert shown
    job = textwrap.indent(textwrap.dedent(shown[1]), "  ")
    workflow = template / PATH
    workflow.write_text(f"{workflow.read_text('utf-8')}\n{job}\n", "utf-8")
    return template


def test_githubs_parser_and_zizmor_accept_the_job_as_shown(watched: Path) -> None:
    assert parse(watched / PATH) == {str(watched / PATH): []}
    done = tool("zizmor", "--offline", watched)
    assert "No findings to report" in done.stdout, done.stdout


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl is installed, which the recipe uses")
@pytest.mark.parametrize(("today", "heard"), [(1, 1), (0, 0)], ids=["safe", "at risk"])
def test_the_watch_hears_of_a_safe_day_and_of_no_other(
    world: World, watched: Path, act: Act, today: int, heard: int
) -> None:
    world.contributions[NOW.date()] = today
    world.sandbox.webhook.fail(Fault.status(200, "OK"), times=None)
    secrets = {
        "GITHUB_TOKEN": TOKEN,
        "DISCORD_WEBHOOK_URL": world.hook.url,
        "TELEGRAM_BOT_TOKEN": world.bot.token,
        "TELEGRAM_CHAT_ID": str(CHAT),
        "SAFE_PING_URL": f"{world.sandbox.webhook.url}/ping/0c5d1f2e",
    }
    ran = act(watched, "schedule", secrets=secrets, STREAKY_NOW=NOW.isoformat())
    assert ran.status == 0, ran.said
    assert len(world.sandbox.webhook.requests) == heard, ran.said
    assert len(world.hook.messages) == 1 - heard
