"""One issue a person: in a team's repository each hears and says only what is theirs."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from streaky.calendar import Day
from streaky.config.file import ConfigFile
from streaky.config.settings import Settings
from streaky.config.sources import Sources
from streaky.deliver import open_channels
from streaky.github.issues import labels_of
from streaky.http import Patience
from streaky.look import Look, look
from streaky.replies import Replies, read_replies
from streaky.sandbox.github.repositories import Repository
from streaky.team.roster import read_roster
from tests.book import IN_RUN, WORKFLOW
from tests.channels.sending import Clock
from tests.conftest import NOW, World
from tests.test_messages import alert

BOT = "github-actions[bot]"
TEAM = {"DISCORD_WEBHOOK_URL": "", "TELEGRAM_BOT_TOKEN": "", "TELEGRAM_CHAT_ID": "", "STREAKY_USER": ""}
GRANTS = "on:\n  schedule:\n    - cron: 7 * * * *\npermissions:\n  contents: write\n  issues: write\n"


@pytest.fixture
def repository(world: World) -> Repository:
    world.environment |= IN_RUN | TEAM
    world.sandbox.github.clock = lambda: NOW
    for login in ("ada", "bob"):
        world.sandbox.github.person(login)
    return world.sandbox.github.repository(
        "octocat/streaky", {WORKFLOW: GRANTS}, collaborators={"hubot": "write", "bob": "read"}
    )


def seen(world: World, folder: Path, login: str) -> Look:
    """What is seen of a member, whose file has nothing in it."""
    folder.mkdir(exist_ok=True)
    (folder / f"{login}.yml").write_text("")
    sources = Sources({}, world.environment)
    settings = {member.login: member.settings for member in read_roster(folder, sources)}[login]
    assert settings is not None

    def settle(file: ConfigFile | None, *, file_may_follow: bool = False) -> Settings:
        return settings

    return look(sources, NOW, Patience(Clock().pace()), settle)


def replies(world: World, folder: Path, login: str) -> Replies:
    of = seen(world, folder, login)
    return read_replies(of, None, Day.at(NOW, of.zone), Patience(Clock().pace()))


def test_each_member_is_warned_in_an_issue_of_their_own(
    world: World, repository: Repository, tmp_path: Path
) -> None:
    for login in ("ada", "bob", "ada"):
        of = seen(world, tmp_path / "roster", login)
        (channel,) = open_channels(of.settings, of.clients, of.repository)
        channel.deliver(alert("urgent"), Patience(Clock().pace()))
    assert [(each.title, len(each.comments)) for each in repository.issues] == [
        ("Your streak: ada", 2),
        ("Your streak: bob", 1),
    ]


@pytest.mark.parametrize(
    ("author", "until"),
    [
        ("ada", date(2026, 12, 31)),
        ("Ada", date(2026, 12, 31)),
        ("octocat", date(2026, 12, 31)),  # the owner
        ("hubot", date(2026, 12, 31)),  # may write
        ("bob", None),
        ("stranger", None),
    ],
)
def test_a_member_and_the_maintainers_command_in_the_members_own_issue(
    world: World, repository: Repository, tmp_path: Path, author: str, until: date | None
) -> None:
    opened = {
        login: repository.tracker.open("Streak", author=BOT, labels=labels_of(login, member=True))
        for login in ("ada", "bob")
    }
    repository.tracker.comment(opened["ada"], "/pause 2026-12-31", author=author, at=NOW - timedelta(hours=1))
    assert replies(world, tmp_path / "roster", "ada").pause == until
    assert replies(world, tmp_path / "roster", "bob").pause is None
