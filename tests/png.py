"""A PNG with few colours and a text inside, made of Chromium's. Source: W3C, Portable Network Graphics."""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLOURS = 256  # all that a palette can hold
BYTES = 4  # of a pixel: red, green, blue, alpha
RGBA, PALETTE = 6, 3


def chunks(picture: bytes) -> Iterator[tuple[bytes, bytes]]:
    """A PNG's chunks: kind and data."""
    at = len(SIGNATURE)
    while at < len(picture):
        (length,) = struct.unpack_from(">I", picture, at)
        yield picture[at + 4 : at + 8], picture[at + 8 : at + 8 + length]
        at += 12 + length


def written(parts: Iterable[tuple[bytes, bytes]]) -> bytes:
    """A PNG of these chunks."""
    packed = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
    return SIGNATURE + b"".join(packed)


def text_of(picture: bytes, keyword: str) -> str:
    """The text that a picture carries under a keyword; "" where it carries none."""
    begin = keyword.encode() + b"\0"
    for kind, data in chunks(picture):
        if kind == b"iTXt" and data.startswith(begin):
            return zlib.decompress(data[len(begin) + 4 :]).decode()
    return ""


def reduced(picture: bytes, keyword: str, text: str) -> bytes:
    """The same picture, of 8-bit RGBA, in at most 256 colours, carrying a text."""
    parts = [*chunks(picture)]
    width, height, *form = struct.unpack(">IIBBBBB", parts[0][1])
    assert form == [8, RGBA, 0, 0, 0]
    lines = _lines(zlib.decompress(b"".join(data for kind, data in parts if kind == b"IDAT")), width * BYTES)
    pixels = [[line[at : at + BYTES] for at in range(0, len(line), BYTES)] for line in lines]
    counted = Counter(pixel for line in pixels for pixel in line)
    palette = _palette(counted)
    index = {pixel: min(range(len(palette)), key=lambda at: _far(palette[at], pixel)) for pixel in counted}
    data = b"".join(b"\0" + bytes(index[pixel] for pixel in line) for line in pixels)
    # Compressed, without a language or a translated keyword.
    carried = keyword.encode() + b"\0\1\0\0\0" + zlib.compress(text.encode(), 9)
    return written(
        [
            (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, PALETTE, 0, 0, 0)),
            (b"PLTE", b"".join(pixel[:3] for pixel in palette)),
            (b"tRNS", bytes(pixel[3] for pixel in palette)),
            (b"iTXt", carried),
            (b"IDAT", zlib.compress(data, 9)),
            (b"IEND", b""),
        ]
    )


def _palette(counted: Counter[bytes]) -> list[bytes]:
    """The commonest colours, but first one of each kind, so that a small sign keeps its colour."""
    kinds: dict[bytes, bytes] = {}
    for pixel, _ in counted.most_common():
        kinds.setdefault(bytes(part >> 6 for part in pixel), pixel)
    common = dict.fromkeys(
        [*list(kinds.values())[: COLOURS // 2], *(pixel for pixel, _ in counted.most_common())]
    )
    return [*common][:COLOURS]


def _far(one: bytes, other: bytes) -> int:
    return sum((here - there) ** 2 for here, there in zip(one, other, strict=True))


def _lines(raw: bytes, length: int) -> Iterator[bytes]:
    """The lines of pixels with their filters undone. Source: the standard, clause 9."""
    before = bytes(length)
    for start in range(0, len(raw), length + 1):
        kind, line = raw[start], bytearray(raw[start + 1 : start + 1 + length])
        for at in range(length) if kind else ():
            left = line[at - BYTES] if at >= BYTES else 0
            corner = before[at - BYTES] if at >= BYTES else 0
            guess = (0, left, before[at], (left + before[at]) // 2, _paeth(left, before[at], corner))[kind]
            line[at] = (line[at] + guess) % 256
        before = bytes(line)
        yield before


def _paeth(left: int, up: int, corner: int) -> int:
    """The neighbour that is nearest to left + up - corner."""
    near = left + up - corner
    return min((left, up, corner), key=lambda each: abs(near - each))
