"""What Telegram finds wrong with an inline keyboard.

Source: Bot API, InlineKeyboardMarkup and InlineKeyboardButton; error texts as the Bot API server
(tdlib/telegram-bot-api, Client.cpp, get_inline_keyboard_button) sends them, those about URLs as TDLib does.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

MOST = 100  # buttons of a keyboard; assumed, the documentation names no number
LONGEST_URL = 2048  # assumed as well
SCHEMES = ("http", "https", "tg")


def flaw(markup: dict[str, Any]) -> str:
    """What is wrong with a reply markup, "" for nothing; the sandbox knows inline keyboards only."""
    rows = markup.get("inline_keyboard", [])
    if not isinstance(rows, list):
        return 'field "inline_keyboard" must be of type Array'
    for row in rows:
        if not isinstance(row, list):
            return 'Field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays'
        for button in row:
            wrong = _wrong(button)
            if wrong:
                return wrong
    return "reply markup is too long" if sum(map(len, rows)) > MOST else ""


def _wrong(button: object) -> str:
    prefix = "can't parse inline keyboard button: "
    if not isinstance(button, dict):
        return f"{prefix}InlineKeyboardButton must be an Object"
    text, url = button.get("text"), button.get("url")
    if not isinstance(text, str):
        return f'{prefix}Can\'t find field "text"'
    if not url:
        return f"{prefix}Text buttons are unallowed in the inline keyboard"
    parts = urlsplit(str(url))
    if parts.scheme not in SCHEMES or not parts.netloc or len(str(url)) > LONGEST_URL:
        return f"inline keyboard button URL '{url}' is invalid: Unsupported URL protocol"
    if parts.scheme != "tg" and "." not in (parts.hostname or ""):
        return f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL"
    return "" if text.strip() else "inline keyboard button text must be non-empty"
