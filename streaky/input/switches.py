"""Readers for switches: true, false, and auto."""

from __future__ import annotations

from streaky.input.refusal import BadValue, shown

SWITCHES = ["true", "false", "yes", "no", "on", "off"]


def switch(text: str) -> bool:
    """true or false, in YAML's spellings."""
    if text.lower() in ("true", "yes", "on", "1"):
        return True
    if text.lower() in ("false", "no", "off", "0"):
        return False
    raise BadValue(f"{shown(text)} is neither true nor false.")


def switch_or_auto(text: str) -> str:
    """auto, true or false."""
    if text.lower() == "auto":
        return "auto"
    try:
        return "true" if switch(text) else "false"
    except BadValue:
        raise BadValue(f"{shown(text)} is none of auto, true and false.") from None
