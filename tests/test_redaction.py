"""No secret, nor a part of 8 characters of one, passes the redactor."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streaky.redaction import Redactor
from tests.conftest import TOKEN, leaks

HOOK = "Ww4CZ0CL0UcDRY4bZsWQa0p_-yh1HtbkrzNl1VpRaM4XFVcMGlhAaAqfYlj385x_qUgy"
BOT = "123456789:nXSTK9tvIdx6sh1vxSYPR04NU4Vx-6eoK3T"
SECRETS = (
    ("github-token", TOKEN),
    ("discord-webhook-url", f"https://discord.com/api/webhooks/100000000000000001/{HOOK}"),
    ("telegram-bot-token", BOT),
    ("webhook-url", "https://hooks.example.com/in/Q7w8E9r0T1y2?key=U3i4O5p6A7s8"),
    ("webhook-secret", "first line 1234\nsecond line 5678"),
    ("apprise-urls", "ntfys://user:pa55w0rd-pa55w0rd@ntfy.sh/alerts"),
)
quick = settings(max_examples=100, deadline=None)


@pytest.fixture
def redact() -> Redactor:
    return Redactor(SECRETS)


@pytest.mark.parametrize(
    "secret", [TOKEN, HOOK, BOT, "second line 5678", "Q7w8E9r0T1y2", "pa55w0rd-pa55w0rd"]
)
def test_whole_parts_and_encodings_of_a_secret_are_replaced(redact: Redactor, secret: str) -> None:
    raw = secret.encode()
    for said in (secret, secret[:-1], secret[3:], secret[2:10], quote(secret, safe=""), f"x{secret}y"):
        assert not leaks(redact(f"it said {said}, so"), (secret,)), said
    for before in (b"", b"x", b"xy", b"user:"):
        encoded = base64.b64encode(before + raw).decode()
        middle = encoded[8:-8]
        assert not middle or middle not in redact(f"Basic {encoded} end"), before


def test_what_is_no_secret_stays(redact: Redactor) -> None:
    plain_text = (
        "https://discord.com/api/webhooks/100000000000000001 on hooks.example.com: octocat, at-risk, 21:00"
    )
    assert redact(plain_text) == plain_text


def test_a_url_without_a_path_hides_no_slash() -> None:
    assert Redactor([("webhook-url", "https://hooks.example.com/")])("a/b") == "a/b"


def test_masks_hold_each_secret_whole_its_telling_part_and_each_line(redact: Redactor) -> None:
    whole = {value for _, value in SECRETS} - {SECRETS[4][1]}
    assert whole | {HOOK, BOT.partition(":")[2], "first line 1234", "second line 5678"} <= set(redact.masks)
    assert base64.b64encode(TOKEN.encode()).decode() in redact.masks


@quick
@given(
    st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=40),
    st.text(max_size=60),
    st.data(),
)
def test_no_part_of_any_secret_survives(secret: str, around: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(secret) - 8))
    said = around + secret[start : data.draw(st.integers(start + 8, len(secret)))] + around
    assert not [
        part for part in leaks(Redactor([("webhook-secret", secret)])(said), (secret,)) if "***" not in part
    ]
