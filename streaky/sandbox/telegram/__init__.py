"""Telegram on loopback: a Bot API server with bots, chats and the real one's refusals."""

from streaky.sandbox.telegram.bot import Bot, Chat, Message
from streaky.sandbox.telegram.service import Telegram

__all__ = ["Bot", "Chat", "Message", "Telegram"]
