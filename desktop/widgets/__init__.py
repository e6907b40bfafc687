"""The widgets that every screen is made of; none knows a rule of the product.

    card = Card("Approval")
    card.body.addWidget(Label("Signed on 2 January 2026.", role="muted"))
    card.head.addWidget(Button("Revoke…", self._on_revoke, kind="danger"))
    card.body.addWidget(RowsTable("Runs", [Column("Run", lambda run: run.id, mono=True)]))

Text is always shown as plain text. Every widget that takes the focus has an accessible name.
The names are loaded when first used: the window is on the screen before anything of a table or of code is read.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .announcing import announce
    from .buttons import Button
    from .cards import Card, EmptyState, Picture
    from .code import CodeEdit, CodeView
    from .code_marks import LineMark
    from .columns import Column
    from .dialogs import FormDialog
    from .fields import NumberField, PassphraseField, SearchField
    from .notices import Notice
    from .paged_table import PagedTable
    from .panes import scrolled, two_panes
    from .paths import PathField
    from .progress import Busy, Meter
    from .rows_model import RowsModel
    from .rows_table import RowsTable
    from .segments import Segments
    from .texts import Chip, Heading, Label

_HOMES = {
    "announcing": ("announce",),
    "buttons": ("Button",),
    "cards": ("Card", "EmptyState", "Picture"),
    "code": ("CodeEdit", "CodeView"),
    "code_marks": ("LineMark",),
    "columns": ("Column",),
    "dialogs": ("FormDialog",),
    "fields": ("NumberField", "PassphraseField", "SearchField"),
    "notices": ("Notice",),
    "paged_table": ("PagedTable",),
    "panes": ("scrolled", "two_panes"),
    "paths": ("PathField",),
    "progress": ("Busy", "Meter"),
    "rows_model": ("RowsModel",),
    "rows_table": ("RowsTable",),
    "segments": ("Segments",),
    "texts": ("Chip", "Heading", "Label"),
}

__all__ = [
    "Busy",
    "Button",
    "Card",
    "Chip",
    "CodeEdit",
    "CodeView",
    "Column",
    "EmptyState",
    "FormDialog",
    "Heading",
    "Label",
    "LineMark",
    "Meter",
    "Notice",
    "NumberField",
    "PagedTable",
    "PassphraseField",
    "PathField",
    "Picture",
    "RowsModel",
    "RowsTable",
    "SearchField",
    "Segments",
    "announce",
    "scrolled",
    "two_panes",
]


def __getattr__(name: str) -> object:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{home}"), name)
    raise AttributeError(name)
