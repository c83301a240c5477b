"""The sandbox's Telegram and its webhook receiver, over real HTTP."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import time
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import requests

from streaky.sandbox import Fault, Sandbox
from streaky.sandbox.telegram.bot import Bot
from tests.conftest import SPECS

CHAT = 4242


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def bot(sandbox: Sandbox) -> Bot:
    bot = sandbox.telegram.add_bot()
    bot.add_chat(CHAT)
    return bot


def call(sandbox: Sandbox, bot: Bot, method: str = "sendMessage", **given: object) -> requests.Response:
    response = requests.post(f"{sandbox.telegram.url}/bot{bot.token}/{method}", json=given, timeout=5)
    returns = described().get("methods", {}).get(method, {}).get("returns")
    if response.ok and returns:
        hold(response.json()["result"], returns[0], method)
    return response


@cache
def described() -> dict[str, Any]:
    """The Bot API's description; empty where it is not at hand. Its editMessageText is not in it."""
    spec = SPECS / "telegram-bot.json"
    return dict(json.loads(spec.read_text("utf-8"))) if spec.is_file() else {}


def hold(value: Any, kind: str, where: str) -> None:
    """Hold a value against a type. The sandbox answers with excerpts: a property may be missing, but each has
    a name and a type that the Bot API knows."""
    plain = {"Integer": int, "String": str, "Boolean": bool, "True": bool}
    if kind.startswith("Array of "):
        for each in value:
            hold(each, kind.removeprefix("Array of "), where)
    elif kind in plain:
        assert type(value) is plain[kind], where
    else:
        fields = {each["name"]: each["types"] for each in described()["types"][kind]["fields"]}
        for name, each in value.items():
            assert name in fields, f"{where}: {kind} has no {name}"
            hold(each, fields[name][0], f"{where}.{name}")


def refused(response: requests.Response) -> tuple[int, str]:
    """The code and description of a refusal, which is told by status and document alike."""
    document = response.json()
    assert document["ok"] is False
    assert document["error_code"] == response.status_code
    return document["error_code"], document["description"]


def bad(reason: str) -> tuple[int, str]:
    return 400, f"Bad Request: {reason}"


# Messages that arrive


def test_a_message_is_stored_and_answered_with_its_id(sandbox: Sandbox, bot: Bot) -> None:
    response = call(sandbox, bot, chat_id=CHAT, text="hello", disable_notification=True)
    result = response.json()["result"]
    (message,) = bot.messages
    assert (response.status_code, response.json()["ok"]) == (200, True)
    assert (result["message_id"], result["text"], result["chat"]["id"]) == (message.id, "hello", CHAT)
    assert (message.chat_id, message.text, message.plain, message.parse_mode) == (
        CHAT,
        "hello",
        "hello",
        None,
    )
    assert message.payload["disable_notification"] is True


def test_a_chat_may_be_given_as_text_or_by_name_in_any_case(sandbox: Sandbox, bot: Bot) -> None:
    channel = bot.add_chat("@My_Channel")
    assert call(sandbox, bot, chat_id=str(CHAT), text="x").json()["ok"]
    assert call(sandbox, bot, chat_id="@my_channel", text="x").json()["result"]["chat"]["type"] == "channel"
    assert [message.chat_id for message in bot.messages] == [CHAT, channel.id]


@pytest.mark.parametrize("method", ["sendmessage", "SENDMESSAGE", "sendMessage"])
def test_methods_are_case_insensitive(sandbox: Sandbox, bot: Bot, method: str) -> None:
    assert call(sandbox, bot, method, chat_id=CHAT, text="x").json()["ok"]


def test_parameters_may_come_as_query_or_form(sandbox: Sandbox, bot: Bot) -> None:
    bot.add_chat(-1009, topics=(5,), kind="supergroup")
    url = f"{sandbox.telegram.url}/bot{bot.token}/sendMessage"
    given = {
        "chat_id": "-1009",
        "text": "x",
        "message_thread_id": "5",
        "link_preview_options": '{"is_disabled": true}',
    }
    assert requests.get(url, params=given, timeout=5).json()["ok"]
    assert requests.post(url, data=given, timeout=5).json()["ok"]
    assert {str(message.payload["link_preview_options"]) for message in bot.messages} == {
        "{'is_disabled': True}"
    }


def test_a_topic_of_the_chat_is_written_to(sandbox: Sandbox, bot: Bot) -> None:
    bot.add_chat(-1009, topics=(5,), kind="supergroup")
    assert (
        call(sandbox, bot, chat_id=-1009, text="x", message_thread_id=5).json()["result"]["message_thread_id"]
        == 5
    )
    assert refused(call(sandbox, bot, chat_id=-1009, text="x", message_thread_id=6)) == bad(
        "message thread not found"
    )


def test_get_me_describes_the_bot(sandbox: Sandbox, bot: Bot) -> None:
    result = call(sandbox, bot, "getMe").json()["result"]
    assert (result["id"], result["is_bot"], result["username"]) == (bot.id, True, bot.username)


def test_get_chat_describes_the_chat(sandbox: Sandbox, bot: Bot) -> None:
    bot.add_chat(-1009, topics=(5,), kind="supergroup")
    assert call(sandbox, bot, "getChat", chat_id=-1009).json()["result"] == {
        "id": -1009,
        "type": "supergroup",
        "title": "Sandbox",
        "is_forum": True,
    }
    assert refused(call(sandbox, bot, "getChat", chat_id=1)) == bad("chat not found")
    assert bot.messages == []


# Messages that are edited

SAME = "message is not modified: specified new message content and reply markup are exactly the same as a "
SAME += "current content and reply markup of the message"


def edit(sandbox: Sandbox, bot: Bot, id: object, text: str, **more: object) -> requests.Response:
    return call(sandbox, bot, "editMessageText", chat_id=CHAT, message_id=id, text=text, **more)


def test_an_edit_replaces_text_and_keyboard(sandbox: Sandbox, bot: Bot) -> None:
    sent = call(sandbox, bot, chat_id=CHAT, text="at risk", reply_markup=keyboard(BUTTON)).json()["result"]
    assert sent["reply_markup"] == keyboard(BUTTON)
    assert bot.messages[0].buttons == {"Open GitHub": "https://github.com/octocat"}
    result = edit(sandbox, bot, sent["message_id"], "<b>saved</b>", parse_mode="HTML").json()["result"]
    assert (result["message_id"], result["text"], result["edit_date"] >= result["date"]) == (
        sent["message_id"],
        "saved",
        True,
    )
    (message,) = bot.messages
    assert (message.plain, message.edits, message.buttons) == ("saved", ("at risk",), {})


def test_an_edit_that_changes_nothing_is_refused(sandbox: Sandbox, bot: Bot) -> None:
    call(sandbox, bot, chat_id=CHAT, text="x", reply_markup=keyboard(BUTTON))
    id = bot.messages[0].id
    assert refused(edit(sandbox, bot, id, "x", reply_markup=keyboard(BUTTON))) == bad(SAME)
    assert edit(sandbox, bot, id, "x").json()["ok"]  # the keyboard goes


def test_what_cannot_be_edited_is_named(sandbox: Sandbox, bot: Bot) -> None:
    theirs = bot.receive(CHAT, "/start")["message"]["message_id"]
    call(sandbox, bot, chat_id=CHAT, text="x")
    id = bot.messages[0].id
    assert refused(edit(sandbox, bot, theirs, "y")) == bad("message can't be edited")
    assert refused(edit(sandbox, bot, id + 1, "y")) == bad("message to edit not found")
    assert refused(edit(sandbox, bot, 0, "y")) == bad("message identifier is not specified")
    assert refused(edit(sandbox, bot, id, "y" * 4097)) == bad("message is too long")
    assert refused(edit(sandbox, bot, "one", "y")) == bad('field "message_id" must be of type Integer')
    bot.chats[CHAT].blocked = True
    assert refused(edit(sandbox, bot, id, "y"))[0] == 403
    assert bot.messages[0].plain == "x"


# Buttons

BUTTON = {"text": "Open GitHub", "url": "https://github.com/octocat"}


def keyboard(*buttons: object) -> dict[str, Any]:
    return {"inline_keyboard": [list(buttons)]}


def test_a_keyboard_may_come_as_text(sandbox: Sandbox, bot: Bot) -> None:
    url = f"{sandbox.telegram.url}/bot{bot.token}/sendMessage"
    given = {"chat_id": CHAT, "text": "x", "reply_markup": json.dumps(keyboard(BUTTON))}
    assert requests.post(url, data=given, timeout=5).json()["ok"]
    assert bot.messages[0].buttons == {"Open GitHub": "https://github.com/octocat"}


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        ({"inline_keyboard": {}}, 'field "inline_keyboard" must be of type Array'),
        (
            {"inline_keyboard": [BUTTON]},
            'Field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
        ),
        (keyboard("x"), "can't parse inline keyboard button: InlineKeyboardButton must be an Object"),
        (
            keyboard({"url": "https://a.example"}),
            "can't parse inline keyboard button: Can't find field \"text\"",
        ),
        (
            keyboard({"text": "x"}),
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (
            keyboard({"text": "x", "url": "http://localhost/"}),
            "inline keyboard button URL 'http://localhost/' is invalid: Wrong HTTP URL",
        ),
        (
            keyboard({"text": "x", "url": "ftp://a.example"}),
            "inline keyboard button URL 'ftp://a.example' is invalid: Unsupported URL protocol",
        ),
        (keyboard(*[BUTTON] * 101), "reply markup is too long"),
    ],
)
def test_other_keyboards_are_refused(sandbox: Sandbox, bot: Bot, markup: dict[str, Any], reason: str) -> None:
    assert refused(call(sandbox, bot, chat_id=CHAT, text="x", reply_markup=markup)) == bad(reason)
    assert bot.messages == []


# What people write to the bot


def test_updates_wait_until_a_later_one_is_asked_for(sandbox: Sandbox, bot: Bot) -> None:
    first, second = (bot.receive(CHAT, text) for text in ("/start", "hello"))

    def waiting(**given: object) -> list[str]:
        result = call(sandbox, bot, "getUpdates", **given).json()["result"]
        return [each["message"]["text"] for each in result]

    assert waiting() == waiting(timeout=0) == ["/start", "hello"]
    assert first["message"]["chat"]["id"] == CHAT
    assert waiting(limit=1) == ["/start"]
    assert waiting(offset=second["update_id"]) == ["hello"]
    assert waiting() == ["hello"]
    assert waiting(offset=second["update_id"] + 1) == []


def test_updates_that_go_to_a_webhook_are_a_409(sandbox: Sandbox, bot: Bot) -> None:
    bot.receive(CHAT, "/start")
    bot.webhook_url = "https://bot.example/hook"
    code, description = refused(call(sandbox, bot, "getUpdates"))
    assert (code, description.partition(";")[0]) == (
        409,
        "Conflict: can't use getUpdates method while webhook is active",
    )
    assert call(sandbox, bot, "getWebhookInfo").json()["result"] == {
        "url": "https://bot.example/hook",
        "has_custom_certificate": False,
        "pending_update_count": 1,
    }


# What is refused


def test_an_unknown_token_is_401(sandbox: Sandbox, bot: Bot) -> None:
    bot.token = bot.token[:-1] + ("x" if bot.token[-1] != "x" else "y")
    assert refused(call(sandbox, bot, "getMe")) == (401, "Unauthorized")


@pytest.mark.parametrize(
    "path", ["/", "/botabc/getMe", "/bot0123456:" + "a" * 35 + "/getMe", "/bot/getMe", "/x/getMe"]
)
def test_a_path_without_a_wellformed_token_is_404(sandbox: Sandbox, path: str) -> None:
    assert refused(requests.get(sandbox.telegram.url + path, timeout=5)) == (404, "Not Found")


def test_an_unknown_method_is_404(sandbox: Sandbox, bot: Bot) -> None:
    assert refused(call(sandbox, bot, "sendPigeon")) == (404, "Not Found: method not found")


def test_a_chat_where_nobody_pressed_start_is_not_found(sandbox: Sandbox, bot: Bot) -> None:
    for unknown in (7, "7", "@nobody", "nobody"):
        assert refused(call(sandbox, bot, chat_id=unknown, text="x")) == bad("chat not found")


def test_a_missing_chat_is_named(sandbox: Sandbox, bot: Bot) -> None:
    assert refused(call(sandbox, bot, text="x")) == bad("chat_id is empty")


@pytest.mark.parametrize("text", ["", " \n ", "<b> </b>"])
def test_an_empty_text_is_refused(sandbox: Sandbox, bot: Bot, text: str) -> None:
    assert refused(call(sandbox, bot, chat_id=CHAT, text=text, parse_mode="HTML")) == bad(
        "message text is empty"
    )


def test_a_blocked_bot_is_403_and_the_words_name_the_kind_of_chat(sandbox: Sandbox, bot: Bot) -> None:
    bot.add_chat(1, blocked=True)
    bot.add_chat(-2, blocked=True, kind="group")
    person, group = call(sandbox, bot, chat_id=1, text="x"), call(sandbox, bot, chat_id=-2, text="x")
    assert refused(person) == (403, "Forbidden: bot was blocked by the user")
    assert refused(group) == (403, "Forbidden: bot was kicked from the group chat")


def test_a_chat_may_block_the_bot_later(sandbox: Sandbox, bot: Bot) -> None:
    assert call(sandbox, bot, chat_id=CHAT, text="x").json()["ok"]
    bot.chats[CHAT].blocked = True
    assert refused(call(sandbox, bot, chat_id=CHAT, text="x"))[0] == 403


def test_a_group_that_became_a_supergroup_names_its_new_id(sandbox: Sandbox, bot: Bot) -> None:
    bot.add_chat(-5, migrated_to=-1005, kind="group")
    response = call(sandbox, bot, chat_id=-5, text="x")
    assert refused(response) == bad("group chat was upgraded to a supergroup chat")
    moved = response.json()["parameters"]["migrate_to_chat_id"]
    assert call(sandbox, bot, chat_id=moved, text="x").json()["result"]["chat"]["type"] == "supergroup"


@pytest.mark.parametrize(
    ("field", "value", "wanted"),
    [
        ("text", ["x"], "String"),
        ("chat_id", True, "Integer or String"),
        ("chat_id", {}, "Integer or String"),
        ("message_thread_id", "five", "Integer"),
        ("disable_notification", "perhaps", "Boolean"),
        ("link_preview_options", "{", "Object"),
        ("link_preview_options", [], "Object"),
        ("entities", {}, "Array"),
    ],
)
def test_each_field_has_its_type(sandbox: Sandbox, bot: Bot, field: str, value: object, wanted: str) -> None:
    given: dict[str, Any] = {"chat_id": CHAT, "text": "x", field: value}
    assert refused(call(sandbox, bot, **given)) == bad(f'field "{field}" must be of type {wanted}')


def test_a_body_that_is_no_json_object_is_refused(sandbox: Sandbox, bot: Bot) -> None:
    url, kind = f"{sandbox.telegram.url}/bot{bot.token}/sendMessage", {"Content-Type": "application/json"}
    for body in (b"{", b"[]"):
        assert refused(requests.post(url, data=body, headers=kind, timeout=5)) == bad(
            "can't parse request JSON object"
        )


def test_half_a_surrogate_pair_is_no_text(sandbox: Sandbox, bot: Bot) -> None:
    assert refused(call(sandbox, bot, chat_id=CHAT, text="\ud83d")) == bad("strings must be encoded in UTF-8")


def test_only_html_is_read_as_a_parse_mode(sandbox: Sandbox, bot: Bot) -> None:
    assert refused(call(sandbox, bot, chat_id=CHAT, text="x", parse_mode="Markdown")) == bad(
        "unsupported parse_mode"
    )
    assert (
        call(sandbox, bot, chat_id=CHAT, text="<b>x</b>", parse_mode="html").json()["result"]["text"] == "x"
    )
    assert call(sandbox, bot, chat_id=CHAT, text="<x>").json()["result"]["text"] == "<x>"


# Length


def test_4096_utf16_units_are_the_most(sandbox: Sandbox, bot: Bot) -> None:
    for text in ("x" * 4096, "🔥" * 2048):
        assert call(sandbox, bot, chat_id=CHAT, text=text).json()["ok"]
        assert refused(call(sandbox, bot, chat_id=CHAT, text=text + "x")) == bad("message is too long")


def test_markup_does_not_count_towards_the_length(sandbox: Sandbox, bot: Bot) -> None:
    text = "<b>" + "&amp;" * 4096 + "</b>"
    assert call(sandbox, bot, chat_id=CHAT, text=text, parse_mode="HTML").json()["ok"]
    assert bot.messages[0].plain == "&" * 4096


# HTML


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<b>a</b><strong>b</strong><i>c</i><em>d</em><u>e</u><ins>f</ins>", "abcdef"),
        ("<s>a</s><strike>b</strike><del>c</del><code>d</code><pre>e</pre>", "abcde"),
        ("<tg-spoiler>a</tg-spoiler><span class='tg-spoiler'>b</span>", "ab"),
        ("<blockquote expandable>c</blockquote>", "c"),
        ('<tg-emoji emoji-id="5368324170671202286">👍</tg-emoji>', "👍"),
        ('<a href="https://example.org/?a=1&amp;b=2">link</a>', "link"),
        ("<b>bold <i>and <u>more</u></i></b>", "bold and more"),
        ("<B>loud</b >", "loud"),
        ("<b>a</>", "a"),
        ("&lt;&gt;&amp;&quot;&#33;&#x1F525;", '<>&"!🔥'),
        ("&nbsp;&copy; & &; &#0; &#12345678;", "&nbsp;&copy; & &; &#0; &#12345678;"),
        ("a > b", "a > b"),
        ("<a href=plain.name >x</a>", "x"),
    ],
)
def test_html_is_shown_as_text(sandbox: Sandbox, bot: Bot, text: str, shown: str) -> None:
    assert call(sandbox, bot, chat_id=CHAT, text=text, parse_mode="HTML").json()["result"]["text"] == shown
    assert bot.messages[0].text == text


SURROGATE = (
    "Text contains invalid Unicode characters after decoding HTML entities, "
    "check for unmatched surrogate code units"
)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("é<x@y.org> hi", 'Unsupported start tag "x@y.org" at byte offset 2'),
        ("<h1>x</h1>", 'Unsupported start tag "h1" at byte offset 0'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("🔥<b", "Unclosed start tag at byte offset 4"),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<a href", 'Unclosed start tag "a" at byte offset 0'),
        ("<a href=", 'Unclosed start tag "a" at byte offset 0'),
        ('<a href="x>', "Unclosed start tag at byte offset 0"),
        ("<a =x>y</a>", 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<a href=x/y>z</a>", "Unexpected end of name token at byte offset 8"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<tg-emoji>x</tg-emoji>", "Invalid custom emoji identifier specified"),
        ("&#xD83D;", SURROGATE),
    ],
)
def test_other_html_cannot_be_parsed(sandbox: Sandbox, bot: Bot, text: str, reason: str) -> None:
    response = call(sandbox, bot, chat_id=CHAT, text=text, parse_mode="HTML")
    assert refused(response) == bad(f"can't parse entities: {reason}")
    assert bot.messages == []


# Rate limit and faults


def test_twenty_a_minute_go_to_one_chat_and_each_chat_counts_alone(sandbox: Sandbox, bot: Bot) -> None:
    bot.add_chat(7)
    answers = [call(sandbox, bot, chat_id=CHAT, text="x") for _ in range(21)]
    assert [answer.status_code for answer in answers] == [200] * 20 + [429]
    wait = answers[-1].json()["parameters"]["retry_after"]
    assert 55 <= wait <= 60
    assert answers[-1].headers["Retry-After"] == str(wait)
    assert refused(answers[-1]) == (429, f"Too Many Requests: retry after {wait}")
    assert call(sandbox, bot, chat_id=7, text="x").json()["ok"]
    sandbox.telegram.heal()
    assert call(sandbox, bot, chat_id=CHAT, text="x").json()["ok"]


def test_the_limit_can_be_changed_and_a_wait_is_a_whole_second_at_least(sandbox: Sandbox, bot: Bot) -> None:
    sandbox.telegram.limit = (1, 0.2)
    while (denied := call(sandbox, bot, chat_id=CHAT, text="x")).ok:
        pass  # until two come within one window
    assert denied.json()["parameters"] == {"retry_after": 1}
    time.sleep(0.2)
    assert call(sandbox, bot, chat_id=CHAT, text="x").json()["ok"]
    sandbox.telegram.limit = None
    assert call(sandbox, bot, chat_id=CHAT, text="x").json()["ok"]


def test_a_lost_answer_leaves_the_message_sent(sandbox: Sandbox, bot: Bot) -> None:
    sandbox.telegram.fail(Fault.drop_after())
    with pytest.raises(requests.ConnectionError):
        call(sandbox, bot, chat_id=CHAT, text="x")
    assert len(bot.messages) == 1
    sandbox.telegram.clear()
    assert (bot.messages, sandbox.telegram.requests) == ([], [])


# Webhook receiver


def test_a_json_body_is_received(sandbox: Sandbox) -> None:
    hook = sandbox.webhook.endpoint()
    response = requests.post(hook.url, json={"kind": "test"}, timeout=5)
    assert (response.status_code, response.json()) == (200, {"ok": True})
    assert hook.received == sandbox.webhook.received == [{"kind": "test"}]
    assert sandbox.webhook.requests[0].path == "/hook"


def test_with_a_secret_only_signed_bodies_are_received(sandbox: Sandbox) -> None:
    hook = sandbox.webhook.endpoint("/signed", secret="s3cret")
    body = json.dumps({"kind": "test"}).encode()
    right = "sha256=" + hmac.new(b"s3cret", body, hashlib.sha256).hexdigest()
    wrong = "sha256=" + hmac.new(b"another", body, hashlib.sha256).hexdigest()

    def status(body: bytes, headers: dict[str, Any]) -> int:
        return requests.post(hook.url, data=body, headers=headers, timeout=5).status_code

    name = "X-Streaky-Signature-256"
    assert status(body, {}) == 401
    assert status(body, {name: wrong}) == 401
    assert status(body + b" ", {name: right}) == 401
    assert hook.received == []
    assert status(body, {name: right}) == 200
    assert hook.received == [{"kind": "test"}]


def test_the_receiver_refuses_what_it_does_not_know(sandbox: Sandbox) -> None:
    hook = sandbox.webhook.endpoint()
    assert requests.post(sandbox.webhook.url + "/other", json={}, timeout=5).status_code == 404
    assert requests.post(hook.url, data=b"{", timeout=5).status_code == 400
    assert requests.put(hook.url, json={}, timeout=5).status_code == 405


def test_a_ping_is_answered_and_recorded_but_is_no_body(sandbox: Sandbox) -> None:
    ping = sandbox.webhook.endpoint("/ping", secret="s3cret")
    assert requests.get(ping.url, timeout=5).json() == {"ok": True}
    assert requests.head(ping.url, timeout=5).content == b""
    assert [request.method for request in sandbox.webhook.requests] == ["GET", "HEAD"]
    assert ping.received == []


def test_clearing_forgets_what_was_received(sandbox: Sandbox) -> None:
    hook = sandbox.webhook.endpoint()
    requests.post(hook.url, json={}, timeout=5)
    sandbox.clear()
    assert (hook.received, sandbox.webhook.received, sandbox.webhook.requests) == ([], [], [])


def test_the_default_secrets_have_the_shape_of_real_ones(sandbox: Sandbox, bot: Bot) -> None:
    hook = sandbox.discord.add_webhook()
    assert re.fullmatch(r"[1-9]\d{7,9}:[A-Za-z0-9_-]{35}", bot.token)
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/api/webhooks/\d{17,20}/[A-Za-z0-9_-]{68}", hook.url)
