"""What a person types for Telegram: a bot's token, a chat, and the Bot API server."""

from __future__ import annotations

import re
from dataclasses import dataclass

from streaky.input import sealed, urls
from streaky.input.refusal import BadValue
from streaky.input.row import TEAM_ALONE, WORKFLOW, Input, Preset, Seat, Secret, matching

FORM = "Copy it from @BotFather; it looks like 123456789:AbC…"


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat id or @username, and a forum topic's message_thread_id."""

    id: int | str
    topic: int | None = None


def read_token(text: str) -> str:
    """A bot token; a leading `bot`, from a pasted URL, is dropped. Source: Telegram Bot API server."""
    token = text.removeprefix("bot")
    if not re.fullmatch(r"[1-9]\d{5,15}:[\w-]{30,60}", token, re.ASCII):
        raise BadValue("is not a Telegram bot token.", FORM)
    return token


def read_chat(text: str) -> Chat:
    """A chat id (negative for groups) or @channelusername, with `:TOPIC` behind it for a forum topic."""
    match = re.fullmatch(r"(-?[1-9]\d{0,18}|@[A-Za-z]\w{3,31})(?::([1-9]\d{0,9}))?", text, re.ASCII)
    if not match:
        raise BadValue(
            "is not a Telegram chat id.",
            "Write a number such as 123456789 or -1001234567890, or @channelname.",
        )
    chat = match[1] if match[1].startswith("@") else int(match[1])
    return Chat(chat, int(match[2]) if match[2] else None)


TOKEN = Secret(
    name="telegram-bot-token",
    environment="TELEGRAM_BOT_TOKEN",
    read=read_token,
    what="The Telegram bot that sends your alerts, from a secret.",
    form="The token as @BotFather gives it.",
    parts=(r".*?(\d+:(.+))",),
    without="nothing goes to Telegram",
)
CHAT = Input(
    name="telegram-chat-id",
    environment="TELEGRAM_CHAT_ID",
    read=read_chat,
    what="The Telegram chat that gets your alerts.",
    form="An id such as `123456789` or `-1001234567890`, or `@channelname`; `:42` at its end chooses a forum"
    " topic. Needed with `telegram-bot-token`.",
    without="nothing goes to Telegram",
    private=True,
    seats=WORKFLOW | Seat.GUARD_SECRET | Seat.FILE,
    examples=(123456789, -1001234567890, "@channelname", "-1001234567890:42"),
    schema={
        "anyOf": [
            {"type": "integer", "not": {"const": 0}},
            matching("(-?[1-9][0-9]{0,18}|@[A-Za-z][A-Za-z0-9_]{3,31})(:[1-9][0-9]{0,9})?"),
            sealed.SCHEMA,
        ]
    },
    guard_value="inputs.telegram-chat-id || secrets.telegram-chat-id",
)
API_URL = Preset(
    name="telegram-api-url",
    environment="TELEGRAM_API_URL",
    read=urls.base_url,
    what="A Telegram Bot API server of your own.",
    form="An https URL, such as `https://bots.example.com`. It gets the bot's token, so it is never taken"
    " from the config file.",
    without="Telegram's own",
    default="https://api.telegram.org",
    seats=WORKFLOW,
    not_in_file=BadValue(
        "is never taken from a file, because the bot's token is sent there.",
        "Remove it from here, and set the input telegram-api-url in the workflow.",
    ),
    not_in_roster=TEAM_ALONE,
)
