"""How the window looks: colours, type, distances and icons. Every colour of the product is made in here.

    theme.apply(app)                       # `from desktop import theme`: Fusion, our palettes, following the system
    theme.dress(window)                    # our style sheet, for a window and its dialogs
    theme.use("dark")                      # tests and settings: not as the system has it
    theme().changed.connect(self.update)   # `from desktop.theme import theme`: light became dark
    painter.setPen(colours().muted)
    button.setIcon(icon("sign"))           # recolours itself

Whoever keeps a colour asks for it again after `changed`.
"""

from ._theme import Theme, apply, colours, dress, theme, use
from .colours import Colours, Tone
from .icons import icon, pixmap
from .sizes import BIG_ICON, CARD_RADIUS, ICON, RADIUS, Space, Type

__all__ = [
    "BIG_ICON",
    "CARD_RADIUS",
    "ICON",
    "RADIUS",
    "Colours",
    "Space",
    "Theme",
    "Tone",
    "Type",
    "apply",
    "colours",
    "dress",
    "icon",
    "pixmap",
    "theme",
    "use",
]
