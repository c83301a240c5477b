"""Telegram's Bot API on loopback: messages sent and edited, the bot, its chats and updates.

Source: core.telegram.org/bots/api; error texts as the Bot API server (tdlib/telegram-bot-api) sends them.
"""

from __future__ import annotations

import base64
import hashlib
import math
import re
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from streaky.sandbox.exchange import Request, Response
from streaky.sandbox.service import Service
from streaky.sandbox.telegram.bot import Bot, Chat, Message
from streaky.sandbox.telegram.html import Unparsable, plain
from streaky.sandbox.telegram.keyboard import flaw
from streaky.sandbox.telegram.parameters import BadParameter, read
from streaky.sandbox.window import Limit, Window

__all__ = ["Bot", "Chat", "Message", "Telegram"]

# Made, not written down, so that no scanner of secrets takes it for a real one.
TOKEN = "123456789:" + base64.urlsafe_b64encode(hashlib.sha256(b"bot").digest()).decode()[:35]
TOKEN_SHAPE = re.compile(r"[1-9]\d{5,15}:[A-Za-z0-9_-]{30,60}")
ROUTE = re.compile(r"/bot(?P<token>[^/]*)/(?P<method>[^/]*)")
NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the "
    "same as a current content and reply markup of the message"
)
CONFLICT = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook "
    "first"
)
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
        self._methods: dict[str, Callable[[Bot, dict[str, Any], float], Any]] = {
            "getme": self._get_me,
            "getchat": self._get_chat,
            "getupdates": self._get_updates,
            "getwebhookinfo": self._get_webhook_info,
            "sendmessage": self._send_message,
            "editmessagetext": self._edit_message_text,
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
            bot.updates.clear()

    def handle(self, request: Request) -> Response:
        """The method's result, or its refusal."""
        try:
            return Response.json({"ok": True, "result": self._called(request)})
        except BadParameter as error:
            return _refusal(_Refused(400, f"Bad Request: {error}"))
        except _Refused as refused:
            return _refusal(refused)

    def _called(self, request: Request) -> Any:
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
        shown = _shown(given)
        chat = _open_chat(bot, given)
        topic = given.get("message_thread_id")
        if topic and topic not in chat.topics:
            raise _Refused(400, "Bad Request: message thread not found")
        _check_length(shown)
        with self.lock:
            self._spend(chat)
            bot.count += 1
            message = Message(bot.count, chat.id, given["text"], shown, given.get("parse_mode"), given, at)
            bot.messages.append(message)
        result = self._message(bot, chat, message)
        return result | ({"message_thread_id": topic, "is_topic_message": True} if topic else {})

    def _edit_message_text(self, bot: Bot, given: dict[str, Any], at: float) -> dict[str, Any]:
        """Replace a message's text and inline keyboard; one that is not named is taken away."""
        shown = _shown(given)
        chat, id = _open_chat(bot, given), given.get("message_id")
        if not id:
            raise _Refused(400, "Bad Request: message identifier is not specified")
        with self.lock:
            places = enumerate(bot.messages)
            place = next((n for n, each in places if (each.id, each.chat_id) == (id, chat.id)), None)
            if place is None:
                theirs = [each["message"] for each in bot.updates]
                known = any((each["message_id"], each["chat"]["id"]) == (id, chat.id) for each in theirs)
                said = "message can't be edited" if known else "message to edit not found"
                raise _Refused(400, f"Bad Request: {said}")
            _check_length(shown)
            before = bot.messages[place]
            if (before.plain, before.text, before.buttons) == (shown, given["text"], _buttons(given)):
                raise _Refused(400, NOT_MODIFIED)
            self._spend(chat)
            message = replace(
                before,
                text=given["text"],
                plain=shown,
                parse_mode=given.get("parse_mode"),
                payload=given,
                edits=(*before.edits, before.plain),
            )
            bot.messages[place] = message
        return self._message(bot, chat, message) | {"edit_date": int(time.time())}

    def _message(self, bot: Bot, chat: Chat, message: Message) -> dict[str, Any]:
        """The Message object."""
        shown = {"message_id": message.id, "from": self._get_me(bot, {}, 0.0), "chat": chat.shown()}
        shown |= {"date": int(time.time()), "text": message.plain}
        markup = message.payload.get("reply_markup")
        return shown | ({"reply_markup": markup} if markup else {})

    def _get_updates(self, bot: Bot, given: dict[str, Any], at: float) -> list[dict[str, Any]]:
        """The updates that wait, from `offset` on, which forgets those before it. It never waits for one."""
        if bot.webhook_url:
            raise _Refused(409, CONFLICT)
        offset, limit = given.get("offset", 0), given.get("limit", 100)
        with self.lock:
            if offset < 0:
                bot.updates = bot.updates[offset:]
            elif offset:
                bot.updates = [each for each in bot.updates if each["update_id"] >= offset]
            return bot.updates[: limit if 1 <= limit <= 100 else 100]

    def _get_webhook_info(self, bot: Bot, given: dict[str, Any], at: float) -> dict[str, Any]:
        """Where the updates are sent; an empty URL where they wait."""
        waiting = len(bot.updates)
        return {"url": bot.webhook_url, "has_custom_certificate": False, "pending_update_count": waiting}

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


def _open_chat(bot: Bot, given: dict[str, Any]) -> Chat:
    """The chat that a call writes to, if the bot may."""
    chat = _chat(bot, given)
    if chat.migrated_to is not None:
        description = "Bad Request: group chat was upgraded to a supergroup chat"
        raise _Refused(400, description, migrate_to_chat_id=chat.migrated_to)
    if chat.blocked:
        raise _Refused(403, f"Forbidden: {chat.lock_out}")
    return chat


def _shown(given: dict[str, Any]) -> str:
    """The text as a chat shows it, the keyboard checked too. The sandbox knows one parse mode, HTML."""
    text, parse_mode = given.setdefault("text", ""), given.get("parse_mode")
    wrong = flaw(given.get("reply_markup") or {})
    if wrong:
        raise _Refused(400, f"Bad Request: {wrong}")
    if parse_mode and parse_mode.lower() != "html":
        raise _Refused(400, "Bad Request: unsupported parse_mode")
    try:
        shown = (plain(text) if parse_mode else text).strip()
    except Unparsable as error:
        raise _Refused(400, f"Bad Request: can't parse entities: {error}") from None
    if not shown:
        raise _Refused(400, "Bad Request: message text is empty")
    return shown


def _check_length(shown: str) -> None:
    if len(shown.encode("utf-16-le")) // 2 > LONGEST:
        raise _Refused(400, "Bad Request: message is too long")


def _buttons(given: dict[str, Any]) -> dict[str, str]:
    return Message(0, 0, "", "", None, given, 0.0).buttons


def _refusal(refused: _Refused) -> Response:
    """A refusal on the wire. A wait is told as a header too."""
    document: dict[str, Any] = {"ok": False, "error_code": refused.code, "description": refused.description}
    if refused.parameters:
        document["parameters"] = refused.parameters
    wait = refused.parameters.get("retry_after")
    return Response.json(document, refused.code, {"Retry-After": str(wait)} if wait else None)
