"""Every pair of colours that the theme offers can be read; every ring and border can be seen (WCAG 2.2)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QColor, QPalette

from desktop.theme.colours import Colours, dark, from_palette, is_high_contrast, light
from desktop.theme.contrast import READABLE, VISIBLE, contrast, mixed, readable_on

SURFACES = ("window", "surface", "raised")
TEXTS = ("text", "muted", "accent", "danger")
CODE = ("code_text", "code_keyword", "code_name", "code_string", "code_number", "code_comment", "code_builtin")
TONES = ("good", "warn", "bad", "info")


def high_contrast_palette() -> QPalette:
    palette = QPalette(QColor("black"))
    for role in (QPalette.ColorRole.Window, QPalette.ColorRole.Base, QPalette.ColorRole.Button):
        palette.setColor(role, QColor("#000000"))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        palette.setColor(role, QColor("#ffffff"))
    palette.setColor(QPalette.ColorRole.Highlight, QColor("#1aebff"))
    palette.setColor(QPalette.ColorRole.HighlightedText, QColor("#000000"))
    return palette


SCHEMES = {"light": light(), "dark": dark()}
ALL = SCHEMES | {"high contrast": from_palette(high_contrast_palette())}


def pairs_of_text(scheme: Colours) -> Iterator[tuple[str, QColor, QColor]]:
    for text in TEXTS:
        for surface in SURFACES:
            yield f"{text} on {surface}", getattr(scheme, text), getattr(scheme, surface)
    for name in ("accent", "accent_hover", "accent_pressed"):
        yield f"on_accent on {name}", scheme.on_accent, getattr(scheme, name)
    yield "danger on bad tint", scheme.danger, scheme.bad.tint
    yield "danger pressed on bad tint", scheme.danger_pressed, scheme.bad.tint
    for name in (*TONES, "plain"):
        tone = scheme.tone(name)
        for surface in (tone.tint, scheme.surface, scheme.window):
            yield f"{name} text", tone.text, surface
    for name in CODE:
        for tint in (scheme.surface, *(scheme.tone(tone).tint for tone in TONES)):
            yield f"{name} on {tint.name()}", getattr(scheme, name), tint


@pytest.mark.parametrize("name", ALL)
def test_every_text_can_be_read_on_every_background_it_may_lie_on(name: str) -> None:
    too_weak = {pair: ratio for pair, a, b in pairs_of_text(ALL[name]) if (ratio := contrast(a, b)) < READABLE}
    assert not too_weak


@pytest.mark.parametrize("name", SCHEMES)
def test_text_can_be_read_where_it_is_selected(name: str) -> None:
    scheme = SCHEMES[name]
    texts = [scheme.text, scheme.muted, scheme.accent, *(scheme.tone(tone).text for tone in TONES)]
    texts += [getattr(scheme, code) for code in CODE]
    assert not [text.name() for text in texts if contrast(text, scheme.selection) < READABLE]


@pytest.mark.parametrize("name", ALL)
def test_rings_and_borders_of_controls_and_chips_can_be_seen(name: str) -> None:
    scheme = ALL[name]
    edges = [("focus", scheme.focus), ("edge", scheme.edge), ("danger", scheme.danger), ("accent", scheme.accent)]
    edges += [(tone, scheme.tone(tone).line) for tone in (*TONES, "plain")]
    weak = {
        (edge, surface): contrast(colour, getattr(scheme, surface))
        for edge, colour in edges
        for surface in ("window", "surface")
        if contrast(colour, getattr(scheme, surface)) < VISIBLE
    }
    assert not weak
    assert contrast(scheme.on_accent, scheme.accent) >= VISIBLE  # the ring inside a filled button


def test_what_is_selected_can_be_read_in_high_contrast() -> None:
    scheme = ALL["high contrast"]
    assert contrast(scheme.on_selection, scheme.selection) >= READABLE


def test_black_on_white_is_the_most_there_is() -> None:
    assert contrast(QColor("black"), QColor("white")) == pytest.approx(21.0)
    assert contrast(QColor("#777777"), QColor("#ffffff")) == pytest.approx(4.48, abs=0.01)  # WCAG's own example
    assert contrast(QColor("red"), QColor("red")) == 1.0


def test_a_mixture_lies_between() -> None:
    assert mixed(QColor(0, 100, 200), QColor(100, 200, 100), 0.5) == QColor(50, 150, 150)


def test_a_weak_colour_is_moved_only_until_it_can_be_read() -> None:
    moved = readable_on(QColor("#88aaff"), QColor("#ffffff"))
    assert READABLE <= contrast(moved, QColor("#ffffff")) < 7
    assert readable_on(QColor("#000080"), QColor("#ffffff")) == QColor("#000080")


def test_high_contrast_of_the_system_is_noticed_and_its_own_colours_are_kept() -> None:
    palette = high_contrast_palette()
    scheme = from_palette(palette)
    assert is_high_contrast(palette) and not is_high_contrast(QPalette(QColor("#efefef")))
    assert scheme.window == QColor("#000000") and scheme.text == QColor("#ffffff")
    assert scheme.selection == palette.highlight().color() and scheme.high_contrast
