"""What one job hands to the next: a text in a form that the runner's masks cannot meet."""

from __future__ import annotations

DOTS = 0x2800  # the first of Unicode's 256 Braille patterns, one for each byte
LARGEST = 256 * 1024  # characters of a text, unpacked


def packed(text: str) -> str:
    """The text, compressed, as Braille patterns, one a byte.

    The runner drops a job's output that holds the value of any secret, a line of one, or one of these in
    base64, percent or another code. A value may be as short as `-` and as common as `discord` or `21:00`, so
    any text of letters, digits and punctuation can be lost. Nobody has a secret in Braille, and none of the
    runner's codes writes one so. Compressing adds a checksum: a text that was cut or changed is noticed.
    Source: actions/runner, JobExtension.cs, Worker.cs, ValueEncoders.cs.
    """
    import zlib  # nothing is handed on in nearly every run

    return "".join(chr(DOTS + byte) for byte in zlib.compress(text.encode(), 9))


def unpacked(text: str) -> str:
    """The text that was packed; one that was not, such as a person's JSON, as it is. Raises ValueError."""
    text = text.strip()
    if not text or not all(DOTS <= ord(each) < DOTS + 256 for each in text):
        return text
    import zlib

    stream = zlib.decompressobj()
    try:
        data = stream.decompress(bytes(ord(each) - DOTS for each in text), LARGEST)
    except zlib.error:
        raise ValueError("not what was packed") from None
    if not stream.eof:
        raise ValueError("cut off, or far too large")
    return data.decode()
