"""Which URLs, tokens and chats are taken; a refusal repeats no more of them than a host."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streaky.channels import discord, telegram
from streaky.channels.apprise import read_urls
from streaky.channels.discord.inputs import Webhook, read_mention, read_webhook
from streaky.channels.telegram.inputs import Chat, read_chat, read_token
from streaky.input import urls
from streaky.input.refusal import BadValue
from tests.conftest import leaks

ID = "1234567890123456789"
SECRET = "ZQ9xK7wV5uT3sR1pO8nM6lJ4iH2gF0dB"
HOOK = f"/api/webhooks/{ID}/{SECRET}"
BOT = f"123456789:{SECRET}"
READERS = (
    read_webhook,
    read_token,
    read_chat,
    urls.base_url,
    urls.web_url,
    read_urls,
)
FOREIGN = st.text(max_size=60) | st.text("htps:/@#?.[]%0123456789discordapbwek\\\n -_\x00é", max_size=60)


def refusal(read: Callable[[str], Any], text: str) -> str:
    """What is said of a text that a reader refuses; nothing secret is in it."""
    with pytest.raises(BadValue) as caught:
        read(text)
    said = f"{caught.value.what} {caught.value.mend}".strip()
    assert leaks(said, (SECRET,)) == []
    assert said.isprintable()
    return said


@pytest.mark.parametrize(
    "url",
    [
        "https://discord.gg/abcDEF",
        "https://discord.com/invite/abcDEF",
        "https://www.discord.gg/abcDEF",
        "https://ptb.discord.com/invite/abcDEF?event=1",
    ],
)
def test_an_invite_to_a_server_is_called_one(url: str) -> None:
    said = refusal(read_webhook, url)
    assert said.startswith("is an invite to a Discord server, not a webhook. Copy it from Discord")


# URLs


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com",
        "https://hooks.example.com:8443/a/b?c=d&e=%20",
        "https://EXAMPLE.com/",
        "https://example.com./",
        "https://my_host.internal/x",
        "https://192.0.2.1/x",
        "https://[2001:db8::1]:8443/x",
        "https://xn--bcher-kva.example/",
        "http://localhost:8080/x",
        "http://127.0.0.1:8080/x",
        "http://127.8.9.10/x",
        "http://[::1]:8080/x",
    ],
)
def test_an_https_url_and_plain_http_to_this_machine_are_taken_as_written(url: str) -> None:
    assert urls.web_url(url) == url


PLAIN = "would be sent unencrypted. Use https:// (http:// works to a loopback address only)."
SHAPE = "is not a URL. It must start with https:// and name a host."
LETTERS = "is not a URL. It holds a space, a backslash or a letter that URLs do not have."
NO_HOST = "is not a URL. Its host is not a host name."


@pytest.mark.parametrize("read", [urls.web_url, urls.base_url, read_webhook])
@pytest.mark.parametrize(
    ("url", "said"),
    [
        (f"http://discord.com{HOOK}", PLAIN),
        (f"http://127.0.0.1.evil.example{HOOK}", PLAIN),
        (f"http://localhost.evil.example{HOOK}", PLAIN),
        (f"http://0.0.0.0{HOOK}", PLAIN),
        (f"http://192.168.0.1{HOOK}", PLAIN),
        (f"discord.com{HOOK}", SHAPE),
        (f"//discord.com{HOOK}", SHAPE),
        (f"ftp://discord.com{HOOK}", SHAPE),
        (f"file:///{SECRET}", SHAPE),
        (f"https:///{SECRET}", SHAPE),
        (f"javascript:alert('{SECRET}')", SHAPE),
        (f"https:{SECRET}", SHAPE),
        (f"https://discord.com{HOOK} ", LETTERS),
        (f"https://discord.com\\{HOOK}", LETTERS),
        (f"https://discоrd.com{HOOK}", LETTERS),
        (f"https://discord。com{HOOK}", LETTERS),
        (f"https://discord.com{HOOK}\r\nX: y", LETTERS),
        (f"https://discord.com:99999{HOOK}", "is not a URL. Its host or port cannot be read."),
        (f"https://discord.com:abc{HOOK}", "is not a URL. Its host or port cannot be read."),
        (f"https://[::1{HOOK}", "is not a URL. Its host or port cannot be read."),
        (f"https://.discord.com{HOOK}", NO_HOST),
        (f"https://discord..com{HOOK}", NO_HOST),
        (f"https://-{HOOK}", NO_HOST),
        (f"https://disc%6Frd.com{HOOK}", NO_HOST),
        (f"https://{'a' * 64}.com{HOOK}", NO_HOST),
        (f"https://{'a.' * 127}com{HOOK}", NO_HOST),
        (f"https://[fe80::1%25eth0]{HOOK}", NO_HOST),
        (
            f"https://{SECRET}@discord.com{HOOK}",
            "names a user before the host. Remove everything from :// to @.",
        ),
        (
            f"https://discord.com:{SECRET}@evil.example{HOOK}",
            "names a user before the host. Remove everything from :// to @.",
        ),
        (f"https://discord.com{HOOK}#x", "has a fragment. Remove the # and what follows."),
        (f"https://discord.com{HOOK}#", "has a fragment. Remove the # and what follows."),
        (f"https://evil.example#@discord.com{HOOK}", "has a fragment. Remove the # and what follows."),
    ],
)
def test_other_urls_are_refused_without_their_text(read: Callable[[str], Any], url: str, said: str) -> None:
    assert refusal(read, url) == said


def test_the_root_of_a_service_has_no_slash_at_its_end_and_no_query() -> None:
    assert urls.base_url("https://bots.example.com/api//") == "https://bots.example.com/api"
    said = refusal(urls.base_url, f"https://bots.example.com/?token={SECRET}")
    assert said == "has a query. Remove the ? and what follows."


# Discord


@pytest.mark.parametrize("host", ["discord.com", "discordapp.com", "Discord.com", "discord.com:443"])
@pytest.mark.parametrize("client", ["", "ptb.", "canary."])
@pytest.mark.parametrize("version", ["", "v6/", "v10/"])
def test_webhooks_of_every_discord_client_and_version_are_called_at_discord_com(
    host: str, client: str, version: str
) -> None:
    url = f"https://{client}{host}/api/{version}webhooks/{ID}/{SECRET}"
    assert read_webhook(url) == Webhook("https://discord.com", ID, SECRET)
    assert read_webhook(f"{url}/") == read_webhook(url)


def test_a_thread_is_kept_and_the_rest_of_the_query_is_not() -> None:
    url = f"https://discord.com{HOOK}?wait=false&thread_id=42"
    assert read_webhook(url) == Webhook("https://discord.com", ID, SECRET, "42")


@pytest.mark.parametrize("origin", ["http://127.0.0.1:8080", "http://localhost:1", "https://[::1]:8443"])
def test_a_webhook_on_this_machine_is_called_where_it_is(origin: str) -> None:
    assert read_webhook(origin + HOOK).origin == origin


@pytest.mark.parametrize(
    ("host", "mend"),
    [
        ("dlscord.com", 'Did you mean "discord.com"?'),
        ("disc0rd.com", 'Did you mean "discord.com"?'),
        ("discord.co", 'Did you mean "discord.com"?'),
        ("discordap.com", 'Did you mean "discordapp.com"?'),
        ("canari.discord.com", 'Did you mean "canary.discord.com"?'),
        ("www.discord.com", 'Did you mean "discord.com"?'),
        ("discord.com.evil.example", ""),
        ("evil-discord.com", ""),
        ("evil.example", discord.inputs.FORM),
        ("xn--discrd-eye.com", ""),
        ("discord.com:8443", 'Did you mean "discord.com"?'),
    ],
)
def test_look_alikes_of_discord_are_refused_by_their_host(host: str, mend: str) -> None:
    said = refusal(read_webhook, f"https://{host}{HOOK}")
    assert said.startswith(f'is not a Discord webhook URL: its host is "{host}".')
    assert said.endswith(mend)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("", "its path is not /api/webhooks/ID/TOKEN."),
        (f"/channels/{ID}/{SECRET}", "its path is not /api/webhooks/ID/TOKEN."),
        (f"/api/webhooks/{SECRET}/{ID}", "its path is not /api/webhooks/ID/TOKEN."),
        (f"/api/webhooks/{ID}", "its path is not /api/webhooks/ID/TOKEN."),
        (f"{HOOK}/messages/1", "its path is not /api/webhooks/ID/TOKEN."),
        (f"{HOOK}%0A", "its path is not /api/webhooks/ID/TOKEN."),
        (f"/x/..{HOOK}", "its path is not /api/webhooks/ID/TOKEN."),
        (f"{HOOK}/slack", "ends in /slack, which is another message format. Remove /slack."),
        (f"{HOOK}/github", "ends in /github, which is another message format. Remove /github."),
        (f"{HOOK}?thread_id={SECRET}", "has a thread_id that is not a number."),
    ],
)
def test_what_is_no_webhook_on_discords_host_is_refused(path: str, said: str) -> None:
    assert said in refusal(read_webhook, f"https://discord.com{path}")


def test_a_webhooks_token_is_not_in_its_repr() -> None:
    assert leaks(repr(read_webhook(f"https://discord.com{HOOK}")), (SECRET,)) == []


# Telegram


@pytest.mark.parametrize("text", [BOT, f"bot{BOT}"])
def test_a_bot_token_is_taken_with_or_without_bot_before_it(text: str) -> None:
    assert read_token(text) == BOT


@pytest.mark.parametrize(
    "text",
    [
        SECRET,
        f"0123456789:{SECRET}",
        f"123456789{SECRET}",
        f"123456789:{SECRET}/getMe",
        f"123456789: {SECRET}",
        f"https://api.telegram.org/bot{BOT}/sendMessage",
        f"{BOT}\n{BOT}",
        f"123456789:{SECRET[:20]}",
        f"123456789:{SECRET * 3}",
        f"１２３４５６７８９:{SECRET}",
    ],
)
def test_what_is_no_bot_token_is_refused_with_its_form(text: str) -> None:
    said = refusal(read_token, text)
    assert said == f"is not a Telegram bot token. {telegram.inputs.FORM}"


@pytest.mark.parametrize(
    ("text", "chat"),
    [
        ("123456789", Chat(123456789)),
        ("-1001234567890", Chat(-1001234567890)),
        ("-1001234567890:42", Chat(-1001234567890, 42)),
        ("@my_channel", Chat("@my_channel")),
        ("@my_channel:7", Chat("@my_channel", 7)),
    ],
)
def test_a_chat_is_an_id_or_a_channel_and_perhaps_a_topic(text: str, chat: Chat) -> None:
    assert read_chat(text) == chat


@pytest.mark.parametrize(
    "text",
    [
        "0",
        "-0",
        "abc",
        "@abc",
        "@1channel",
        "1.5",
        "12 34",
        "--1",
        "1:0",
        "1:",
        "t.me/channel",
        "٣",
        "9" * 20,
    ],
)
def test_what_is_no_chat_is_refused_with_its_form(text: str) -> None:
    said = refusal(read_chat, text)
    assert said.startswith("is not a Telegram chat id. Write a number such as 123456789 or")


# Apprise


def test_apprise_urls_stand_one_per_line_beside_empty_lines_and_comments() -> None:
    text = f"\n  ntfy://topic \r\n# mine\n\ntgram://{BOT}/1/\n"
    assert read_urls(text) == ("ntfy://topic", f"tgram://{BOT}/1/")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"ntfy://a\n{SECRET}", "line 2 is not an Apprise URL."),
        (f"://{SECRET}", "line 1 is not an Apprise URL."),
        ("ntfy://", "line 1 is not an Apprise URL."),
        ("# nothing\n\n", "holds no URL."),
    ],
)
def test_a_wrong_apprise_url_is_named_by_its_line(text: str, said: str) -> None:
    assert refusal(read_urls, text).startswith(said)


# Anything


@pytest.mark.parametrize("read", READERS)
@settings(max_examples=100, deadline=None)
@given(FOREIGN)
def test_any_text_gives_a_value_or_one_visible_line_about_it(read: Callable[[str], Any], text: str) -> None:
    said = "fine"
    try:
        read(text)
    except BadValue as bad:
        said = f"{bad.what} {bad.mend}".strip()
    assert said
    assert said.isprintable()


@pytest.mark.parametrize("read", READERS)
@settings(max_examples=100, deadline=None)
@given(
    st.text("htps:/@#?[]%0123456789discord.\\\n -é", max_size=30),
    st.text("/?#:@% \n!é", min_size=1, max_size=10),
)
def test_no_refusal_repeats_a_secret_after_or_before_other_text(
    read: Callable[[str], Any], before: str, after: str
) -> None:
    for text in (f"{before}{SECRET}{after}", f"https://discord.com/{before}{SECRET}{after}"):
        try:
            read(text)
        except BadValue as bad:
            shown = f"{bad.what} {bad.mend}".casefold()
            assert leaks(shown, (SECRET.casefold(),)) == [] or "its host is" in shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("123456789012345678", "<@123456789012345678>"),
        ("<@123456789012345678>", "<@123456789012345678>"),
        ("<@!123456789012345678>", "<@123456789012345678>"),
        ("<@&123456789012345678>", "<@&123456789012345678>"),
        ("role:123456789012345678", "<@&123456789012345678>"),
        ("role: 123456789012345678", "<@&123456789012345678>"),
    ],
)
def test_a_mention_is_a_user_or_a_role_in_any_form_that_discord_shows(text: str, shown: str) -> None:
    assert str(read_mention(text)) == shown


@pytest.mark.parametrize(
    "text",
    [
        "@everyone",
        "octocat",
        "@octocat",
        "<@123456789012345678",
        "123456789012345678>",
        "1234",
        "1" * 21,
        "role:",
        "<#123456789012345678>",
        "<@&>",
        "\u0661" * 18,
        "role:<@123456789012345678>",
    ],
)
def test_what_is_no_id_of_a_user_or_role_is_refused_with_its_form(text: str) -> None:
    said = refusal(read_mention, text)
    assert said.startswith(
        "is no id of a Discord user or role. Write a user's id, such as 123456789012345678"
    )
