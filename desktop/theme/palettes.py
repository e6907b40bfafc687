"""The QPalette of a scheme, for everything that Qt paints by itself."""

from __future__ import annotations

from PySide6.QtGui import QColor, QPalette

from .colours import Colours

_Role = QPalette.ColorRole
_Group = QPalette.ColorGroup


def palette_of(colours: Colours) -> QPalette:
    palette = QPalette()
    for role, colour in _roles(colours).items():
        palette.setColor(role, colour)
    for role in (_Role.WindowText, _Role.Text, _Role.ButtonText, _Role.HighlightedText):
        palette.setColor(_Group.Disabled, role, colours.faint)
    palette.setColor(_Group.Disabled, _Role.Base, colours.window)
    palette.setColor(_Group.Disabled, _Role.Highlight, colours.raised)
    palette.setColor(_Group.Disabled, _Role.Accent, colours.faint)
    return palette


def _roles(colours: Colours) -> dict[QPalette.ColorRole, QColor]:
    return {
        _Role.Window: colours.window,
        _Role.WindowText: colours.text,
        _Role.Base: colours.surface,
        _Role.AlternateBase: colours.window,
        _Role.Text: colours.text,
        _Role.PlaceholderText: colours.muted,
        _Role.Button: colours.surface,
        _Role.ButtonText: colours.text,
        _Role.BrightText: colours.bad.text,
        _Role.Light: colours.surface,
        _Role.Midlight: colours.raised,
        _Role.Mid: colours.line,
        _Role.Dark: colours.edge,
        _Role.Shadow: colours.edge,
        _Role.Highlight: colours.selection,
        _Role.HighlightedText: colours.on_selection,
        _Role.Link: colours.accent,
        _Role.LinkVisited: colours.accent,
        _Role.ToolTipBase: colours.raised,
        _Role.ToolTipText: colours.text,
        _Role.Accent: colours.accent,
    }
