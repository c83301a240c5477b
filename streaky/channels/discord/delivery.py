"""Discord: a line, an embed and buttons through an incoming webhook.

Source: Discord docs, resources/webhook ("Execute Webhook"), resources/message ("Embed Limits"),
components/reference ("Button"), topics/rate-limits, topics/opcodes-and-status-codes.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote

from streaky import HOMEPAGE, __version__
from streaky.channels.base import Undelivered, button_url, marked, persist, redirected, refuse_edge, temporary
from streaky.channels.discord.inputs import Mention, Webhook
from streaky.http import Again, Http, Patience, Reply, seconds
from streaky.messages import Alert, Resolution
from streaky.schedule.slots import Urgency
from streaky.text import cut, plain

VERSION = "v10"  # a URL without a version means v6, which is deprecated and whose waits are in milliseconds
SUPPRESS_NOTIFICATIONS = 1 << 12
# Discord's limits are title 256, description 4096, 25 fields of 256 and 1024, author 256, and 6000 over all;
# these keep within each and, added up, within the last.
TITLE, DESCRIPTION, AUTHOR, FIELDS, FIELD_NAME, FIELD_VALUE = 256, 3500, 256, 8, 80, 160
WAY = 240  # a line of the field that names the ways, which shortens the description
# Source: Discord docs, "Rate Limits", for all requests of an address; a webhook's as its headers show them,
# and 30 messages a minute in its channel.
OVER_ALL, OF_A_WEBHOOK = ((50, 1.0),), ((5, 2.0), (30, 60.0))
PUSH = 80  # what a phone shows of the text beside the app's name
ROW, BUTTON, LINK = 1, 2, 5  # types of components, and a button's style
BUTTON_LABEL, BUTTON_URL = 80, 512
RINGING = (Urgency.URGENT, Urgency.LAST_CALL)
NOBODY: dict[str, list[str]] = {"parse": []}  # who may be mentioned
CLOUDFLARE = 40333  # a block at the edge, of this runner
GONE = (10015, 50027)  # unknown webhook, invalid webhook token: no later alert will fare better
MENDS = {
    10015: "The webhook was deleted: make a new one in Discord and replace discord-webhook-url.",
    10003: "There is no such thread: correct thread_id in discord-webhook-url.",
    50027: "The webhook's token is wrong: copy its URL from Discord anew.",
    CLOUDFLARE: "Discord's edge blocks this runner: run it again, on another one.",
    220001: "The channel is a forum: add ?thread_id=… to discord-webhook-url.",
}


def escape(text: str) -> str:
    """Text in which no character acts as Markdown, mentions anybody, or makes a link.

    A backslash before a letter or digit is shown, so a list's number is kept from being one by its dot.
    Source: simple-markdown, which Discord's clients use, rule `escape`.
    """
    text = re.sub(r"([\\*_~`|<\[\]@])", r"\\\1", text)
    text = re.sub(r":(?=//)", r"\\:", text)
    text = re.sub(r"(?m)^(\s*\d+)(?=\.)", r"\1\\", text)
    return re.sub(r"(?m)^(\s*)([#>+-])", r"\1\\\2", text)


def payload(alert: Alert, mention: Mention | None = None) -> dict[str, Any]:
    """The message as Discord's `IncomingWebhookRequestPartial`.

    A phone shows the text outside of the embed alone, and a mention rings only there; so that says in a line
    who it is about, how long is left and for which streak. The embed adds what it leaves out.
    """
    facts, rung = alert.facts, mention if alert.urgency in RINGING else None
    embed: dict[str, Any] = {
        "author": {"name": plain(facts.user, AUTHOR), "url": facts.profile},
        "description": _description(alert),
        "color": alert.colour,
        "timestamp": facts.now.isoformat(timespec="seconds"),
        "fields": _fields(alert),
        "footer": {"text": "Streaky"},
    }
    line = cut(plain(alert.push, PUSH), PUSH, escape)
    if not alert.urgency and line != escape(alert.title):
        embed["title"] = cut(alert.title, TITLE, escape)  # the line could not say all of it
    body: dict[str, Any] = {
        "content": f"{line} {rung}" if rung else line,
        "embeds": [embed],
        "allowed_mentions": NOBODY,
    }
    if rung:
        body["allowed_mentions"] = NOBODY | {"roles" if rung.role else "users": [rung.id]}
    if buttons := _buttons(alert):
        body["components"] = [{"type": ROW, "components": buttons}]
    if alert.silent:
        body["flags"] = SUPPRESS_NOTIFICATIONS
    return body


def _description(alert: Alert) -> str:
    """The lines without the one of the deadline, which is a field: Discord counts the time down itself."""
    lines = [line for line in alert.lines if not alert.deadline or line != alert.deadline.line]
    taken = FIELD_NAME + WAY * (len(alert.choice.ways) + 1) if alert.choice else 0
    return cut("\n".join(lines), DESCRIPTION - taken, escape)


def _fields(alert: Alert) -> list[dict[str, Any]]:
    """The facts at a glance. Times are told by the reader's own clock, and stay true while it is read."""
    told = [(cut(n, FIELD_NAME, escape), cut(v, FIELD_VALUE, escape)) for n, v in alert.fields[:FIELDS]]
    if alert.deadline:
        at = int(alert.deadline.at.timestamp())
        told.insert(0, (cut(alert.deadline.name, FIELD_NAME, escape), f"<t:{at}:t>, <t:{at}:R>"))
    fields = [{"name": name, "value": value, "inline": True} for name, value in told]
    if choice := alert.choice:
        value = "\n".join(cut(line, WAY, escape) for line in choice.lines)
        fields.append({"name": cut(choice.title, FIELD_NAME, escape), "value": value, "inline": False})
    return fields


def _buttons(alert: Alert) -> list[dict[str, Any]]:
    """The links, as buttons."""
    return [
        {"type": BUTTON, "style": LINK, "label": label, "url": url}
        for words, link in alert.links
        if (url := button_url(link, BUTTON_URL)) and (label := plain(words, BUTTON_LABEL))
    ]


def resolved(resolution: Resolution) -> dict[str, Any]:
    """What a message says once it is over: all that it said before is replaced, and nobody is mentioned."""
    embed = {
        "author": {"name": plain(resolution.user, AUTHOR), "url": resolution.url},
        "color": resolution.colour,
        "footer": {"text": "Streaky"},
    }
    if resolution.lines:
        embed["description"] = cut("\n".join(resolution.lines), DESCRIPTION, escape)
    return {
        "content": cut(resolution.title, TITLE, escape),
        "embeds": [embed],
        "components": [],
        "allowed_mentions": NOBODY,
    }


class Discord:
    """A channel behind one webhook."""

    name = key = "discord"

    def __init__(self, webhook: Webhook, mention: Mention | None = None) -> None:
        self._mention = mention
        self.mark = marked(webhook.id, webhook.token, webhook.thread_id or "")
        self.limits = {f"{self.name} {marked(webhook.id)}": OF_A_WEBHOOK, self.name: OVER_ALL}
        self._url = f"{webhook.origin}/api/{VERSION}/webhooks/{webhook.id}/{webhook.token}"
        # Webhooks that no application owns show buttons only where this is asked for.
        self._place = {"with_components": "true"}
        if webhook.thread_id:
            self._place["thread_id"] = webhook.thread_id
        # Without wait=true Discord answers 204 even for a message that it does not save.
        self._params = {"wait": "true"} | self._place
        agent = f"DiscordBot ({HOMEPAGE}, {__version__})"
        self._http = Http({"User-Agent": agent, "Content-Type": "application/json"})

    def deliver(self, alert: Alert, patience: Patience) -> str:
        """Post the alert: its message's id. Raises Undelivered."""
        data = json.dumps(payload(alert, self._mention)).encode()

        def attempt(within: float) -> str | Again:
            return judge(self._http.send("POST", self._url, within=within, data=data, params=self._params))

        return persist("Discord", patience, attempt)

    def resolve(self, message: str, resolution: Resolution, patience: Patience) -> None:
        """Edit a message. Nobody is notified. Source: Discord docs, "Edit Webhook Message". Raises
        Undelivered."""
        data = json.dumps(resolved(resolution)).encode()
        url = f"{self._url}/messages/{quote(message, safe='')}"

        def attempt(within: float) -> str | Again:
            return judge(self._http.send("PATCH", url, within=within, data=data, params=self._place))

        persist("Discord", patience, attempt)

    def look_up(self, patience: Patience) -> str:
        """The webhook's name. Source: Discord docs, "Get Webhook with Token". Raises Undelivered."""

        def attempt(within: float) -> str | Again:
            reply = self._http.send("GET", self._url, within=within)
            found = judge(reply)
            return found if isinstance(found, Again) else plain(str(reply.json().get("name") or ""), 80)

        name = persist("Discord", patience, attempt)
        said = f'Discord knows the webhook "{name}".'
        thread = " Only a test alert tells whether its thread exists." if "thread_id" in self._place else ""
        return said + thread


def judge(reply: Reply) -> str | Again:
    """The id of a message that was saved, or of a webhook that exists; `Again` for what may pass. Raises
    Undelivered."""
    answer = reply.json()
    answer = answer if isinstance(answer, dict) else None
    asked = seconds(answer.get("retry_after")) if answer else None
    code = answer.get("code") if answer else None
    # A 429 of the code 0 is the edge's own text, the same for every runner that it bans.
    own = isinstance(code, int) and (code != 0 or reply.status != 429)
    refuse_edge("Discord", reply, asked, "discord-webhook-url", own=own)
    redirected("Discord", reply)
    again = temporary(reply, asked)
    if again:
        return again
    if reply.status == 200 and answer and answer.get("id"):
        return str(answer["id"])
    if 200 <= reply.status < 300:
        if answer is None:
            return Again(f"it answered {reply.status} without a message")
        raise Undelivered("Discord answered 200, but without the message's id.", "Check discord-webhook-url.")
    code = code if isinstance(code, int) else 0
    said = f' "{plain(str(answer.get("message", "")), 120)}"' if answer else ""
    mend = MENDS.get(code, "Check discord-webhook-url.")
    raise Undelivered(
        f"Discord answered {reply.status} (code {code}){said}.",
        mend,
        only_this=reply.status == 400,
        again=code == CLOUDFLARE,
        dead=code in GONE,
    )
