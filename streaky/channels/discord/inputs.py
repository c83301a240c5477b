"""What a person types for Discord: a webhook's URL, and whom an urgent alert mentions."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from streaky.hosts import is_loopback
from streaky.input import urls
from streaky.input.refusal import BadValue, nearest
from streaky.input.row import Input, Secret, matching

HOSTS = tuple(
    f"{client}{host}" for host in ("discord.com", "discordapp.com") for client in ("", "ptb.", "canary.")
)
INVITE_HOSTS = ("discord.gg", "discord.me", "dsc.gg")
FORM = "Copy it from Discord: Edit channel, Integrations, Webhooks, Copy webhook URL."


@dataclass(frozen=True, slots=True)
class Webhook:
    """`origin` is the scheme and host to call; the token is the secret, the id is not."""

    origin: str
    id: str
    token: str = field(repr=False)
    thread_id: str = ""


@dataclass(frozen=True, slots=True)
class Mention:
    """Somebody to mention on Discord: a user's or a role's id."""

    id: str
    role: bool = False

    def __str__(self) -> str:
        return f"<@&{self.id}>" if self.role else f"<@{self.id}>"


def read_webhook(text: str) -> Webhook:
    """A webhook URL as Discord hands it out, of any of its hosts and versions; `?thread_id=` is kept.

    Source: Discord docs, resources/webhook; reference, API versioning.
    """
    split = urls.url(text)
    host = split.hostname or ""
    here = is_loopback(host)
    invite = host.removeprefix("www.") in INVITE_HOSTS or split.path.startswith("/invite/")
    if invite and not here:
        raise BadValue("is an invite to a Discord server, not a webhook.", FORM)
    if not here and (host not in HOSTS or split.port not in (None, 443)):
        mend = nearest(host, HOSTS) or FORM
        raise BadValue(f'is not a Discord webhook URL: its host is "{split.netloc[:60].lower()}".', mend)
    match = re.fullmatch(r"/api/(?:v\d+/)?webhooks/(\d+)/([\w-]+)(/slack|/github)?/?", split.path, re.ASCII)
    if not match:
        raise BadValue("is not a Discord webhook URL: its path is not /api/webhooks/ID/TOKEN.", FORM)
    if match[3]:
        raise BadValue(f"ends in {match[3]}, which is another message format.", f"Remove {match[3]}.")
    thread = parse_qs(split.query).get("thread_id", [""])[0]
    if thread and not re.fullmatch(r"\d+", thread, re.ASCII):
        raise BadValue("has a thread_id that is not a number.", "Copy the thread's id from Discord.")
    origin = f"{split.scheme}://{split.netloc}" if here else "https://discord.com"
    return Webhook(origin, match[1], match[2], thread)


def read_mention(text: str) -> Mention:
    """A user's id, as a number or as Discord writes it, `<@ID>`; a role's as `role:ID` or `<@&ID>`.

    Source: Discord docs, reference, "Message Formatting" and "Snowflakes".
    """
    match = re.fullmatch(r"(?:(role:\s*)|<@(&)|<@!?)?(\d{15,20})(>?)", text, re.ASCII)
    if not match or text.startswith("<") != bool(match[4]):
        raise BadValue(
            "is no id of a Discord user or role.",
            "Write a user's id, such as 123456789012345678, or role:123456789012345678. Discord shows ids in "
            "its developer mode: right click, Copy ID.",
        )
    return Mention(match[3], bool(match[1] or match[2]))


URL = Secret(
    name="discord-webhook-url",
    environment="DISCORD_WEBHOOK_URL",
    read=read_webhook,
    what="The Discord webhook that gets your alerts, from a secret.",
    form="The URL as Discord gives it; `?thread_id=…` at its end chooses a thread.",
    parts=(r".*?/webhooks/(?:\d+/)?([^?#]+)", urls.PARTS),
    without="nothing goes to Discord",
    read_in_roster=urls.outside(read_webhook),
)
MENTION = Input(
    name="discord-mention",
    environment="DISCORD_MENTION",
    read=read_mention,
    what="Whom to mention on Discord, so that their phone rings, from the last 6 hours of the day on.",
    form="A user's id, such as `123456789012345678`, or a role's, such as `role:123456789012345678`.",
    without="nobody is mentioned",
    examples=("123456789012345678", "role:123456789012345678"),
    schema={
        "anyOf": [
            {"type": "integer", "minimum": 10**14, "maximum": 2**64 - 1},
            matching("(role: *)?[0-9]{15,20}"),
            matching("<@[!&]?[0-9]{15,20}>"),
        ]
    },
)
