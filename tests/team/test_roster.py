"""A team's roster: each person's own settings, and faults that stop nobody else."""

from __future__ import annotations

import json
from dataclasses import astuple
from pathlib import Path

import pytest

from streaky import sealing
from streaky.channels.discord import DiscordAddress
from streaky.channels.telegram import TelegramAddress
from streaky.channels.webhook import WebhookAddress
from streaky.config.inputs import IN_FILE, IN_ROSTER, INPUTS
from streaky.config.sources import Sources
from streaky.errors import ConfigurationError
from streaky.sealing import PrivateKey
from streaky.team.roster import Member, logins, read_roster
from tests.conftest import TOKEN, leaks

KEY, OTHER = (PrivateKey(bytes(range(at, at + 32))) for at in (0, 1))
TELLING = "ZQ9xK7wV5uT3sR1pO8nM6lJ4iH2gF0dBaZ"
HOOK = f"https://discord.com/api/webhooks/1234567890123456789/{TELLING}"
BOT = "123456789:AAbcdefghijklmnopqrstuvwxyz0123456789"
THREE_LINES = "timezone: Europe/Berlin\nremind-at: 20:00, 22:30\nlanguage: de\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "roster").mkdir()
    return tmp_path / "roster"


def sources(folder: Path, masks: list[str] | None = None, **more: str) -> Sources:
    """What the team's workflow gives."""
    environment = {
        "GITHUB_TOKEN": TOKEN,
        "GITHUB_REPOSITORY_OWNER": "acme",
        "GITHUB_REPOSITORY": "acme/streaks",
        "GITHUB_WORKFLOW_REF": "acme/streaks/.github/workflows/team.yml@refs/heads/main",
        "GITHUB_WORKSPACE": f"{folder.parent}",
        "STREAKY_KEY": KEY.text,
    }
    return Sources({}, environment | more, masks.extend if masks is not None else None)


def write(folder: Path, **files: str) -> None:
    for login, text in files.items():
        (folder / f"{login}.yml").write_text(text)


def sealed(
    value: str = HOOK, name: str = "discord-webhook-url", login: str = "ada", key: PrivateKey = KEY
) -> str:
    return f"{name}: {sealing.seal(value, key.public, login, name)}\n"


def read(folder: Path, **more: str) -> dict[str, Member]:
    return {member.login: member for member in read_roster(folder, sources(folder, **more))}


def faults(folder: Path, text: str, **more: str) -> list[str]:
    """What is said of ada's file, while bob's is read all the same."""
    write(folder, ada=text, bob=THREE_LINES)
    members = read(folder, **more)
    assert members["bob"].settings is not None
    assert members["bob"].faults == ()
    assert members["ada"].settings is None
    said = [str(fault) for fault in members["ada"].faults]
    assert leaks("\n".join(said), (TELLING,)) == []
    return said


# Who belongs to it


def test_each_person_has_the_settings_of_their_own_file(folder: Path) -> None:
    write(folder, bob="rest-days: [sat, sun]\n", ada=THREE_LINES)
    ada, bob = read_roster(folder, sources(folder))
    assert (ada.login, bob.login) == ("ada", "bob")
    assert ada.settings is not None
    assert (ada.settings.user, ada.settings.language, str(ada.settings.zone)) == (
        "ada",
        "de",
        "Europe/Berlin",
    )
    assert ada.settings.zone_from == "roster/ada.yml:1:11"
    assert bob.settings is not None
    assert (bob.settings.user, bob.settings.language, bob.settings.zone) == ("bob", "en", None)
    assert bob.settings.rules.rest_days == {5, 6}


def test_an_empty_file_is_a_person_for_whom_all_defaults_hold(folder: Path) -> None:
    write(folder, ada="")
    settings = read(folder)["ada"].settings
    assert settings is not None
    assert settings.may_use_issue


def test_other_files_of_the_folder_are_nobodys(folder: Path) -> None:
    write(folder, ada="")
    for name in ("README.md", "streaky.pub", ".gitkeep"):
        (folder / name).write_text("x")
    (folder / "more").mkdir()
    assert [*read(folder)] == ["ada"]
    assert logins(folder) == ("ada",)


@pytest.mark.parametrize(("made", "said"), [(False, "cannot be read"), (True, "names nobody")])
def test_a_roster_of_nobody_is_refused_with_the_way_to_join(tmp_path: Path, made: bool, said: str) -> None:
    if made:
        (tmp_path / "roster").mkdir()
    with pytest.raises(ConfigurationError, match=said) as caught:
        read_roster(tmp_path / "roster", sources(tmp_path / "roster"))
    assert "roster/LOGIN.yml" in str(caught.value)


def test_only_those_who_are_wanted_are_read(folder: Path) -> None:
    write(folder, ada="nonsense: [", Bob="", eve="")
    members = read_roster(folder, sources(folder), wanted=lambda login: login == "bob")
    assert [member.login for member in members] == ["Bob"]


# Names of files


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("user: ada\n", None),
        ("user: '@ADA'\n", None),
        ("user: bob\n", 'roster/ada.yml:1:7: user: is "bob", but the file\'s name says ada.'),
        ("user: not a login\n", "is not a GitHub login"),
    ],
)
def test_a_user_in_a_file_is_the_one_whose_file_it_is(folder: Path, text: str, said: str | None) -> None:
    if said is None:
        write(folder, ada=text)
        assert read(folder)["ada"].settings is not None
    else:
        (fault,) = faults(folder, text)
        assert said in fault


def test_a_login_has_one_file_whatever_its_case(folder: Path) -> None:
    write(folder, ada="", Ada="", bob="")
    members = read_roster(folder, sources(folder))
    assert [member.settings is None for member in members] == [True, True, False]
    assert all("more than one file" in str(member.faults[0]) for member in members[:2])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ada.yaml", "Name it ada.yml."),
        ("ada.YML", "Name it ada.yml."),
        ("not a login.yml", "the file's name is not a GitHub login."),
        ("-ada.yml", "the file's name is not a GitHub login."),
        ("@ada.yml", "the file's name is not a GitHub login."),
    ],
)
def test_a_file_with_another_name_is_a_fault_and_not_overlooked(folder: Path, name: str, said: str) -> None:
    write(folder, bob="")
    (folder / name).write_text(THREE_LINES)
    (bad,) = (member for member in read_roster(folder, sources(folder)) if member.login != "bob")
    assert bad.settings is None
    assert said in str(bad.faults[0])


def test_neither_a_link_nor_a_folder_is_read(folder: Path) -> None:
    outside = folder.parent / "elsewhere"
    outside.write_text("language: de\n")
    (folder / "ada.yml").symlink_to(outside)
    (folder / "eve.yml").mkdir()
    write(folder, bob="")
    members = read(folder)
    assert members["bob"].settings is not None
    for login in ("ada", "eve"):
        assert "no plain file" in str(members[login].faults[0])


# What is wrong in a file


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("timezone: Europe/Berlim\n", 'roster/ada.yml:1:11: timezone: "Europe/Berlim" is not an IANA'),
        ("language: de\nremind-at: 25:00\n", "roster/ada.yml:2:12: remind-at:"),
        ("timzone: Europe/Berlin\n", 'Did you mean "timezone"?'),
        ("timezone: [\n", "roster/ada.yml:2:1: config: the file is not YAML"),
        (f"discord-webhook-url: {HOOK}\n", "Seal it with streaky seal"),
        (f"telegram-bot-token: {BOT}\n", "Seal it with streaky seal"),
        ("issue: false\n", "streaky seal discord-webhook-url --user ada"),
        ("telegram-chat-id: 12345\n", "streaky seal telegram-bot-token --user ada"),
    ],
)
def test_what_is_wrong_is_said_of_that_person_alone(folder: Path, text: str, said: str) -> None:
    (fault,) = faults(folder, text)
    assert said in fault


@pytest.mark.parametrize(
    "name",
    [
        "config",
        "dry-run",
        "github-token",
        "hold",
        "key",
        "ledger",
        "now",
        "pending",
        "ping-url",
        "telegram-api-url",
    ],
)
def test_what_the_teams_workflow_decides_is_no_ones_to_set(folder: Path, name: str) -> None:
    (fault,) = faults(folder, f"{name}: none\n")
    assert fault == f"roster/ada.yml:1:1: {name}: is set by the team's workflow alone. Remove it from here."


def test_apprise_is_not_for_rosters_though_it_is_sealed(folder: Path) -> None:
    (fault,) = faults(folder, sealed("json://localhost", "apprise-urls"))
    assert "is never taken from a roster" in fault


def test_every_input_is_decided_for_rosters() -> None:
    assert IN_ROSTER.keys() == INPUTS.keys()
    assert {name for name, refusal in IN_ROSTER.items() if refusal is None} <= IN_FILE.keys()


def test_what_is_wrong_in_the_workflow_is_said_once_for_all(folder: Path) -> None:
    write(folder, ada="", bob="")
    with pytest.raises(ConfigurationError) as caught:
        read_roster(folder, sources(folder, STREAKY_LEAD="never", GITHUB_TOKEN=""))
    assert sorted(fault.input for fault in caught.value.faults) == ["github-token", "lead"]


# What the team gives, and what is one's own


def test_a_file_comes_before_what_the_team_has_for_everybody(folder: Path) -> None:
    write(folder, ada="timezone: Asia/Tokyo\n", bob="language: es\n")
    members = read(folder, STREAKY_TIMEZONE="Europe/Berlin", STREAKY_LANGUAGE="de", STREAKY_LEDGER="none")
    ada, bob = members["ada"].settings, members["bob"].settings
    assert ada is not None
    assert bob is not None
    assert (str(ada.zone), ada.language, ada.ledger) == ("Asia/Tokyo", "de", "none")
    assert (str(bob.zone), bob.language, bob.ledger) == ("Europe/Berlin", "es", "none")


def test_the_teams_own_file_and_user_are_nobodys(folder: Path) -> None:
    write(folder, ada="")
    settings = read(folder, STREAKY_USER="acme-bot", STREAKY_CONFIG="x.yml")["ada"].settings
    assert settings is not None
    assert settings.user == "ada"


def test_the_teams_bot_writes_to_each_persons_own_chat(folder: Path) -> None:
    write(folder, ada="telegram-chat-id: 12345\n", bob="")
    members = read(folder, TELEGRAM_BOT_TOKEN=BOT)
    ada, bob = members["ada"].settings, members["bob"].settings
    assert ada is not None
    telegram = ada.channel(TelegramAddress)
    assert telegram is not None
    assert (telegram.token, telegram.chat.id) == (BOT, 12345)
    assert bob is not None
    assert bob.channel(TelegramAddress) is None


def test_who_names_a_channel_of_their_own_has_none_of_the_teams_common_ones(folder: Path) -> None:
    write(
        folder,
        ada=sealed(),
        bob="telegram-chat-id: 12345\n",
        eve=sealed("https://hooks.example.com/eve", "webhook-url", "eve"),
        joe="discord-mention: 123456789012345678\n",
    )
    common = {"DISCORD_WEBHOOK_URL": HOOK, "STREAKY_WEBHOOK_URL": "https://hooks.example.com/team"}
    members = read(folder, TELEGRAM_BOT_TOKEN=BOT, TELEGRAM_CHAT_ID="777", **common)
    channels = {
        login: {address.name for address in member.settings.channels if address.own}
        for login, member in members.items()
        if member.settings is not None
    }
    assert channels == {
        "ada": {"discord"},
        "bob": {"telegram"},
        "eve": {"webhook"},
        "joe": {"discord", "telegram", "webhook"},
    }


def test_the_teams_half_of_an_address_is_not_for_a_persons_other_half(folder: Path) -> None:
    write(
        folder,
        ada=sealed("https://hooks.example.com/ada", "webhook-url"),
        bob=sealed("my own secret", "webhook-secret", "bob"),
        eve=sealed(f"987654321:{TELLING}", "telegram-bot-token", "eve"),
        joe=sealed(login="joe"),
    )
    members = read(
        folder,
        STREAKY_WEBHOOK_URL="https://hooks.example.com/team",
        STREAKY_WEBHOOK_SECRET="the team's secret",
        TELEGRAM_CHAT_ID="12345",
        TELEGRAM_BOT_TOKEN=BOT,
        DISCORD_MENTION="123456789012345678",
    )
    ada, joe = members["ada"].settings, members["joe"].settings
    assert ada is not None
    assert ada.channel(WebhookAddress) == WebhookAddress("https://hooks.example.com/ada", "")
    assert joe is not None
    discord = joe.channel(DiscordAddress)
    assert discord is not None
    assert discord.mention is None
    assert "webhook-url: is missing beside webhook-secret" in str(members["bob"].faults[0])
    assert "telegram-chat-id: is missing beside telegram-bot-token" in str(members["eve"].faults[0])


# What is sealed


def test_a_sealed_value_opens_for_the_person_whose_file_it_is(folder: Path) -> None:
    write(folder, ada=sealed(), bob=sealed())
    masks: list[str] = []
    ada, bob = read_roster(folder, sources(folder, masks))
    assert ada.settings is not None
    discord = ada.settings.channel(DiscordAddress)
    assert discord is not None
    assert discord.webhook.token == TELLING
    assert TELLING in masks
    assert bob.settings is None
    assert "it was not sealed as discord-webhook-url for bob" in str(bob.faults[0])


def test_what_is_said_of_a_person_and_of_all_holds_no_secret_of_theirs(folder: Path) -> None:
    write(folder, ada=sealed(), bob="")
    team = sources(folder)
    ada, bob = read_roster(folder, team)
    assert ada.redact(f"{TELLING} {TOKEN}") == "*** ***"
    assert team.redact(TELLING) == "***"
    assert bob.redact(f"{TELLING} {TOKEN}") == f"{TELLING} ***"


def test_nothing_is_opened_where_nobody_needs_it(folder: Path) -> None:
    write(
        folder,
        ada=f"timezone: Asia/Tokyo\nissue: false\n{sealed()}",
        bob=sealed(BOT, "telegram-bot-token", "bob"),
    )
    masks: list[str] = []
    members = read_roster(folder, sources(folder, masks, STREAKY_KEY=""), opening=False)
    assert [(member.settings is None, member.faults) for member in members] == [(False, ())] * 2
    assert masks == []


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8080/x",
        "http://localhost/x",
        "https://localhost/x",
        "https://127.1/x",
        "https://169.254.169.254/latest/meta-data",
        "https://2852039166/x",
        "https://0xa9fea9fe/x",
        "https://[::1]/x",
        "https://[fd00:ec2::254]/x",
        "https://intranet/x",
        "https://db.corp/x",
        "https://printer.local./x",
        "https://metadata.google.internal/x",
        "https://hooks.example.com:8443/x",
    ],
)
def test_a_url_in_a_roster_leads_to_the_public_internet_only(folder: Path, url: str) -> None:
    (fault,) = faults(folder, sealed(url, "webhook-url"))
    assert "is not a URL of the public internet" in fault
    assert url not in fault


def test_loopback_is_no_discord_either_unless_github_itself_is_there(folder: Path) -> None:
    url = f"http://127.0.0.1:9/api/webhooks/1234567890123456789/{TELLING}"
    (fault,) = faults(folder, sealed(url))
    assert "is not a URL of the public internet" in fault
    assert read(folder, GITHUB_API_URL="http://127.0.0.1:8")["ada"].settings is not None


def test_nothing_in_a_file_moves_what_the_team_has_or_where_it_goes(folder: Path) -> None:
    """Each key that a file may set, set at once, beside a team that has everything."""
    team = {
        "STREAKY_WEBHOOK_URL": "https://hooks.example.com/team",
        "STREAKY_WEBHOOK_SECRET": "the team's secret",
        "TELEGRAM_BOT_TOKEN": BOT,
        "TELEGRAM_CHAT_ID": "777",
        "TELEGRAM_API_URL": "https://bots.example.com",
        "DISCORD_WEBHOOK_URL": HOOK.replace("1234567890123456789", "9876543210987654321"),
        "STREAKY_PING_URL": "https://hc-ping.com/0a1b2c3d",
        "STREAKY_LEDGER": "none",
    }
    own = {
        "discord-webhook-url": HOOK,
        "telegram-bot-token": f"987654321:{TELLING}",
        "telegram-chat-id": "12345",
        "webhook-url": "https://evil.example/x",
        "webhook-secret": "my own",
    }
    every = {
        name: INPUTS[name].examples[0]
        for name, refusal in IN_ROSTER.items()
        if refusal is None and name != "user"
    }
    text = "".join(sealed(value, name) for name, value in own.items())
    text += "".join(f"{name}: {json.dumps(value)}\n" for name, value in every.items() if name not in own)
    write(folder, ada=text, bob="")
    members = read(folder, **team)
    ada, bob = members["ada"].settings, members["bob"].settings
    assert ada is not None, members["ada"].faults
    assert bob is not None
    assert (ada.github, ada.ping_url, ada.ledger, ada.job) == (bob.github, bob.ping_url, bob.ledger, bob.job)
    assert ada.github.token == TOKEN
    telegram = ada.channel(TelegramAddress)
    assert telegram is not None
    assert telegram.api_url == "https://bots.example.com"
    # Each address is one person's whole, or the team's whole.
    assert ada.channel(WebhookAddress) == WebhookAddress("https://evil.example/x", "my own")
    assert bob.channel(WebhookAddress) == WebhookAddress(
        "https://hooks.example.com/team", "the team's secret"
    )
    assert (telegram.token, telegram.chat.id) == (f"987654321:{TELLING}", 12345)
    whole = str([astuple(address) for address in ada.channels])  # what `repr` would hide included
    assert TELLING in whole
    for each in ("the team's secret", BOT, "9876543210987654321"):
        assert each not in whole
