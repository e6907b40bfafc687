"""The comments that are not sent yet, below the program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.review.fitted_table import FittedTable
from desktop.review.remarks import SEVERITIES, Remark
from desktop.theme import Space
from desktop.widgets import Button, Column, Heading

if TYPE_CHECKING:
    from desktop.review.remarks_presenter import RemarksPresenter

_NAMES = dict(SEVERITIES)
_TONES = {"must": "bad", "should": "warn", "question": "info"}


class RemarksBar(QWidget):
    """Implements `RemarksView`; hidden while there is no comment."""

    def __init__(self) -> None:
        super().__init__()
        self._presenter: RemarksPresenter | None = None
        self._table: FittedTable[Remark] = FittedTable(
            "Comments that are not sent yet",
            [
                Column("Lines", lambda remark: remark.place),
                Column("", lambda remark: _NAMES[remark.severity], tone=lambda remark: _TONES[remark.severity]),
                Column("Comment", lambda remark: remark.text, stretch=True),
            ],
            most=4,
        )
        self._table.opened.connect(self._on_edit)
        self._send = Button("Send", self._on_send, kind="primary", icon="send", shortcut="Ctrl+Return")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.SMALL)
        layout.addLayout(self._make_head())
        layout.addWidget(self._table)
        key = QShortcut(QKeySequence.StandardKey.Delete, self._table, context=Qt.ShortcutContext.WidgetShortcut)
        key.activated.connect(self._on_remove)
        self.hide()

    def drive(self, presenter: RemarksPresenter) -> None:
        self._presenter = presenter

    def show_remarks(self, remarks: tuple[Remark, ...], send_text: str) -> None:
        self.setVisible(bool(remarks))
        self._table.set_rows(remarks)
        self._send.setText(send_text)
        self._send.setShortcut(QKeySequence("Ctrl+Return"))  # Qt forgets it with every new text
        self._send.setAccessibleName(send_text)

    def _make_head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(Space.SMALL)
        row.addWidget(Heading("Comments", level=3))
        row.addStretch(1)
        row.addWidget(Button("Edit…", self._on_edit_current, kind="quiet", name="Edit the chosen comment"))
        row.addWidget(Button("Remove", self._on_remove, kind="quiet", name="Remove the chosen comment"))
        row.addWidget(self._send)
        return row

    def _current(self) -> Remark | None:
        rows = self._table.rows()
        return self._table.current() or (rows[0] if len(rows) == 1 else None)

    def _on_edit(self, remark: Remark) -> None:
        assert self._presenter is not None
        self._presenter.edit(remark)

    def _on_edit_current(self) -> None:
        if remark := self._current():
            self._on_edit(remark)

    def _on_remove(self) -> None:
        assert self._presenter is not None
        if remark := self._current():
            self._presenter.remove(remark)

    def _on_send(self) -> None:
        assert self._presenter is not None
        self._presenter.send()
