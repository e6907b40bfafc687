"""The list of questions: two lines of text each, then where it stands in words and when it was asked."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QTextLayout, QTextOption
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop.questions.listing import Listed
from desktop.theme import ICON, Space, Type, colours, icon

_Index = QModelIndex | QPersistentModelIndex
_LINES = 2
_ROW = Qt.ItemDataRole.UserRole


class QuestionModel(QAbstractListModel):
    """The rows as they are shown."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: tuple[Listed, ...] = ()

    def set_rows(self, rows: tuple[Listed, ...]) -> None:
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - the signature is Qt's
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.text
        if role == _ROW:
            return row
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{row.text} {row.state}, {row.when}"
        return None


class QuestionList(QListView):
    """`chosen` with the name of a question when the reviewer went to it."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Questions")
        self.setObjectName("questions")
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._model = QuestionModel(self)
        self.setModel(self._model)
        self.setItemDelegate(_Rows(self))
        self._is_told = False
        self.selectionModel().currentChanged.connect(self._on_current_changed)

    def show_rows(self, rows: tuple[Listed, ...], chosen: str) -> None:
        """The rows, and which of them is open ("": none), without telling."""
        self._is_told = True
        if rows != self._model.rows:
            top = self.verticalScrollBar().value()
            self._model.set_rows(rows)
            self.verticalScrollBar().setValue(top)
        names = [row.name for row in rows]
        if chosen in names:
            self.setCurrentIndex(self._model.index(names.index(chosen)))
        else:
            self.selectionModel().clear()
        self._is_told = False

    def _on_current_changed(self, now: QModelIndex, _before: QModelIndex) -> None:
        if now.isValid() and not self._is_told:
            self.chosen.emit(self._model.rows[now.row()].name)


class _Rows(QStyledItemDelegate):
    """Paints one question."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        text, small = QFontMetrics(Type.BODY.font()), QFontMetrics(Type.SMALL.font())
        height = _LINES * text.lineSpacing() + Space.TIGHT + max(small.lineSpacing(), ICON) + 2 * Space.MEDIUM
        return QSize(text.averageCharWidth() * 16, height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        self.initStyleOption(option, index)
        row: Listed = index.data(_ROW)
        option.text = ""
        widget: QWidget = option.widget
        widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, widget)
        inner: QRect = option.rect.adjusted(Space.MEDIUM, Space.MEDIUM, -Space.MEDIUM, -Space.MEDIUM)
        painter.save()
        painter.setPen(colours().line)
        painter.drawLine(option.rect.bottomLeft(), option.rect.bottomRight())
        _paint_text(painter, inner, row.text)
        _paint_state(painter, inner, row)
        painter.restore()


def _paint_text(painter: QPainter, rect: QRect, text: str) -> None:
    """At most two lines; what does not fit ends in dots."""
    font = Type.BODY.font()
    metrics = QFontMetrics(font)
    painter.setFont(font)
    painter.setPen(colours().text)
    for place, line in enumerate(two_lines(text, metrics, rect.width())):
        top = rect.top() + place * metrics.lineSpacing()
        painter.drawText(QRect(rect.left(), top, rect.width(), metrics.lineSpacing()), line)


def two_lines(text: str, metrics: QFontMetrics, width: int) -> list[str]:
    """The text in lines of that width, the last one cut."""
    layout = QTextLayout(text[:400], Type.BODY.font())
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    line = layout.createLine()
    line.setLineWidth(width)
    end = line.textLength()
    layout.endLayout()
    first, rest = layout.text()[:end].rstrip(), layout.text()[end:]
    return [first, metrics.elidedText(rest, Qt.TextElideMode.ElideRight, width)] if rest else [first]


def _paint_state(painter: QPainter, rect: QRect, row: Listed) -> None:
    """An icon and a word for where it stands, and when it was asked, below the text."""
    font = Type.SMALL.font()
    metrics = QFontMetrics(font)
    height = max(metrics.lineSpacing(), ICON)
    line = QRect(rect.left(), rect.bottom() - height + 1, rect.width(), height)
    icon(row.icon, "muted" if row.tone == "plain" else row.tone).paint(
        painter, QRect(line.left(), line.center().y() - ICON // 2, ICON, ICON)
    )
    painter.setFont(font)
    painter.setPen(colours().tone(row.tone).text)
    words = line.adjusted(ICON + Space.TIGHT, 0, 0, 0)
    middle = Qt.AlignmentFlag.AlignVCenter
    painter.drawText(words, middle | Qt.AlignmentFlag.AlignLeft, row.state)
    left = metrics.horizontalAdvance(row.state) + Space.MEDIUM
    painter.setPen(colours().muted)
    room = words.adjusted(left, 0, 0, 0)
    if metrics.horizontalAdvance(row.when) <= room.width():
        painter.drawText(room, middle | Qt.AlignmentFlag.AlignRight, row.when)
