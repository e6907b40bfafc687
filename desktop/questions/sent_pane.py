"""What was sent: the requests above, the chosen one's exact text below."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from desktop.questions.sent import EXACT, HEADERS, READABLE
from desktop.theme import Space
from desktop.widgets import Chip, CodeView, Column, Label, LineMark, Notice, RowsTable, Segments
from desktop.words import size, when
from sandbox.errors import PreceptorError
from sandbox.reviewing.orders.questions import SentRow

NEW_FROM = "What is new in this request begins here."


class SentPane(QWidget):
    """The view of `SentPresenter`; `chosen` and `mode_changed` say what was done."""

    chosen = Signal(object)
    mode_changed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._notice = Notice()
        self._verdict, self._sentence = Chip(), Label(role="muted")
        self.table: RowsTable[SentRow] = RowsTable("What was sent", _columns(), empty="Nothing was sent yet.")
        modes = ((READABLE, "Readable"), (EXACT, "Exact bytes"), (HEADERS, "Headers"))
        self._mode = Segments("How it is shown", modes)
        self._says = Label(role="small")
        self.code = CodeView("The chosen request")
        self.code.setLineWrapMode(CodeView.LineWrapMode.WidgetWidth)
        self.table.chosen.connect(self._on_chosen)
        self._mode.changed.connect(self.mode_changed)
        self._lay()

    def _lay(self) -> None:
        verdict = QHBoxLayout()
        verdict.setSpacing(Space.SMALL)
        verdict.addWidget(self._verdict, 0, Qt.AlignmentFlag.AlignTop)
        verdict.addWidget(self._sentence, 1)
        body = QWidget()
        below = QVBoxLayout(body)
        below.setContentsMargins(0, Space.SMALL, 0, 0)
        below.setSpacing(Space.SMALL)
        below.addWidget(self._mode)
        below.addWidget(self._says)
        below.addWidget(self.code, 1)
        self._splitter = QSplitter(Qt.Orientation.Vertical)
        self._splitter.addWidget(self.table)
        self._splitter.addWidget(body)
        for place, share in enumerate((1, 2)):
            self._splitter.setStretchFactor(place, share)
        self._splitter.setSizes([10_000, 20_000])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.SMALL)
        layout.addWidget(self._notice)
        layout.addLayout(verdict)
        layout.addWidget(self._splitter, 1)

    # What the presenter tells (`SentView`).

    def show_requests(self, rows: tuple[SentRow, ...], sentence: str, *, whole: bool) -> None:
        self._notice.clear()
        self._verdict.set_chip("Whole" if whole else "Not whole", "good" if whole else "bad")
        self._verdict.setVisible(bool(sentence))
        self._sentence.setText(sentence)
        self.table.set_rows(rows, key=_number)

    def choose(self, n: int) -> None:
        self.table.set_current(n)

    def show_body(self, says: str, text: str, language: str, new_from: int) -> None:
        self._says.setText(says)
        self._mode.setVisible(bool(text))
        self.code.show_code(text, "json" if language == "json" else "text")
        if new_from:
            self.code.set_marks((LineMark(new_from, "info", NEW_FROM),))
            self.code.go_to(new_from)

    def show_trouble(self, problem: PreceptorError) -> None:
        self._notice.show_problem(problem)

    def _on_chosen(self, row: SentRow | None) -> None:
        if row is not None:
            self.chosen.emit(row)


def _number(row: SentRow) -> int:
    return row.n


def _columns() -> tuple[Column[SentRow], ...]:
    return (
        Column("Request", lambda row: str(row.n), right=True),
        Column("When", lambda row: when(row.time)),
        Column("Size", lambda row: size(row.bytes), right=True),
        Column("Sent to", lambda row: f"{row.method} {row.url}", stretch=True),
    )
