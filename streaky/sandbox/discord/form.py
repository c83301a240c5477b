"""What Discord finds wrong with a webhook message, by field.

Source: Discord documentation, Execute Webhook, Edit Webhook Message, Embed Limits, Component Reference,
Usernames and Nicknames; codes and texts as its API sends them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing wrong with a form: where, Discord's code for it, and its words."""

    path: Path
    code: str
    message: str


Check = Callable[[object, Path], Iterator[Flaw]]


def text(most: int) -> Check:
    """At most so many characters, not counting whitespace at either end."""

    def check(value: object, path: Path) -> Iterator[Flaw]:
        if not isinstance(value, str):
            yield Flaw(path, "STRING_TYPE_CONVERT", f'Could not interpret "{value}" as string.')
        elif len(value.strip()) > most:
            yield Flaw(path, "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")

    return check


def link(value: object, path: Path) -> Iterator[Flaw]:
    """An http(s) URL of at most 2048 characters."""
    yield from text(2048)(value, path)
    if isinstance(value, str) and value:
        scheme, separator, rest = value.partition("://")
        if not separator or not rest or any(character.isspace() for character in value):
            yield Flaw(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.")
        elif scheme.lower() not in ("http", "https"):
            words = f"Scheme \"{scheme}\" is not supported. Scheme must be one of ('http', 'https')."
            yield Flaw(path, "URL_TYPE_INVALID_SCHEME", words)


def button_link(value: object, path: Path) -> Iterator[Flaw]:
    """A button's URL, at most 512 characters."""
    yield from text(512)(value, path)
    yield from link(value, path)


def whole(most: int) -> Check:
    """An integer from 0 to `most`."""

    def check(value: object, path: Path) -> Iterator[Flaw]:
        if isinstance(value, bool) or not isinstance(value, int):
            yield Flaw(path, "NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')
        elif value > most:
            yield Flaw(path, "NUMBER_TYPE_MAX", f"int value should be less than or equal to {most}.")
        elif value < 0:
            yield Flaw(path, "NUMBER_TYPE_MIN", "int value should be greater than or equal to 0.")

    return check


def truth(value: object, path: Path) -> Iterator[Flaw]:
    """One of true and false."""
    if not isinstance(value, bool):
        yield Flaw(path, "BOOLEAN_TYPE_CONVERT", "Must be either true or false.")


def moment(value: object, path: Path) -> Iterator[Flaw]:
    """An ISO 8601 time."""
    try:
        datetime.fromisoformat(str(value))
    except ValueError:
        yield Flaw(path, "DATE_TIME_TYPE_PARSE", f"Could not parse {value}. Should be ISO8601.")


def anything(value: object, path: Path) -> Iterator[Flaw]:
    """Not looked at."""
    yield from ()


def listed(each: Check, most: int) -> Check:
    """A list of at most `most`."""

    def check(value: object, path: Path) -> Iterator[Flaw]:
        if not isinstance(value, list):
            yield Flaw(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
        elif len(value) > most:
            yield Flaw(path, "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")
        else:
            for index, item in enumerate(value):
                yield from each(item, (*path, str(index)))

    return check


def model(fields: Mapping[str, Check], required: Sequence[str] = ()) -> Check:
    """An object with these fields; null means absent, and other fields are ignored."""

    def check(value: object, path: Path) -> Iterator[Flaw]:
        if not isinstance(value, dict):
            yield Flaw(path, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
            return
        for name, field in fields.items():
            given = value.get(name)
            if name in required and (given is None or (isinstance(given, str) and not given.strip())):
                yield Flaw((*path, name), "BASE_TYPE_REQUIRED", "This field is required")
            elif given is not None:
                yield from field(given, (*path, name))

    return check


def username(value: object, path: Path) -> Iterator[Flaw]:
    """The name that a message appears under, 1 to 80 characters. Source: Usernames and Nicknames."""
    if not isinstance(value, str):
        yield from text(80)(value, path)
        return
    name = value.strip().lower()
    if not 1 <= len(name) <= 80:
        yield Flaw(path, "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 80 in length.")
    if name in ("everyone", "here"):
        yield Flaw(path, "USERNAME_INVALID", f'Username cannot be "{name}"')
    for banned in ("@", "#", ":", "```", "discord", "clyde"):
        if banned in name:
            yield Flaw(path, "USERNAME_INVALID_CONTAINS", f'Username cannot contain "{banned}"')


def flags(value: object, path: Path) -> Iterator[Flaw]:
    """SUPPRESS_EMBEDS, IS_COMPONENTS_V2 and SUPPRESS_NOTIFICATIONS are all that a webhook may set."""
    yield from whole(2**31 - 1)(value, path)
    if isinstance(value, int) and value & ~(1 << 2 | 1 << 12 | 1 << 15):
        yield Flaw(path, "BASE_TYPE_CHOICES", "Only flags that a webhook may set are allowed.")


def mention(value: object, path: Path) -> Iterator[Flaw]:
    """A kind of mention that may ping."""
    if value not in ("roles", "users", "everyone"):
        yield Flaw(path, "BASE_TYPE_CHOICES", "Value must be one of ('users', 'everyone', 'roles').")


def mentions(value: object, path: Path) -> Iterator[Flaw]:
    """allowed_mentions: kinds, or up to 100 ids of a kind, not both."""
    yield from MENTIONS(value, path)
    if isinstance(value, dict) and isinstance(value.get("parse"), list):
        for kind in ("users", "roles"):
            if kind in value["parse"] and value.get(kind):
                words = f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.'
                yield Flaw(path, "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", words)


def button(value: object, path: Path) -> Iterator[Flaw]:
    """A link button, the only one that a webhook of nobody's application may send."""
    yield from BUTTON(value, path)
    if not isinstance(value, dict):
        return
    if value.get("type") != BUTTON_TYPE:
        words = f'Value of field "type" must be one of ({BUTTON_TYPE},).'
        yield Flaw((*path, "type"), "BASE_TYPE_CHOICES", words)
    elif value.get("style") != LINK:
        yield Flaw((*path, "style"), "BASE_TYPE_CHOICES", "Interactive components are not allowed here.")
    elif not value.get("url"):
        yield Flaw((*path, "url"), "BASE_TYPE_REQUIRED", "This field is required")
    elif value.get("custom_id"):
        words = "A custom id and url cannot both be specified"
        yield Flaw(path, "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", words)
    if not (value.get("label") or value.get("emoji")):
        yield Flaw(path, "BUTTON_COMPONENT_INVALID", "A button must have a label or an emoji")


def row(value: object, path: Path) -> Iterator[Flaw]:
    """An action row of 1 to 5 buttons."""
    if isinstance(value, dict) and value.get("type") != ROW:
        yield Flaw((*path, "type"), "BASE_TYPE_CHOICES", f'Value of field "type" must be one of ({ROW},).')
        return
    yield from model({"components": listed(button, 5)}, ("components",))(value, path)
    if isinstance(value, dict) and value.get("components") == []:
        yield Flaw((*path, "components"), "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.")


ROW, BUTTON_TYPE, LINK = 1, 2, 5  # an action row and a button by type, a link by style
BUTTON = model(
    {"type": whole(BUTTON_TYPE), "label": text(80), "url": button_link, "custom_id": text(100)}, ("type",)
)
ROWS = listed(row, 5)  # of a message without IS_COMPONENTS_V2
MENTIONS = model(
    {"parse": listed(mention, 3), "users": listed(text(20), 100), "roles": listed(text(20), 100)}
)
PICTURE = model({"url": link})
EMBED = model(
    {
        "title": text(256),
        "description": text(4096),
        "url": link,
        "timestamp": moment,
        "color": whole(0xFFFFFF),
        "footer": model({"text": text(2048), "icon_url": link}, ("text",)),
        "image": PICTURE,
        "thumbnail": PICTURE,
        "author": model({"name": text(256), "url": link, "icon_url": link}, ("name",)),
        "fields": listed(
            model({"name": text(256), "value": text(1024), "inline": truth}, ("name", "value")), 25
        ),
    }
)
MESSAGE = model(
    {
        "content": text(2000),
        "username": username,
        "avatar_url": link,
        "tts": truth,
        "embeds": listed(EMBED, 10),
        "allowed_mentions": mentions,
        "attachments": listed(anything, 10),
        "flags": flags,
        "thread_name": text(100),
        "applied_tags": listed(text(20), 5),
    }
)


def faults(payload: object, *, components: bool) -> list[Flaw]:
    """All that is wrong with a message; its components count only where they are asked for."""
    found = list(MESSAGE(payload, ()))
    if components and isinstance(payload, dict) and payload.get("components") is not None:
        found += ROWS(payload["components"], ("components",))
    if not found and isinstance(payload, dict) and sum(map(_weight, payload.get("embeds") or ())) > 6000:
        found.append(Flaw(("embeds",), "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000"))
    return found


def is_empty(payload: Mapping[str, Any]) -> bool:
    """Whether a valid message says nothing: no text, and nothing else to show."""
    shown = any(payload.get(name) for name in ("components", "attachments", "poll"))
    return not (
        shown or (payload.get("content") or "").strip() or any(map(_shows, payload.get("embeds") or ()))
    )


def _shows(embed: Mapping[str, Any]) -> bool:
    return any(value for name, value in embed.items() if name not in ("type", "color", "timestamp", "url"))


def _weight(embed: Mapping[str, Any]) -> int:
    """The characters of an embed that count towards 6000."""
    texts = [embed.get("title"), embed.get("description")]
    texts += [(embed.get("footer") or {}).get("text"), (embed.get("author") or {}).get("name")]
    for field in embed.get("fields") or ():
        texts += [field["name"], field["value"]]
    return sum(len((each or "").strip()) for each in texts)


def nested(flaws: Sequence[Flaw]) -> dict[str, Any]:
    """The `errors` of API versions from 8 on: the message's own shape, `_errors` at each faulty place."""
    errors: dict[str, Any] = {}
    for flaw in flaws:
        place = errors
        for step in flaw.path:
            place = place.setdefault(step, {})
        place.setdefault("_errors", []).append({"code": flaw.code, "message": flaw.message})
    return errors


def flat(flaws: Sequence[Flaw]) -> dict[str, list[str]]:
    """The whole answer of older versions: a field's messages; of what lies within it only the first step."""
    errors: dict[str, list[str]] = {}
    for flaw in flaws:
        field, *within = flaw.path or ("_misc",)
        said = within[0] if within else flaw.message
        if said not in errors.setdefault(field, []):
            errors[field].append(said)
    return errors
