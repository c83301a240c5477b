"""Flags, environment, file and defaults as one: which comes first, what is missing, what is refused."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from streaky.channels.apprise import AppriseAddress
from streaky.channels.discord import DiscordAddress
from streaky.channels.discord.inputs import Webhook
from streaky.channels.issue import IssueAddress
from streaky.channels.telegram import TelegramAddress
from streaky.channels.telegram.inputs import Chat
from streaky.channels.webhook import WebhookAddress
from streaky.config import file as configfile
from streaky.config.file import ConfigFile
from streaky.config.inputs import IN_FILE, INPUTS
from streaky.config.settings import Settings
from streaky.config.sources import Sources
from streaky.config.values import CardStyle, Pause
from streaky.errors import ConfigurationError, Fault
from streaky.schedule.slots import Kind, Slot
from tests.conftest import NOW, TOKEN, leaks

KEY = "ZQ9xK7wV5uT3sR1pO8nM6lJ4iH2gF0dBaZ"
HOOK = f"https://discord.com/api/webhooks/1234567890123456789/{KEY}"
BOT = f"123456789:{KEY}"
LEAST = {"GITHUB_TOKEN": TOKEN, "GITHUB_REPOSITORY_OWNER": "owner", "DISCORD_WEBHOOK_URL": HOOK}
PATH = ".github/streaky.yml"


def file_of(text: str) -> ConfigFile:
    return configfile.read(text.encode(), PATH, IN_FILE)


def settle(
    environment: dict[str, str] | None = None, file: str | None = None, **flags: str | None
) -> Settings:
    """The settings of a person who has set the least; flags are written with _ for -."""
    given = {name.replace("_", "-"): text for name, text in flags.items()}
    sources = Sources(given, LEAST | (environment or {}))
    return sources.settle(None if file is None else file_of(file))


def faults(
    environment: dict[str, str] | None = None, file: str | None = None, **flags: str | None
) -> list[str]:
    """What is said of wrong settings."""
    with pytest.raises(ConfigurationError) as caught:
        settle(environment, file, **flags)
    assert caught.value.exit_status == 2
    assert str(caught.value).split("\n") == [str(fault) for fault in caught.value.faults]
    return [str(fault) for fault in caught.value.faults]


# Defaults


def test_the_least_that_must_be_set_gives_the_documented_defaults() -> None:
    settings = settle()
    assert (settings.user, settings.zone, settings.zone_from, settings.language) == ("owner", None, "", "en")
    assert (settings.rules.minimum, settings.rules.rest_days, settings.pause) == (
        1,
        frozenset(),
        None,
    )
    assert settings.speaking.notify == {Kind.AT_RISK, Kind.BROKEN, Kind.MILESTONE, Kind.UNKNOWN}
    assert (settings.speaking.auto, settings.speaking.remind_at) == (True, (time(18), time(21), time(23)))
    assert settings.speaking.quiet_until == time(9)
    assert settings.dry_run is False
    assert settings.channels == (
        DiscordAddress(Webhook("https://discord.com", "1234567890123456789", KEY)),
        IssueAddress(False),
    )
    assert (settings.github.graphql_url, settings.github.server_url, settings.github.repository) == (
        "https://api.github.com/graphql",
        "https://github.com",
        None,
    )


@pytest.mark.parametrize(
    ("environment", "graphql"),
    [
        ({"GITHUB_API_URL": "https://ghe.example.com/api/v3"}, "https://ghe.example.com/api/graphql"),
        ({"GITHUB_API_URL": "https://api.acme.ghe.com/"}, "https://api.acme.ghe.com/graphql"),
        (
            {"GITHUB_API_URL": "https://ghe.example.com/api/v3", "GITHUB_GRAPHQL_URL": "https://g.example/q"},
            "https://g.example/q",
        ),
    ],
)
def test_an_enterprise_server_is_found_by_the_runners_variables(
    environment: dict[str, str], graphql: str
) -> None:
    assert settle(environment).github.graphql_url == graphql


@pytest.mark.parametrize(
    ("environment", "user"),
    [
        ({"STREAKY_USER": "me", "GITHUB_REPOSITORY": "acme/streaky"}, "me"),
        ({"GITHUB_REPOSITORY": "acme/streaky"}, "owner"),
        ({"GITHUB_REPOSITORY": "acme/streaky", "GITHUB_REPOSITORY_OWNER": ""}, "acme"),
    ],
)
def test_who_is_guarded_is_the_user_else_the_repositorys_owner(
    environment: dict[str, str], user: str
) -> None:
    assert settle(environment).user == user


IN_A_RUN = {
    "GITHUB_REPOSITORY": "owner/streaky",
    "GITHUB_WORKFLOW_REF": "owner/streaky/.github/workflows/streaky.yml@refs/heads/main",
}


@pytest.mark.parametrize("setting", ["", "true"])
def test_in_a_run_of_its_own_workflow_an_issue_may_take_the_place_of_every_secret(setting: str) -> None:
    nothing = {"DISCORD_WEBHOOK_URL": "", "STREAKY_ISSUE": setting}
    assert settle(IN_A_RUN | nothing).may_use_issue
    for missing in IN_A_RUN:
        (fault,) = faults(IN_A_RUN | nothing | {missing: ""})
        assert "no channel is set" in fault
    (fault,) = faults(IN_A_RUN | nothing | {"STREAKY_ISSUE": "false"})
    assert "DISCORD_WEBHOOK_URL" in fault


def test_beside_another_channel_an_issue_is_used_only_where_it_is_asked_for() -> None:
    assert not settle(IN_A_RUN).may_use_issue
    assert settle(IN_A_RUN, issue="true").may_use_issue


# Precedence

OTHER = "https://other.example/" + KEY[::-1]
TELEGRAM = {"TELEGRAM_BOT_TOKEN": BOT, "TELEGRAM_CHAT_ID": "1"}
# Of each input: three texts, and what the settings then hold; the third is for the file, where it may be.
Case = tuple[Callable[[Settings], Any], tuple[str, Any], tuple[str, Any], tuple[str, Any] | None]
PENDING = '[{{"slot":"2026-11-23/test/day","channel":"{}","heard":true}}]'
INPUT_CASES: dict[str, Case] = {
    "user": (lambda s: s.user, ("a", "a"), ("b", "b"), ("c", "c")),
    "github-token": (lambda s: s.github.token, ("ghp_flag", "ghp_flag"), ("ghp_env", "ghp_env"), None),
    "timezone": (
        lambda s: s.zone,
        ("Asia/Tokyo", ZoneInfo("Asia/Tokyo")),
        ("Europe/Berlin", ZoneInfo("Europe/Berlin")),
        ("America/Lima", ZoneInfo("America/Lima")),
    ),
    "discord-webhook-url": (
        lambda s: s.channel(DiscordAddress).webhook.id,
        (HOOK.replace("1234567890123456789", "1"), "1"),
        (HOOK.replace("1234567890123456789", "2"), "2"),
        None,
    ),
    "discord-mention": (
        lambda s: f"{s.channel(DiscordAddress).mention or ''}",
        ("123456789012345678", "<@123456789012345678>"),
        ("role:123456789012345678", "<@&123456789012345678>"),
        ("223456789012345678", "<@223456789012345678>"),
    ),
    "telegram-bot-token": (
        lambda s: s.channel(TelegramAddress).token,
        (BOT, BOT),
        (f"9{BOT}", f"9{BOT}"),
        None,
    ),
    "telegram-chat-id": (
        lambda s: s.channel(TelegramAddress).chat,
        ("1", Chat(1)),
        ("-2:3", Chat(-2, 3)),
        ("'@chan'", Chat("@chan")),
    ),
    "telegram-api-url": (
        lambda s: s.channel(TelegramAddress).api_url,
        ("https://a.example/", "https://a.example"),
        ("http://localhost:8081", "http://localhost:8081"),
        None,
    ),
    "webhook-url": (
        lambda s: s.channel(WebhookAddress).url,
        (OTHER, OTHER),
        (f"{OTHER}2", f"{OTHER}2"),
        None,
    ),
    "webhook-secret": (
        lambda s: s.channel(WebhookAddress).secret,
        ("a b", "a b"),
        ("two\nlines", "two\nlines"),
        None,
    ),
    "apprise-urls": (
        lambda s: (s.channel(AppriseAddress) or AppriseAddress(())).urls,
        ("ntfy://a", ("ntfy://a",)),
        ("ntfy://b\nntfy://c", ("ntfy://b", "ntfy://c")),
        None,
    ),
    "issue": (lambda s: s.issue, ("yes", IssueAddress(True)), ("Auto", IssueAddress(False)), ("false", None)),
    "suggest": (lambda s: s.suggest, ("no", False), ("true", True), ("off", False)),
    "mute": (
        lambda s: s.mute,
        ("octocat/hello", ("octocat/hello",)),
        ("octo-org/*, octocat/a.b", ("octo-org/*", "octocat/a.b")),
        ("[octo-org/*]", ("octo-org/*",)),
    ),
    "notify": (
        lambda s: s.speaking.notify,
        ("safe", {Kind.SAFE}),
        ("safe,broken", {Kind.SAFE, Kind.BROKEN}),
        ("[unknown]", {Kind.UNKNOWN}),
    ),
    "remind-at": (
        lambda s: (s.speaking.auto, s.speaking.remind_at),
        ("8:00", (False, (time(8),))),
        ("auto", (True, (time(18), time(21), time(23)))),
        ("[12:00, 13:00]", (False, (time(12), time(13)))),
    ),
    "quiet-until": (
        lambda s: s.speaking.quiet_until,
        ("7:00", time(7)),
        ("08:00", time(8)),
        ("10:00", time(10)),
    ),
    "rest-days": (lambda s: s.rules.rest_days, ("mon", {0}), ("tue", {1}), ("[sat, sun]", {5, 6})),
    "pause-until": (
        lambda s: s.pause,
        ("2026-12-01", Pause(until=date(2026, 12, 1))),
        ("3d", Pause(days=3)),
        ("2026-12-03", Pause(until=date(2026, 12, 3))),
    ),
    "min-contributions": (lambda s: s.rules.minimum, ("2", 2), ("3", 3), ("4", 4)),
    "language": (lambda s: s.language, ("de", "de"), ("es", "es"), ("fr", "fr")),
    "lead": (
        lambda s: s.speaking.lead,
        ("1h", timedelta(hours=1)),
        ("90m", timedelta(minutes=90)),
        ("1h30m", timedelta(minutes=90)),
    ),
    "hold": (
        lambda s: s.hold,
        ("5m", timedelta(minutes=5)),
        ("0", timedelta()),
        ("20m", timedelta(minutes=20)),
    ),
    "card": (
        lambda s: s.card,
        ("false", CardStyle(drawn=False)),
        ("Ocean", CardStyle("ocean")),
        ("[ember, no-map]", CardStyle("ember", frozenset({"map"}))),
    ),
    "ledger": (lambda s: s.ledger, ("none", "none"), ("file:x", "file"), ("none", "none")),
    "ping-url": (
        lambda s: s.ping_url,
        ("https://a.example/1", "https://a.example/1"),
        ("https://b.example/2", "https://b.example/2"),
        None,
    ),
    "pending": (
        lambda s: s.pending,
        (PENDING.format("discord"), {(Slot(date(2026, 11, 23), Kind.TEST), "discord"): True}),
        (PENDING.format("telegram"), {(Slot(date(2026, 11, 23), Kind.TEST), "telegram"): True}),
        None,
    ),
    "dry-run": (lambda s: s.dry_run, ("true", True), ("false", False), ("true", True)),
}
BESIDE = {
    **dict.fromkeys(("telegram-bot-token", "telegram-chat-id", "telegram-api-url"), TELEGRAM),
    "webhook-secret": {"STREAKY_WEBHOOK_URL": OTHER},
}


def test_the_cases_of_precedence_cover_every_input() -> None:
    assert set(INPUT_CASES) == set(INPUTS) - {"config", "key", "now"}
    assert {name for name, case in INPUT_CASES.items() if case[3]} == {
        name for name, refusal in IN_FILE.items() if refusal is None
    }


@pytest.mark.parametrize("name", INPUT_CASES)
def test_a_flag_comes_before_the_environment_before_the_file_before_the_default(name: str) -> None:
    look, (flag, by_flag), (variable, by_variable), in_file = INPUT_CASES[name]
    beside, set_by = BESIDE.get(name, {}), {INPUTS[name].environment: variable}
    line = f"{name}: {in_file[0]}" if in_file else ""
    flags = {name.replace("-", "_"): flag}
    assert look(settle(beside | set_by, line, **flags)) == by_flag
    assert look(settle(beside | set_by, line)) == by_variable
    unset = {key: text for key, text in beside.items() if key != INPUTS[name].environment}
    if in_file:
        assert look(settle(unset, line)) == in_file[1]


@pytest.mark.parametrize("empty", ["", " ", "\n", "\t \r\n"])
@pytest.mark.parametrize("name", INPUT_CASES)
def test_empty_means_unset_everywhere(name: str, empty: str) -> None:
    look, _, (variable, by_variable), in_file = INPUT_CASES[name]
    beside = BESIDE.get(name, {})
    set_by = beside | {INPUTS[name].environment: variable}
    flags = {name.replace("-", "_"): empty}
    assert look(settle(set_by, f"{name}: ''" if in_file else "", **flags)) == by_variable
    if in_file:
        found = settle(beside | {INPUTS[name].environment: empty}, f"{name}: {in_file[0]}", **flags)
        assert look(found) == in_file[1]
    if name not in ("github-token", "discord-webhook-url", "telegram-bot-token", "telegram-chat-id"):
        kept = {key: text for key, text in beside.items() if key != INPUTS[name].environment}
        nothing = settle(kept | {INPUTS[name].environment: empty}, f"{name}:" if in_file else "", **flags)
        assert nothing == settle(kept)


@pytest.mark.parametrize(
    "variable",
    ["GITHUB_API_URL", "GITHUB_GRAPHQL_URL", "GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_WORKSPACE"],
)
def test_an_empty_variable_of_the_runner_is_unset_too(variable: str) -> None:
    assert settle({variable: " "}) == settle()
    assert Sources({}, {"GITHUB_WORKSPACE": " "}).workspace == "."


def test_blanks_around_a_value_do_not_count() -> None:
    assert settle({"STREAKY_LANGUAGE": " de\n", "GITHUB_TOKEN": f"{TOKEN}\n"}) == settle(language="de")


def test_what_comes_later_is_not_judged_where_something_comes_before_it() -> None:
    wrong = {"STREAKY_TIMEZONE": "Mars/Olympus"}
    assert settle(wrong, "timezone: nowhere", timezone="Asia/Tokyo").zone == ZoneInfo("Asia/Tokyo")


# The config file's path


@pytest.mark.parametrize(
    ("flags", "environment", "path", "named"),
    [
        ({}, {}, ".github/streaky.yml", False),
        ({"config": ""}, {"STREAKY_CONFIG": " "}, ".github/streaky.yml", False),
        ({}, {"STREAKY_CONFIG": "my.yml"}, "my.yml", True),
        ({"config": "other.yml"}, {"STREAKY_CONFIG": "my.yml"}, "other.yml", True),
        ({"config": ".github/streaky.yml"}, {}, ".github/streaky.yml", True),
    ],
)
def test_a_config_file_that_was_named_is_known_from_the_default_one(
    flags: dict[str, str | None], environment: dict[str, str], path: str, named: bool
) -> None:
    sources = Sources(flags, environment)
    assert (sources.config_path, sources.names_config) == (path, named)


@pytest.mark.parametrize(
    ("path", "repository", "asked"),
    [
        ("my.yml", "octocat/streaky", True),
        ("my.yml", "", False),
        ("/etc/my.yml", "octocat/streaky", False),
        ("../my.yml", "octocat/streaky", False),
        ("a/../../my.yml", "octocat/streaky", False),
        ("..\\my.yml", "octocat/streaky", False),
    ],
)
def test_only_a_path_inside_of_a_known_repository_is_asked_of_github(
    path: str, repository: str, asked: bool
) -> None:
    assert Sources({"config": path}, {"GITHUB_REPOSITORY": repository}).in_repository is asked


# What is missing

ADD = "Add the repository secret `{}` (Settings → Secrets and variables → Actions)."


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        (
            {"GITHUB_TOKEN": ""},
            "github-token: is missing. In a workflow pass ${{ github.token }}; elsewhere set GITHUB_TOKEN.",
        ),
        (
            {"GITHUB_REPOSITORY_OWNER": ""},
            "user: nobody to guard is named. Set user to a GitHub login.",
        ),
        (
            {"DISCORD_WEBHOOK_URL": ""},
            "discord-webhook-url: no channel is set, so no alert could be sent."
            f" {ADD.format('DISCORD_WEBHOOK_URL')}"
            " Or set another channel: telegram-bot-token, webhook-url, apprise-urls.",
        ),
        (
            {"TELEGRAM_BOT_TOKEN": BOT},
            f"telegram-chat-id: is missing beside telegram-bot-token. {ADD.format('TELEGRAM_CHAT_ID')}",
        ),
        (
            {"TELEGRAM_CHAT_ID": "1"},
            f"telegram-bot-token: is missing beside telegram-chat-id. {ADD.format('TELEGRAM_BOT_TOKEN')}",
        ),
        (
            {"STREAKY_WEBHOOK_SECRET": KEY},
            f"webhook-url: is missing beside webhook-secret. {ADD.format('STREAKY_WEBHOOK_URL')}",
        ),
    ],
)
def test_what_is_missing_is_named(environment: dict[str, str], said: str) -> None:
    assert faults(environment) == [said]


def test_a_dry_run_needs_no_channel() -> None:
    assert settle({"DISCORD_WEBHOOK_URL": ""}, dry_run="true").channel(DiscordAddress) is None
    assert settle({"DISCORD_WEBHOOK_URL": ""}, "dry-run: true").dry_run
    assert len(faults({"DISCORD_WEBHOOK_URL": ""}, "dry-run: false")) == 1


@pytest.mark.parametrize(
    ("environment", "channel"),
    [
        (
            TELEGRAM,
            lambda s: s.channel(TelegramAddress) == TelegramAddress(BOT, Chat(1), "https://api.telegram.org"),
        ),
        ({"STREAKY_WEBHOOK_URL": OTHER}, lambda s: s.channel(WebhookAddress) == WebhookAddress(OTHER, "")),
        (
            {"STREAKY_APPRISE_URLS": "ntfy://a"},
            lambda s: s.channel(AppriseAddress) == AppriseAddress(("ntfy://a",)),
        ),
    ],
)
def test_any_one_channel_is_enough(environment: dict[str, str], channel: Callable[[Settings], bool]) -> None:
    assert channel(settle({"DISCORD_WEBHOOK_URL": ""} | environment))


def test_a_chat_that_the_repositorys_file_may_name_is_not_missed_before_it_was_read() -> None:
    sources = Sources({}, LEAST | {"TELEGRAM_BOT_TOKEN": BOT})
    assert sources.settle(None, file_may_follow=True).channel(TelegramAddress) is None
    later = sources.settle(file_of("telegram-chat-id: 7"))
    telegram = later.channel(TelegramAddress)
    assert telegram is not None
    assert telegram.chat == Chat(7)
    with pytest.raises(ConfigurationError, match="telegram-chat-id: is missing"):
        sources.settle(file_of(""))


def test_a_chat_is_not_missed_where_the_file_could_not_be_read_to_its_end() -> None:
    said = faults({"TELEGRAM_BOT_TOKEN": BOT}, "user: [a\ntelegram-chat-id: 7")
    assert [each.split(": ")[1] for each in said] == ["config"]


def test_a_wrong_value_is_not_called_missing_as_well() -> None:
    said = faults(
        {"GITHUB_TOKEN": "a b", "STREAKY_USER": "a b", "DISCORD_WEBHOOK_URL": "x"}
        | {"TELEGRAM_BOT_TOKEN": "x", "TELEGRAM_CHAT_ID": "1"}
    )
    names = [each.split(": ")[0] for each in said]
    assert sorted(names) == ["discord-webhook-url", "github-token", "telegram-bot-token", "user"]


# What is wrong, and where it came from


def test_a_fault_names_its_flag_its_variable_or_its_place_in_the_file() -> None:
    assert faults({"STREAKY_LANGUAGE": "xx"}, "# mine\nquiet-until: 9", min_contributions="0") == [
        '.github/streaky.yml:2:14: quiet-until: "9" is not a time of day (HH:MM, 00:00 to 23:59).',
        'min-contributions: "0" is not a whole number from 1 to 999999. (from --min-contributions)',
        'language: "xx" is not a language Streaky speaks. Choose from: de, en, es, fr, id, ja, pt, zh-CN.'
        " (from STREAKY_LANGUAGE)",
    ]


def test_all_faults_of_flags_environment_and_file_come_together() -> None:
    environment = {each.environment: "\x07" for each in INPUTS.values()} | {
        "GITHUB_API_URL": "http://api.example",
        "GITHUB_GRAPHQL_URL": "x",
        "GITHUB_SERVER_URL": "https://a@b.example",
        "GITHUB_REPOSITORY": "streaky",
    }
    said = faults(environment, "usr: a\ngithub-token: b\nuser: [a", now="2026-11-23T21:30:00")
    about = [each.removeprefix(".github/streaky.yml:") for each in said]
    runner = ["GITHUB_API_URL", "GITHUB_GRAPHQL_URL", "GITHUB_SERVER_URL", "GITHUB_REPOSITORY"]
    assert [each.split(": ")[0] for each in about if not each[0].isdigit()] == [*INPUTS, *runner]
    assert [each.split(": ")[1] for each in about if each[0].isdigit()] == ["usr", "github-token", "config"]
    assert sum("(U+0007)" in each for each in said) == len(INPUTS) - 1
    assert any(each.startswith("now:") and each.endswith("(from --now)") for each in said)


@pytest.mark.parametrize("name", INPUT_CASES)
@pytest.mark.parametrize("character", ["\x00", "\x1b", "\x85"])
def test_control_characters_are_refused_in_every_input(name: str, character: str) -> None:
    _, (text, _), _, _ = INPUT_CASES[name]
    flags = {name.replace("-", "_"): f"{text}{character}{text}"}
    (said,) = faults(BESIDE.get(name, {}), **flags)
    expected = f"{name}: holds a control character (U+{ord(character):04X}). Remove it. (from --{name})"
    assert said == expected


@pytest.mark.parametrize("text", ["2026-11-23T21:30:00", "2026-11-23", "now", "21:30+01:00"])
def test_a_clock_without_an_offset_is_refused(text: str) -> None:
    (said,) = faults({"STREAKY_NOW": text})
    assert said.startswith(f'now: "{text}" is not an instant. Write ISO 8601 with an offset')
    assert said.endswith("(from STREAKY_NOW)")


@pytest.mark.parametrize("variable", ["GITHUB_API_URL", "GITHUB_GRAPHQL_URL", "GITHUB_SERVER_URL"])
def test_a_wrong_variable_of_the_runner_is_named_by_itself(variable: str) -> None:
    assert faults({variable: "http://api.example"}) == [
        f"{variable}: would be sent unencrypted. Use https:// (http:// works to a loopback address only)."
    ]


def test_a_wrong_owner_is_one_fault() -> None:
    (said,) = faults({"GITHUB_REPOSITORY_OWNER": "a b"})
    assert said.startswith('GITHUB_REPOSITORY_OWNER: "a b" is not a GitHub login.')


def test_a_path_too_long_is_refused() -> None:
    assert faults(config="a" * 501) == ["config: is too long for a path. (from --config)"]


# Secrets

SECRETS = {
    "GITHUB_TOKEN": f"{TOKEN} x",
    "DISCORD_WEBHOOK_URL": f"{HOOK}/y",
    "TELEGRAM_BOT_TOKEN": f"{BOT}/z",
    "STREAKY_WEBHOOK_URL": f"http://hooks.example/{KEY[::-1]}",
    "STREAKY_WEBHOOK_SECRET": f"{KEY}\x07",
    "STREAKY_APPRISE_URLS": f"{KEY}",
    "STREAKY_PING_URL": f"http://hooks.example/{KEY}",
    "STREAKY_KEY": f"streaky-private:v1:{KEY}",
}


def test_no_fault_of_a_secret_repeats_it() -> None:
    said = faults(SECRETS)
    assert len(said) == len(SECRETS) == sum(each.secret for each in INPUTS.values())
    assert leaks("\n".join(said), (TOKEN, KEY, KEY[::-1])) == []


def test_no_secret_is_in_the_repr_of_settings() -> None:
    secret = {
        "STREAKY_WEBHOOK_URL": OTHER,
        "STREAKY_WEBHOOK_SECRET": KEY,
        "STREAKY_APPRISE_URLS": f"a://{KEY}",
    }
    settings = settle(TELEGRAM | secret)
    assert leaks(repr(settings), (TOKEN, KEY, KEY[::-1])) == []


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        settle().user = "other"  # type: ignore[misc]


def test_a_fault_is_one_line_with_its_mend() -> None:
    fault = Fault("remind-at", "is wrong.", "Mend it.")
    assert str(fault) == "remind-at: is wrong. Mend it."
    assert str(ConfigurationError((fault, fault))) == f"{fault}\n{fault}"


# The clock and the pause


def test_the_now_input_takes_the_place_of_the_clock() -> None:
    first, second = "2026-01-01T00:00:00Z", "2026-01-02T00:00:00+01:00"
    assert Sources({}, LEAST).now(NOW) == NOW
    assert Sources({}, LEAST | {"STREAKY_NOW": second}).now(NOW) == datetime.fromisoformat(second)
    given = Sources({"now": first}, LEAST | {"STREAKY_NOW": second})
    assert given.now(NOW) == datetime(2026, 1, 1, tzinfo=UTC)
    assert Sources({"now": " "}, LEAST | {"STREAKY_NOW": "\n"}).now(NOW) == NOW


def test_a_clock_that_cannot_be_read_is_left_to_be_refused() -> None:
    assert Sources({"now": "tonight"}, LEAST).now(NOW) == NOW


def test_where_the_zone_was_set_is_known() -> None:
    in_file = "# mine\ntimezone: Asia/Tokyo"
    assert settle(file=in_file).zone_from == f"{PATH}:2:11"
    assert settle({"STREAKY_TIMEZONE": "UTC"}, in_file).zone_from == "STREAKY_TIMEZONE"
    assert settle({"STREAKY_TIMEZONE": "UTC"}, in_file, timezone="Asia/Tokyo").zone_from == "--timezone"


@pytest.mark.parametrize(
    ("event", "text", "by_hand"),
    [
        ("workflow_dispatch", "today", True),
        ("workflow_dispatch", "none", True),
        ("workflow_dispatch", "", False),
        ("schedule", "today", False),
        ("", "3d", False),
    ],
)
def test_only_a_pause_of_a_run_that_a_person_starts_is_to_be_remembered(
    event: str, text: str, by_hand: bool
) -> None:
    settings = settle({"GITHUB_EVENT_NAME": event, "STREAKY_PAUSE_UNTIL": text}, "pause-until: 2026-12-31")
    assert settings.pause_by_hand is by_hand
    assert (settings.pause == Pause(until=date(2026, 12, 31))) is (text == "")


def test_a_path_for_the_ledger_is_taken_from_a_flag_or_the_environment_only() -> None:
    (said,) = faults(file="user: a\nledger: file:/etc/passwd")
    assert said.startswith(f"{PATH}:2:9: ledger: a ledger's path is never taken from a file")
    assert settle({"STREAKY_LEDGER": "file:x", "GITHUB_WORKSPACE": "/w"}).ledger_path == "/w/x"
    assert settle(ledger="file:/x").ledger_path == "/x"


@pytest.mark.parametrize("text", ["today", "none", "3d", "2w"])
def test_a_pause_in_a_file_needs_a_date(text: str) -> None:
    assert faults(file=f"pause-until: {text}") == [
        f'{PATH}:1:14: pause-until: "{text}" has no end in a file. Write a date, YYYY-MM-DD.'
    ]
