"""Spoils a valid document: flips, cuts, doubles, nests, and puts values of other types in.

Pure noise is refused by the first parser that meets it; what is nearly right gets deep inside.
"""

from __future__ import annotations

import copy
import json
import random
from typing import Any

# Values that programs trip over: edges of numbers and dates, other types, and words of YAML and JSON.
ODD: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1,
    2**31,
    2**63,
    10**400,
    -0.0,
    0.5,
    1e308,
    float("nan"),
    float("inf"),
    "",
    " ",
    "0",
    "-1",
    "x" * 5000,
    "\x00",
    "\ud800",
    "\u202e\u0661\u0662",
    "٣",
    "2026-02-30",
    "0000-01-01",
    "9999-12-31",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "2026-11-23T21:30:00+99:99",
    "24:00",
    "::error::x",
    "${{ secrets.X }}",
    "..",
    [],
    {},
    [[]],
    [None],
    {"": None},
)
DEEP = "a value inside of 3,000 lists, which json could not write"
TOKENS = (
    *("'", '"', "\\", "\n", "\r", "\t", "\x00", "\x85", "\u2028", "\ufeff", "{", "}", "[", "]", ":", ": "),
    *(", ", "- ", "? ", "# ", "&a ", "*a", "!!python/object:os.system ", "!!binary ", "<<: ", "|", ">-\n"),
    *("---\n", "...\n", "%YAML 9.9\n", "null", "~", "yes", "0x1f", "1e999", "-", "9" * 30, "sealed:v1:"),
    *("sealed:", "\U0001f600", "é", "\ud800", "[" * 300, "{a: " * 60, "'\n'", "\\ud800", "\\u0000"),
)


def text(chance: random.Random, valid: str) -> str:
    """A text with one to four spoilt places."""
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        lines = valid.splitlines(keepends=True)
        start = chance.randint(0, len(valid))
        end = min(len(valid), start + chance.choice((1, 1, 2, 5, 20, 200)))
        match chance.randrange(9):
            case 0:  # flip a character
                other = chr(ord(valid[start]) ^ 1 << chance.randrange(8)) if start < len(valid) else "\x7f"
                valid = valid[:start] + other + valid[start + 1 :]
            case 1:  # cut a piece out
                valid = valid[:start] + valid[end:]
            case 2:  # break off
                valid = valid[:start]
            case 3:  # double a piece
                valid = valid[:end] + valid[start:end] * chance.choice((1, 1, 2, 50)) + valid[end:]
            case 4:  # put a word in
                valid = (
                    valid[:start] + chance.choice(TOKENS) + valid[end if chance.random() < 0.5 else start :]
                )
            case 5 if lines:  # double, or move, a line
                line = chance.choice(lines)
                if chance.random() < 0.5:
                    lines.remove(line)
                lines.insert(chance.randint(0, len(lines)), line)
                valid = "".join(lines)
            case 6 if lines:  # indent, or outdent, a line
                at = chance.randrange(len(lines))
                lines[at] = (
                    chance.choice(("  ", "\t", " ")) + lines[at]
                    if chance.random() < 0.6
                    else lines[at].lstrip()
                )
                valid = "".join(lines)
            case 7 if lines:  # another value behind a key
                at = chance.randrange(len(lines))
                key, colon, _ = lines[at].partition(":")
                odd = chance.choice(ODD)
                lines[at] = f"{key}{colon} {odd if isinstance(odd, str) else json.dumps(odd)}\n"
                valid = "".join(lines)
            case _:  # swap two pieces
                other_start = chance.randint(0, len(valid))
                piece = valid[other_start : other_start + end - start]
                valid = valid[:start] + piece + valid[end:]
    return valid


def data(chance: random.Random, valid: bytes) -> bytes:
    """Bytes with spoilt places; some of them are no UTF-8 any more."""
    spoilt = text(chance, valid.decode()).encode("utf-8", "surrogatepass")
    if chance.random() < 0.1 and spoilt:
        at = chance.randrange(len(spoilt))
        spoilt = spoilt[:at] + bytes([chance.randrange(256)]) + spoilt[at + 1 :]
    return spoilt


def document(chance: random.Random, valid: Any) -> Any:
    """A JSON document with one to three spoilt places; the valid one stays as it is."""
    spoilt = json.loads(json.dumps(valid))
    for _ in range(chance.choice((1, 1, 2, 3))):
        spoilt = _spoilt(chance, spoilt)
    return spoilt


def json_data(chance: random.Random, valid: Any) -> bytes:
    """A spoilt JSON document as bytes, of which some are spoilt again."""
    written = json.dumps(document(chance, valid), ensure_ascii=chance.random() < 0.9)
    written = written.replace(json.dumps(DEEP), "[" * 3000 + "]" * 3000)
    raw = written.encode("utf-8", "surrogatepass")
    return data(chance, written.encode("utf-8", "replace")) if chance.random() < 0.2 else raw


def _spoilt(chance: random.Random, valid: Any) -> Any:
    """The document with one place of it spoilt: each step down is one of its members, by chance."""
    inside = isinstance(valid, (dict, list)) and bool(valid)
    if inside and chance.random() < 0.8:
        keys = list(valid) if isinstance(valid, dict) else range(len(valid))
        key = chance.choice(keys)
        match chance.randrange(12):
            case 0:
                del valid[key]
            case 1 if isinstance(valid, list):
                valid.extend([valid[key]] * chance.choice((1, 1, 60)))
            case 1:
                valid[chance.choice(("", "x", "__proto__", key.upper()))] = valid[key]
            case 2:
                other = chance.choice(keys)
                valid[key], valid[other] = valid[other], valid[key]
            case _:
                valid[key] = _spoilt(chance, valid[key])
        return valid
    match chance.randrange(6):
        case 0:
            return [valid]
        case 1:
            return {"x": valid}
        case 2 if isinstance(valid, str):
            return text(chance, valid)
        case 2 | 3 if isinstance(valid, int) and not isinstance(valid, bool):
            return chance.choice((valid + 1, -valid, valid * 10**9, str(valid)[:20], 0.5))
        case 4:
            return DEEP
        case _:
            return copy.deepcopy(chance.choice(ODD))  # the next spoiling may change it
