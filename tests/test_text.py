"""Foreign text made fit to be shown: visible, on one line, within its limit."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from streaky.text import cut, plain, units

quick = settings(max_examples=100, deadline=None)


@quick
@given(st.text(max_size=400), st.integers(2, 80))
def test_cut_text_keeps_within_its_limit_in_utf_16_units_after_escaping(text: str, limit: int) -> None:
    doubled = cut(text, limit, lambda part: part.replace("*", "\\*"))
    assert units(doubled) <= limit
    assert units(cut(text, limit)) <= limit
    if units(text) <= limit:
        assert cut(text, limit) == text


@quick
@given(st.text(max_size=300))
def test_plain_text_is_one_visible_line_that_mentions_nobody(text: str) -> None:
    made = plain(text + "\u202eabc\u200b@everyone\n\x07", 100)
    assert made.isprintable()
    assert "@" not in made
    assert units(made) <= 100
