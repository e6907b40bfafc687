"""Every colour of the window: two schemes of our own, and one derived from a high-contrast palette.

    colours().warn.text, colours().warn.tint

All pairs that belong together are readable (a test computes each): `text`, `muted` and `accent` on window, surface
and raised; `on_accent` on accent; a tone's text on its tint and on the surfaces. Meaning is never colour alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QColor, QPalette

from .contrast import contrast, mixed, readable_on


@dataclass(frozen=True)
class Tone:
    """A meaning: its text, the background that may lie under it, and the line around that."""

    text: QColor
    tint: QColor
    line: QColor


@dataclass(frozen=True)
class Colours:
    """One scheme. `edge` is the border of controls, `selection` lies under selected rows and text
    (which is `on_selection` in high contrast)."""

    dark: bool
    window: QColor
    surface: QColor
    raised: QColor
    line: QColor
    edge: QColor
    text: QColor
    muted: QColor
    faint: QColor
    accent: QColor
    accent_hover: QColor
    accent_pressed: QColor
    on_accent: QColor
    danger: QColor
    danger_hover: QColor
    danger_pressed: QColor
    selection: QColor
    on_selection: QColor
    focus: QColor
    good: Tone
    warn: Tone
    bad: Tone
    info: Tone
    code_text: QColor
    code_keyword: QColor
    code_name: QColor
    code_string: QColor
    code_number: QColor
    code_comment: QColor
    code_builtin: QColor
    high_contrast: bool = False

    def tone(self, name: str) -> Tone:
        """The tone of that name; "plain" is text on raised."""
        return {"good": self.good, "warn": self.warn, "bad": self.bad, "info": self.info}.get(name) or Tone(
            self.muted, self.raised, self.edge
        )


def _tone(text: str, tint: str, line: str) -> Tone:
    return Tone(QColor(text), QColor(tint), QColor(line))


def light() -> Colours:
    return Colours(
        dark=False,
        window=QColor("#f5f7f7"),
        surface=QColor("#ffffff"),
        raised=QColor("#ebf0f0"),
        line=QColor("#dbe2e3"),
        edge=QColor("#7c898d"),
        text=QColor("#162024"),
        muted=QColor("#526167"),
        faint=QColor("#8a979b"),
        accent=QColor("#0d5c66"),
        accent_hover=QColor("#0a4c55"),
        accent_pressed=QColor("#083d44"),
        on_accent=QColor("#ffffff"),
        danger=QColor("#a3262a"),
        danger_hover=QColor("#8b1f23"),
        danger_pressed=QColor("#73181c"),
        selection=QColor("#d6eaeb"),
        on_selection=QColor("#162024"),
        focus=QColor("#0e7c89"),
        good=_tone("#1c6238", "#e5f4ea", "#4f9169"),
        warn=_tone("#7a4a00", "#fdf1db", "#b07a24"),
        bad=_tone("#9b2226", "#fbe8e7", "#c5605f"),
        info=_tone("#1d5377", "#e5f1f8", "#5488a8"),
        code_text=QColor("#162024"),
        code_keyword=QColor("#0d5c66"),
        code_name=QColor("#1a4f8b"),
        code_string=QColor("#2f6327"),
        code_number=QColor("#8a3b12"),
        code_comment=QColor("#5b686d"),
        code_builtin=QColor("#6a3f8f"),
    )


def dark() -> Colours:
    return Colours(
        dark=True,
        window=QColor("#14191b"),
        surface=QColor("#1b2124"),
        raised=QColor("#273034"),
        line=QColor("#333d41"),
        edge=QColor("#77868c"),
        text=QColor("#e5ebec"),
        muted=QColor("#a9b6ba"),
        faint=QColor("#7b888d"),
        accent=QColor("#74c7cd"),
        accent_hover=QColor("#8fd6db"),
        accent_pressed=QColor("#5fb3b9"),
        on_accent=QColor("#07282c"),
        danger=QColor("#f09a96"),
        danger_hover=QColor("#f5b1ae"),
        danger_pressed=QColor("#de8581"),
        selection=QColor("#1f4347"),
        on_selection=QColor("#e5ebec"),
        focus=QColor("#7fd3d9"),
        good=_tone("#86d3a3", "#18301f", "#4f9a6c"),
        warn=_tone("#ecc076", "#38290f", "#a67d35"),
        bad=_tone("#f4a5a1", "#3d1f20", "#bb6360"),
        info=_tone("#93c8e8", "#16303f", "#4f89a9"),
        code_text=QColor("#e5ebec"),
        code_keyword=QColor("#7fcfd5"),
        code_name=QColor("#9cc4f0"),
        code_string=QColor("#a9d49a"),
        code_number=QColor("#f0b088"),
        code_comment=QColor("#a6b4b9"),
        code_builtin=QColor("#cdb0ea"),
    )


def from_palette(palette: QPalette) -> Colours:
    """A scheme out of a high-contrast palette of the system: its own colours, nothing in between."""
    window, text = palette.window().color(), palette.windowText().color()
    base, highlight = palette.base().color(), palette.highlight().color()
    on_highlight = palette.highlightedText().color()
    accent = readable_on(highlight, base)
    tones = [
        Tone(readable_on(QColor(hint), base, 7.0), base, text) for hint in ("#008000", "#b06000", "#c00000", "#0060c0")
    ]
    return Colours(
        dark=window.lightnessF() < 0.5,
        window=window,
        surface=base,
        raised=palette.button().color(),
        line=text,
        edge=text,
        text=text,
        muted=text,
        faint=mixed(text, window, 0.3),
        accent=accent,
        accent_hover=accent,
        accent_pressed=accent,
        on_accent=readable_on(on_highlight, accent),
        danger=tones[2].text,
        danger_hover=tones[2].text,
        danger_pressed=tones[2].text,
        selection=highlight,
        on_selection=on_highlight,
        focus=accent,
        good=tones[0],
        warn=tones[1],
        bad=tones[2],
        info=tones[3],
        code_text=text,
        code_keyword=text,
        code_name=text,
        code_string=text,
        code_number=text,
        code_comment=text,
        code_builtin=text,
        high_contrast=True,
    )


def is_high_contrast(palette: QPalette) -> bool:
    """Whether the system asks for high contrast: pure black and white, or colours nearly as far apart."""
    return contrast(palette.windowText().color(), palette.window().color()) >= 20.0
