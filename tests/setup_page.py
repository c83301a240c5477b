"""What the set-up page (`docs/index.html`) knows of Streaky: the workflow, an alert's words, the secrets."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from streaky import REPOSITORY, TEAM_TEMPLATE, __version__
from streaky.calendar import Calendar, Day
from streaky.channels import CHANNELS
from streaky.config.inputs import IN_ROSTER, INPUTS, SEALABLE
from streaky.input.refusal import UnlessSealed
from streaky.locales import languages, words
from streaky.messages import Facts, compose
from streaky.schedule.habit import AUTO
from streaky.schedule.slots import Kind, Slot
from streaky.setup.by_hand import template_page
from streaky.streak import Rules, stand

ROOT = Path(__file__).parents[1]
SAMPLE = "octocat"
TODAY, ZONE, STREAK = date(2026, 11, 23), ZoneInfo("Europe/Berlin"), 42
# What a person's file in a roster may hold sealed: the page seals for nothing else.
SEALED_IN_ROSTER = tuple(
    name for name in SEALABLE if IN_ROSTER.get(name) is None or isinstance(IN_ROSTER[name], UnlessSealed)
)
PAGE = f"https://github.com/{SAMPLE}/streaky"
# What each secret is, in the words of its service.
WHAT = {
    "discord-webhook-url": "in Discord, under Edit channel, Integrations, Webhooks, Copy webhook URL",
    "telegram-bot-token": "the token that @BotFather gave you",
    "telegram-chat-id": "the id of your chat with the bot",
    "webhook-url": "the https URL that is called",
    "webhook-secret": "any text; it signs what is sent",
    "apprise-urls": "Apprise URLs, one per line",
}


def alert(language: str) -> dict[str, Any]:
    """A warning of an evening, as the program says it in that language."""
    now = datetime(TODAY.year, TODAY.month, TODAY.day, 21, tzinfo=ZONE)
    first = TODAY - timedelta(days=STREAK)
    calendar = Calendar(first, TODAY, {first + timedelta(days=back): 1 for back in range(STREAK)})
    rules = Rules(1, frozenset())
    standing = stand(calendar, TODAY, rules, whole=True)
    facts = Facts(SAMPLE, f"https://github.com/{SAMPLE}", now, Day.at(now, ZONE), rules, standing, pause=PAGE)
    said = compose(Slot(TODAY, Kind.AT_RISK, now.time()), facts, language)
    deadline = [(said.deadline.name, f"{said.deadline.at.astimezone(ZONE):%H:%M}")] if said.deadline else []
    return {
        "title": said.title,
        "lines": said.lines,
        "short": [line for line in said.lines if not said.deadline or line != said.deadline.line],
        "push": said.push,
        "fields": [*deadline, *said.fields],
        "buttons": [said.link, *([said.pause[0]] if said.pause else [])],
        "mention": words(language)["issue.mention"].format(user=SAMPLE),
    }


def channels() -> dict[str, list[dict[str, str]]]:
    """The secrets of each channel: the input, the secret's name, and what it is."""
    return {
        each.name: [
            {"input": row.name, "secret": INPUTS[row.name].environment, "what": WHAT[row.name]}
            for row in each.inputs
            if row.name in WHAT
        ]
        for each in CHANNELS
    }


def version() -> str:
    """What a workflow calls Streaky by: the moving tag, or the branch while nothing is released."""
    released = f"## [{__version__}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")
    return f"v{__version__.partition('.')[0]}" if released else "main"


def data() -> str:
    """All of it as a block of JSON, in which nothing can end the script."""
    document = {
        "sample": SAMPLE,
        "zone": ZONE.key,
        "version": version(),
        "reminders": [f"{at:%H:%M}" for at in AUTO],
        "template": template_page(),
        "team": {
            "template": template_page(TEAM_TEMPLATE),
            "guide": f"https://github.com/{REPOSITORY}/blob/main/docs/team.md",
        },
        "sealable": list(SEALED_IN_ROSTER),
        "channels": channels(),
        "languages": {
            code: {"name": words(code)["name"], "alert": alert(code)}
            for code in sorted(languages(), key=lambda code: words(code)["name"].lower())
        },
        "workflow": (ROOT / "template/.github/workflows/streaky.yml").read_text("utf-8"),
    }
    text = json.dumps(document, ensure_ascii=False, indent=1).replace("</", "<\\/")
    return f'<script type="application/json" id="data">\n{text}\n</script>'
