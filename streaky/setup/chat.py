"""Finding the Telegram chat: whoever writes to the bot now, is the one to alert."""

from __future__ import annotations

import time
from collections.abc import Callable

from streaky import HOMEPAGE, __version__
from streaky.errors import NoReply
from streaky.http import Http
from streaky.setup.home import CannotSetUp

LOOKS, PAUSE = 60, 2.0  # how often it is looked, and the seconds between
CHECK = "Check telegram-bot-token: @BotFather shows it."


def find_chat(token: str, api: str, wait: Callable[[float], None] = time.sleep) -> tuple[str, str]:
    """The id of the chat that last wrote to the bot, and its name; two minutes at the most.

    Source: Telegram Bot API, `getUpdates`, `Update`, `Chat`. Raises CannotSetUp.
    """
    http = Http({"User-Agent": f"streaky/{__version__} (+{HOMEPAGE})"})
    for _ in range(LOOKS):
        try:
            reply = http.send("GET", f"{api}/bot{token}/getUpdates", within=10)
            answer = reply.json()
        except NoReply:
            raise CannotSetUp("Telegram was not reached.", "", "Start the command again.") from None
        if reply.status in (401, 404):
            raise CannotSetUp("Telegram does not know this bot.", "", CHECK)
        if reply.status == 409:
            what = "Another program reads this bot's messages, so the chat cannot be found."
            raise CannotSetUp(what, "", "Set TELEGRAM_CHAT_ID yourself.")
        understood = isinstance(answer, dict) and answer.get("ok") is True
        found = [chat for update in answer["result"] if (chat := _chat(update))] if understood else []
        if found:
            return found[-1]
        wait(PAUSE)
    if not understood:
        raise CannotSetUp(f"Telegram answered {reply.status}.", "", "Start the command again in a minute.")
    raise CannotSetUp(
        "No message has reached your bot.", "", "Press Start in the chat with it, and try again."
    )


def _chat(update: dict[str, dict[str, dict[str, object]]]) -> tuple[str, str] | None:
    """The chat of an update, if it is about a message."""
    message = update.get("message") or update.get("channel_post") or {}
    chat = message.get("chat")
    if not chat:
        return None
    return str(chat["id"]), str(chat.get("title") or chat.get("username") or chat.get("first_name") or "")
