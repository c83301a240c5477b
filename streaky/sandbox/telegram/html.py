"""What Telegram shows of a text in HTML parse mode, or why it refuses it.

Source: Bot API, "HTML style"; error texts as the Bot API server sends them. Offsets count bytes of UTF-8.
"""

from __future__ import annotations

import re

TAGS = {
    "a",
    "b",
    "strong",
    "i",
    "em",
    "s",
    "strike",
    "del",
    "u",
    "ins",
    "tg-spoiler",
    "tg-emoji",
    "span",
    "pre",
    "code",
    "blockquote",
}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}  # all that there are; &nbsp; stays as it is
REFERENCE = re.compile(r"&(?:#x(?P<hex>[0-9a-fA-F]+)|#(?P<decimal>[0-9]+)|(?P<name>[a-zA-Z]+));?")
SPACE = " \t\r\n\0\v"
BARE = re.compile(r"[a-zA-Z0-9.\-]+")


class Unparsable(Exception):
    """The text is no HTML that Telegram reads."""


def plain(text: str) -> str:
    """The text without its markup, references resolved. Raises Unparsable."""
    return _Reader(text).read()


class _Reader:
    """One pass over a text, from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def read(self) -> str:
        shown: list[str] = []
        open_tags: list[str] = []
        while self.at < len(self.text):
            character = self.text[self.at]
            if character == "<" and self.text.startswith("</", self.at):
                self._end_tag(open_tags)
            elif character == "<":
                open_tags.append(self._start_tag())
            elif character == "&":
                shown.append(self._reference())
            else:
                shown.append(character)
                self.at += 1
        if open_tags:
            raise Unparsable(f'Can\'t find end tag corresponding to start tag "{open_tags[-1]}"')
        return "".join(shown)

    def _reference(self) -> str:
        """A character reference; one that means nothing here is text."""
        match = REFERENCE.match(self.text, self.at)
        character = resolved(match) if match else None
        if match is None or character is None:
            self.at += 1
            return "&"
        self.at = match.end()
        return character

    def _end_tag(self, open_tags: list[str]) -> None:
        begin = self.at
        if not open_tags:
            raise Unparsable(f"Unexpected end tag at byte offset {self._offset(begin)}")
        self.at += 2
        name = self._until(SPACE + ">").lower()
        self._skip_space()
        if not self.text.startswith(">", self.at):
            raise Unparsable(f"Unclosed end tag at byte offset {self._offset(begin)}")
        self.at += 1
        expected = open_tags.pop()
        if name and name != expected:
            place = self._offset(begin)
            raise Unparsable(
                f'Unmatched end tag at byte offset {place}, expected "</{expected}>", found "</{name}>"'
            )

    def _start_tag(self) -> str:
        """The name of the tag that begins here."""
        begin = self.at
        self.at += 1
        name = self._until(SPACE + ">").lower()
        place = self._offset(begin)
        if self.at >= len(self.text):
            raise Unparsable(f"Unclosed start tag at byte offset {place}")
        if name not in TAGS:
            raise Unparsable(f'Unsupported start tag "{name}" at byte offset {place}')
        attributes = self._attributes(name, place)
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise Unparsable(f'Tag "span" must have class "tg-spoiler" at byte offset {place}')
        if name == "tg-emoji" and not attributes.get("emoji-id", "").isdecimal():
            raise Unparsable("Invalid custom emoji identifier specified")
        return name

    def _attributes(self, tag: str, place: int) -> dict[str, str]:
        """The attributes up to the tag's end, which is passed."""
        attributes: dict[str, str] = {}
        while True:
            self._skip_space()
            if self.at >= len(self.text):
                raise Unparsable(f'Unclosed start tag "{tag}" at byte offset {place}')
            if self.text[self.at] == ">":
                self.at += 1
                return attributes
            name = self._until(SPACE + "=>").lower()
            if not name:
                raise Unparsable(f'Empty attribute name in the tag "{tag}" at byte offset {place}')
            self._skip_space()
            attributes[name] = ""
            if self.text.startswith("=", self.at):
                self.at += 1
                self._skip_space()
                attributes[name] = self._value(tag, place)

    def _value(self, tag: str, place: int) -> str:
        if self.at >= len(self.text):
            raise Unparsable(f'Unclosed start tag "{tag}" at byte offset {place}')
        quote = self.text[self.at]
        if quote in "\"'":
            end = self.text.find(quote, self.at + 1)
            if end < 0:
                raise Unparsable(f"Unclosed start tag at byte offset {place}")
            value, self.at = self.text[self.at + 1 : end], end + 1
            return REFERENCE.sub(lambda match: resolved(match) or match[0], value)
        begin, match = self.at, BARE.match(self.text, self.at)
        self.at = match.end() if match else self.at
        if not self.text.startswith(tuple(SPACE + ">"), self.at):
            raise Unparsable(f"Unexpected end of name token at byte offset {self._offset(begin)}")
        return match[0].lower() if match else ""

    def _until(self, ends: str) -> str:
        begin = self.at
        while self.at < len(self.text) and self.text[self.at] not in ends:
            self.at += 1
        return self.text[begin : self.at]

    def _skip_space(self) -> None:
        while self.at < len(self.text) and self.text[self.at] in SPACE:
            self.at += 1

    def _offset(self, at: int) -> int:
        return len(self.text[:at].encode())


def resolved(match: re.Match[str]) -> str | None:
    """The character that a reference names, None where it names none. Raises Unparsable for a surrogate."""
    if match["name"]:
        return NAMED.get(match["name"])
    code = int(match["hex"], 16) if match["hex"] else int(match["decimal"])
    if 0xD800 <= code <= 0xDFFF:
        raise Unparsable(
            "Text contains invalid Unicode characters after decoding HTML entities, "
            "check for unmatched surrogate code units"
        )
    return chr(code) if 0 < code <= 0x10FFFF else None
