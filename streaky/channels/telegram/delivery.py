"""Telegram: an HTML message from a bot to a chat.

Source: Telegram Bot API, `sendMessage`, `ResponseParameters`, "HTML style".
"""

from __future__ import annotations

import html
import json
from dataclasses import replace
from typing import Any

from streaky import HOMEPAGE, __version__
from streaky.channels.base import Undelivered, button_url, marked, persist, redirected, refuse_edge, temporary
from streaky.channels.telegram.inputs import Chat
from streaky.http import Again, Http, Patience, Reply, seconds
from streaky.messages import Alert, Resolution
from streaky.text import cut, plain, units

BUTTON_URL = 2048
# UTF-16 units; Telegram's limit is 4096 over all, after tags are parsed. The ways shorten the text.
TITLE, TEXT, WAY, LINK = 300, 3500, 400, 100
UNCHANGED = "message is not modified"  # how Telegram refuses an edit that has been made
# Messages to a person, to a group or channel, and of one bot over all. Source: Telegram's Bot FAQ, "My bot is
# hitting limits".
OF_A_CHAT, OF_A_GROUP, OF_A_BOT = ((1, 1.0),), ((1, 1.0), (20, 60.0)), ((30, 1.0),)
WHERE = "telegram-bot-token and telegram-api-url"
MENDS = (
    (
        "chat not found",
        "Press Start in the chat with your bot, and check telegram-chat-id (groups begin with -).",
    ),
    ("thread not found", "Correct the topic behind the colon in telegram-chat-id."),
    ("blocked by the user", "Unblock the bot in Telegram."),
    ("kicked", "Add the bot to the group again."),
    ("not a member", "Add the bot to the group or channel."),
    ("initiate conversation", "Press Start in the chat with your bot."),
)


def escape(text: str) -> str:
    """Text in which nothing is an HTML tag or entity."""
    return html.escape(text, quote=False)


def payload(alert: Alert, chat: Chat) -> dict[str, Any]:
    """The parameters of `sendMessage`. The limits count what is seen, so text is cut before it is escaped."""
    lines = [cut(line, WAY) for line in alert.choice.lines] if alert.choice else []
    text = cut(alert.text, TEXT - sum(map(units, lines)) - LINK * bool(lines))
    parts = [f"<b>{escape(cut(alert.title, TITLE))}</b>", escape(text)]
    if alert.choice:
        parts.append("\n".join((f"<b>{escape(cut(alert.choice.title, LINK))}</b>", *map(escape, lines))))
    buttons = [
        {"text": label, "url": url}
        for words, link in alert.links
        if (url := button_url(link, BUTTON_URL)) and (label := plain(words, LINK))
    ]
    body: dict[str, Any] = {
        "chat_id": chat.id,
        "text": "\n\n".join(parts),
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
    }
    if buttons:
        # One a row, so that a phone shows its words whole.
        body["reply_markup"] = {"inline_keyboard": [[button] for button in buttons]}
    if chat.topic is not None:
        body["message_thread_id"] = chat.topic
    if alert.silent:
        body["disable_notification"] = True
    return body


def resolved(resolution: Resolution, chat: Chat, message: int) -> dict[str, Any]:
    """The parameters of `editMessageText`. Buttons that are not named go away."""
    parts = [f"<b>{escape(cut(resolution.title, TITLE))}</b>"]
    if resolution.lines:
        parts.append(escape(cut("\n".join(resolution.lines), TEXT)))
    who = escape(cut(resolution.user, LINK))
    parts.append(f'<a href="{html.escape(resolution.url)}">{who}</a>')
    return {
        "chat_id": chat.id,
        "message_id": message,
        "text": "\n\n".join(parts),
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
    }


class Telegram:
    """A chat that one bot writes to."""

    name = key = "telegram"

    def __init__(self, token: str, chat: Chat, api_url: str) -> None:
        self.mark = marked(api_url, token, str(chat.id), str(chat.topic))
        of_bot, of_chat = marked(token), marked(token, str(chat.id))
        alone = isinstance(chat.id, int) and chat.id > 0
        self.limits = {f"chat {of_chat}": OF_A_CHAT if alone else OF_A_GROUP, f"bot {of_bot}": OF_A_BOT}
        self._url = f"{api_url}/bot{token}"
        self._chat = chat
        agent = f"streaky/{__version__} (+{HOMEPAGE})"
        self._http = Http({"User-Agent": agent, "Content-Type": "application/json"})

    def deliver(self, alert: Alert, patience: Patience) -> str:
        """Send the alert: its message's id; a group that moved is followed once. Raises Undelivered."""
        # An id means something in its own chat only, and the chat may be another one by the time of an edit.
        return f"{self.mark}/{self._ask('sendMessage', payload(alert, self._chat), patience)}"

    def resolve(self, message: str, resolution: Resolution, patience: Patience) -> None:
        """Edit a message, without its buttons. Nobody is notified. Source: Telegram Bot API,
        `editMessageText`. Raises Undelivered."""
        mark, _, id = message.partition("/")
        if mark != self.mark or not id.isdecimal():
            what, mend = "It was sent to another chat, or by another bot.", "Nothing: it stays as it is."
            raise Undelivered(what, mend, only_this=True)
        try:
            self._ask("editMessageText", resolved(resolution, self._chat, int(id)), patience)
        except Undelivered as refusal:
            if UNCHANGED not in refusal.what:
                raise

    def _ask(self, method: str, body: dict[str, Any], patience: Patience) -> str:
        """The id of a message that was sent or edited. Raises Undelivered."""
        moved = False

        def attempt(within: float) -> str | Again:
            nonlocal moved
            reply = self._call(method, body, within)
            new_chat = _migrated(reply)
            if new_chat is not None and not moved:
                moved, body["chat_id"] = True, new_chat
                self._chat = replace(self._chat, id=new_chat)
                return Again("the group has a new id", 0.0)
            return judge(reply)

        return persist("Telegram", patience, attempt)

    def look_up(self, patience: Patience) -> str:
        """The bot's name and the kind of its chat. Source: Telegram Bot API, `getMe`, `getChat`. Raises
        Undelivered."""

        def ask(method: str, body: dict[str, Any]) -> dict[str, Any]:
            return persist("Telegram", patience, lambda within: result(self._call(method, body, within)))

        bot = plain(str(ask("getMe", {}).get("username", "")), 40)
        chat = plain(str(ask("getChat", {"chat_id": self._chat.id}).get("type", "chat")), 20)
        topic = " Only a test alert tells whether its topic exists." if self._chat.topic is not None else ""
        return f"The bot {bot} sees the chat ({chat}).{topic}"

    def _call(self, method: str, body: dict[str, Any], within: float) -> Reply:
        return self._http.send("POST", f"{self._url}/{method}", within=within, data=json.dumps(body).encode())


def _parameters(reply: Reply) -> dict[str, Any]:
    answer = reply.json()
    parameters = answer.get("parameters") if isinstance(answer, dict) else None
    return parameters if isinstance(parameters, dict) else {}


def _migrated(reply: Reply) -> int | None:
    """The supergroup that a group became."""
    new_chat = _parameters(reply).get("migrate_to_chat_id")
    return new_chat if isinstance(new_chat, int) and not isinstance(new_chat, bool) else None


def judge(reply: Reply) -> str | Again:
    """The id of a message that was sent, `Again` for what may pass. Raises Undelivered."""
    found = result(reply)
    if isinstance(found, Again):
        return found
    if found.get("message_id"):
        return str(found["message_id"])
    raise Undelivered(f"Telegram answered {reply.status}, but without a message.", "Check telegram-api-url.")


def result(reply: Reply) -> dict[str, Any] | Again:
    """What a method gave, `Again` for what may pass; by `ok`, not by the HTTP status. Raises Undelivered."""
    answer = reply.json()
    answer = answer if isinstance(answer, dict) and "ok" in answer else None  # Telegram's own has `ok`
    asked = seconds(_parameters(reply).get("retry_after"))
    refuse_edge("Telegram", reply, asked, WHERE, own=answer is not None)
    redirected("Telegram", reply)
    again = temporary(reply, asked)
    if again:
        return again
    if answer is None:
        if reply.status < 300:
            return Again("its answer was not Telegram's")
        raise Undelivered(f"Telegram answered {reply.status}.", f"Check {WHERE}.")
    found = answer.get("result")
    if answer.get("ok") is True and isinstance(found, dict):
        return found
    said = plain(str(answer.get("description", "without a reason")), 160)
    code = answer.get("error_code")
    status = code if isinstance(code, int) else reply.status
    if status == 429 or status >= 500:
        return Again(f"it answered {status}", asked)
    default = "Check telegram-bot-token." if status in (401, 404, 421) else "Check telegram-chat-id."
    mend = next((mend for part, mend in MENDS if part in said.lower()), default)
    raise Undelivered(
        f'Telegram answered {status} "{said}".',
        mend,
        only_this=status == 400 and mend == default,
        dead=status in (401, 404),
    )
