"""The style sheet of a scheme: one text, generated, set again whenever colours change (a sheet resolves once)."""

from __future__ import annotations

from string import Template

from PySide6.QtGui import QColor

from . import _rules
from .colours import Colours, Tone
from .drawings import DRAWINGS
from .sizes import CARD_RADIUS, RADIUS, Space


def sheet(colours: Colours) -> str:
    """The rules of `_rules`, with the colours of the scheme filled in."""
    names = _names(colours)
    rules = [Template(rule).substitute(names) for rule in _rules.ALL]
    return "\n".join([*rules, *(_tone_rules(name, colours) for name in _TONES)])


_TONES = ("plain", "good", "warn", "bad", "info")


def _names(colours: Colours) -> dict[str, str]:
    named = {name: value.name() for name, value in vars(colours).items() if isinstance(value, QColor)}
    named |= {f"bad_{part}": value.name() for part, value in vars(colours.bad).items()}
    named |= {space.name.lower(): f"{space.value}px" for space in Space}
    scheme = "dark" if colours.dark else "light"
    named |= {
        f"{shape}_image": f'url("{(DRAWINGS / "controls" / f"{shape}-{scheme}.svg").as_posix()}")'
        for shape in ("check", "dash", "down", "up", "close")
    }
    return named | {"radius": f"{RADIUS}px", "card_radius": f"{CARD_RADIUS}px"}


def _tone_rules(name: str, colours: Colours) -> str:
    tone: Tone = colours.tone(name)
    names = {"tone": name, "text": tone.text.name(), "tint": tone.tint.name(), "line": tone.line.name()}
    return Template(_rules.TONE).substitute(names | {"radius": f"{RADIUS}px"})
