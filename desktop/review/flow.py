"""A row of widgets that goes on below where the window is too narrow for one line."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLayout, QLayoutItem, QSizePolicy, QWidget

from desktop.theme import Space


class FlowRow(QWidget):
    """Left to right in as many lines as it takes. What comes after `push` stands at the right of its line."""

    def __init__(self, *widgets: QWidget, push: tuple[QWidget, ...] = ()) -> None:
        super().__init__()
        layout = _Flow(self, len(widgets))
        for widget in (*widgets, *push):
            layout.addWidget(widget)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)


def beside(*widgets: QWidget) -> QWidget:
    """Widgets that stay beside each other."""
    found = QWidget()
    layout = QHBoxLayout(found)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(Space.SMALL)
    for widget in widgets:
        layout.addWidget(widget)
    return found


class _Flow(QLayout):
    """Lays out lines of items; hidden ones take no room."""

    def __init__(self, parent: QWidget, pushed_from: int) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._pushed_from = pushed_from
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._lay(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._lay(rect, move=True)

    def sizeHint(self) -> QSize:
        hints = [item.sizeHint() for item in self._shown()]
        width = sum(hint.width() for hint in hints) + Space.SMALL * max(0, len(hints) - 1)
        return QSize(width, max((hint.height() for hint in hints), default=0))

    def minimumSize(self) -> QSize:
        hints = [item.minimumSize() for item in self._shown()]
        width = max((hint.width() for hint in hints), default=0)
        return QSize(width, max((hint.height() for hint in hints), default=0))

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _lay(self, rect: QRect, *, move: bool) -> int:
        """Place the items if `move`; the height that they take."""
        top = rect.top()
        lines = self._lines(rect.width())
        for line in lines:
            high = max(item.sizeHint().height() for item, _ in line)
            if move:
                self._place(line, QRect(rect.left(), top, rect.width(), high))
            top += high + Space.SMALL
        return max(0, top - rect.top() - Space.SMALL)

    def _lines(self, width: int) -> list[list[tuple[QLayoutItem, int]]]:
        """The items of each line with their widths."""
        lines: list[list[tuple[QLayoutItem, int]]] = []
        used = width + 1
        for item in self._shown():
            wanted = min(item.sizeHint().width(), width)
            if used + Space.SMALL + wanted > width:
                lines.append([])
                used = -Space.SMALL
            lines[-1].append((item, wanted))
            used += Space.SMALL + wanted
        return lines

    def _place(self, line: list[tuple[QLayoutItem, int]], room: QRect) -> None:
        left = room.left()
        pushed = [item in self._items[self._pushed_from :] for item, _ in line]
        spare = room.width() - sum(width for _, width in line) - Space.SMALL * (len(line) - 1)
        for (item, width), is_pushed, was_pushed in zip(line, pushed, [False, *pushed], strict=False):
            left += spare if is_pushed and not was_pushed else 0
            high = item.sizeHint().height()
            item.setGeometry(QRect(QPoint(left, room.top() + (room.height() - high) // 2), QSize(width, high)))
            left += width + Space.SMALL
