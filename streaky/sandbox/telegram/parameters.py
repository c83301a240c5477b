"""The parameters of a Bot API call, from wherever a client puts them, with their types checked.

Source: Bot API, "Making requests" (query, form or JSON) sendMessage, editMessageText and getUpdates.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qsl

from streaky.sandbox.exchange import Request

WHOLE = re.compile(r"-?\d{1,19}")
TRUTHS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False, "": False}
TYPES: dict[str, str] = {
    "chat_id": "Integer or String",
    "message_id": "Integer",
    "offset": "Integer",
    "limit": "Integer",
    "timeout": "Integer",
    "allowed_updates": "Array",
    "message_thread_id": "Integer",
    "direct_messages_topic_id": "Integer",
    "text": "String",
    "parse_mode": "String",
    "message_effect_id": "String",
    "business_connection_id": "String",
    "disable_notification": "Boolean",
    "protect_content": "Boolean",
    "allow_paid_broadcast": "Boolean",
    "entities": "Array",
    "link_preview_options": "Object",
    "reply_parameters": "Object",
    "reply_markup": "Object",
    "suggested_post_parameters": "Object",
}


class BadParameter(Exception):
    """A parameter that cannot be read; the message says which and why."""


def read(request: Request) -> dict[str, Any]:
    """All parameters; those that the Bot API does not know are kept, and ignored. Raises BadParameter."""
    given: dict[str, Any] = dict(request.query)
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind == "application/json" and request.body:
        try:
            document = request.json()
        except ValueError:
            document = None
        if not isinstance(document, dict):
            raise BadParameter("can't parse request JSON object")
        given |= document
    elif kind == "application/x-www-form-urlencoded":
        given |= parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True)
    try:
        json.dumps(given, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise BadParameter("strings must be encoded in UTF-8") from None
    return {name: _typed(name, value) for name, value in given.items() if value is not None}


def _typed(name: str, value: object) -> object:
    """The value as its type demands; text stands for any type, since forms have nothing else."""
    wanted = TYPES.get(name)
    match wanted, value:
        case None, _:
            return value
        case "String" | "Integer or String", str():
            return value
        case "Integer" | "Integer or String", int() if not isinstance(value, bool):
            return value
        case "Integer", str() if WHOLE.fullmatch(value):
            return int(value)
        case "Boolean", bool():
            return value
        case "Boolean", str() if value.lower() in TRUTHS:
            return TRUTHS[value.lower()]
        case ("Array", list()) | ("Object", dict()):
            return value
        case "Array" | "Object", str():
            try:
                return _typed(name, json.loads(value))
            except (ValueError, RecursionError):
                pass
    raise BadParameter(f'field "{name}" must be of type {wanted}')
