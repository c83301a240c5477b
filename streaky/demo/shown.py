"""What a person sees of the messages in the sandbox's chats and on its issues: whole, with buttons."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from streaky.sandbox.discord import Webhook
from streaky.sandbox.github.repositories import Repository
from streaky.sandbox.telegram import Bot

TIME = re.compile(r"<t:(\d+):([tR])>")  # a moment in a Discord message
HIDDEN = re.compile(r"<!--.*?-->|</?sub>|\*\*")  # what nobody sees of a comment
LINK = re.compile(r"\[([^\]]+)\]\((\S+)\)")


@dataclass(frozen=True, slots=True)
class Shown:
    """What each message reads as now, and the place where it is, both by a key that stays."""

    texts: Mapping[str, str]
    places: Mapping[str, str]

    @classmethod
    def of(
        cls, hook: Webhook | None, bot: Bot | None, zone: tzinfo, repository: Repository | None = None
    ) -> Shown:
        """All that a person sees in these places, by a clock of this zone."""

        def moment(found: re.Match[str]) -> str:
            """A time as Discord shows it; the relative one changes while it is read."""
            at = datetime.fromtimestamp(int(found[1]), zone)
            return "counting down" if found[2] == "R" else f"{at:%H:%M}"

        texts: dict[str, str] = {}
        for message in list(hook.messages) if hook else ():
            parts = [message.content]
            for embed in message.embeds:
                fields = [f"{each['name']}: {each['value']}" for each in embed.get("fields") or ()]
                parts += [embed.get("title", ""), embed.get("description", ""), *fields]
            texts[f"Discord {message.id}"] = _whole(
                [TIME.sub(moment, each) for each in parts], message.buttons
            )
        for sent in list(bot.messages) if bot else ():
            texts[f"Telegram {sent.id}"] = _whole([sent.plain.replace("\n\n", "\n")], sent.buttons)
        for issue in list(repository.issues) if repository else ():
            for comment in issue.comments:
                texts[f"Issue {comment.id}"] = _comment(comment.author, comment.body)
        places = {key: key.partition(" ")[0] for key in texts}
        return cls(texts, {key: "The issue" if place == "Issue" else place for key, place in places.items()})


def _comment(author: str, body: str) -> str:
    lines = LINK.sub(r"[\1] \2", HIDDEN.sub("", body)).replace(" · ", "\n").split("\n")
    return _whole([f"{author}:", *(line.strip() for line in lines)], {})


def _whole(parts: Iterable[str], buttons: Mapping[str, str]) -> str:
    lines = [part.replace("\\", "") for part in parts if part]
    return "\n".join([*lines, *(f"[{label}] {url}" for label, url in buttons.items())])
