"""A team in the sandbox: people with files in a roster, webhooks of their own, and shards that guard them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

from streaky import sealing
from streaky.config.sources import Sources
from streaky.http import Pace
from streaky.limits import Limits
from streaky.sandbox import Sandbox
from streaky.sandbox.discord.service import Webhook
from streaky.sandbox.github.repositories import Repository
from streaky.sealing import PrivateKey
from streaky.team.begin import Order, begin
from streaky.team.check import ShardReport, check
from streaky.team.shards import Shard
from tests.conftest import TOKEN, days_before

KEY = PrivateKey(bytes(range(32)))
NOW = datetime(2026, 11, 23, 21, 30, tzinfo=UTC)
WORKFLOW = ".github/workflows/team.yml"
WRITES = "on:\n  schedule:\n    - cron: 7 * * * *\npermissions:\n  contents: write\n"
ALONE = Shard(1, 1)
# Waits are short, but answers may take their time: one that came too late would have an alert sent twice.
QUICK = Limits(
    Pace(total=60, each=10, attempts=9, first=0.01, longest=0.05),
    Pace(total=30, each=10, attempts=9, first=0.01, longest=0.05),
    Pace(total=30, each=10, attempts=9, first=0.01, longest=0.05),
    Pace(total=30, each=10, attempts=9, first=0.01, longest=0.05),
)


@dataclass
class Squad:
    """A roster in a folder, and the sandbox that its people live in."""

    sandbox: Sandbox
    folder: Path
    hooks: dict[str, Webhook] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    repository: Repository = field(init=False)
    said: str = ""

    def __post_init__(self) -> None:
        github = self.sandbox.github
        github.tokens.add(TOKEN)
        self.repository = github.repository("acme/streaks", {WORKFLOW: WRITES})
        self.roster.mkdir(parents=True, exist_ok=True)
        self.environment |= {
            "GITHUB_API_URL": github.url,
            "GITHUB_GRAPHQL_URL": f"{github.url}/graphql",
            "GITHUB_TOKEN": TOKEN,
            "GITHUB_REPOSITORY": "acme/streaks",
            "GITHUB_REPOSITORY_OWNER": "acme",
            "GITHUB_WORKFLOW_REF": f"acme/streaks/{WORKFLOW}@refs/heads/main",
            "GITHUB_WORKSPACE": f"{self.folder}",
            "GITHUB_RUN_ID": "100",
            "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_EVENT_NAME": "workflow_dispatch",
            "STREAKY_KEY": KEY.text,
        }

    @property
    def roster(self) -> Path:
        return self.folder / "roster"

    def join(self, login: str, streak: int = 5, *, today: int = 0, settings: str = "timezone: UTC\n") -> None:
        """Add somebody with a streak up to yesterday, a webhook of their own, and so much today."""
        contributions = days_before(NOW.date(), streak)
        if today:
            contributions[NOW.date()] = today
        self.sandbox.github.person(login, created=date(2015, 1, 1), contributions=contributions)
        hook = self.sandbox.discord.add_webhook(f"{10**17 + len(self.hooks)}")
        self.hooks[login] = hook
        self.address(login, hook, settings)

    def address(self, login: str, hook: Webhook, settings: str = "timezone: UTC\n") -> None:
        """Write somebody's file, with this webhook."""
        sealed = sealing.seal(hook.url, KEY.public, login, "discord-webhook-url")
        (self.roster / f"{login}.yml").write_text(f"{settings}discord-webhook-url: {sealed}\n")

    def crowd(self, count: int, streak: int = 5, *, today: int = 0) -> list[str]:
        """Add so many people; their logins."""
        logins = [f"person{number}" for number in range(len(self.hooks), len(self.hooks) + count)]
        for login in logins:
            self.join(login, streak, today=today)
        return logins

    def check(
        self,
        shard: Shard = ALONE,
        minutes: float = 0,
        limits: Limits = QUICK,
        results: str = "results",
        left: str = "",
        **more: str,
    ) -> ShardReport:
        """Run a shard in this process, so many minutes after NOW."""
        stream = StringIO()
        order = Order(shard, self.roster, self.folder / results, self.folder / left if left else None)
        now = NOW + timedelta(minutes=minutes)
        report = check(begin(Sources({}, self.environment | more), now, order, limits), stream)
        self.said = stream.getvalue()
        return report

    def messages(self) -> dict[str, int]:
        """How many messages each person got, without those who got none."""
        return {login: len(hook.messages) for login, hook in self.hooks.items() if hook.messages}

    def rows(self, shard: Shard = ALONE) -> dict[str, list[dict[str, Any]]]:
        """The alerts in a shard's book, by login."""
        data = self.repository.read(shard.branch, "ledger.jsonl")
        assert data is not None
        lines = [json.loads(line) for line in data.splitlines()[1:]]
        return {line["user"]: line.get("alerts", []) for line in lines}

    def states(self, shard: Shard = ALONE) -> dict[str, list[str]]:
        """The states of each person's alerts, without those that were superseded."""
        return {
            login: [row["state"] for row in rows if row["state"] != "skipped"]
            for login, rows in self.rows(shard).items()
        }

    def requests(self) -> list[str]:
        """What GitHub was asked, by the name of each GraphQL operation or REST's method and path."""
        found = []
        for request in self.sandbox.github.requests:
            if request.path.endswith("/graphql"):
                query = json.loads(request.body)["query"]
                found.append(query.partition("(")[0].split()[-1])
            else:
                found.append(f"{request.method} {request.path.removeprefix('/repos/acme/streaks')}")
        return found
