"""A choice of a few, all visible: one row of buttons of which one is down."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QSizePolicy, QWidget


class Segments(QWidget):
    """`changed` comes with the key when the reviewer chose another; arrow keys move within."""

    changed = Signal(str)

    def __init__(self, name: str, options: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._keys = [key for key, _text in options]
        self._group = QButtonGroup(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for place, (_key, text) in enumerate(options):
            button = QPushButton(text)
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.setAccessibleName(f"{name}: {text}")
            button.setProperty("segment", _segment(place, len(options)))
            self._group.addButton(button, place)
            layout.addWidget(button)
        layout.addStretch(1)
        self._group.buttons()[0].setChecked(True)
        self.setFocusProxy(self._group.buttons()[0])
        self._group.idToggled.connect(self._on_toggled)

    def value(self) -> str:
        return self._keys[self._group.checkedId()]

    def set_value(self, key: str) -> None:
        """Choose without telling."""
        self._group.blockSignals(True)
        self._group.button(self._keys.index(key)).setChecked(True)
        self._group.blockSignals(False)
        self.setFocusProxy(self._group.button(self._keys.index(key)))

    def set_option(self, key: str, text: str = "", enabled: bool = True) -> None:
        """Change an option's words, or whether it can be chosen."""
        button = self._group.button(self._keys.index(key))
        button.setEnabled(enabled)
        if text:
            button.setText(text)
            button.setAccessibleName(f"{self.accessibleName()}: {text}")

    def _on_toggled(self, place: int, down: bool) -> None:
        if down:
            self.setFocusProxy(self._group.button(place))
            self.changed.emit(self._keys[place])


def _segment(place: int, count: int) -> str:
    if count == 1:
        return "only"
    return "first" if place == 0 else "last" if place == count - 1 else "middle"
