"""A list whose items have a title, a line of words below it, and where they stand: for narrow panes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop.theme import ICON, Space, Type, colours, icon

_Index = QModelIndex | QPersistentModelIndex
_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight


@dataclass(frozen=True)
class Item:
    """`word` says where it stands, with an icon and a tone; `right` stands at the end of its line."""

    id: str
    title: str
    below: str
    word: str
    icon: str
    tone: str
    right: str

    @property
    def spoken(self) -> str:
        return ", ".join(text for text in (self.title, self.below, self.word, self.right) if text)


class ItemModel(QAbstractListModel):
    """The items as they are shown."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.items: tuple[Item, ...] = ()

    def set_items(self, items: tuple[Item, ...]) -> None:
        self.beginResetModel()
        self.items = items
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - the signature is Qt's
        return 0 if parent.isValid() else len(self.items)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.items):
            return None
        item = self.items[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return item.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return item.spoken
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(text for text in (item.title, item.below) if text)
        return None


class ItemList(QListView):
    """`chosen` with the id of an item when the reviewer went to it; `empty` is said where there are none."""

    chosen = Signal(str)

    def __init__(self, name: str, empty: str, has_below: bool) -> None:
        super().__init__()
        self._empty = empty
        self.setAccessibleName(name)
        self.setAccessibleDescription(empty)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        self._model = ItemModel(self)
        self.setModel(self._model)
        self.setItemDelegate(_Painter(self._model, has_below))
        self._is_told = False
        self.selectionModel().currentChanged.connect(self._on_current_changed)

    def show_items(self, items: tuple[Item, ...]) -> None:
        """The items; which of them is marked stays, without telling."""
        if items != self._model.items:
            marked, top = self.marked(), self.verticalScrollBar().value()
            self._is_told = True
            self._model.set_items(items)
            self._is_told = False
            self.mark(marked)
            self.verticalScrollBar().setValue(top)

    def mark(self, chosen: str) -> None:
        """Mark an item, or none, without telling."""
        self._is_told = True
        ids = [item.id for item in self._model.items]
        if chosen in ids:
            self.setCurrentIndex(self._model.index(ids.index(chosen)))
        else:
            self.selectionModel().clear()
        self._is_told = False

    def marked(self) -> str:
        index = self.currentIndex()
        return self._model.items[index.row()].id if index.isValid() else ""

    def items(self) -> tuple[Item, ...]:
        return self._model.items

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copying does nothing here."""
        if not event.matches(QKeySequence.StandardKey.Copy):
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Qt makes the first item the current one; only the reviewer chooses here, so that is undone."""
        had_one, self._is_told = self.currentIndex().isValid(), True
        super().focusInEvent(event)
        if not had_one:
            self.selectionModel().clearCurrentIndex()
        self._is_told = False

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._model.items:
            painter = QPainter(self.viewport())
            painter.setPen(colours().muted)
            room = self.viewport().rect().adjusted(Space.LARGE, Space.SMALL, -Space.LARGE, -Space.SMALL)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._empty)

    def _on_current_changed(self, now: QModelIndex, _before: QModelIndex) -> None:
        if now.isValid() and not self._is_told:
            self.chosen.emit(self._model.items[now.row()].id)


class _Painter(QStyledItemDelegate):
    """Paints one item, each line cut with dots where there is no room."""

    def __init__(self, model: ItemModel, has_below: bool) -> None:
        super().__init__(model)
        self._model = model
        self._has_below = has_below

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        body, small = QFontMetrics(Type.BODY.font()), QFontMetrics(Type.SMALL.font())
        lines = body.lineSpacing() + max(small.lineSpacing(), ICON) + Space.TIGHT
        lines += small.lineSpacing() + Space.HAIR if self._has_below else 0
        return QSize(body.averageCharWidth() * 16, lines + 2 * Space.SMALL)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        self.initStyleOption(option, index)
        item = self._model.items[index.row()]
        option.text = ""
        widget: QWidget = option.widget
        rect: QRect = option.rect
        widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, widget)
        painter.save()
        painter.setPen(colours().line)
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        self._paint(painter, rect.adjusted(Space.MEDIUM, Space.SMALL, -Space.MEDIUM, -Space.SMALL), item)
        painter.restore()

    def _paint(self, painter: QPainter, room: QRect, item: Item) -> None:
        painter.setPen(colours().text)
        top = _line(painter, room, room.top(), Type.BODY, item.title)
        if self._has_below:
            painter.setPen(colours().muted)
            _line(painter, room, top + Space.HAIR, Type.SMALL, item.below)
        _stand(painter, room, item)


def _line(painter: QPainter, room: QRect, top: int, role: Type, text: str) -> int:
    """One line of text from `top`; where it ends."""
    painter.setFont(role.font())
    metrics = painter.fontMetrics()
    line = QRect(room.left(), top, room.width(), metrics.lineSpacing())
    painter.drawText(line, _LEFT, metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width()))
    return line.bottom() + 1


def _stand(painter: QPainter, room: QRect, item: Item) -> None:
    """The last line: icon and word, and at its end what stands right."""
    painter.setFont(Type.SMALL.font())
    metrics = painter.fontMetrics()
    height = max(metrics.lineSpacing(), ICON)
    line = QRect(room.left(), room.bottom() - height + 1, room.width(), height)
    sign = QRect(line.left(), line.center().y() - ICON // 2, ICON, ICON)
    icon(item.icon, "muted" if item.tone == "plain" else item.tone).paint(painter, sign)
    words = line.adjusted(ICON + Space.TIGHT, 0, 0, 0)
    painter.setPen(colours().tone(item.tone).text)
    painter.drawText(words, _LEFT, item.word)
    painter.setPen(colours().muted)
    rest = words.adjusted(metrics.horizontalAdvance(item.word) + Space.MEDIUM, 0, 0, 0)
    painter.drawText(rest, _RIGHT, metrics.elidedText(item.right, Qt.TextElideMode.ElideRight, rest.width()))
