"""No secret, nor a part of 8 characters of one, passes the redactor."""

from __future__ import annotations

import base64
import html
import json
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streaky.config.inputs import SECRET_PARTS
from streaky.redaction import Redactor
from streaky.text import plain
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
    return Redactor(SECRETS, SECRET_PARTS)


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


def transformed(secret: str) -> dict[str, str]:
    """What a service, a library or Streaky itself may have made of a secret before it is said."""
    raw = secret.encode()
    return {
        "hex": raw.hex(),
        "HEX": raw.hex().upper(),
        "upper": secret.upper(),
        "lower": secret.lower(),
        "mixed": secret.swapcase(),
        "percent": quote(secret, safe=""),
        "double percent": quote(quote(secret, safe=""), safe=""),
        "lower percent": quote(secret, safe="").lower(),
        "html": html.escape(secret),
        "json": json.dumps(secret)[1:-1],
        "base64": base64.b64encode(raw).decode(),
        "urlsafe base64": base64.urlsafe_b64encode(raw).decode(),
        "urlsafe base64 behind a letter": base64.urlsafe_b64encode(b"x" + raw).decode()[4:-4],
        "plain": plain(secret, 200),
    }


AWKWARD = "pä<s>&\"w@rd'/+?=é:\tend~~>>>???ÿÿÿ"


@pytest.mark.parametrize("form", transformed(AWKWARD))
@pytest.mark.parametrize("secret", [TOKEN, HOOK, AWKWARD, "a1@b2@c3@d4@e5@f6@g7"])
def test_no_form_of_a_secret_is_shown(secret: str, form: str) -> None:
    made = transformed(secret)[form]
    said = Redactor([("webhook-secret", secret)])(f"it said {made}, so")
    assert not leaks(said, (made,))
    assert said.startswith("it said ")
    assert said.endswith(", so")


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("discord-webhook-url", "https://discord.gg/AbCdEfGhIj"),
        ("webhook-url", "https://hooks.example.com:8443/in/Q7w8E9r0T1y2"),
        ("webhook-url", "https://hooks.example.com?key=Q7w8E9r0T1y2"),
        ("webhook-url", "https://someone:Pa55w0rd@hooks.example.com/in"),
        ("ping-url", "https://hc-ping.example/0c5d1f2e-7a3b-4c9d"),
    ],
)
def test_a_host_is_no_secret_but_what_stands_around_it_is(name: str, url: str) -> None:
    redact, split = Redactor([(name, url)], SECRET_PARTS), urlsplit(url)
    said = redact(f'its host is "{split.hostname}", its path {split.path}?{split.query} of {split.username}')
    assert f'its host is "{split.hostname}"' in said
    for part in (split.path, split.query, split.username or ""):
        assert not leaks(said, (part,))
    assert not leaks(redact(f"asking {url} now"), (split.path, split.query, split.username or ""))


def test_a_short_piece_of_a_secret_is_replaced_but_no_mask() -> None:
    """The runner drops a job's output that holds a mask: `alerts` holds at-risk, and `status` does."""
    url, text = (
        ("webhook-url", "https://hooks.example.com/at-risk"),
        ("webhook-secret", "at-risk\nmilestone-1"),
    )
    redact = Redactor([url, text], SECRET_PARTS)
    assert not [mask for mask in redact.masks if len(mask) < 16]
    assert "https://hooks.example.com/at-risk" in redact.masks
    assert redact("posted to /at-risk and milestone-1") == "posted to *** and ***"


def test_a_short_secret_as_a_whole_is_masked() -> None:
    assert "hunter22" in Redactor([("webhook-secret", "hunter22")]).masks


def test_a_url_without_a_path_hides_no_slash() -> None:
    assert Redactor([("webhook-url", "https://hooks.example.com/")], SECRET_PARTS)("a/b") == "a/b"


def test_masks_hold_each_secret_whole_its_telling_part_and_each_line(redact: Redactor) -> None:
    whole = {value for _, value in SECRETS} - {SECRETS[4][1]}
    assert whole | {HOOK, BOT.partition(":")[2], "second line 5678"} <= set(redact.masks)
    assert "first line 1234" not in redact.masks  # 15 characters
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
