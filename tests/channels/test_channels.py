"""Discord, Telegram, the webhook and Apprise: what is sent, what counts as sent, what is tried again."""

from __future__ import annotations

import hashlib
import hmac
import html
import json
import re
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streaky.channels import discord, telegram
from streaky.channels.apprise import open_apprise
from streaky.channels.base import Channel, Outcome, Result
from streaky.channels.delivery import deliver
from streaky.channels.webhook import Webhook
from streaky.channels.webhook import payload as webhook_payload
from streaky.config import addresses
from streaky.config.settings import Telegram as TelegramTarget
from streaky.config.settings import Webhook as WebhookTarget
from streaky.http import Pace, Patience
from streaky.messages import Alert
from streaky.sandbox import Fault, Sandbox
from streaky.text import units
from tests.conftest import CHAT, NOW, ROOT, SPECS, World, leaks
from tests.test_messages import CASES, PAGE, alert

HOSTILE = st.text(
    st.one_of(st.characters(), st.sampled_from("*_~`|<>[]()@#&\\:/-+\u202e\u200b\n")), max_size=600
) | st.sampled_from(["@everyone <@123> [x](https://evil.example)", "<b>&amp;</b>" * 500, "x" * 10_000])
quick = settings(max_examples=60, deadline=None)


@dataclass
class Clock:
    """A clock that only sleeping moves."""

    now: float = 0.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def pace(self, total: float = 60) -> Pace:
        return Pace(total, each=1, clock=lambda: self.now, sleep=self.sleep)


def on_discord(world: World, pace: Pace, *alerts: Alert) -> list[Outcome]:
    """Deliver to the sandbox's Discord webhook."""
    channel = discord.Discord(addresses.discord_webhook(world.hook.url))
    return list(deliver([(channel, alerts or [alert("urgent")])], pace, str))


def on_telegram(world: World, pace: Pace, chat: str = str(CHAT), case: str = "urgent") -> Outcome:
    """Deliver to the sandbox's bot."""
    target = TelegramTarget(world.bot.token, addresses.telegram_chat(chat), world.sandbox.telegram.url)
    return deliver([(telegram.Telegram(target), [alert(case)])], pace, str)[0]


def on_webhook(url: str, secret: str, pace: Pace) -> Outcome:
    """Deliver to a JSON webhook."""
    return deliver([(Webhook(WebhookTarget(url, secret)), [alert("urgent")])], pace, str)[0]


def hostile(text: str) -> Alert:
    """An alert whose every word is foreign."""
    made = alert("urgent")
    return replace(
        made,
        title=text,
        lines=(text,) * 3,
        fields=((text, text),) * 100,
        link=text,
        snooze=(text, PAGE),
        facts=replace(made.facts, user=text),
    )


# Discord


def assert_fits_discord(body: dict[str, Any]) -> None:
    """Discord's limits, and its OpenAPI description where that is at hand."""
    (embed,) = body["embeds"]
    texts = [embed["title"], embed["description"], embed["author"]["name"], embed["footer"]["text"]]
    texts += [text for entry in embed["fields"] for text in (entry["name"], entry["value"])]
    assert units(embed["title"]) <= 256
    assert units(embed["description"]) <= 4096
    assert len(embed["fields"]) <= 25
    assert all(units(entry["name"]) <= 256 and units(entry["value"]) <= 1024 for entry in embed["fields"])
    assert sum(map(units, texts)) <= 6000
    assert body["allowed_mentions"] == {"parse": []}
    path = SPECS / "discord-webhook.openapi.json"
    if path.exists():
        spec = json.loads(path.read_text())
        name = "IncomingWebhookRequestPartial"
        assert set(body) <= set(spec["components"]["schemas"][name]["properties"])
        schema = {"$ref": f"#/components/schemas/{name}", "components": spec["components"]}
        jsonschema.Draft202012Validator(schema).validate(json.loads(json.dumps(body)))


@pytest.mark.parametrize("case", CASES)
def test_every_alert_is_a_message_that_discord_takes(case: str) -> None:
    body = discord.payload(alert(case))
    assert_fits_discord(body)
    (embed,) = body["embeds"]
    assert embed["author"]["url"] == "https://github.com/octocat"
    assert embed["url"] == (PAGE if case.startswith("alive") else "https://github.com/octocat")
    assert (f"]({PAGE})" in embed["description"]) == (alert(case).urgency is not None)
    assert embed["timestamp"].endswith("+01:00")
    assert embed["color"] > 0
    assert ("flags" in body) == (case == "safe")


@settings(max_examples=25, deadline=None)
@given(HOSTILE.filter(str.strip))
def test_hostile_text_is_shown_not_obeyed_on_discord(text: str) -> None:
    body = discord.payload(hostile(text))
    assert_fits_discord(body)
    described, last = body["embeds"][0]["description"].rsplit("\n", 1)
    assert last.startswith("[")
    assert last.endswith(f"]({PAGE})")
    for said in (body["embeds"][0]["title"], described, last[1 : -len(f"]({PAGE})")]):
        assert not re.search(r"(?<!\\)(?:\\\\)*[*_~`|<\[\]@]", said)
        assert not re.search(r"(?<!\\)://", said)


@pytest.mark.parametrize(
    ("url", "target"),
    [
        (PAGE, PAGE),
        (f"{PAGE}?ref=a%20b&x=1#top", f"{PAGE}?ref=a%20b&x=1#top"),
        (f"{PAGE}) [x](https://evil.example", f"{PAGE}%29%20%5Bx%5D%28https://evil.example"),
        (f"{PAGE}>\n@everyone\\", f"{PAGE}%3E%0A@everyone%5C"),
        (f'{PAGE} "title"', f"{PAGE}%20%22title%22"),
    ],
)
def test_the_second_links_url_cannot_end_the_link(url: str, target: str) -> None:
    made = replace(alert("urgent"), snooze=("Pause", url))
    (embed,) = discord.payload(made)["embeds"]
    assert embed["description"].rsplit("\n", 1)[1] == f"[Pause]({target})"
    sent = telegram.payload(made, addresses.telegram_chat("1"))["text"]
    shown = html.escape(url)
    assert sent.endswith(f' · <a href="{shown}">Pause</a>')
    assert not set('"<>') & set(shown)


def test_a_second_link_leaves_room_for_itself_or_is_left_out() -> None:
    made = hostile("*x" * 5000)
    long, longer = (replace(made, snooze=("*y" * 99, PAGE + "a" * more)) for more in (700, 6000))
    assert "/streaky.yml" + "a" * 700 + ")" in discord.payload(long)["embeds"][0]["description"]
    assert "](" not in discord.payload(longer)["embeds"][0]["description"]
    for each in (long, longer):
        assert_fits_discord(discord.payload(each))
        assert_fits_telegram(telegram.payload(each, addresses.telegram_chat("1")))


def test_discord_is_asked_to_save_and_confirm_in_its_current_version(world: World) -> None:
    (outcome,) = on_discord(world, Clock().pace())
    assert outcome.state == "sent"
    (request,) = world.sandbox.discord.requests
    assert request.path.startswith("/api/v10/webhooks/")
    assert request.query == {"wait": "true"}
    assert re.fullmatch(r"DiscordBot \(https://\S+, [\d.]+\)", request.headers["User-Agent"])


def test_a_thread_stays_in_the_url(sandbox: Sandbox) -> None:
    hook = sandbox.discord.add_webhook(threads=("420000000000000001",))
    channel = discord.Discord(addresses.discord_webhook(f"{hook.url}?thread_id=420000000000000001"))
    assert deliver([(channel, [alert("test")])], Clock().pace(), str)[0].state == "sent"
    assert hook.messages[0].thread_id == "420000000000000001"


@pytest.mark.parametrize(
    "host", ["discord.com", "discordapp.com", "ptb.discord.com", "canary.discordapp.com"]
)
@pytest.mark.parametrize("version", ["", "v6/", "v10/"])
def test_every_host_and_version_of_discord_becomes_the_current_one(host: str, version: str) -> None:
    webhook = addresses.discord_webhook(f"https://{host}/api/{version}webhooks/123/abc-_9")
    assert (webhook.origin, webhook.id, webhook.token) == ("https://discord.com", "123", "abc-_9")


# What is tried again, and what never

PASSING = [
    Fault.status(500),
    Fault.status(503),
    Fault.drop(),
    Fault.truncate(),
    Fault.garbage(),
    Fault.status(403, {}, {"Retry-After": "1"}),
]
FINAL = [
    Fault.status(400, {"code": 50035}),
    Fault.status(401, {"code": 50027}),
    Fault.status(403, {}),
    Fault.status(404, {"code": 10015}),
]
FINAL += [
    Fault.edge_ban(),
    Fault.redirect("http://127.0.0.1:1/"),
    Fault.redirect("http://[::bad/"),
    Fault.status(200, {"ok": False}),
]


@pytest.mark.parametrize("fault", PASSING, ids=str)
def test_what_may_pass_is_tried_again(world: World, fault: Fault) -> None:
    world.sandbox.discord.fail(fault, times=2)
    world.sandbox.telegram.fail(fault, times=2)
    assert on_discord(world, Clock().pace())[0].state == "sent"
    assert on_telegram(world, Clock().pace()).state == "sent"
    assert len(world.sandbox.discord.requests) == len(world.sandbox.telegram.requests) == 3


@pytest.mark.parametrize("fault", FINAL, ids=str)
def test_what_cannot_pass_is_asked_once_and_told_with_a_mend(world: World, fault: Fault) -> None:
    world.sandbox.discord.fail(fault, times=None)
    world.sandbox.telegram.fail(fault, times=None)
    for outcome in (on_discord(world, Clock().pace())[0], on_telegram(world, Clock().pace())):
        assert outcome.state == "failed"
        assert outcome.why
        assert outcome.mend
        assert not leaks(str(outcome), world.secrets)
    assert len(world.sandbox.discord.requests) == len(world.sandbox.telegram.requests) == 1


def refusal(code: int, said: str) -> dict[str, Any]:
    """A refusal of Telegram's own."""
    return {"ok": False, "error_code": code, "description": said}


NEITHER, AGAIN, DEAD = (False, False), (True, False), (False, True)
VERDICTS = [
    ("discord", Fault.status(401, {"code": 50027}), DEAD),
    ("discord", Fault.status(401), DEAD),
    ("discord", Fault.status(404, {"code": 10015}), DEAD),
    ("discord", Fault.status(404, {"code": 10003}), DEAD),
    ("discord", Fault.status(400, {"code": 50035}), NEITHER),
    ("discord", Fault.status(403, {"code": 50013}), NEITHER),
    ("discord", Fault.status(403, {"code": 40333}), AGAIN),
    ("discord", Fault.edge_ban(), AGAIN),
    ("discord", Fault.status(503), AGAIN),
    ("discord", Fault.redirect("http://127.0.0.1:1/"), NEITHER),
    ("telegram", Fault.status(401, refusal(401, "Unauthorized")), DEAD),
    ("telegram", Fault.status(404, refusal(404, "Not Found")), DEAD),
    ("telegram", Fault.status(200, refusal(401, "Unauthorized")), DEAD),
    ("telegram", Fault.status(404, "<html>"), DEAD),
    ("telegram", Fault.status(400, refusal(400, "Bad Request: chat not found")), NEITHER),
    ("telegram", Fault.status(403, refusal(403, "Forbidden: bot was blocked by the user")), NEITHER),
    ("telegram", Fault.edge_ban(), AGAIN),
    ("telegram", Fault.status(502), AGAIN),
    ("webhook", Fault.status(401), DEAD),
    ("webhook", Fault.status(404), DEAD),
    ("webhook", Fault.status(410), DEAD),
    ("webhook", Fault.status(400), NEITHER),
    ("webhook", Fault.status(403), NEITHER),
    ("webhook", Fault.status(500), AGAIN),
]


@pytest.mark.parametrize(("service", "fault", "verdict"), VERDICTS)
def test_a_failure_says_whether_another_try_helps_and_whether_the_address_is_dead(
    world: World, service: str, fault: Fault, verdict: tuple[bool, bool]
) -> None:
    getattr(world.sandbox, service).fail(fault, times=None)
    hook = world.sandbox.webhook.endpoint("/hook")
    outcome = {
        "discord": lambda: on_discord(world, Clock().pace())[0],
        "telegram": lambda: on_telegram(world, Clock().pace()),
        "webhook": lambda: on_webhook(hook.url, "", Clock().pace()),
    }[service]()
    assert (outcome.state, outcome.key) == ("failed", service)
    assert (outcome.again, outcome.dead) == verdict


def test_an_address_that_the_services_never_gave_out_is_dead(world: World) -> None:
    world.bot.token = world.bot.token[:-4] + "abcd"
    gone = world.sandbox.webhook.endpoint("/gone").url + "/long-ago"
    webhook = addresses.discord_webhook(world.hook.url.replace(world.hook.token, "wrong-token"))
    lost = deliver([(discord.Discord(webhook), [alert("urgent")])], Clock().pace(), str)
    lost += (on_telegram(world, Clock().pace()), on_webhook(gone, "", Clock().pace()))
    assert [(outcome.channel, outcome.dead) for outcome in lost] == [
        ("discord", True),
        ("telegram", True),
        ("webhook", True),
    ]


def test_a_wait_that_the_service_asks_for_is_kept(world: World) -> None:
    world.sandbox.discord.fail(Fault.status(429, {"retry_after": 7.5, "global": False}), times=8)
    world.sandbox.telegram.fail(
        Fault.status(429, {"ok": False, "error_code": 429, "parameters": {"retry_after": 9}})
    )
    there, here = Clock(), Clock()
    assert on_discord(world, there.pace(total=70))[0].state == "sent"
    assert there.slept == [7.5] * 8  # as often as it asks, while time is left
    assert on_telegram(world, here.pace()).state == "sent"
    assert here.slept == [9]


def test_a_wait_longer_than_what_is_left_is_not_waited_for(world: World) -> None:
    world.sandbox.discord.fail(Fault.status(429, {"retry_after": 3600}, {"Retry-After": "3600"}), times=None)
    clock = Clock()
    (outcome,) = on_discord(world, clock.pace())
    assert (outcome.state, clock.slept) == ("failed", [])
    assert "3600 seconds" in outcome.why


def test_backoff_grows_with_full_jitter_within_its_bounds() -> None:
    bounds: list[float] = []

    def jitter(low: float, high: float) -> float:
        assert low == 0
        bounds.append(high)
        return high

    clock = Clock()
    pace = replace(clock.pace(total=50), jitter=jitter)
    with Sandbox() as sandbox:
        hook = sandbox.discord.add_webhook()
        sandbox.discord.fail(Fault.status(500), times=None)
        channel = discord.Discord(addresses.discord_webhook(hook.url))
        assert deliver([(channel, [alert("test")])], pace, str)[0].state == "failed"
    assert bounds == [1, 2, 4, 8, 16, 16, 16]
    assert clock.now <= 50


def test_a_lost_answer_is_asked_for_again_rather_than_a_streak_lost(world: World) -> None:
    world.sandbox.discord.fail(Fault.drop_after())
    assert on_discord(world, Clock().pace())[0].state == "sent"
    assert len(world.hook.messages) == 2


def test_a_webhook_that_is_gone_is_not_asked_for_the_next_alert(world: World) -> None:
    world.sandbox.discord.fail(Fault.status(404, {"code": 10015, "message": "Unknown Webhook"}), times=None)
    outcomes = on_discord(world, Clock().pace(), alert("broken"), alert("urgent"))
    assert [outcome.state for outcome in outcomes] == ["failed", "failed"]
    assert len(world.sandbox.discord.requests) == 1


def test_a_message_that_discord_rejects_does_not_keep_the_next_from_it(world: World) -> None:
    world.sandbox.discord.fail(Fault.status(400, {"code": 50035, "message": "Invalid Form Body"}))
    outcomes = on_discord(world, Clock().pace(), alert("broken"), alert("urgent"))
    assert [outcome.state for outcome in outcomes] == ["failed", "sent"]


# Telegram


def assert_fits_telegram(body: dict[str, Any]) -> None:
    """Telegram's limits, and the Bot API's description where that is at hand."""
    assert units(re.sub(r"<[^>]*>", "", body["text"])) - 4 * body["text"].count("&") <= 4096
    path = SPECS / "telegram-bot.json"
    if path.exists():
        fields = {
            each["name"]: each for each in json.loads(path.read_text())["methods"]["sendMessage"]["fields"]
        }
        assert set(body) <= set(fields)
        assert {name for name, each in fields.items() if each["required"]} <= set(body)
        kinds = {"Integer": int, "String": str, "Boolean": bool, "LinkPreviewOptions": dict}
        for name, value in body.items():
            assert type(value) in {kinds.get(kind) for kind in fields[name]["types"]}, name


@pytest.mark.parametrize("case", CASES)
def test_every_alert_is_a_message_that_telegram_takes(world: World, case: str) -> None:
    assert_fits_telegram(telegram.payload(alert(case), addresses.telegram_chat(str(CHAT))))
    assert on_telegram(world, Clock().pace(), case=case).state == "sent"
    payload = world.bot.messages[-1].payload
    assert payload["parse_mode"] == "HTML"
    assert payload["link_preview_options"] == {"is_disabled": True}
    assert payload.get("disable_notification", False) == (case == "safe")


@quick
@given(HOSTILE)
def test_hostile_text_is_shown_not_obeyed_on_telegram(text: str) -> None:
    body = telegram.payload(hostile(text), addresses.telegram_chat("@somechannel"))
    assert_fits_telegram(body)
    tags = re.findall(r"<[^>]*>?", body["text"])
    links = ['<a href="https://github.com/octocat">', "</a>", f'<a href="{PAGE}">', "</a>"]
    assert tags == ["<b>", "</b>", *links]
    assert not re.search(r"&(?!amp;|lt;|gt;)", body["text"])


def test_a_group_that_moved_is_followed_once(world: World) -> None:
    world.bot.add_chat(-100200300, kind="supergroup")
    world.bot.add_chat(-42, kind="group", migrated_to=-100200300)
    assert on_telegram(world, Clock().pace(), "-42").state == "sent"
    assert world.bot.messages[-1].chat_id == -100200300
    world.bot.add_chat(-100200300, kind="supergroup", migrated_to=-42)
    assert on_telegram(world, Clock().pace(), "-42").state == "failed"
    assert len(world.sandbox.telegram.requests) == 4


def test_a_forum_topic_stands_behind_the_chat(world: World) -> None:
    world.bot.add_chat(-100200300, kind="supergroup", topics=(42,))
    assert on_telegram(world, Clock().pace(), "-100200300:42").state == "sent"
    assert world.bot.messages[-1].payload["message_thread_id"] == 42


@pytest.mark.parametrize(("chat", "mend"), [("555", "Press Start"), ("777", "Unblock")])
def test_telegrams_refusals_come_with_their_mend(world: World, chat: str, mend: str) -> None:
    world.bot.add_chat(777, blocked=True)
    outcome = on_telegram(world, Clock().pace(), chat)
    assert outcome.state == "failed"
    assert mend in outcome.mend


def test_telegram_is_judged_by_ok_not_by_its_status(world: World) -> None:
    refusal = {"ok": False, "error_code": 403, "description": "Forbidden: bot was blocked by the user"}
    world.sandbox.telegram.fail(Fault.status(200, refusal), times=None)
    outcome = on_telegram(world, Clock().pace())
    assert (outcome.state, outcome.mend) == ("failed", "Unblock the bot in Telegram.")


# The webhook


def test_the_webhook_is_signed_over_its_raw_body(sandbox: Sandbox) -> None:
    secret = "a shared secret, 🔑"
    endpoint = sandbox.webhook.endpoint("/hook", secret=secret)
    assert on_webhook(endpoint.url, secret, Clock().pace()).state == "sent"
    (request,) = sandbox.webhook.requests
    expected = hmac.new(secret.encode(), request.body, hashlib.sha256).hexdigest()
    assert request.headers["X-Streaky-Signature-256"] == f"sha256={expected}"
    schema = json.loads((ROOT / "streaky/webhook.schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(request.json())
    assert request.json()["currentStreak"] == 42


@pytest.mark.parametrize("case", CASES)
def test_every_alert_is_as_the_webhooks_schema_says(case: str) -> None:
    body = webhook_payload(alert(case))
    schema = json.loads((ROOT / "streaky/webhook.schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(body)
    assert body["link"] == (PAGE if case.startswith("alive") else "https://github.com/octocat")
    assert body["snooze"] == (PAGE if alert(case).urgency else None)


def test_a_webhook_without_a_secret_is_not_signed_and_a_wrong_one_fails(sandbox: Sandbox) -> None:
    assert on_webhook(sandbox.webhook.endpoint("/open").url, "", Clock().pace()).state == "sent"
    assert "X-Streaky-Signature-256" not in sandbox.webhook.requests[0].headers
    closed = sandbox.webhook.endpoint("/closed", secret="right")
    assert on_webhook(closed.url, "wrong", Clock().pace()).state == "failed"


def test_a_webhooks_retry_names_the_same_slot(sandbox: Sandbox) -> None:
    endpoint = sandbox.webhook.endpoint("/hook")
    sandbox.webhook.fail(Fault.status(502))
    assert on_webhook(endpoint.url, "", Clock().pace()).state == "sent"
    assert len({request.headers["X-Streaky-Slot"] for request in sandbox.webhook.requests}) == 1


# Apprise


def test_each_apprise_url_is_a_channel_of_its_own(world: World) -> None:
    good = world.sandbox.webhook.endpoint("/apprise")
    url = good.url.replace("http://", "json://")
    report = world.check(STREAKY_APPRISE_URLS=f"{url}\njson://127.0.0.1:1/nobody\n")
    states = [str(outcome.state) for outcome in report.outcomes if outcome.channel == "apprise"]
    assert states == ["sent", "failed"]
    assert report.exit_status == 0
    assert "42 days" in json.dumps(good.received)


def test_apprise_shows_both_links_and_a_failure_may_pass(sandbox: Sandbox) -> None:
    endpoint = sandbox.webhook.endpoint("/apprise")
    urls = (endpoint.url.replace("http://", "json://"), "json://127.0.0.1:1/nobody")
    good, bad = open_apprise(urls)
    made = alert("urgent")
    told, failed = deliver([(good, [made]), (bad, [made])], Clock().pace(), str)
    assert (told.state, told.key) == ("sent", "apprise")
    assert (failed.state, failed.key, failed.again, failed.dead) == ("failed", "apprise-2", True, False)
    assert endpoint.received[0]["message"].endswith(
        f"\nhttps://github.com/octocat\nPause the reminders: {PAGE}"
    )


def test_an_apprise_url_that_is_none_is_named_by_its_number(world: World) -> None:
    done = world.run(STREAKY_APPRISE_URLS="json://localhost/\nnosuchservice://s3cret-s3cret/\n")
    assert done.returncode == 2
    assert "URL 2" in done.stderr
    assert "s3cret-s3" not in done.stdout + done.stderr
    assert not world.sandbox.github.requests


# Keys and marks


def test_a_channels_mark_changes_with_each_part_of_its_address_and_tells_none() -> None:
    hook = "https://discord.com/api/webhooks/123/abc-_9"
    bot = "123456789:" + "a" * 35
    channels: list[Channel] = [
        discord.Discord(addresses.discord_webhook(url))
        for url in (hook, hook + "x", hook.replace("123", "124"), hook + "?thread_id=42")
    ]
    channels += [
        telegram.Telegram(TelegramTarget(token, addresses.telegram_chat(chat), server))
        for token, chat, server in (
            (bot, "1", "https://api.telegram.org"),
            (bot + "b", "1", "https://api.telegram.org"),
            (bot, "2", "https://api.telegram.org"),
            (bot, "1:7", "https://api.telegram.org"),
            (bot, "1", "https://bots.example"),
        )
    ]
    channels += [Webhook(WebhookTarget(f"https://hook.example/{path}", "")) for path in "ab"]
    channels += open_apprise(("json://hook.example/a", "json://hook.example/b"))
    marks = [channel.mark for channel in channels]
    assert len(set(marks)) == len(marks)
    assert all(re.fullmatch(r"[0-9a-f]{8}", mark) for mark in marks)
    assert discord.Discord(addresses.discord_webhook(hook)).mark == marks[0]
    other = Webhook(WebhookTarget("https://hook.example/a", "a secret that was replaced"))
    assert other.mark == marks[9]
    named = ["discord"] * 4 + ["telegram"] * 5 + ["webhook"] * 2
    assert [channel.key for channel in channels] == [*named, "apprise", "apprise-2"]


# Side by side


@dataclass
class Odd:
    """A channel that does something odd."""

    name: str
    act: Any
    mark = ""

    @property
    def key(self) -> str:
        return self.name

    def deliver(self, alert: Alert, patience: Patience) -> None:
        self.act()


def test_one_channel_that_hangs_or_breaks_never_holds_up_another() -> None:
    done: list[float] = []
    started = time.monotonic()
    channels = [
        Odd("discord", lambda: time.sleep(30)),
        Odd("telegram", lambda: 1 / 0),
        Odd("webhook", lambda: done.append(time.monotonic() - started)),
    ]
    outcomes = deliver([(channel, [alert("test")]) for channel in channels], Pace(total=0.4), str)
    assert [outcome.state for outcome in outcomes] == [Result.FAILED, Result.FAILED, Result.SENT]
    assert "ZeroDivisionError" in outcomes[1].why
    assert done[0] < 0.3
    assert time.monotonic() - started < 3


@pytest.mark.parametrize("fault", [Fault.hang(30), Fault.drip(0.2)], ids=["hang", "drip"])
def test_a_service_that_never_ends_is_given_up_in_time(world: World, fault: Fault) -> None:
    world.sandbox.discord.fail(fault, times=None)
    started = time.monotonic()
    (outcome,) = on_discord(world, Pace(total=1.0, each=0.4, first=0.01))
    assert outcome.state == "failed"
    assert time.monotonic() - started < 3


def test_a_netrc_and_a_proxy_of_the_machine_change_nothing_on_loopback(world: World, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    done = world.run(
        NETRC=str(netrc), HTTP_PROXY="http://127.0.0.1:1", HTTPS_PROXY="http://127.0.0.1:1", now=NOW
    )
    assert done.returncode == 0, done.stderr
    assert world.sandbox.github.requests[0].headers["Authorization"].startswith("bearer ")
    assert len(world.hook.messages) == len(world.bot.messages) == 1
