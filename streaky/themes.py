"""The card's themes, in one table that anybody can extend.

A theme is a light and a dark palette. Its text must have a contrast of 4.5 to 1 on its background; a test
computes that for every theme. Source: WCAG 2.2, success criterion 1.4.3.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours as `#rrggbb`. `quiet`: text of less weight; `accent`: the running streak's number; `map`: a day
    that does not count, and then from few contributions to many."""

    background: str
    border: str
    text: str
    quiet: str
    accent: str
    map: tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Theme:
    """The palettes for a light and for a dark page."""

    light: Palette
    dark: Palette


_GREENS = ("#eff2f5", "#aceebb", "#4ac26b", "#2da44e", "#116329")
_DARK_GREENS = ("#1c2128", "#033a16", "#196c2e", "#2ea043", "#56d364")

THEMES = {
    "github": Theme(
        Palette("#ffffff", "#d1d9e0", "#1f2328", "#59636e", "#1a7f37", _GREENS),
        Palette("#0d1117", "#3d444d", "#f0f6fc", "#9198a1", "#3fb950", _DARK_GREENS),
    ),
    "ember": Theme(
        Palette(
            "#fffaf5",
            "#ecd9c6",
            "#2b1d12",
            "#75604f",
            "#b53d00",
            ("#f6ece1", "#fed7aa", "#fb923c", "#ea580c", "#9a3412"),
        ),
        Palette(
            "#17110d",
            "#46372c",
            "#fbefe4",
            "#b5a08f",
            "#ff8f4a",
            ("#261d16", "#5c2a0e", "#9a3f0b", "#e05c12", "#ffa061"),
        ),
    ),
    "ocean": Theme(
        Palette(
            "#f7fbff",
            "#cbddee",
            "#10243a",
            "#4d647b",
            "#0a5fb4",
            ("#e6eff8", "#b6dcfb", "#6bb3f2", "#2383de", "#0b4a91"),
        ),
        Palette(
            "#0a1420",
            "#2b3f55",
            "#eaf4ff",
            "#8fa6bd",
            "#5cb3ff",
            ("#142234", "#0c3a66", "#1460a8", "#3d94e6", "#8ccbff"),
        ),
    ),
    "orchid": Theme(
        Palette(
            "#fdf9ff",
            "#e2d3ee",
            "#271534",
            "#6b5879",
            "#8329b8",
            ("#f2e8f8", "#e3c3f5", "#c489e6", "#9c46cf", "#5e1a85"),
        ),
        Palette(
            "#140d1a",
            "#43334f",
            "#f6ecfc",
            "#aa98b8",
            "#cf8bf7",
            ("#231930", "#431a5c", "#6f2f96", "#a554d6", "#d9a3fb"),
        ),
    ),
    "ink": Theme(
        Palette(
            "#ffffff",
            "#d4d4d4",
            "#171717",
            "#5f5f5f",
            "#171717",
            ("#f0f0f0", "#cfcfcf", "#989898", "#5c5c5c", "#1f1f1f"),
        ),
        Palette(
            "#101010",
            "#3c3c3c",
            "#f5f5f5",
            "#a3a3a3",
            "#ffffff",
            ("#212121", "#3f3f3f", "#6e6e6e", "#a8a8a8", "#f0f0f0"),
        ),
    ),
}
