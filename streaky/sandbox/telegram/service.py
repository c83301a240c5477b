"""Telegram's Bot API on loopback: sendMessage, getMe and getChat, with its checks, errors and limit.

Source: core.telegram.org/bots/api; error texts as the Bot API server (tdlib/telegram-bot-api) sends them.
"""

from __future__ import annotations

import base64
import hashlib
import math
import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from streaky.sandbox.exchange import Request, Response
from streaky.sandbox.service import Service
from streaky.sandbox.telegram.bot import Bot, Chat, Message
from streaky.sandbox.telegram.html import Unparsable, plain
from streaky.sandbox.telegram.parameters import BadParameter, read
from streaky.sandbox.window import Limit, Window

__all__ = ["Bot", "Chat", "Message", "Telegram"]

# Made, not written down, so that no scanner of secrets takes it for a real one.
TOKEN = "123456789:" + base64.urlsafe_b64encode(hashlib.sha256(b"bot").digest()).decode()[:35]
TOKEN_SHAPE = re.compile(r"[1-9]\d{5,15}:[A-Za-z0-9_-]{30,60}")
ROUTE = re.compile(r"/bot(?P<token>[^/]*)/(?P<method>[^/]*)")
LONGEST = 4096  # UTF-16 units of the text as shown


class _Refused(Exception):
    """A call that fails with this code and description. `parameters`: the ResponseParameters, if any."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


class Telegram(Service):
    """The service. `limit`: so many messages in so many seconds to each chat; None: any number."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.limit: Limit | None = (20, 60.0)
        self._bots: dict[str, Bot] = {}
        self._count = 0
        self._methods: dict[str, Callable[[Bot, dict[str, Any], float], dict[str, Any]]] = {
            "getme": self._get_me,
            "getchat": self._get_chat,
            "sendmessage": self._send_message,
        }

    def add_bot(self, token: str = TOKEN, username: str = "streaky_sandbox_bot") -> Bot:
        """Add a bot, or replace the one of that token. It has no chat yet: nobody has pressed Start."""
        bot = Bot(token, username)
        self._bots[token] = bot
        return bot

    def heal(self) -> None:
        """End all faults, and let rate limits begin anew."""
        super().heal()
        for bot in self._bots.values():
            for chat in bot.chats.values():
                chat.window = Window()

    def clear(self) -> None:
        """Forget the recorded requests and messages."""
        super().clear()
        for bot in self._bots.values():
            bot.messages.clear()

    def handle(self, request: Request) -> Response:
        """The method's result, or its refusal."""
        try:
            return Response.json({"ok": True, "result": self._called(request)})
        except BadParameter as error:
            return _refusal(_Refused(400, f"Bad Request: {error}"))
        except _Refused as refused:
            return _refusal(refused)

    def _called(self, request: Request) -> dict[str, Any]:
        route = ROUTE.fullmatch(unquote(request.path))
        # api.telegram.org answers a token that cannot be one as it does any other wrong path
        if (
            route is None
            or not TOKEN_SHAPE.fullmatch(route["token"])
            or request.method not in ("GET", "POST")
        ):
            raise _Refused(404, "Not Found")
        bot = self._bots.get(route["token"])
        if bot is None:
            raise _Refused(401, "Unauthorized")
        method = self._methods.get(route["method"].lower())
        if method is None:
            raise _Refused(404, "Not Found: method not found")
        return method(bot, read(request), request.at)

    def _get_me(self, bot: Bot, given: dict[str, Any], at: float) -> dict[str, Any]:
        """The User object of the bot."""
        return {
            "id": bot.id,
            "is_bot": True,
            "first_name": "Streaky",
            "username": bot.username,
            "can_join_groups": True,
        }

    def _get_chat(self, bot: Bot, given: dict[str, Any], at: float) -> dict[str, Any]:
        """The chat, also one that cannot be written to."""
        return _chat(bot, given).shown()

    def _send_message(self, bot: Bot, given: dict[str, Any], at: float) -> dict[str, Any]:
        """Store the message. The text is looked at before the chat, as the server does."""
        text = given.get("text", "")
        shown = _shown(text, given.get("parse_mode"))
        chat = _chat(bot, given)
        if chat.migrated_to is not None:
            description = "Bad Request: group chat was upgraded to a supergroup chat"
            raise _Refused(400, description, migrate_to_chat_id=chat.migrated_to)
        if chat.blocked:
            raise _Refused(403, f"Forbidden: {chat.lock_out}")
        topic = given.get("message_thread_id")
        if topic and topic not in chat.topics:
            raise _Refused(400, "Bad Request: message thread not found")
        if len(shown.encode("utf-16-le")) // 2 > LONGEST:
            raise _Refused(400, "Bad Request: message is too long")
        with self.lock:
            self._spend(chat)
            self._count += 1
            message = Message(self._count, chat.id, text, shown, given.get("parse_mode"), given, at)
            bot.messages.append(message)
        result = {"message_id": message.id, "from": self._get_me(bot, given, at), "chat": chat.shown()}
        result |= {"message_thread_id": topic, "is_topic_message": True} if topic else {}
        return result | {"date": int(time.time()), "text": shown}

    def _spend(self, chat: Chat) -> None:
        """Count one message to the chat. Whole seconds are all that Telegram tells of the wait."""
        if self.limit is None:
            return
        allowance = chat.window.take(self.limit, time.monotonic())
        if not allowance.granted:
            wait = max(1, math.ceil(allowance.reset_after))
            raise _Refused(429, f"Too Many Requests: retry after {wait}", retry_after=wait)


def _chat(bot: Bot, given: dict[str, Any]) -> Chat:
    """The chat that a call is about."""
    asked = given.get("chat_id", "")
    if asked == "":
        raise _Refused(400, "Bad Request: chat_id is empty")
    chat = bot.chat(asked)
    if chat is None:
        raise _Refused(400, "Bad Request: chat not found")
    return chat


def _shown(text: str, parse_mode: str | None) -> str:
    """The text as a chat shows it. Of the parse modes the sandbox reads HTML only."""
    if parse_mode and parse_mode.lower() != "html":
        raise _Refused(400, "Bad Request: unsupported parse_mode")
    try:
        shown = (plain(text) if parse_mode else text).strip()
    except Unparsable as error:
        raise _Refused(400, f"Bad Request: can't parse entities: {error}") from None
    if not shown:
        raise _Refused(400, "Bad Request: message text is empty")
    return shown


def _refusal(refused: _Refused) -> Response:
    """A refusal on the wire. A wait is told as a header too."""
    document: dict[str, Any] = {"ok": False, "error_code": refused.code, "description": refused.description}
    if refused.parameters:
        document["parameters"] = refused.parameters
    wait = refused.parameters.get("retry_after")
    return Response.json(document, refused.code, {"Retry-After": str(wait)} if wait else None)
