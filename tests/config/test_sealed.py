"""Sealed values in a config file: opened for the guarded person alone, and secret from then on."""

from __future__ import annotations

import base64
import sys

import jsonschema
import pytest

from streaky import sealing
from streaky.channels.apprise import AppriseAddress
from streaky.channels.discord import DiscordAddress
from streaky.channels.telegram import TelegramAddress
from streaky.channels.telegram.inputs import Chat
from streaky.channels.webhook import WebhookAddress
from streaky.config import file as configfile
from streaky.config.inputs import IN_FILE, INPUTS, SEALABLE, SECRET
from streaky.config.settings import Settings
from streaky.config.sources import Sources
from streaky.errors import ConfigurationError
from streaky.sealing import PrivateKey
from tests.config.test_file import SCHEMA
from tests.conftest import TOKEN, leaks

KEY, OTHER, NEXT = (PrivateKey(bytes(range(at, at + 32))) for at in (0, 1, 2))
TELLING = "ZQ9xK7wV5uT3sR1pO8nM6lJ4iH2gF0dBaZ"
HOOK = f"https://discord.com/api/webhooks/1234567890123456789/{TELLING}"
BOT = f"123456789:{TELLING}"
PATH = ".github/streaky.yml"
VALUES = {
    "discord-webhook-url": HOOK,
    "telegram-bot-token": BOT,
    "telegram-chat-id": "-1001234567890:42",
    "webhook-url": f"https://hooks.example.com/{TELLING}",
    "webhook-secret": f"first {TELLING}\nsecond line",
    "apprise-urls": f"ntfy://{TELLING}\nntfy://second-topic",
}


def sealed(
    name: str = "discord-webhook-url",
    value: str = HOOK,
    login: str = "octocat",
    key: PrivateKey = KEY,
    as_name: str = "",
) -> str:
    """A line of a config file."""
    return f"{name}: {sealing.seal(value, key.public, login, as_name or name)}\n"


def sources(masks: list[str] | None = None, **more: str) -> Sources:
    environment = {
        "GITHUB_TOKEN": TOKEN,
        "GITHUB_REPOSITORY_OWNER": "octocat",
        "GITHUB_REPOSITORY": "octocat/streaky",
        "STREAKY_KEY": KEY.text,
    }
    return Sources({}, environment | more, masks.extend if masks is not None else None)


def settle(file: str, **more: str) -> Settings:
    return sources(**more).settle(configfile.read(file.encode(), PATH, IN_FILE))


def faults(file: str, **more: str) -> list[str]:
    """What is said of the file, which holds nothing of what is sealed in it."""
    with pytest.raises(ConfigurationError) as caught:
        settle(file, **more)
    assert caught.value.exit_status == 2
    said = str(caught.value)
    assert leaks(said, (TELLING, KEY.text.rpartition(":")[2], OTHER.text.rpartition(":")[2])) == []
    return [str(fault) for fault in caught.value.faults]


# What opens


def test_each_secret_of_a_file_is_opened_and_read_as_that_input() -> None:
    assert set(VALUES) == set(SEALABLE)
    settings = settle("".join(sealed(name, value) for name, value in VALUES.items()))
    discord = settings.channel(DiscordAddress)
    assert discord is not None
    assert discord.webhook.token == TELLING
    assert settings.channel(TelegramAddress) == TelegramAddress(
        BOT, Chat(-1001234567890, 42), "https://api.telegram.org"
    )
    assert settings.channel(WebhookAddress) == WebhookAddress(VALUES["webhook-url"], VALUES["webhook-secret"])
    assert settings.channel(AppriseAddress) == AppriseAddress((f"ntfy://{TELLING}", "ntfy://second-topic"))


@pytest.mark.parametrize("form", ["{}", "'{}'", '"{}"', ">-\n  {}"])
def test_it_may_be_written_in_any_way_that_yaml_has_for_text(form: str) -> None:
    name, _, text = sealed().strip().partition(": ")
    assert settle(f"{name}: {form.format(text)}\n").channel(DiscordAddress) is not None


@pytest.mark.parametrize(
    ("file", "more"),
    [
        ("user: OctoDog\n{}", {}),
        ("{}user: octodog\n", {}),
        ("user: octocat\n{}", {"STREAKY_USER": "@OCTODOG"}),
        ("{}", {"GITHUB_REPOSITORY_OWNER": "octodog"}),
        ("{}", {"GITHUB_REPOSITORY_OWNER": "", "GITHUB_REPOSITORY": "octodog/streaky"}),
    ],
)
def test_it_opens_for_whoever_is_guarded(file: str, more: dict[str, str]) -> None:
    assert settle(file.format(sealed(login="octodog")), **more).channel(DiscordAddress) is not None
    (said,) = faults(file.format(sealed(login="octocat")), **more)
    assert "was not sealed as discord-webhook-url for octodog" in said.lower()


def test_several_keys_open_what_was_sealed_before_and_after_a_change() -> None:
    file = sealed() + sealed("webhook-url", VALUES["webhook-url"], key=NEXT)
    settings = settle(file, STREAKY_KEY=f"{NEXT.text}\n{KEY.text}\n")
    assert settings.channel(DiscordAddress) is not None
    assert settings.channel(WebhookAddress) is not None


def test_flag_and_environment_come_first_and_leave_the_sealed_one_shut() -> None:
    other = HOOK.replace("1234567890123456789", "9876543210")
    settings = settle(sealed(login="octodog", key=OTHER), DISCORD_WEBHOOK_URL=other)
    discord = settings.channel(DiscordAddress)
    assert discord is not None
    assert discord.webhook.id == "9876543210"


def test_the_only_channel_may_be_a_sealed_one_that_github_has_not_handed_over_yet() -> None:
    known = sources(STREAKY_WEBHOOK_SECRET="s3cret-s3cret", TELEGRAM_CHAT_ID="42")
    assert known.settle(None, file_may_follow=True).channel(DiscordAddress) is None
    with pytest.raises(ConfigurationError, match="no channel is set"):
        sources(STREAKY_KEY="").settle(None, file_may_follow=True)
    with pytest.raises(ConfigurationError, match="no channel is set"):
        sources().settle(None)


def test_a_key_that_nothing_needs_costs_no_cryptography(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "streaky.hpke", None)
    assert settle("user: octocat\n", DISCORD_WEBHOOK_URL=HOOK).channel(DiscordAddress) is not None


# What is hidden


def test_an_opened_value_is_redacted_and_masked_like_any_other_secret() -> None:
    masks: list[str] = []
    given = sources(masks)
    given.redact("something said before")
    for _ in range(2):  # a run that holds settles twice
        given.settle(configfile.read(sealed().encode(), PATH, IN_FILE))
    elsewhere = Sources({}, {"DISCORD_WEBHOOK_URL": HOOK}).redact
    assert masks == list(elsewhere.masks)
    assert HOOK in masks
    assert TELLING in masks
    encoded = base64.b64encode(TELLING.encode()).decode()
    said = f"{HOOK} {TELLING[3:15]} {encoded}"
    assert leaks(given.redact(said), (TELLING, encoded)) == []
    assert TOKEN not in given.redact(TOKEN)


def test_a_value_that_cannot_be_read_is_masked_before_that_is_said() -> None:
    masks: list[str] = []
    file = configfile.read(sealed(value=f"hello {TELLING}").encode(), PATH, IN_FILE)
    with pytest.raises(ConfigurationError):
        sources(masks).settle(file)
    assert f"hello {TELLING}" in masks


def test_the_key_is_hidden_and_words_that_look_like_its_beginning_are_not() -> None:
    redact = sources(STREAKY_KEY=f"{KEY.text}\n{OTHER.text}").redact
    said = redact(f"streaky-action/streaky, streaky-private:v1: {KEY.text} {OTHER.text[-20:]}")
    assert said.startswith("streaky-action/streaky, streaky-private:v1: ")
    assert leaks(said, (KEY.text.rpartition(":")[2], OTHER.text.rpartition(":")[2])) == []
    assert KEY.text in redact.masks


# What stays shut


def test_without_a_key_the_place_is_named_and_the_secret_to_add() -> None:
    assert faults("timezone: UTC\n" + sealed(), STREAKY_KEY="") == [
        f"{PATH}:2:22: discord-webhook-url: is sealed, and no key is set that opens it."
        " Add the repository secret `STREAKY_KEY` (Settings → Secrets and variables → Actions)."
    ]


def test_a_wrong_key_is_named_by_its_id() -> None:
    (said,) = faults(sealed(), STREAKY_KEY=f"{OTHER.text}\n{NEXT.text}")
    assert said.startswith(
        f"{PATH}:1:22: discord-webhook-url: was sealed with the public key {KEY.public.id},"
    )
    assert f"{OTHER.public.id}, {NEXT.public.id}" in said


def changed(line: str, at: int) -> str:
    return line[:at] + ("A" if line[at] != "A" else "B") + line[at + 1 :]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (changed(sealed(), 50), "cannot be opened: it was changed"),
        (changed(sealed(), 150), "cannot be opened: it was changed"),
        (sealed()[:-9], ""),  # either its form or its tag is wrong
        (sealed()[:60], "is not a whole sealed value."),
        (sealed(login="octodog"), "it was not sealed as discord-webhook-url for octocat."),
        (sealed(as_name="webhook-url"), "it was not sealed as discord-webhook-url for octocat."),
        (sealed().replace(":v1:", ":v2:"), "is sealed in the form v2,"),
        ("discord-webhook-url: 'sealed:'\n", "is not a whole sealed value."),
        (sealed(value=" "), "is sealed, but empty."),
        (sealed(value=f"https://dlscord.com/{TELLING}"), "is not a Discord webhook URL"),
        (sealed(value=f"{HOOK}\nsecond"), "holds a control character (U+000A)."),
    ],
    ids=lambda value: "sealed" if "sealed:" in value else value,  # what is sealed differs each time
)
def test_what_does_not_open_is_told_with_its_place(line: str, said: str) -> None:
    (fault,) = faults(line)
    assert fault.startswith(f"{PATH}:1:22: discord-webhook-url: ")
    assert said in fault


def test_each_fault_of_a_file_is_told_at_once() -> None:
    places = [
        each.split(": ")[0] for each in faults(sealed(login="a") + "timezon: UTC\n" + sealed("webhook-url"))
    ]
    assert places == [f"{PATH}:2:1", f"{PATH}:1:22"]


@pytest.mark.parametrize(
    ("more", "about"),
    [
        ({"STREAKY_KEY": "streaky-private:v1:short"}, "key: line 1 is no private key of Streaky."),
        ({"STREAKY_KEY": str(KEY.public)}, "key: line 1 is a public key."),
        ({"STREAKY_USER": "octo cat"}, 'user: "octo cat" is not a GitHub login.'),
        ({"GITHUB_REPOSITORY_OWNER": "", "GITHUB_REPOSITORY": ""}, "user: nobody to guard is named."),
    ],
)
def test_a_fault_of_the_key_or_the_user_is_the_only_one(more: dict[str, str], about: str) -> None:
    file = sealed() + sealed("telegram-bot-token", BOT) + sealed("telegram-chat-id", "42")
    (said,) = faults(file, **more)
    assert said.startswith(about)


def test_a_malformed_key_is_a_fault_though_nothing_is_sealed() -> None:
    (said,) = faults("user: octocat\n", STREAKY_KEY=TELLING, DISCORD_WEBHOOK_URL=HOOK)
    assert said.startswith("key: line 1 is no private key of Streaky.")
    assert said.endswith("(from STREAKY_KEY)")


def test_without_the_library_a_channel_stays_shut_and_the_file_is_no_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    line = sealed()
    monkeypatch.delattr("streaky.hpke")
    monkeypatch.setitem(sys.modules, "streaky.hpke", None)
    settings = settle(line)
    assert settings.channel(DiscordAddress) is None
    assert (settings.unopened, settings.shut) == (("discord-webhook-url",), (DiscordAddress,))


# What may be sealed


@pytest.mark.parametrize("name", sorted(SECRET - {*SEALABLE}))
def test_a_secret_that_a_file_cannot_serve_is_refused_though_sealed(name: str) -> None:
    (said,) = faults(sealed(name, TELLING), DISCORD_WEBHOOK_URL=HOOK)
    assert said.startswith(f"{PATH}:1:1: {name}: is a secret, which a file must not hold.")


def test_a_sealed_value_is_opened_in_a_file_only() -> None:
    text = sealed().partition(": ")[2].strip()
    (said,) = faults("", DISCORD_WEBHOOK_URL=text)
    assert said.startswith("discord-webhook-url: is not a URL.")


def test_what_is_no_secret_is_not_opened() -> None:
    (said,) = faults(sealed("timezone", "UTC"), DISCORD_WEBHOOK_URL=HOOK)
    assert said.startswith(f"{PATH}:1:11: timezone: the value (not repeated here, it looks like a secret)")


def test_a_plain_secret_is_refused_and_sealing_is_named_as_a_way() -> None:
    for name in SECRET & {*SEALABLE}:
        (fault,) = configfile.read(f"{name}: {VALUES[name]!r}\n".encode(), PATH, IN_FILE).faults
        assert "streaky seal" in fault.mend
        assert leaks(str(fault), (TELLING,)) == []


def test_the_schema_knows_sealed_values_and_no_others() -> None:
    for name in SEALABLE:
        text = sealed(name, VALUES[name]).partition(": ")[2].strip()
        jsonschema.validate({name: text}, SCHEMA)
        plain = VALUES[name] if name in SECRET else f"{text}="
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({name: plain}, SCHEMA)
    assert not {*SEALABLE} - {*INPUTS}
