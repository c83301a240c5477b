"""What one job hands to the next passes the runner, whatever is masked."""

from __future__ import annotations

import base64
import json
from contextlib import suppress
from urllib.parse import quote
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streaky.runner.handover import packed, unpacked

PENDING = json.dumps([{"slot": "2026-11-23/at-risk/21:00", "channel": "discord", "heard": False}])
# What people keep as secrets, or has a line of its own in one.
SECRETS = ["at-risk", "discord", "21:00", "8", "a", "-", "---", "{", "}", "=", " ", "true", "2026", "ä", "🔥"]


def masks(secret: str) -> list[str]:
    """What the runner masks for a secret. Source: actions/runner, Worker.cs, HostContext.cs."""
    raw = secret.encode()
    lines = [line.strip() for line in secret.splitlines() if line.strip()]
    coded = [base64.b64encode(raw[cut:]).decode() for cut in (0, 1, 2)]
    others = [quote(secret, safe=""), escape(secret), json.dumps(secret)[1:-1], secret.replace("'", "''")]
    return [mask for mask in (secret, *lines, *coded, *others) if mask]


@given(st.text(), st.sampled_from(SECRETS) | st.text(st.characters(max_codepoint=0x27FF), min_size=1))
def test_no_mask_of_any_secret_meets_what_is_packed(text: str, secret: str) -> None:
    assert not [mask for mask in masks(secret) if mask in packed(text)]


@pytest.mark.parametrize("secret", ["at-risk", "discord", "21:00"])
def test_the_same_masks_do_meet_it_unpacked(secret: str) -> None:
    assert any(mask in PENDING for mask in masks(secret))


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_is_packed_is_unpacked(text: str) -> None:
    assert unpacked(packed(text)) == text
    assert unpacked(f" {packed(text)}\n") == text


def test_what_was_never_packed_is_taken_as_it_is() -> None:
    assert unpacked(f" {PENDING}\n") == PENDING
    assert unpacked("") == ""


@given(st.integers(0, 80), st.integers(0x2800, 0x28FF))
def test_what_was_cut_or_changed_is_noticed(at: int, dots: int) -> None:
    whole = packed(PENDING)
    cut = whole[: 1 + at % (len(whole) - 1)]
    changed = whole[: at % len(whole)] + chr(dots) + whole[at % len(whole) + 1 :]
    with pytest.raises(ValueError, match="cut off"):
        unpacked(cut)
    # A byte of the header tells how hard the packer tried, and changes nothing.
    with suppress(ValueError):
        assert unpacked(changed) == PENDING


def test_what_unpacks_without_end_is_refused() -> None:
    with pytest.raises(ValueError, match="far too large"):
        unpacked(packed("a" * 10_000_000))
