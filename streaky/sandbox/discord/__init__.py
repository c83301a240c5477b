"""Discord on loopback: incoming webhooks with the real ones' form, limits and refusals."""

from streaky.sandbox.discord.service import Discord
from streaky.sandbox.discord.webhook import Message, Webhook

__all__ = ["Discord", "Message", "Webhook"]
